"""The form of the authority as a page: filled from the case, answered where the case has no such fact."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from incidents.base import dated
from incidents.steps import form
from tests.web.office import Office, text_of

PRIOR = "Adatvédelmi szabályzat és évenkénti oktatás volt érvényben."


def a_case(office: Office) -> UUID:
    """A stolen laptop whose cause is still being found out, with the DPO signed in."""
    incident = office.open_case()
    office.record(incident, breach_types=["confidentiality"], cause="to_be_determined", exfiltrated="likely")
    office.sign_in("dpo")
    return incident


def read(office: Office, incident: UUID) -> form.CaseForm:
    with office.uow() as uow:
        return form.read(uow, incident)


def row(page: str, field: str) -> str:
    """One field of the page."""
    return page[page.index(f'id="q-{field}"') :].partition('<div class="form-row form-row--')[0]


class TestWhatItShows:
    def test_each_field_shows_its_answer_where_it_comes_from_and_who_said_it(self, office: Office) -> None:
        page = office.get(f"/incidents/{a_case(office)}/form")
        words = text_of(row(page, "incident_description"))
        assert "Elveszett egy laptop a 4-es villamoson" in words
        assert "Forrás: „Mi történt?” (tény)" in words
        assert "Megadta: test, 2026.11.20. 17:50" in words

    def test_what_is_still_being_found_out_may_be_promised_for_a_day(self, office: Office) -> None:
        incident = a_case(office)
        page = office.get(f"/incidents/{incident}/form")
        assert "kiderítés alatt" in text_of(row(page, "incident_nature"))
        assert office.fill_in(f"/incidents/{incident}/form", {"by.incident_nature": "2026-12-01"}).status_code == 303
        assert str(read(office, incident).promised["incident_nature"]) == "2026-12-01"
        assert "Ígért nap: 2026. december 1." in text_of(office.get(f"/incidents/{incident}/form"))

    def test_every_missing_field_links_to_the_place_where_it_is_answered(self, small_office: Office) -> None:
        incident = a_case(small_office)
        page = small_office.get(f"/incidents/{incident}/form")
        gaps = page[page.index('class="gaps"') :].partition("</ol>")[0]
        links = re.findall(r'href="([^"]+)"', gaps)
        assert len(links) == len(read(small_office, incident).in_the_way) > 10
        seen: dict[str, str] = {"": page}
        for address, _, anchor in (link.partition("#") for link in links):
            there = seen.setdefault(address, small_office.get(address) if address else page)
            assert not anchor or f'id="{anchor}"' in there, (address, anchor)

    def test_the_reasons_for_a_delay_are_owed_by_themselves_once_the_72_hours_are_over(
        self, small_office: Office
    ) -> None:
        incident = a_case(small_office)
        assert 'id="q-delay_reasons"' not in small_office.get(f"/incidents/{incident}/form")
        small_office.clock.advance(hours=73)
        small_office.sign_in("dpo")
        assert "hiányzik" in text_of(row(small_office.get(f"/incidents/{incident}/form"), "delay_reasons"))

    def test_who_may_only_read_types_nothing(self, small_office: Office) -> None:
        incident = a_case(small_office)
        small_office.sign_in("auditor")
        page = small_office.get(f"/incidents/{incident}/form")
        assert "Elveszett egy laptop" in page
        assert 'name="answers.' not in page


class TestAnswering:
    def test_what_the_case_does_not_know_is_answered_here_with_the_name_of_who_said_it(self, office: Office) -> None:
        incident = a_case(office)
        said = {"answers.prior_measures": ["policies", "training"], "answers.prior_measures_description": PRIOR}
        assert office.fill_in(f"/incidents/{incident}/form", said).status_code == 303
        page = office.get(f"/incidents/{incident}/form")
        assert 'value="training" checked' in row(page, "prior_measures")
        assert "Megadta: Doktor Dóra" in text_of(row(page, "prior_measures_description"))
        assert set(read(office, incident).said) == {"prior_measures", "prior_measures_description"}

    def test_fields_appear_and_disappear_by_the_answers_before_anything_is_saved(self, small_office: Office) -> None:
        incident = a_case(small_office)
        where = f"/incidents/{incident}/form"
        assert 'id="q-other_party_role"' not in small_office.get(where)
        asked = small_office.fill_in(where, {"answers.other_parties": "yes"}, to=f"{where}/preview")
        assert asked.status_code == 200
        assert 'id="q-other_party_role"' in asked.text
        assert read(small_office, incident).said == {}
        small_office.fill_in(where, {"answers.other_parties": "yes"})
        assert 'id="q-other_party_role"' in small_office.get(where)

    def test_a_wrong_answer_is_named_and_nothing_typed_is_lost(self, small_office: Office) -> None:
        incident = a_case(small_office)
        where = f"/incidents/{incident}/form"
        said = {
            "answers.prior_measures_description": PRIOR,
            "answers.other_parties": "perhaps",
            "by.cause_origin": "1999",
        }
        refused = small_office.fill_in(where, said)
        assert refused.status_code == 422
        assert 'href="#f-answers.other_parties"' in refused.text
        assert 'href="#f-by.cause_origin"' in refused.text
        assert PRIOR in refused.text
        assert read(small_office, incident).said == {}

    def test_an_answer_can_be_taken_back(self, small_office: Office) -> None:
        incident = a_case(small_office)
        where = f"/incidents/{incident}/form"
        small_office.fill_in(where, {"answers.prior_measures_description": PRIOR})
        small_office.fill_in(where, {"answers.prior_measures_description": ""})
        assert "prior_measures_description" not in read(small_office, incident).answers

    def test_to_be_determined_is_an_answer_beside_which_no_other_stands(self, small_office: Office) -> None:
        incident = a_case(small_office)
        where, field = f"/incidents/{incident}/form", "prior_measures_description"
        both = {f"answers.{field}": PRIOR, f"later.{field}": "on"}
        assert small_office.fill_in(where, both).status_code == 422
        small_office.fill_in(where, {f"later.{field}": "on"})
        assert read(small_office, incident).filled.fields[field].status == "to_be_determined"

    def test_what_somebody_else_saved_meanwhile_is_not_overwritten(self, small_office: Office) -> None:
        incident = a_case(small_office)
        where = f"/incidents/{incident}/form"
        stale = small_office.get(where)
        small_office.fill_in(where, {"answers.impact_severity": "severe"})
        fields = re.findall(r'name="(_csrf_token|on_page|form)" value="([^"]*)"', stale)
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        small_office.browser.post(where, data={**data, "answers.prior_measures_description": PRIOR})
        assert set(read(small_office, incident).answers) == {"impact_severity", "prior_measures_description"}


TINY = """
id = "tiny"
version = "1"
applies_from = 2026-01-01
sources = ["an example"]
title = { hu = "Rövid űrlap", en = "Short form" }

[[sections]]
id = "only"
block = 1
title = { hu = "Az egyetlen rész", en = "The only section" }

[[fields]]
id = "what"
row = 1
section = "only"
type = "long_text"
requirement = "mandatory"
fact = "what_happened"
label = { hu = "Mi történt?", en = "What happened?" }

[[fields]]
id = "told_at"
row = 2
section = "only"
type = "datetime"
requirement = "mandatory"
label = { hu = "Mikor szóltak?", en = "When were they told?" }

[[fields]]
id = "by_country"
row = 3
section = "only"
type = "numbers_by_country"
requirement = "recommended"
label = { hu = "Országonként", en = "By country" }
"""


@pytest.fixture
def tiny_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second form, laid beside the others as a file."""
    law = Path(dated.__file__).parents[1] / "law"
    forms = tmp_path / "law" / "forms"
    forms.mkdir(parents=True)
    for one in [*law.iterdir(), *(law / "forms").iterdir()]:
        if one.name != "forms":
            (tmp_path / "law" / one.relative_to(law)).symlink_to(one)
    (forms / "tiny-1.toml").write_text(TINY, encoding="utf-8")
    monkeypatch.setattr(dated, "LAW", tmp_path / "law")
    dated._all.cache_clear()
    yield
    dated._all.cache_clear()


def test_a_new_form_is_a_new_file(small_office: Office, tiny_form: None) -> None:
    incident = a_case(small_office)
    where = f"/incidents/{incident}/form?which=tiny"
    page = small_office.get(where)
    assert "Rövid űrlap" in page
    assert "Elveszett egy laptop" in row(page, "what")
    said = {"answers.told_at.date": "2026-11-20", "answers.told_at.time": "18:10", "answers.by_country": "hu: 1 200"}
    answered = small_office.fill_in(where, said, action=f"/incidents/{incident}/form")
    assert answered.headers["location"].startswith(where)
    page = small_office.get(where)
    assert 'value="18:10"' in row(page, "told_at")
    assert "HU: 1200" in row(page, "by_country")
    assert "nincs hiány" in text_of(page)
