"""A controller's own ladder: versioned, refused where it would leave a deadline silent, followed only when wanted."""

from typing import Any

import pytest

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from incidents.base.time import parse_local
from incidents.steps import ladders
from incidents.steps.policies import ladder_today
from incidents.steps.register import verify
from tests.builders import Firm, Town
from tests.policies_builders import WHY, duty_clock, save_ladder, stages_of, standard, with_stage


@pytest.fixture
def firm(town: Town) -> Firm:
    town.clock.move_to(parse_local("2026-11-24T09:20").at)
    return town.found()


def earlier_alarm(firm: Firm) -> dict[str, Any]:
    """The manager hears of it after a day and a half, under a name of its own."""
    data = standard(firm)
    rung = {"name": "manager36", "from": "anchor", "after_hours": 36, "audience": ["manager"]}
    words = {"hu": "Másfél nap eltelt", "en": "A day and a half has passed"}
    more = {"moot_when": ["closed", "filed"], "label": words}
    return {**data, "stages": [*data["stages"], rung | more]}


def refusal(firm: Firm, data: dict[str, Any], reason: str = WHY) -> list[FieldError]:
    with pytest.raises(InvalidInput) as refused, firm.as_("dpo") as uow:
        ladders.save_policy(uow, firm.id, "default", data, reason, also_running=False)
    return list(refused.value.errors)


class TestAnOwnLadder:
    def test_new_cases_climb_it_and_running_ones_keep_theirs(self, firm: Firm) -> None:
        before = firm.report()
        save_ladder(firm, earlier_alarm(firm))
        after = firm.report()
        assert "manager36" not in before.stages()
        assert after.stages()["manager36"] == ("scheduled", "")
        assert (before.look().clock.policy_version, after.look().clock.policy_version) == ("2", "own-1")

    def test_its_words_stand_in_the_log_and_on_the_case(self, firm: Firm) -> None:
        save_ladder(firm, earlier_alarm(firm))
        case = firm.report()
        seen = case.look()
        assert seen.ladders[seen.clock.id].stages[-1].label["hu"] == "Másfél nap eltelt"

    def test_another_controller_keeps_the_standard(self, firm: Firm, town: Town) -> None:
        save_ladder(firm, earlier_alarm(firm))
        assert town.found().report().look().clock.policy_version == "2"

    def test_a_ladder_that_would_leave_the_deadline_silent_is_refused(self, firm: Firm) -> None:
        silent = standard(firm)
        silent["stages"] = [stage for stage in silent["stages"] if stage["name"] != "deadline"]
        assert [(one.path, one.code) for one in refusal(firm, silent)] == [("stages", "no-alarm")]

    def test_every_change_says_why(self, firm: Firm) -> None:
        assert [one.path for one in refusal(firm, standard(firm), " ")] == ["reason"]

    def test_only_who_may_set_the_escalation_changes_it(self, firm: Firm, town: Town) -> None:
        for role in ("handler", "auditor", "reporter"):
            with firm.as_(role) as uow, pytest.raises(Forbidden):
                ladders.save_policy(uow, firm.id, "default", standard(firm), WHY, also_running=False)
        with firm.as_("dpo") as uow, pytest.raises(NotFound):
            ladders.save_policy(uow, town.found().id, "default", standard(firm), WHY, also_running=False)

    def test_a_ladder_nobody_knows_is_not_there(self, firm: Firm) -> None:
        with firm.as_("dpo") as uow, pytest.raises(NotFound):
            ladders.save_policy(uow, firm.id, "rope", standard(firm), WHY, also_running=False)

    def test_back_to_the_standard_the_own_versions_stay(self, firm: Firm) -> None:
        with firm.as_("dpo") as uow, pytest.raises(Conflict):
            ladders.back_to_standard(uow, firm.id, "default", WHY, also_running=False)
        save_ladder(firm, earlier_alarm(firm))
        between = firm.report()
        with firm.as_("admin") as uow:
            row = ladders.back_to_standard(uow, firm.id, "default", WHY, also_running=False)
        assert row.version == 2
        assert firm.report().look().clock.policy_version == "2"
        assert "manager36" in between.stages()
        with firm.town.uow(read_only=True) as uow:
            assert ladder_today(uow, firm.id, "default").version == "2"
            assert list(verify(uow, firm.id)) == []


class TestRunningClocks:
    def test_those_that_follow_get_a_new_version_with_the_same_deadline(self, firm: Firm) -> None:
        case = firm.report()
        old = case.look().clock
        save_ladder(firm, earlier_alarm(firm), also_running=True)
        seen = case.look()
        assert (seen.clock.version, seen.clock.policy_version) == (2, "own-1")
        assert (seen.clock.deadline_at, seen.clock.anchor_at) == (old.deadline_at, old.anchor_at)
        assert case.stages()["manager36"] == ("scheduled", "")
        assert [one.kind for one in seen.events].count("clock.replanned") == 1

    def test_what_was_told_is_not_told_again_and_a_new_rung_is_never_late(self, firm: Firm) -> None:
        case = firm.report()
        for hours in (0, 2, 22, 16):
            firm.town.clock.advance(hours=hours)
            firm.town.sweep()
        save_ladder(firm, earlier_alarm(firm), also_running=True)
        firm.town.sweep()
        assert set(case.stages()) == {"t48", "t60", "t66", "t70", "t71", "deadline", "overdue-1"}
        assert {state for state, _ in case.stages().values()} == {"scheduled"}

    def test_a_rung_taken_out_is_called_off(self, firm: Firm) -> None:
        case = firm.report()
        shorter = standard(firm)
        shorter["stages"] = [stage for stage in shorter["stages"] if stage["name"] != "t48"]
        save_ladder(firm, shorter, also_running=True)
        firm.town.clock.advance(hours=49)
        firm.town.sweep()
        fired = [one for one in case.look().stages if one.state == "fired"]
        assert "t48" not in {one.name for one in fired}

    def test_a_stopped_clock_stays_as_it_is(self, firm: Firm) -> None:
        case = firm.report()
        case.file()
        save_ladder(firm, earlier_alarm(firm), also_running=True)
        assert case.look().clock.version == 1

    def test_clocks_of_other_duties_follow_the_ladder_of_duties(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 240)
        save_ladder(firm, with_stage(standard(firm, "duty"), "week", after_hours=-160), "duty", also_running=True)
        assert stages_of(case, order)["week"] == ("cancelled", "ladder_changed")
        assert case.look().clock.version == 1
        with firm.town.uow(read_only=True) as uow:
            from incidents.store import deadlines

            newest = deadlines.newest_like(uow, order)
        assert (newest.version, newest.policy_version, newest.deadline_at) == (2, "own-1", order.deadline_at)
        assert stages_of(case, newest)["week"] == ("scheduled", "")
