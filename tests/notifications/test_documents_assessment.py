"""The result of the risk assessment in the documents: the notification to the authority and the register."""

from collections.abc import Iterator

import pytest

from incidents.steps import draft
from notifications.documents import drafts, registerbook
from tests.builders import GOOD_REASON, CaseFile, Firm, Town
from tests.fakes import FakeClock
from tests.steps.test_second_person import STOLEN, WRONG_LETTER


@pytest.fixture
def firm(sqlite_url: str, fake_clock: FakeClock) -> Iterator[Firm]:
    """The firm on one database only: the wording does not depend on it."""
    town = Town(sqlite_url, fake_clock)
    yield town.found()
    town.close()


def letter(case: CaseFile, lang: str) -> str:
    with case.town.uow(read_only=True) as uow:
        return drafts.preview(draft.case_file(uow, case.id), "authority", lang)


def test_the_notification_tells_the_result_with_reasons_sources_and_the_rules(firm: Firm) -> None:
    case = firm.report()
    case.amend(**STOLEN)
    assert "A kockázatértékelés eredménye" not in letter(case, "hu")
    case.assess()
    told = letter(case, "hu")
    for words in (
        "A kockázatértékelés eredménye",
        "A kockázati teszt eredménye: bejelentés a Hatóságnak: igen; az érintettek tájékoztatása: igen.",
        "GDPR 33. cikk (1) bekezdés",
        "hu-1/risk-1; 1. értékelés, a tények 2. változatán",
        "A teszt segédeszköz",
    ):
        assert words in told
    assert "Result of the risk test: notify the authority: yes" in letter(case, "en")


def test_the_register_keeps_result_rules_and_the_second_person(firm: Firm) -> None:
    case = firm.report()
    cells = registerbook.cells(case.look(), "hu")
    assert (cells["risk_result"], cells["rule_set"], cells["second_person"]) == ("nem készült", "", "")
    case.amend(**STOLEN)
    case.decide("no", "no")
    cells = registerbook.cells(case.look(), "hu")
    assert cells["risk_result"] == "Hatóság: igen; érintettek: igen"
    assert cells["rule_set"] == "hu-1/risk-1; 1. értékelés, Doktor Dóra"
    assert cells["second_person"] == f"Kelemen Katalin: „{GOOD_REASON}”"
    assert {"risk_result", "rule_set", "second_person"} <= {key for key, _ in registerbook.columns("en")}


def test_a_case_with_groups_is_told_group_by_group(firm: Firm) -> None:
    from incidents.steps import report

    case = firm.report()
    case.amend(**WRONG_LETTER)
    with firm.as_("handler") as uow:
        report.amend_facts(uow, case.id, {"data_categories": ["health"]}, group="A betegek")
    case.assess()
    told = letter(case, "hu")
    assert "Mindenki más: bejelentés a Hatóságnak: nem" in told
    assert "A betegek: bejelentés a Hatóságnak: igen" in told
