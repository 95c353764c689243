"""Four eyes: less than the risk test asks for is never decided by one person alone (Art. 33, 34; NAIH-2894-3/2021)."""

from typing import Any

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput
from incidents.steps import decide
from incidents.store.tables import Decision, DecisionProposal
from incidents.store.uow import Actor
from tests.builders import GOOD_REASON, CaseFile, Firm, Town, controller_form, decision_form

STOLEN: dict[str, Any] = {
    "breach_types": ["confidentiality"],
    "cause": "stolen_device",
    "data_categories": ["contact_basic", "bank_account"],
    "recipient": {"kind": "unknown"},
    "unintelligible": {"state": "no"},
    "subjects_count": 40,
}
"""The risk test asks for both: the authority and the people."""
WRONG_LETTER: dict[str, Any] = {
    "breach_types": ["confidentiality"],
    "cause": "misaddressed_post",
    "data_categories": ["contact_basic"],
    "special_categories": [],
    "recipient": {"kind": "known_wrong", "count": 1, "assurance": "none"},
    "exfiltrated": "yes",
    "malicious": False,
    "service_impact": "none",
    "vulnerable": [],
    "context": [],
    "subjects_count": 1,
}
"""The risk test asks for nothing."""


def stolen(firm: Firm) -> CaseFile:
    case = firm.report()
    case.amend(**STOLEN)
    return case


def proposed(case: CaseFile, notify: str = "no", tell: str = "no", **fields: Any) -> DecisionProposal:
    row = case.propose(notify, tell, **fields)
    assert isinstance(row, DecisionProposal)
    return row


class TestWhenOneIsNotEnough:
    def test_not_to_notify_although_the_test_says_so_is_a_proposal_and_the_clock_goes_on(self, firm: Firm) -> None:
        case = stolen(firm)
        row = proposed(case)
        seen = case.look()
        assert set(row.needs_second) == {"notify", "tell"}
        assert (seen.decision, seen.clock.state, seen.next_act) == (None, "running", "acknowledge")
        assert seen.proposal is not None

    def test_not_to_tell_although_the_test_says_so_is_a_proposal(self, firm: Firm) -> None:
        assert proposed(stolen(firm), "yes", "no").needs_second == ["tell"]

    def test_to_do_what_the_test_says_needs_nobody_else(self, firm: Firm) -> None:
        assert isinstance(stolen(firm).propose("yes", "yes"), Decision)

    def test_to_do_more_than_the_test_says_needs_nobody_else(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        assert isinstance(case.propose("yes", "yes"), Decision)

    def test_where_the_test_asks_for_nothing_one_person_decides(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        assert isinstance(case.propose("no", "no"), Decision)

    @pytest.mark.parametrize(("people", "is_proposal"), [(100, False), (101, True), ("unknown", True)])
    def test_health_data_of_more_than_100_people_cannot_end_in_no_risk_by_one_person(
        self, firm: Firm, people: object, is_proposal: bool
    ) -> None:
        case = firm.report().encrypted()
        case.amend(data_categories=["health"], subjects_count=people)
        row = case.propose("no", "no")
        assert isinstance(row, DecisionProposal) is is_proposal
        if isinstance(row, DecisionProposal):
            assert row.needs_second == ["health"]

    def test_a_case_nobody_has_assessed_is_assessed_with_the_decision(self, firm: Firm) -> None:
        case = firm.report()
        proposed(case)
        (run,) = case.look().assessments
        assert run.outcome["notify_authority"] == "yes"


class TestTheSecondPerson:
    def test_approves_and_then_it_is_the_decision_of_the_first_with_both_names(self, firm: Firm) -> None:
        case = stolen(firm)
        row = case.answer(proposed(case), "approved", sentence=GOOD_REASON)
        assert row is not None
        assert (row.decided_by, row.approved_by, row.approval) == ("Doktor Dóra", "Kelemen Katalin", GOOD_REASON)
        seen = case.look()
        assert (seen.clock.state, seen.proposal) == ("stopped", None)
        assert seen.decision is not None
        assert seen.decision.id == row.id

    def test_refuses_and_nothing_is_decided(self, firm: Firm) -> None:
        case = stolen(firm)
        assert case.answer(proposed(case), "refused") is None
        seen = case.look()
        assert (seen.decision, seen.proposal, seen.clock.state) == (None, None, "running")
        assert [one.answer for one in seen.answers] == ["refused"]

    def test_is_another_person(self, firm: Firm) -> None:
        case = stolen(firm)
        with pytest.raises(Conflict, match="second person"):
            case.answer(proposed(case), "approved", role="dpo")

    def test_is_no_handler_while_somebody_who_decides_could_answer(self, firm: Firm) -> None:
        case = stolen(firm)
        with pytest.raises(Forbidden):
            case.answer(proposed(case), "approved", role="handler")

    @pytest.mark.parametrize("role", ["reporter", "auditor", "admin"])
    def test_works_on_the_case(self, firm: Firm, role: str) -> None:
        case = stolen(firm)
        with pytest.raises(Forbidden):
            case.answer(proposed(case), "approved", role=role)

    def test_says_why_in_a_sentence(self, firm: Firm) -> None:
        case = stolen(firm)
        with pytest.raises(InvalidInput) as refused:
            case.answer(proposed(case), "perhaps", sentence="rendben")
        assert {error.path for error in refused.value.errors} == {"answer", "sentence"}

    def test_is_a_person_and_no_program(self, firm: Firm) -> None:
        case = stolen(firm)
        row = proposed(case)
        program = Actor("API: kulcs", roles={firm.id: frozenset({"dpo"})})
        with firm.town.uow(program, frozenset({firm.id})) as uow, pytest.raises(Forbidden):
            decide.answer_proposal(uow, row.id, "approved", GOOD_REASON)

    def test_answers_once(self, firm: Firm) -> None:
        case = stolen(firm)
        row = proposed(case)
        case.answer(row, "refused")
        with pytest.raises(Conflict, match="no longer waits"):
            case.answer(row, "approved")

    def test_does_not_answer_what_a_later_decision_has_overtaken(self, firm: Firm) -> None:
        case = stolen(firm)
        row = proposed(case)
        case.decide("yes", "yes")
        assert case.look().proposal is None
        with pytest.raises(Conflict, match="no longer waits"):
            case.answer(row, "approved")

    def test_does_not_approve_on_facts_that_say_something_else_by_now(self, firm: Firm) -> None:
        case = stolen(firm)
        row = proposed(case, "yes", "no")
        case.amend(**WRONG_LETTER)
        with pytest.raises(Conflict, match="changed what the risk test says"):
            case.answer(row, "approved")
        assert case.answer(row, "refused") is None


class TestWhoMustBeHeard:
    def test_the_manager_cannot_lower_without_the_dpo(self, firm: Firm) -> None:
        case = stolen(firm)
        row = proposed(case, role="manager")
        assert not row.opinion_given
        firm.employ("manager", name="Második Márta", deputy=True)
        with pytest.raises(Conflict, match="data protection officer"):
            case.answer(row, "approved", role="deputy")
        assert case.answer(row, "approved", role="dpo") is not None

    def test_without_a_dpo_the_manager_is_heard(self, town: Town) -> None:
        firm = town.found(controller_form(), staff=("handler", "manager"))
        case = stolen(firm)
        row = proposed(case, role="manager")
        assert row.opinion_given
        assert case.answer(row, "approved", role="handler") is not None

    def test_only_who_may_answer_is_asked_by_mail(self, firm: Firm) -> None:
        case = stolen(firm)
        proposed(case)
        assert {mail.recipient for mail in case.mails() if mail.template == "approval_wanted"} == {
            firm.address("manager")
        }

    def test_the_dpo_is_asked_when_the_manager_proposes(self, firm: Firm) -> None:
        case = stolen(firm)
        proposed(case, role="manager")
        assert {mail.recipient for mail in case.mails() if mail.template == "approval_wanted"} == {firm.address("dpo")}


class TestTheAnswerComesBack:
    """Whoever proposed must not have to look every hour whether somebody has answered."""

    @pytest.mark.parametrize("answer", ["approved", "refused"])
    def test_the_proposer_alone_is_told(self, firm: Firm, answer: str) -> None:
        case = stolen(firm)
        case.answer(proposed(case), answer)
        (mail,) = [mail for mail in case.mails() if mail.template == "proposal_answered"]
        assert (mail.recipient, mail.payload["answer"]) == (firm.address("dpo"), answer)

    def test_where_a_program_proposed_whoever_decides_is_told(self, firm: Firm) -> None:
        case = stolen(firm)
        program = Actor("API: kulcs", roles={firm.id: frozenset({"dpo"})})
        with firm.town.uow(program, frozenset({firm.id})) as uow:
            row = decide.record_decision(uow, case.id, decision_form("no", "no"))
        assert isinstance(row, DecisionProposal)
        case.answer(row, "refused", role="dpo")
        told = {mail.recipient for mail in case.mails() if mail.template == "proposal_answered"}
        assert told == {firm.address("dpo"), firm.address("manager")}


class TestExemptions:
    def test_a_needs_data_nobody_can_read_and_a_safe_key(self, firm: Firm) -> None:
        case = stolen(firm)
        for secret in ({"state": "no"}, {"state": "yes"}, {"state": "yes", "key_safe": False}):
            case.amend(unintelligible=secret)
            with pytest.raises(InvalidInput) as refused:
                case.propose("yes", "exempt", exemption="a")
            assert [error.path for error in refused.value.errors] == ["exemption"]
        case.amend(unintelligible={"state": "yes", "key_safe": True})
        assert isinstance(case.propose("yes", "exempt", exemption="a"), Decision)

    def test_b_needs_evidence_and_always_a_second_person(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        with pytest.raises(InvalidInput) as refused:
            case.propose("yes", "exempt", exemption="b", evidence="törölték")
        assert [error.path for error in refused.value.errors] == ["evidence"]
        row = proposed(case, "yes", "exempt", exemption="b", evidence=GOOD_REASON)
        assert row.needs_second == ["evidence"]
        decided = case.answer(row, "approved")
        assert decided is not None
        assert decided.evidence == GOOD_REASON

    def test_c_owes_a_public_notice_instead(self, firm: Firm) -> None:
        case = stolen(firm)
        case.acknowledge()
        case.set_awareness(firm.town.now)
        case.decide("yes", "exempt", exemption="c")
        case.freeze()
        case.file()
        assert case.look().next_act == "tell"

    def test_one_is_reopened_when_its_fact_changes_with_a_mail_and_once(self, firm: Firm) -> None:
        case = firm.report().encrypted()
        case.acknowledge()
        case.set_awareness(firm.town.now)
        case.decide("yes", "exempt", exemption="a")
        case.amend(unintelligible={"state": "yes", "key_safe": False})
        case.amend(systems="Levelezés")
        seen = case.look()
        assert (seen.reopened, seen.next_act) == (("unintelligible",), "decide")
        assert [event.kind for event in seen.events].count("exemption.reopened") == 1
        told = [mail.recipient for mail in case.mails() if mail.template == "exemption_reopened"]
        assert sorted(told) == sorted([firm.address("dpo"), firm.address("manager")])
        case.decide("yes", "yes")
        assert not case.look().reopened

    def test_one_stands_while_its_facts_stand(self, firm: Firm) -> None:
        case = firm.report().encrypted()
        case.decide("yes", "exempt", exemption="a")
        case.amend(subjects_count=400, unintelligible={"state": "yes", "key_safe": True, "technique": "AES"})
        assert not case.look().reopened


def test_the_log_vouches_for_proposals_and_answers(firm: Firm) -> None:
    from incidents.steps.register import verify

    case = stolen(firm)
    case.answer(proposed(case), "refused")
    case.decide("no", "no")
    with firm.town.uow(read_only=True) as uow:
        assert list(verify(uow, firm.id)) == []
