"""The verdict through time: new facts run the test again, a change is told, groups of people have their own."""

from typing import Any, ClassVar

import pytest

from incidents.base.errors import InvalidInput, NotFound
from incidents.steps import report
from incidents.steps.assess import moved_facts
from incidents.store.tables import Decision, DecisionProposal
from tests.builders import CaseFile, Firm
from tests.steps.test_second_person import STOLEN, WRONG_LETTER


def changes(case: CaseFile) -> list[Any]:
    return [event.data for event in case.look().events if event.kind == "assessment.changed"]


class TestNewFacts:
    def test_a_case_nobody_has_assessed_is_left_alone(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**STOLEN)
        assert not case.look().assessments

    def test_an_assessed_case_is_assessed_again_by_whoever_brought_the_facts(self, firm: Firm) -> None:
        case = firm.report()
        case.assess()
        case.amend(**STOLEN)
        first, second = case.look().assessments
        assert (first.facts_version, second.facts_version) == (1, 2)
        assert (second.version, second.made_by) == (2, "Halmos Hanna")

    def test_asked_again_with_nothing_new_it_is_the_same_run(self, firm: Firm) -> None:
        case = firm.report()
        assert case.assess().id == case.assess().id

    def test_a_verdict_that_has_changed_is_told_to_who_decides(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        case.assess()
        case.amend(recipient={"kind": "attacker"}, malicious=True)
        (told,) = changes(case)
        assert (told["before"], told["after"]) == (["no", "no"], ["yes", "no"])
        assert set(told["facts"]) == {"recipient", "malicious"}
        mails = [mail for mail in case.mails() if mail.template == "verdict_changed"]
        assert {mail.recipient for mail in mails} == {firm.address("dpo"), firm.address("manager")}

    def test_facts_that_change_nothing_are_told_to_nobody(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**STOLEN)
        case.assess()
        case.amend(subjects_count=41)
        assert changes(case) == []

    def test_a_decision_the_test_has_overtaken_must_be_taken_again(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        case.acknowledge()
        case.set_awareness(firm.town.now)
        case.decide("no", "no")
        assert not case.look().overtaken
        case.amend(recipient={"kind": "attacker"}, malicious=True)
        assert (case.look().overtaken, case.look().next_act) == (True, "decide")
        case.decide("no", "no")  # this time with a second person, who has seen the new verdict
        assert not case.look().overtaken


class TestTheClockFollowsTheVerdict:
    """A decision not to notify holds for the facts it was made on: the 72 hours are not over because of it."""

    ATTACKER: ClassVar[dict[str, Any]] = {"recipient": {"kind": "attacker"}, "malicious": True}
    HARMLESS: ClassVar[dict[str, Any]] = {"recipient": WRONG_LETTER["recipient"], "malicious": False}

    def not_notified(self, firm: Firm) -> CaseFile:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        case.decide("no", "no")
        assert case.look().clock.stop_reason == "decided_not_to_notify"
        return case

    def causes(self, case: CaseFile) -> list[str]:
        return [event.data["cause"] for event in case.look().events if event.kind == "clock.restarted"]

    def test_facts_that_turn_the_verdict_let_the_clock_run_on_from_the_same_awareness(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        before = case.look().clock
        firm.town.clock.advance(hours=30)
        case.amend(**self.ATTACKER)
        after = case.look().clock
        assert (after.state, after.version) == ("running", 2)
        assert (after.anchor_at, after.deadline_at) == (before.anchor_at, before.deadline_at)
        assert self.causes(case) == ["verdict_changed"]

    def test_warnings_missed_meanwhile_come_at_once_and_as_one_mail_a_person(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        firm.town.clock.advance(hours=50)
        case.amend(**self.ATTACKER)
        firm.town.sweep()
        assert {name for name, (state, _) in case.stages().items() if state == "fired"} >= {"opened", "t24", "t48"}
        mails = [mail for mail in case.mails("queued") if mail.template == "stage"]
        assert len({mail.recipient for mail in mails}) == len(mails)

    def test_the_later_warnings_come_at_their_hours(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        case.amend(**self.ATTACKER)
        firm.town.clock.advance(hours=73)
        firm.town.sweep()
        assert case.stages()["deadline"] == ("fired", "")

    def test_it_stops_again_when_the_facts_turn_back(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        case.amend(**self.ATTACKER)
        case.amend("A feltételezett támadó a saját munkatársunk volt.", **self.HARMLESS)
        seen = case.look()
        assert not seen.overtaken
        assert (seen.clock.state, seen.clock.stop_reason) == ("stopped", "decided_not_to_notify")
        assert {state for state, _ in case.stages().values()} <= {"fired", "cancelled"}

    def test_it_stops_again_when_two_people_decide_not_to_notify_on_the_new_facts(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        case.amend(**self.ATTACKER)
        proposal = case.propose("no", "no")
        assert isinstance(proposal, DecisionProposal)
        assert case.look().clock.state == "running"
        case.answer(proposal, "approved")
        assert case.look().clock.stop_reason == "decided_not_to_notify"
        case.amend(subjects_count=2)
        assert case.look().clock.state == "stopped"

    def test_to_notify_after_all_goes_on_with_the_clock_that_runs(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        case.amend(**self.ATTACKER)
        case.decide("yes", "no")
        seen = case.look()
        assert (seen.clock.state, seen.clock.version) == ("running", 2)

    def test_a_verdict_that_did_not_move_leaves_it_stopped(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        case.amend(subjects_count=2)
        assert case.look().clock.state == "stopped"

    def test_once_notified_new_facts_start_nothing(self, firm: Firm) -> None:
        case = self.not_notified(firm)
        case.file()
        case.amend(**self.ATTACKER)
        assert case.look().clock.state == "stopped"

    def test_a_notification_withdrawn_as_groundless_is_owed_again_once_facts_say_so(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(**WRONG_LETTER)
        case.file(authority_identifier="NAIH-1/2026")
        case.file("withdrawal", note="A vizsgálat szerint nem történt adatvédelmi incidens, a levél megkerült.")
        case.decide("no", "no")
        case.amend(**self.ATTACKER)
        assert case.look().clock.state == "running"
        firm.town.clock.advance(hours=48)
        firm.town.sweep()
        assert case.stages()["t48"] == ("fired", "")


class TestGroupsOfPeople:
    def amend(self, case: CaseFile, group: str, **values: Any) -> int:
        with case.firm.as_("handler") as uow:
            return report.amend_facts(uow, case.id, values, group=group)

    def patients(self, firm: Firm) -> CaseFile:
        """A letter about everybody went astray; for the patients it also told their illness."""
        case = firm.report()
        case.amend(**WRONG_LETTER)
        self.amend(case, " A  betegek ", data_categories=["contact_basic", "health"], special_categories=["health"])
        return case

    def test_a_group_has_its_own_facts_over_those_of_everybody(self, firm: Firm) -> None:
        seen = self.patients(firm).look()
        assert list(seen.groups) == ["A betegek"]
        assert seen.facts.value("data_categories") == ["contact_basic"]
        assert seen.facts_of("A betegek").value("data_categories") == ["contact_basic", "health"]
        assert seen.facts_of("A betegek").value("malicious") is False

    def test_each_group_has_its_verdict_and_the_breach_the_strictest(self, firm: Firm) -> None:
        run = self.patients(firm).assess()
        assert run.groups == ["A betegek"]
        assert (run.outcome["notify_authority"], run.outcome["tell_subjects"]) == ("yes", "yes")
        assert run.outcome["groups"][""]["tell_subjects"] == "no"
        assert run.outcome["groups"]["A betegek"]["tell_subjects"] == "yes"

    def test_it_is_decided_group_by_group_whom_to_tell(self, firm: Firm) -> None:
        case = self.patients(firm)
        row = case.propose("yes", "yes", tell_by_group={"": "no", "A betegek": "yes"})
        assert isinstance(row, Decision)
        assert row.tell_by_group == {"": "no", "A betegek": "yes"}

    def test_to_tell_the_wrong_group_only_needs_a_second_person(self, firm: Firm) -> None:
        row = self.patients(firm).propose("yes", "yes", tell_by_group={"": "yes", "A betegek": "no"})
        assert isinstance(row, DecisionProposal)
        assert row.needs_second == ["tell"]

    @pytest.mark.parametrize(
        ("said", "path"),
        [
            ({"": "yes"}, "groups.A betegek"),
            ({"": "no", "A betegek": "yes", "Mások": "no"}, "groups"),
            ({"": "no", "A betegek": "no"}, "tell"),
        ],
    )
    def test_every_group_has_an_answer_and_the_whole_is_the_strictest(
        self, firm: Firm, said: dict[str, str], path: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.patients(firm).propose("yes", "yes", tell_by_group=said)
        assert [error.path for error in refused.value.errors] == [path]

    def test_what_is_one_fact_for_everybody_is_not_asked_by_group(self, firm: Firm) -> None:
        case = self.patients(firm)
        with pytest.raises(InvalidInput) as refused:
            self.amend(case, "A betegek", title="x", mitigations=["forensics"])
        assert [error.path for error in refused.value.errors] == ["facts.title", "facts.mitigations"]

    def test_a_group_taken_back_counts_no_longer_and_stays_in_the_history(self, firm: Firm) -> None:
        case = self.patients(firm)
        case.assess()
        with firm.as_("handler") as uow:
            report.end_group(uow, case.id, "A betegek", "Mégsem volt benne betegség.")
        seen = case.look()
        assert not seen.groups
        assert seen.assessment is not None
        assert seen.assessment.outcome["tell_subjects"] == "no"
        assert [row.people_group for row in seen.amendments] == ["", "", "A betegek", "A betegek"]
        with firm.as_("handler") as uow, pytest.raises(NotFound):
            report.end_group(uow, case.id, "A betegek")

    def test_what_moved_the_verdict_is_found_in_groups_as_well(self, firm: Firm) -> None:
        case = self.patients(firm)
        assert set(moved_facts(case.look().amendments, 2)) >= {"data_categories", "special_categories"}

    def test_patients_in_several_groups_are_many_together(self, firm: Firm) -> None:
        case = firm.report().encrypted()
        case.amend(data_categories=["contact_basic"], subjects_count=10)
        for ward in ("Első osztály", "Második osztály"):
            self.amend(case, ward, data_categories=["health"], subjects_count=60)
        row = case.propose("no", "no")
        assert isinstance(row, DecisionProposal)
        assert row.needs_second == ["health"]
