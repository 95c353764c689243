"""Clock: when the 72 hours began, who corrected it and why, and who took the case (Guidelines 9/2022 §31-36)."""

from datetime import timedelta
from typing import Any

import pytest

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput
from incidents.base.time import ZonedInstant, parse_local
from incidents.steps import clock
from incidents.steps.register import close_incident
from tests.builders import WHY_LATER, CaseFile, Firm

HOURS_72 = timedelta(hours=72)


def refusal(case: CaseFile, at: ZonedInstant, reason: str) -> list[FieldError]:
    with pytest.raises(InvalidInput) as refused:
        case.set_awareness(at, reason)
    return list(refused.value.errors)


class TestAwareness:
    def test_it_makes_a_new_version_that_runs_72_exact_hours_from_it(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(firm.town.ago(hours=2))
        seen = case.look()
        assert not seen.provisional
        assert [one.version for one in seen.clocks] == [1, 2]
        assert [one.state for one in seen.clocks] == ["superseded", "running"]
        assert seen.clock.deadline_at == firm.town.ago(hours=2).at + HOURS_72
        assert (seen.clock.reason, seen.clock.set_by) == (WHY_LATER, "Doktor Dóra")

    def test_the_first_version_stays_as_it_was(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        first = case.look().clock
        case.set_awareness(firm.town.ago(hours=2))
        kept = case.look().clocks[0]
        assert (kept.anchor_at, kept.deadline_at, kept.set_at) == (first.anchor_at, first.deadline_at, first.set_at)

    def test_the_zone_it_was_entered_in_is_kept(self, firm: Firm) -> None:
        """The parent company in Lisbon found out first; its people wrote down their own time."""
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(parse_local("2026-11-20T15:00", "Europe/Lisbon"))
        seen = case.look().clock
        assert (seen.anchor_zone, seen.anchor_at.isoformat()) == ("Europe/Lisbon", "2026-11-20T15:00:00+00:00")

    def test_over_the_end_of_summer_time_it_is_72_hours_and_71_on_the_wall_clock(self, firm: Firm) -> None:
        firm.town.clock.move_to(parse_local("2026-10-24T23:45").at)
        case = firm.report(noticed=parse_local("2026-10-24T23:30"))
        case.set_awareness(parse_local("2026-10-24T23:30"), "")
        assert case.look().clock.deadline_at == parse_local("2026-10-27T22:30").at

    def test_later_than_the_first_signal_it_needs_a_reason_of_substance(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        for reason in ("", "később", "mert mert mert mert mert mert mert"):
            assert [error.path for error in refusal(case, firm.town.ago(hours=2), reason)] == ["reason"]

    def test_within_the_hour_it_needs_none(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=2))
        case.set_awareness(firm.town.ago(hours=1), "")
        assert not case.look().provisional

    def test_it_cannot_lie_in_the_future_nor_before_the_first_signal(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=2))
        assert [error.code for error in refusal(case, firm.town.ago(hours=-1), WHY_LATER)] == ["future"]
        assert [error.code for error in refusal(case, firm.town.ago(hours=3), "")] == ["before-signal"]

    def test_whoever_owns_the_clock_may_set_it_and_nobody_else(self, firm: Firm) -> None:
        case = firm.report()
        for role in ("reporter", "handler", "auditor", "admin"):
            with firm.as_(role) as uow, pytest.raises(Forbidden):
                clock.set_awareness(uow, case.id, firm.town.now, "")
        with firm.as_("manager") as uow:  # without a DPO the responsible manager does it
            clock.set_awareness(uow, case.id, firm.town.now, "")

    def test_in_a_closed_case_it_stays(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        with firm.as_("dpo") as uow:
            close_incident(uow, case.id, "Nem járt kockázattal.")
        with pytest.raises(Conflict, match="Reopen it"):
            case.set_awareness(firm.town.now, "")

    def test_each_version_stands_in_the_log_with_its_reason(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(firm.town.ago(hours=4))
        case.set_awareness(firm.town.ago(hours=2))
        told = [event.data for event in case.look().events if event.kind == "clock.corrected"]
        assert [(one["version"], one["replaces"], one["reason"]) for one in told] == [
            (2, 1, WHY_LATER),
            (3, 2, WHY_LATER),
        ]


class TestWhatWasPlanned:
    def test_is_called_off_and_planned_again_on_the_new_version(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(firm.town.ago(hours=2))
        seen = case.look()
        old, new = ([one for one in seen.stages if one.clock_id == clock_.id] for clock_ in seen.clocks)
        assert {(one.state, one.reason) for one in old} == {("cancelled", "superseded")}
        due = {one.name: one.due_at for one in new}
        assert due["t24"] == firm.town.ago(hours=2).at + timedelta(hours=24)
        assert due["deadline"] == seen.clock.deadline_at

    def test_what_has_gone_out_does_not_go_out_again(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=30))
        firm.town.sweep()
        case.set_awareness(firm.town.ago(hours=26))
        firm.town.sweep()
        fired = [one.name for one in case.look().stages if one.state == "fired"]
        assert sorted(fired) == ["opened", "t24"]

    def test_what_went_out_too_early_by_the_new_clock_goes_out_when_it_is_due(self, firm: Firm) -> None:
        """The 24 hours had passed since the first signal, but not since awareness: that warning is still to come."""
        case = firm.report(noticed=firm.town.ago(hours=30))
        firm.town.sweep()
        case.set_awareness(firm.town.ago(hours=2))
        firm.town.clock.advance(hours=22)
        firm.town.sweep()
        assert [one.name for one in case.look().stages if one.state == "fired"].count("t24") == 2


class TestAFilingAndTheClock:
    def test_a_filing_stops_the_clock_and_calls_off_the_rest(self, firm: Firm) -> None:
        case = firm.report()
        case.file()
        seen = case.look()
        assert (seen.clock.state, seen.clock.stop_reason, seen.clock.stopped_at) == (
            "stopped",
            "filed",
            firm.town.now.at,
        )
        assert {reason for _, reason in case.stages().values()} == {"filed"}

    def test_a_correction_after_the_filing_never_changes_how_late_it_was(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=80))
        filing = case.file(delay_reasons=WHY_LATER)
        assert filing.late_by_seconds == 8 * 3600
        case.set_awareness(firm.town.ago(hours=60))
        seen = case.look()
        assert seen.clock.version == 2
        assert seen.filing
        assert (seen.filing.late_by_seconds, seen.filing.deadline_at) == (8 * 3600, filing.deadline_at)
        assert seen.filing.clock_id == seen.clocks[0].id

    def test_a_correction_after_the_filing_sets_nothing_running(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.file()
        stopped_at = case.look().clock.stopped_at
        firm.town.clock.advance(hours=1)
        case.set_awareness(firm.town.ago(hours=6))
        seen = case.look().clock
        assert (seen.state, seen.stop_reason, seen.stopped_at) == ("stopped", "filed", stopped_at)
        assert case.stages() == {}


class TestADecisionAndTheClock:
    def test_not_to_notify_stops_it(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        seen = case.look().clock
        assert (seen.state, seen.stop_reason) == ("stopped", "decided_not_to_notify")

    def test_to_notify_after_all_lets_it_run_on_from_the_same_awareness(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(firm.town.ago(hours=8))
        case.decide("no")
        firm.town.clock.advance(hours=30)
        case.decide("yes")
        seen = case.look()
        assert seen.clock.state == "running"
        assert seen.clock.anchor_at == seen.clocks[1].anchor_at
        assert seen.clock.deadline_at == seen.clocks[1].deadline_at

    def test_the_reason_of_the_awareness_stays_its_reason(self, firm: Firm) -> None:
        """It goes into the notification: no code word of ours may take its place."""
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(firm.town.ago(hours=8))
        case.decide("no")
        case.decide("yes")
        seen = case.look()
        assert seen.clock.reason == WHY_LATER
        assert [(e.data["cause"]) for e in seen.events if e.kind == "clock.restarted"] == ["decided_to_notify"]

    def test_that_it_once_stood_still_remains_on_the_version_that_did(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        stopped_at = firm.town.clock.now()
        firm.town.clock.advance(hours=1)
        case.decide("yes")
        old = case.look().clocks[-2]
        assert (old.state, old.stop_reason, old.stopped_at) == ("superseded", "decided_not_to_notify", stopped_at)

    def test_to_notify_again_while_it_runs_changes_nothing(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("yes")
        case.decide("yes", "yes")
        assert [one.version for one in case.look().clocks] == [1]

    def test_a_correction_while_decided_against_sets_nothing_running(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.decide("no")
        case.set_awareness(firm.town.ago(hours=8))
        assert (case.look().clock.state, case.stages()) == ("stopped", {})


class TestAcknowledging:
    def test_a_named_person_takes_the_case(self, firm: Firm) -> None:
        case = firm.report()
        row = case.acknowledge("handler")
        assert (row.name, row.via, row.user_id) == ("Halmos Hanna", "page", firm.people["handler"].id)
        seen = case.look()
        assert (seen.state, seen.incident.acknowledged_at) == ("acknowledged", firm.town.clock.now())

    def test_the_first_one_counts_and_the_later_ones_are_kept(self, firm: Firm) -> None:
        case = firm.report()
        case.acknowledge("handler")
        first = firm.town.clock.now()
        firm.town.clock.advance(hours=1)
        case.acknowledge("dpo")
        seen = case.look()
        assert seen.incident.acknowledged_at == first
        assert [one.name for one in seen.acknowledgements] == ["Halmos Hanna", "Doktor Dóra"]

    def test_from_the_mail_it_is_the_person_the_mail_went_to(self, firm: Firm) -> None:
        case = firm.report()
        with firm.town.uow() as uow:
            clock.acknowledge(uow, case.id, via="mail", stage="t48", name="Külső Kamilla")
        (row,) = case.look().acknowledgements
        assert (row.name, row.stage, row.via, row.user_id) == ("Külső Kamilla", "t48", "mail", None)

    @pytest.mark.parametrize("role", ["reporter", "auditor"])
    def test_who_may_only_report_or_read_cannot_take_it(self, firm: Firm, role: str) -> None:
        case = firm.report()
        with pytest.raises(Forbidden):
            case.acknowledge(role)


def test_the_next_act_leads_through_the_case(firm: Firm) -> None:
    case = firm.report(noticed=firm.town.ago(hours=3))
    acts: list[tuple[str, Any]] = [
        ("acknowledge", case.acknowledge),
        ("set_awareness", lambda: case.set_awareness(firm.town.ago(hours=1))),
        ("decide", lambda: case.decide("yes", "yes")),
        ("draft", case.freeze),
        ("file", lambda: case.file(complete=False, authority_identifier="NAIH-1/2026")),
        ("tell", case.tell),
        ("follow_up", lambda: case.fill_form().file("follow_up", complete=True)),
    ]
    for due, act in acts:
        assert case.look().next_act == due
        act()
        firm.town.clock.advance(minutes=10)
    assert case.look().next_act == "close"
