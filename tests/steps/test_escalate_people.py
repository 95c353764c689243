"""Who is really told: people on leave, stand-ins, whoever holds the case; held until morning; repeated until seen."""

from datetime import timedelta

import pytest

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from incidents.base.time import parse_local
from incidents.rules.absences import AbsenceForm
from incidents.rules.office import local
from incidents.steps import absences
from incidents.steps import clock as clock_step
from incidents.store import outbox
from tests.builders import CaseFile, Firm, Town
from tests.policies_builders import away, duty_clock, fired_events, hand_over, save_ladder, standard, with_stage
from tests.steps.test_second_person import STOLEN, WRONG_LETTER

TUESDAY = parse_local("2026-11-24T09:20").at
"""The 72-hour ladder of its second version applies."""


def told(case: CaseFile, stage: str) -> dict[str, str]:
    """Who a stage was sent to, and why."""
    (said,) = fired_events(case, stage)
    special = {one["to"]: one["why"] for one in said.get("why", ())}
    return {address: special.get(address, "audience") for address in said["to"]}


def pass_hours(case: CaseFile, hours: float) -> None:
    case.town.clock.advance(hours=hours)
    case.town.sweep()


class TestPeopleOnLeave:
    def test_the_stand_in_is_told_and_the_log_and_the_mail_say_for_whom(self, firm: Firm) -> None:
        away(firm, "dpo", "manager")
        case = firm.report()
        firm.town.sweep()
        assert told(case, "opened") == {firm.address("manager"): "stands_in", firm.address("handler"): "audience"}
        (mail,) = [mail for mail in case.mails() if mail.recipient == firm.address("manager")]
        assert (mail.payload["why"], mail.payload["for"]) == ("stands_in", ["Doktor Dóra"])
        assert fired_events(case, "opened")[0]["why"][0]["for"] == ["Doktor Dóra"]

    def test_with_nobody_standing_in_the_next_in_line_is_told(self, firm: Firm) -> None:
        away(firm, "dpo")
        case = firm.report()
        firm.town.sweep()
        assert told(case, "opened")[firm.address("manager")] == "next_in_line"

    def test_an_absence_is_over_after_its_last_day(self, firm: Firm) -> None:
        away(firm, "dpo", days=0)
        case = firm.report()
        pass_hours(case, 24)
        assert firm.address("dpo") in told(case, "t24")

    def test_whoever_comes_back_early_ends_it(self, firm: Firm) -> None:
        row = away(firm, "dpo", "manager")
        with firm.as_("dpo") as uow:
            absences.end_own(uow, row.id)
        case = firm.report()
        firm.town.sweep()
        assert firm.address("dpo") in told(case, "opened")

    def test_when_everybody_is_away_everybody_is_told_all_the_same(self, town: Town) -> None:
        firm = town.found(staff=("dpo",))
        away(firm, "dpo")
        case = firm.report()
        town.sweep()
        assert told(case, "opened")[firm.address("dpo")] == "also_absent"
        assert len(told(case, "opened")) == 2  # and the mailbox of the firm

    def test_a_stand_in_counts_only_where_that_person_serves(self, town: Town) -> None:
        """An external data protection officer serves two firms; her colleague serves one of them."""
        one, other = town.found(staff=("dpo", "manager")), town.found(staff=("manager",))
        one.people["colleague"] = one.employ("handler")
        other.people["dpo"] = one.people["dpo"]
        other.employ("dpo", email=one.address("dpo"))
        first = local(town.clock.now()).date()
        with one.as_("dpo") as uow:
            absences.record_own(uow, AbsenceForm(first, first, one.people["colleague"].id))
        cases = [firm.report() for firm in (one, other)]
        town.sweep()
        assert told(cases[0], "opened")[one.address("colleague")] == "audience"
        assert set(told(cases[1], "opened")) == {other.address("manager")}


class TestTheCalendar:
    def form(self, firm: Firm, first: int = 0, last: int = 2, **fields: object) -> AbsenceForm:
        today = local(firm.town.clock.now()).date()
        return AbsenceForm(today + timedelta(days=first), today + timedelta(days=last), **fields)  # type: ignore[arg-type]

    def refusal(self, firm: Firm, form: AbsenceForm) -> list[FieldError]:
        with pytest.raises(InvalidInput) as refused, firm.as_("handler") as uow:
            absences.record_own(uow, form)
        return list(refused.value.errors)

    def test_days_must_lie_in_order_and_ahead(self, firm: Firm) -> None:
        assert [one.code for one in self.refusal(firm, self.form(firm, 3, 2))] == ["order"]
        assert [one.code for one in self.refusal(firm, self.form(firm, -3, -1))] == ["past"]
        assert [one.code for one in self.refusal(firm, self.form(firm, 0, 1000))] == ["too-long"]

    def test_the_stand_in_is_a_colleague_and_somebody_else(self, firm: Firm, town: Town) -> None:
        stranger = town.found().people["dpo"].id
        assert [one.code for one in self.refusal(firm, self.form(firm, stand_in_id=stranger))] == ["unknown"]
        auditor = self.form(firm, stand_in_id=firm.people["auditor"].id)
        assert [one.code for one in self.refusal(firm, auditor)] == ["unknown"]
        oneself = self.form(firm, stand_in_id=firm.people["handler"].id)
        assert [one.code for one in self.refusal(firm, oneself)] == ["self"]

    def test_two_absences_do_not_overlap(self, firm: Firm) -> None:
        away(firm, "handler", days=5)
        assert [one.code for one in self.refusal(firm, self.form(firm, 5, 9))] == ["overlap"]

    def test_an_administrator_enters_one_for_a_colleague_and_the_log_says_so(self, firm: Firm) -> None:
        with firm.as_("admin") as uow:
            row = absences.record_for(uow, firm.id, firm.people["dpo"].id, self.form(firm))
        with firm.as_("admin", read_only=True) as uow:
            (shown,) = absences.of_controller(uow, firm.id)
        assert (shown.name, shown.row.made_by) == ("Doktor Dóra", "Adorján Ádám")
        with firm.as_("admin") as uow:
            absences.end_for(uow, firm.id, row.id)
        with firm.as_("admin") as uow, pytest.raises(Conflict):
            absences.end_for(uow, firm.id, row.id)
        with firm.as_("admin", read_only=True) as uow:
            assert absences.of_controller(uow, firm.id) == []

    def test_nobody_else_enters_or_ends_the_absence_of_another(self, firm: Firm, town: Town) -> None:
        row = away(firm, "dpo")
        with firm.as_("handler") as uow, pytest.raises(Forbidden):
            absences.record_for(uow, firm.id, firm.people["dpo"].id, self.form(firm))
        with firm.as_("handler") as uow, pytest.raises(NotFound):
            absences.end_own(uow, row.id)
        other = town.found()
        with other.as_("admin") as uow, pytest.raises(NotFound):
            absences.end_for(uow, other.id, row.id)
        with other.as_("admin") as uow, pytest.raises(NotFound):
            absences.record_for(uow, other.id, firm.people["dpo"].id, self.form(firm))


class TestWhoHoldsTheCase:
    def test_the_holder_hears_of_it_at_once_and_of_every_later_warning(self, firm: Firm) -> None:
        case = firm.report()
        firm.town.sweep()
        hand_over(case, "manager")
        assert [mail.recipient for mail in case.mails() if mail.template == "handed_over"] == [firm.address("manager")]
        pass_hours(case, 24)
        assert told(case, "t24")[firm.address("manager")] == "holder"

    def test_it_needs_a_note_and_somebody_who_may_work_on_the_case(self, firm: Firm) -> None:
        case = firm.report()
        for role, note, paths in (("auditor", "Nézd meg.", ["user"]), ("manager", " ", ["note"])):
            with pytest.raises(InvalidInput) as refused:
                hand_over(case, role, note=note)
            assert [error.path for error in refused.value.errors] == paths

    def test_it_is_handed_over_again_but_not_to_the_same_person(self, firm: Firm) -> None:
        case = firm.report()
        hand_over(case, "manager")
        with pytest.raises(Conflict, match="already"):
            hand_over(case, "manager")
        hand_over(case, "handler", role="manager")
        seen = case.look()
        assert [(one.handed_by, one.name) for one in seen.handovers] == [
            ("Doktor Dóra", "Kelemen Katalin"),
            ("Kelemen Katalin", "Halmos Hanna"),
        ]
        assert seen.incident.held_by_id == firm.people["handler"].id

    def test_who_only_reads_hands_nothing_over(self, firm: Firm) -> None:
        case = firm.report()
        with pytest.raises(Forbidden):
            hand_over(case, "manager", role="auditor")


class TestQuietHours:
    @pytest.fixture
    def firm(self, town: Town) -> Firm:
        """A firm whose reminder to decide may wait for the morning."""
        town.clock.move_to(TUESDAY)
        firm = town.found(staff=("dpo", "handler"))
        save_ladder(firm, with_stage(standard(firm), "t24", can_wait=True, after_hours=12))
        return firm

    def opened_and_sent(self, firm: Firm) -> CaseFile:
        case = firm.report()
        firm.town.sweep()
        with firm.town.uow() as uow:
            for mail in case.mails("queued"):
                row = outbox.lock(uow, mail.id)
                assert row
                outbox.mark_sent(uow, row)
        case.acknowledge()
        return case

    def test_what_can_wait_is_held_until_the_morning_and_the_log_says_so(self, firm: Firm) -> None:
        case = self.opened_and_sent(firm)
        pass_hours(case, 12)  # 21:20
        morning = parse_local("2026-11-25T07:00").at
        (said,) = fired_events(case, "t24")
        assert said["held_until"] == morning.isoformat()
        assert said["late_by_seconds"] == 0
        waiting = [mail for mail in case.mails("queued") if mail.payload["stage"] == "t24"]
        assert {mail.next_attempt_at for mail in waiting} == {morning}

    def test_what_waits_already_does_not_wait_longer_for_what_is_held(self, firm: Firm) -> None:
        case = firm.report()
        firm.town.sweep()  # nobody delivers: the first mail still waits
        pass_hours(case, 12)
        (mail,) = [mail for mail in case.mails("queued") if mail.recipient == firm.address("dpo")]
        assert mail.payload["stage"] == "t24"
        assert mail.next_attempt_at < firm.town.clock.now()

    def test_a_nearer_deadline_lets_out_what_is_held(self, firm: Firm) -> None:
        case = self.opened_and_sent(firm)
        pass_hours(case, 12)
        duty_clock(case, 4)
        pass_hours(case, 0)
        held = [mail for mail in case.mails("queued") if mail.payload["stage"] == "t24"]
        assert {mail.next_attempt_at for mail in held} == {firm.town.clock.now()}


class TestRepeats:
    @pytest.fixture
    def firm(self, town: Town) -> Firm:
        town.clock.move_to(TUESDAY)
        return town.found(staff=("dpo", "handler"))

    def seen(self, case: CaseFile, role: str, stage: str) -> None:
        with case.firm.as_(role) as uow:
            clock_step.acknowledge(uow, case.id, via="page", stage=stage, clock_id=case.look().clock.id)

    def test_after_the_deadline_they_go_on_for_whoever_has_not_seen_them(self, firm: Firm) -> None:
        case = firm.report()
        pass_hours(case, 96)
        self.seen(case, "dpo", "overdue-1")
        pass_hours(case, 24)
        assert set(told(case, "overdue-2")) == {firm.address("handler")}
        self.seen(case, "handler", "overdue-2")
        pass_hours(case, 24)
        assert case.stages()["overdue-3"] == ("cancelled", "acknowledged")

    def test_to_take_the_case_or_to_see_an_earlier_warning_stops_none_of_them(self, firm: Firm) -> None:
        case = firm.report()
        case.acknowledge()
        pass_hours(case, 72)
        self.seen(case, "dpo", "deadline")
        self.seen(case, "handler", "t71")
        pass_hours(case, 48)
        assert set(told(case, "overdue-2")) == {firm.address("dpo"), firm.address("handler")}

    def test_where_one_is_enough_one_stops_them(self, firm: Firm) -> None:
        save_ladder(firm, with_stage(standard(firm), "overdue", everybody_acknowledges=False))
        case = firm.report()
        pass_hours(case, 96)
        self.seen(case, "dpo", "overdue-1")
        pass_hours(case, 24)
        assert case.stages()["overdue-2"] == ("cancelled", "acknowledged")

    def test_an_acknowledgement_names_a_clock_of_its_own_case(self, firm: Firm) -> None:
        case, other = firm.report(), firm.report()
        with firm.as_("dpo") as uow, pytest.raises(NotFound):
            clock_step.acknowledge(uow, case.id, via="page", stage="opened", clock_id=other.look().clock.id)


class TestNotices:
    """A mail that a change in a case calls for does not lie unread with somebody on leave either."""

    def test_a_changed_verdict_goes_to_who_stands_in_and_to_who_holds_the_case(self, firm: Firm) -> None:
        firm.people["second"] = firm.employ("handler", name="Második Márta")
        away(firm, "dpo", "second")
        case = firm.report()
        hand_over(case, "handler", role="manager")
        case.amend(**WRONG_LETTER)
        case.assess()
        case.amend(recipient={"kind": "attacker"}, malicious=True)
        told = {mail.recipient for mail in case.mails() if mail.template == "verdict_changed"}
        assert told == {firm.address("second"), firm.address("manager"), firm.address("handler")}

    def test_when_the_one_who_must_be_heard_is_away_the_mailbox_of_the_firm_hears_as_well(self, firm: Firm) -> None:
        away(firm, "dpo")
        case = firm.report()
        case.amend(**STOLEN)
        case.propose("no", "no", role="manager")
        asked = {mail.recipient for mail in case.mails() if mail.template == "approval_wanted"}
        assert firm.address("dpo") in asked
        assert len(asked) == 2
