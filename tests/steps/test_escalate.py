"""Escalation: the ladder over time, who is warned when, what loses its point, and that nothing goes out twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from incidents.base.time import parse_local
from incidents.store import heartbeat, outbox
from tests.builders import CaseFile, Firm, Town, controller_form

LADDER = ["opened", "unacknowledged", "t24", "t48", "t60", "t66", "t70", "t71", "deadline", "overdue-1", "overdue-2"]


@pytest.fixture
def firm(town: Town) -> Firm:
    firm = town.found()
    firm.employ("dpo", name="Helyettes Hedvig", deputy=True)
    return firm


def walk(case: CaseFile, hours: float) -> None:
    """Let time pass in quarters of an hour, with a sweep after each, as beat does it more often."""
    for _ in range(int(hours * 4)):
        case.town.clock.advance(minutes=15)
        case.town.sweep()


def run_to(case: CaseFile, hours: float) -> None:
    """Let time pass at once, with one sweep at the end: the machine was off."""
    case.town.clock.move_to(case.look().incident.opened_at + timedelta(hours=hours))
    case.town.sweep()


def step(case: CaseFile, *hours: float) -> None:
    for hour in hours:
        run_to(case, hour)


def fired(case: CaseFile) -> list[str]:
    return [stage.name for stage in case.look().stages if stage.state == "fired"]


def told(case: CaseFile, stage: str) -> list[str]:
    """Who a warning went to, by name."""
    return [mail.name for mail in case.look().mails if mail.payload["stage"] == stage]


class TestTheLadder:
    def test_every_rung_fires_at_its_hour_and_then_daily_while_nothing_is_filed(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 2, 24, 48, 60, 66, 70, 71, 72, 96, 120)
        assert fired(case) == LADDER
        stages = {stage.name: stage for stage in case.look().stages}
        assert {stages[name].late_by_seconds for name in LADDER} == {0}
        assert stages["overdue-3"].state == "scheduled"

    def test_nothing_fires_before_its_hour(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 1.99, 2, 23.99, 24, 47.99)
        assert fired(case) == LADDER[:3]

    def test_the_first_hours_minute_by_minute(self, firm: Firm) -> None:
        case = firm.report()
        walk(case, 2.25)
        assert fired(case) == ["opened", "unacknowledged"]

    def test_who_is_warned_grows_with_the_hours(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 2, 24, 48, 60, 66)
        assert set(told(case, "opened")) == {"Doktor Dóra", "Halmos Hanna"}
        assert set(told(case, "unacknowledged")) == {"Helyettes Hedvig", "Doktor Dóra"}
        assert set(told(case, "t48")) == {"Doktor Dóra", "Helyettes Hedvig"}
        assert set(told(case, "t60")) == {"Doktor Dóra", "Helyettes Hedvig", "Kelemen Katalin"}
        assert set(told(case, "t66")) >= {"Doktor Dóra", "Halmos Hanna", "Kelemen Katalin", "Adorján Ádám"}
        assert "Aranyosi Aladár" not in told(case, "t66")

    def test_each_person_is_written_to_in_their_own_language(self, town: Town) -> None:
        firm = town.found(staff=("dpo",))
        firm.employ("handler", name="Helen Handler", language="en")
        case = firm.report()
        town.sweep()
        assert {(mail.name, mail.language) for mail in case.mails()} == {("Doktor Dóra", "hu"), ("Helen Handler", "en")}

    def test_a_firm_without_accounts_is_warned_through_its_profile(self, town: Town) -> None:
        """A small firm has just been set up: the manager named in the profile hears of it all the same."""
        form = controller_form(responsible_manager_email="kelemen@futar.example")
        case = town.found(form, staff=()).report()
        town.sweep()
        assert [(mail.name, mail.recipient) for mail in case.mails()] == [("Kelemen Katalin", "kelemen@futar.example")]

    def test_where_nobody_is_named_the_mailbox_of_the_firm_is_warned(self, town: Town) -> None:
        form = controller_form(email="iroda@futar.example")
        case = town.found(form, staff=()).report()
        town.sweep()
        assert [mail.recipient for mail in case.mails()] == ["iroda@futar.example"]

    def test_who_stands_in_the_profile_and_has_an_account_is_told_once(self, town: Town) -> None:
        firm = town.found(controller_form(dpo_name="Doktor Dóra", dpo_email="Dora@futar.example"), staff=())
        firm.employ("dpo", email="dora@futar.example")
        case = firm.report()
        town.sweep()
        assert len(case.mails()) == 1

    def test_a_summer_night_without_an_hour_does_not_move_the_ladder(self, firm: Firm) -> None:
        firm.town.clock.move_to(parse_local("2026-10-24T23:30").at)
        case = firm.report()
        step(case, 0, 2, 24, 48, 60, 66, 70, 71)
        assert "deadline" not in fired(case)
        step(case, 72)
        assert firm.town.clock.now() == parse_local("2026-10-27T22:30").at
        assert "deadline" in fired(case)


class TestWhatLosesItsPoint:
    def test_taken_in_time_nobody_is_reminded_to_take_it(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 1)
        case.acknowledge()
        step(case, 2)
        assert case.stages()["unacknowledged"] == ("cancelled", "acknowledged")
        assert told(case, "unacknowledged") == []

    def test_an_undecided_case_escalates_though_somebody_took_it(self, firm: Firm) -> None:
        case = firm.report()
        case.acknowledge()
        step(case, 2, 24, 48, 72)
        assert [name for name in fired(case) if name in {"t24", "t48", "deadline"}] == ["t24", "t48", "deadline"]

    def test_decided_in_a_day_only_the_reminder_to_decide_falls_away(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 2, 20)
        case.decide("yes")
        step(case, 24, 48)
        assert case.stages()["t24"] == ("cancelled", "decided")
        assert case.stages()["t48"] == ("fired", "")

    def test_filed_nothing_more_goes_out(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 2, 24)
        case.file()
        step(case, 48, 72, 200)
        assert fired(case) == ["opened", "unacknowledged", "t24"]

    def test_decided_against_nothing_more_goes_out(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0)
        case.decide("no")
        step(case, 72, 200)
        assert fired(case) == ["opened"]

    def test_decided_after_all_the_missed_warnings_come_at_once_marked_late(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0, 2, 24)
        case.decide("no")
        step(case, 50)
        case.decide("yes")
        step(case, 51)
        late = [stage for stage in case.look().stages if stage.state == "fired" and stage.name == "t48"]
        assert [stage.late_by_seconds for stage in late] == [3 * 3600]

    def test_a_withdrawn_notification_that_is_owed_after_all_escalates_again(self, firm: Firm) -> None:
        case = firm.report()
        case.file(authority_identifier="NAIH-1/2026")
        run_to(case, 10)
        case.file("withdrawal", note="A vizsgálat szerint nem történt adatvédelmi incidens, a gép megkerült.")
        run_to(case, 20)
        assert case.look().next_act == "acknowledge"
        assert case.look().clock.state == "stopped"
        case.decide("yes")
        assert case.look().state == "decided"
        step(case, 48, 72)
        assert case.stages()["t48"][0] == case.stages()["deadline"][0] == "fired"

    def test_every_warning_and_every_one_called_off_stands_in_the_log(self, firm: Firm) -> None:
        case = firm.report()
        step(case, 0)
        case.acknowledge()
        step(case, 2)
        log = [
            (e.kind, e.data.get("stage"), e.data.get("reason", "")) for e in case.look().events if "stage." in e.kind
        ]
        assert log == [("stage.fired", "opened", ""), ("stage.cancelled", "unacknowledged", "acknowledged")]


class TestAfterAnOutage:
    def test_every_missed_warning_fires_marked_late_and_folded_into_one_mail_a_person(self, firm: Firm) -> None:
        case = firm.report()
        run_to(case, 50)
        assert fired(case) == ["opened", "unacknowledged", "t24", "t48"]
        late = {stage.name: stage.late_by_seconds for stage in case.look().stages if stage.state == "fired"}
        assert late == {"opened": 50 * 3600, "unacknowledged": 48 * 3600, "t24": 26 * 3600, "t48": 2 * 3600}
        waiting = case.mails("queued")
        assert Counter(mail.name for mail in waiting) == {"Doktor Dóra": 1, "Helyettes Hedvig": 1, "Halmos Hanna": 1}
        (dora,) = [mail for mail in waiting if mail.name == "Doktor Dóra"]
        assert (dora.payload["stage"], dora.payload["folded"]) == ("t48", ["opened", "unacknowledged", "t24"])

    def test_a_folded_mail_says_which_one_took_it_in(self, firm: Firm) -> None:
        case = firm.report()
        run_to(case, 50)
        mails = {mail.id: mail for mail in case.mails()}
        for mail in case.mails("folded"):
            assert mail.folded_into
            assert mails[mail.folded_into].recipient == mail.recipient

    def test_ten_days_of_daily_reminders_come_as_one(self, firm: Firm) -> None:
        case = firm.report()
        run_to(case, 72 + 240)
        assert [name for name in fired(case) if name.startswith("overdue")] == [f"overdue-{n}" for n in range(1, 11)]
        (dora,) = [mail for mail in case.mails("queued") if mail.name == "Doktor Dóra"]
        assert dora.payload["stage"] == "overdue-10"
        assert len(dora.payload["folded"]) == 18

    def test_two_cases_are_not_mixed(self, firm: Firm) -> None:
        one, other = firm.report(), firm.report()
        run_to(one, 50)
        for case in (one, other):
            assert len([mail for mail in case.mails("queued") if mail.name == "Doktor Dóra"]) == 1

    def test_a_mail_in_the_hands_of_a_sender_is_not_folded(self, empty_town: Town) -> None:
        firm = empty_town.found(staff=("dpo",))
        case = firm.report()
        empty_town.sweep()
        with empty_town.uow() as uow:
            held = outbox.claim_one(uow)
            while held and held.template != "stage":
                held = outbox.claim_one(uow)
        run_to(case, 24)
        assert held
        assert [mail.state for mail in case.mails() if mail.id == held.id] == ["queued"]


class TestSweepsAtOnce:
    def test_two_sweeps_fire_each_warning_once(self, town: Town) -> None:
        firm = town.found(staff=("dpo", "handler"))
        cases = [firm.report(f"eset {number}") for number in range(12)]
        town.clock.advance(hours=72)
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(town.sweep) for _ in range(8)]:
                done.result()
        for case in cases:
            expected = [name for name in LADDER if not name.startswith("overdue")]
            assert fired(case) == expected
            logged = [event.data["stage"] for event in case.look().events if event.kind == "stage.fired"]
            assert sorted(logged) == sorted(expected)
            assert Counter(mail.state for mail in case.mails())["queued"] == 2

    def test_a_sweep_and_a_person_do_not_get_into_each_others_way(self, town: Town) -> None:
        firm = town.found(staff=("dpo", "handler"))
        cases = [firm.report(f"eset {number}") for number in range(8)]
        town.clock.advance(hours=48)
        with ThreadPoolExecutor(6) as pool:
            work = [pool.submit(town.sweep) for _ in range(4)]
            work += [pool.submit(case.acknowledge) for case in cases]
            work += [pool.submit(case.file) for case in cases]
            for done in work:
                done.result()
        town.sweep()
        for case in cases:
            assert {stage.state for stage in case.look().stages} <= {"fired", "cancelled"}
            assert len(case.look().filings) == 1

    def test_a_sweep_with_nothing_to_do_still_proves_that_it_lives(self, empty_town: Town) -> None:
        assert empty_town.sweep() == 0
        with empty_town.uow(read_only=True) as uow:
            assert heartbeat.read(uow) == {"sweep": empty_town.clock.now()}

    def test_more_than_fits_one_transaction_is_done_in_one_sweep(self, empty_town: Town) -> None:
        firm = empty_town.found(staff=("dpo",))
        cases = [firm.report(f"eset {number}") for number in range(30)]
        empty_town.clock.advance(hours=24 * 12)
        assert empty_town.sweep() == 30 * (9 + 9)  # nine rungs, and a daily reminder from hour 96 to hour 288
        assert all(len(fired(case)) == 18 for case in cases)
