"""A frozen form never changes; a follow-up tells what was said, and what is said now."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.rules.form import difference, fingerprint, frozen
from tests.form_cases import ONLY_IN_FORM, STOLEN_LAPTOP, a_form

FIRST_PHASE = {**STOLEN_LAPTOP, "subjects_count": "unknown", "measures_planned": "unknown"}


def test_a_follow_up_shows_what_was_and_what_is() -> None:
    before = frozen(a_form(FIRST_PHASE))
    changes = {one.field.id: one for one in difference(before, a_form(filing_kind="follow_up"))}
    assert list(changes) == ["subjects_number_known", "subjects_number", "future_measures_description"]
    known = changes["subjects_number_known"]
    assert (known.was["hu"], known.now["hu"]) == (("A számot később állapítjuk meg",), ("Hozzávetőleges szám",))
    assert (known.was_value, known.now_value) == ("tbd", "approximate")
    assert changes["subjects_number"].was == {"hu": ("[Üresen maradt]",), "en": ("[Left empty]",)}


def test_the_kind_of_filing_is_no_news_about_the_breach() -> None:
    before = frozen(a_form())
    assert difference(before, a_form(filing_kind="follow_up", complete=True, authority_reference="2A4E")) == ()


def test_an_answer_that_is_taken_back_counts_as_a_change() -> None:
    without = {key: one for key, one in STOLEN_LAPTOP.items() if key != "systems"}
    (gone,) = difference(frozen(a_form()), a_form(without))
    assert (gone.was["hu"], gone.now["hu"]) == (("1 db laptop a szegedi telephelyről",), ("[Kitöltendő]",))


def test_a_field_that_has_no_place_any_more_says_so() -> None:
    changes = difference(frozen(a_form()), a_form({**STOLEN_LAPTOP, "breach_types": ["availability"]}))
    gone = {one.field.id: one.now["hu"] for one in changes}
    assert gone["confidentiality_type"] == ("Nem alkalmazandó",)


def test_frozen_is_plain_json_that_keeps_what_was_shown() -> None:
    kept = frozen(a_form())
    assert json.loads(json.dumps(kept)) == kept
    assert (kept["form"], kept["version"], kept["kind"]) == ("edpb-breach", "1.0-draft", "new")
    assert "integrity_type" not in kept["fields"]  # type: ignore[operator]


def test_equal_content_has_an_equal_fingerprint() -> None:
    assert fingerprint(frozen(a_form())) == fingerprint(json.loads(json.dumps(frozen(a_form()))))
    other = a_form(answers={**ONLY_IN_FORM, "impact_severity": "severe"})
    assert fingerprint(frozen(other)) != fingerprint(frozen(a_form()))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(STOLEN_LAPTOP)), unique=True), st.booleans())
def test_nothing_has_changed_between_a_form_and_itself(left_out: list[str], complete: bool) -> None:
    form = a_form({key: one for key, one in STOLEN_LAPTOP.items() if key not in left_out}, complete=complete)
    assert difference(json.loads(json.dumps(frozen(form))), form) == ()
