"""Decide: notify or not, tell or not, by a named person, for reasons that can be read in a year (Art. 33(1), 34)."""

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput
from incidents.steps import decide
from incidents.steps.register import close_incident
from tests.builders import GOOD_REASON, CaseFile, Firm, decision_form


def refusal(case: CaseFile, notify: str, tell: str = "no", **fields: str) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        case.decide(notify, tell, **fields)
    return {error.path for error in refused.value.errors}


def test_a_decision_keeps_who_when_why_and_on_which_facts(firm: Firm) -> None:
    case = firm.report()
    case.encrypted()
    row = case.decide("yes", "exempt", exemption="a", reasons_authority=f"  {GOOD_REASON} ")
    assert (row.decided_by, row.decided_by_id) == ("Doktor Dóra", firm.people["dpo"].id)
    assert (row.decided_at, row.facts_version, row.version) == (firm.town.clock.now(), 2, 1)
    assert (row.notify, row.tell, row.exemption, row.reasons_authority) == ("yes", "exempt", "a", GOOD_REASON)


def test_a_later_decision_replaces_it_and_both_stay(firm: Firm) -> None:
    case = firm.report()
    case.decide("no")
    case.decide("yes", "yes")
    seen = case.look()
    assert [(row.version, row.notify) for row in seen.decisions] == [(1, "no"), (2, "yes")]
    assert seen.decision
    assert seen.decision.notify == "yes"
    assert [event.kind for event in seen.events].count("decision.recorded") == 2


def test_it_rests_on_the_risk_test_of_the_facts_as_they_stand_run_now_where_there_is_none(firm: Firm) -> None:
    case = firm.report()
    first = case.decide("yes")
    case.encrypted()
    second = case.decide("yes")
    assert [run.id for run in case.look().assessments] == [first.assessment_id, second.assessment_id]
    assert [run.facts_version for run in case.look().assessments] == [1, 2]


@pytest.mark.parametrize("reason", ["", "nem kell", "nincs kockázat", "- - -", "nem nem nem nem nem nem nem"])
def test_not_to_notify_needs_a_reason_of_substance(firm: Firm, reason: str) -> None:
    assert refusal(firm.report(), "no", reasons_authority=reason) == {"reasons_authority"}


def test_to_notify_needs_a_reason_as_well_but_a_short_one_will_do(firm: Firm) -> None:
    case = firm.report()
    assert refusal(case, "yes", reasons_authority=" ") == {"reasons_authority"}
    assert case.decide("yes", reasons_authority="Kockázattal jár.").notify == "yes"


def test_every_missing_answer_is_named_at_once(firm: Firm) -> None:
    missing = refusal(firm.report(), "", "", reasons_authority="", reasons_subjects="")
    assert missing == {"notify", "tell", "reasons_authority"}


def test_an_exemption_names_its_letter_and_its_reason(firm: Firm) -> None:
    case = firm.report()
    assert refusal(case, "yes", "exempt") == {"exemption"}
    assert refusal(case, "yes", "exempt", exemption="c", reasons_subjects="sok") == {"reasons_subjects"}


def test_a_letter_without_an_exemption_is_not_kept(firm: Firm) -> None:
    assert firm.report().decide("yes", "yes", exemption="a").exemption == ""


@pytest.mark.parametrize("tell", ["yes", "exempt"])
def test_high_risk_to_people_and_no_risk_at_once_contradict_each_other(firm: Firm, tell: str) -> None:
    assert refusal(firm.report(), "no", tell, exemption="a") == {"notify"}


@pytest.mark.parametrize("role", ["reporter", "handler", "auditor", "admin"])
def test_who_does_not_own_the_duty_cannot_decide(firm: Firm, role: str) -> None:
    case = firm.report()
    with firm.as_(role) as uow, pytest.raises(Forbidden):
        decide.record_decision(uow, case.id, decision_form())


def test_without_a_dpo_the_responsible_manager_decides(firm: Firm) -> None:
    case = firm.report()
    with firm.as_("manager") as uow:
        assert decide.record_decision(uow, case.id, decision_form()).decided_by == "Kelemen Katalin"


def test_a_closed_case_takes_no_decision(firm: Firm) -> None:
    case = firm.report()
    case.decide("no")
    with firm.as_("dpo") as uow:
        close_incident(uow, case.id, "Nem járt kockázattal.")
    with pytest.raises(Conflict, match="Reopen it"):
        case.decide("yes")


def test_after_the_filing_a_decision_sets_no_clock_running(firm: Firm) -> None:
    case = firm.report()
    case.file()
    case.decide("yes")
    assert (case.look().clock.state, len(case.look().clocks)) == ("stopped", 1)
