"""Ladders of any duty: who is there, what may wait until morning, and what is said before people go home."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidents.base.dated import in_force
from incidents.base.i18n import translator
from incidents.base.time import BUDAPEST
from incidents.rules.absence import Absence, Told, is_acknowledged, repeat_after, told_at, who_would_get
from incidents.rules.escalation import (
    CaseState,
    Fire,
    Moot,
    Person,
    PlannedStage,
    outcome,
    plan_stages,
    policy_for,
    policy_of_version,
    rule_named,
    stage_label,
)
from incidents.rules.office import CALENDAR_HORIZON, QuietHours, WorkingHours, sending, working_day
from incidents.rules.policies import policy_faults

TODAY = date(2026, 11, 24)
DUTY = policy_for("duty", TODAY)
DEFAULT = policy_for("default", TODAY)
FIRST = policy_of_version("default", "1")
HOUR = timedelta(hours=1)
FALLBACK = "ugyelet@futar.example"

DPO = Person("1", "Kelemen Dóra", "dpo@futar.example", "hu", frozenset({"dpo"}))
DEPUTY = Person("2", "Szalai Bence", "helyettes@futar.example", "hu", frozenset({"dpo"}), deputy=True)
HANDLER = Person("3", "Pintér Luca", "ugyintezo@futar.example", "hu", frozenset({"handler"}))
MANAGER = Person("4", "Fekete Márk", "vezeto@futar.example", "hu", frozenset({"manager"}))
ADMIN = Person("5", "Vass Nóra", "admin@futar.example", "en", frozenset({"admin"}))
EVERYBODY = (DPO, DEPUTY, HANDLER, MANAGER, ADMIN)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BUDAPEST)).astimezone(UTC)


def planned(anchor: str, hours: float) -> dict[str, str]:
    start = local(anchor)
    stages = plan_stages(DUTY, opened_at=start, anchor=start, deadline=start + hours * HOUR)
    return {stage.name: stage.due_at.astimezone(ZoneInfo(BUDAPEST)).strftime("%m-%d %H:%M") for stage in stages}


def test_four_hours_leave_room_for_the_rungs_that_fit_and_for_no_others() -> None:
    assert planned("2026-11-24T09:00", 4) == {
        "opened": "11-24 09:00",
        "unacknowledged-1": "11-24 10:00",
        "before2": "11-24 11:00",
        "before1": "11-24 12:00",
        "deadline": "11-24 13:00",
        "overdue-1": "11-25 13:00",
    }


def test_a_month_has_them_all_but_the_one_for_a_deadline_outside_office_hours() -> None:
    names = set(planned("2026-11-02T10:00", 30 * 24))
    assert names == {f"{rule.name}-1" if rule.repeat_every else rule.name for rule in DUTY.stages} - {"leaving"}


def test_before_the_office_closes_people_hear_that_the_deadline_falls_on_sunday() -> None:
    assert planned("2026-11-26T10:20", 72)["leaving"] == "11-27 12:00"


def test_nobody_is_told_to_send_before_leaving_when_the_deadline_lies_in_office_hours() -> None:
    assert "leaving" not in planned("2026-11-24T10:20", 72)


def test_a_case_opened_in_the_last_two_hours_of_the_day_is_told_at_once() -> None:
    assert planned("2026-11-27T13:10", 24)["leaving"] == "11-27 13:10"


def test_no_office_closes_before_a_deadline_on_the_same_night() -> None:
    assert "leaving" not in planned("2026-11-27T19:00", 4)


def test_before_christmas_the_last_closing_time_is_that_of_23_december() -> None:
    assert planned("2026-12-23T09:00", 72)["leaving"] == "12-23 14:30"


def test_a_ladder_without_office_hours_says_nothing_about_leaving() -> None:
    start = local("2026-11-26T10:20")
    stages = plan_stages(FIRST, opened_at=start, anchor=start, deadline=start + 72 * HOUR)
    assert "leaving" not in [stage.name for stage in stages]


def test_the_ladder_of_the_72_hours_says_send_it_before_you_leave_since_its_second_version() -> None:
    start = local("2026-11-26T10:20")
    stages = plan_stages(DEFAULT, opened_at=start, anchor=start, deadline=start + 72 * HOUR)
    assert {stage.name: stage.due_at for stage in stages}["leaving"] == local("2026-11-27T12:00")
    assert not [rule.name for rule in DEFAULT.stages if rule.can_wait]


def test_cases_keep_the_ladder_of_their_day() -> None:
    assert policy_for("default", date(2026, 11, 21)).version == "1"
    assert policy_for("default", date(2026, 11, 22)).version == "2"


def test_a_worked_saturday_has_the_hours_of_a_friday_and_a_swapped_rest_day_none() -> None:
    assert DUTY.office
    assert DUTY.office.on(date(2026, 8, 8)) == (time(8), time(14))
    assert DUTY.office.on(date(2026, 8, 21)) is None
    assert DUTY.office.on(date(2026, 8, 24)) == (time(8), time(16, 30))


def test_beyond_the_decrees_weekdays_and_statutory_holidays_still_give_an_answer_marked_uncertain() -> None:
    assert (working_day(date(2027, 1, 4)).worked, working_day(date(2027, 1, 4)).certain) == (True, False)
    assert (working_day(date(2027, 1, 1)).worked, working_day(date(2027, 1, 1)).certain) == (False, False)
    assert (working_day(date(2035, 1, 6)).worked, working_day(date(2035, 1, 6)).certain) == (False, False)
    assert DUTY.office
    assert DUTY.office.last_close(local("2027-01-03T10:00")) == local("2026-12-31T16:30")


def test_an_office_that_never_opens_has_no_closing_time() -> None:
    assert WorkingHours.of({}).last_close(local("2026-11-24T10:00")) is None


@pytest.mark.parametrize(
    ("due", "goes_out"),
    [
        ("2026-11-24T21:15", "2026-11-25T07:00"),
        ("2026-11-25T03:00", "2026-11-25T07:00"),
        ("2026-11-25T07:00", "2026-11-25T07:00"),
        ("2026-11-24T12:00", "2026-11-24T12:00"),
        ("2026-11-27T21:15", "2026-11-30T07:00"),
        ("2026-12-23T20:00", "2026-12-28T07:00"),
        ("2026-10-24T23:30", "2026-10-26T07:00"),
    ],
    ids=["evening", "night", "morning", "noon", "Friday evening", "Christmas", "clocks go back"],
)
def test_what_can_wait_goes_out_on_the_next_working_morning(due: str, goes_out: str) -> None:
    assert sending(local(due), can_wait=True, quiet=DUTY.quiet).at == local(goes_out)


def test_within_twelve_hours_of_a_deadline_nothing_waits() -> None:
    night, deadline = local("2026-11-24T22:00"), local("2026-11-25T09:00")
    assert sending(night, can_wait=True, quiet=DUTY.quiet, deadlines=[deadline]).at == night


def test_a_weekend_is_cut_short_twelve_hours_before_the_deadline() -> None:
    friday, sunday = local("2026-11-27T21:00"), local("2026-11-29T10:20")
    held = sending(friday, can_wait=True, quiet=DUTY.quiet, deadlines=[sunday, sunday + 50 * HOUR])
    assert (held.at, held.held) == (local("2026-11-28T22:20"), True)


def test_what_cannot_wait_goes_at_three_in_the_morning() -> None:
    night = local("2026-11-25T03:00")
    assert sending(night, can_wait=False, quiet=DUTY.quiet).at == night
    assert sending(night, can_wait=True, quiet=None).at == night


def test_where_the_calendar_ends_a_mail_goes_out_sooner_and_says_why() -> None:
    new_year = sending(local("2027-01-01T10:00"), can_wait=True, quiet=DUTY.quiet)
    assert (new_year.at, new_year.held, new_year.warnings) == (local("2027-01-01T10:00"), False, (CALENDAR_HORIZON,))


def test_quiet_hours_may_lie_within_a_day_and_leave_weekends_alone() -> None:
    lunch = QuietHours.of({"from": "12:00", "to": "13:00", "rest_days": False})
    assert lunch.over_at(local("2026-11-28T12:30")) == local("2026-11-28T13:00")
    assert lunch.over_at(local("2026-11-28T13:00")) == local("2026-11-28T13:00")


def names(told: tuple[Told, ...]) -> list[str]:
    return [one.person.name or one.person.email for one in told]


def told(stage: str, *absences: Absence, people: tuple[Person, ...] = EVERYBODY) -> tuple[Told, ...]:
    return told_at(rule_named(DUTY, stage), local("2026-11-24T10:00"), people, absences, FALLBACK)


def away(person: Person, stand_in: Person | None = None) -> Absence:
    return Absence(person.user_id, date(2026, 11, 23), date(2026, 11, 27), stand_in.user_id if stand_in else "")


def test_while_everybody_is_there_the_audience_is_told() -> None:
    assert names(told("before48")) == ["Kelemen Dóra", "Pintér Luca"]


def test_the_named_stand_in_takes_the_place_of_the_absent() -> None:
    answer = told("before48", away(DPO, ADMIN))
    assert names(answer) == ["Vass Nóra", "Pintér Luca"]
    assert (answer[0].why, answer[0].instead_of) == ("stands_in", ("Kelemen Dóra",))
    assert answer[0].person.roles == {"admin"}


def test_without_a_stand_in_the_deputy_answers_and_without_a_deputy_the_manager() -> None:
    assert names(told("before48", away(DPO))) == ["Szalai Bence", "Pintér Luca"]
    assert names(told("before48", away(DPO), away(DEPUTY))) == ["Fekete Márk", "Pintér Luca"]
    assert told("before48", away(DPO))[0].why == "next_in_line"


def test_a_stand_in_who_is_away_too_hands_on_to_theirs() -> None:
    assert names(told("before48", away(DPO, DEPUTY), away(DEPUTY, MANAGER))) == ["Fekete Márk", "Pintér Luca"]


def test_two_who_stand_in_for_each_other_and_are_both_away_leave_it_to_the_next() -> None:
    assert names(told("before48", away(DPO, DEPUTY), away(DEPUTY, DPO))) == ["Fekete Márk", "Pintér Luca"]


def test_when_everybody_is_away_the_house_is_told_and_they_are_too() -> None:
    answer = told("before48", *(away(person) for person in EVERYBODY))
    assert names(answer) == [FALLBACK, "Kelemen Dóra", "Pintér Luca"]
    assert [one.why for one in answer] == ["fallback", "also_absent", "also_absent"]


def test_the_mailbox_of_the_house_is_written_to_once_even_when_its_owner_is_away() -> None:
    people = (DPO, HANDLER)
    answer = told_at(
        rule_named(DUTY, "before48"), local("2026-11-24T10:00"), people, [away(DPO), away(HANDLER)], DPO.email
    )
    assert [one.person.email for one in answer] == [DPO.email, HANDLER.email]


def test_an_absence_covers_its_first_and_last_day_in_hungary() -> None:
    absence = away(DPO)
    assert absence.covers(local("2026-11-23T00:00"))
    assert absence.covers(local("2026-11-27T23:59"))
    assert not absence.covers(local("2026-11-28T00:00"))
    assert not absence.covers(local("2026-11-22T23:59"))


def test_a_shared_mailbox_is_read_while_one_of_its_people_is_there() -> None:
    colleague = Person("9", "Lakatos Ede", "DPO@futar.example", "hu", frozenset({"dpo"}))
    assert names(told("before48", away(DPO), people=(DPO, colleague, HANDLER))) == ["Lakatos Ede", "Pintér Luca"]


def test_the_dpo_named_in_the_profile_is_away_when_the_account_on_that_mailbox_is() -> None:
    profile = Person("", "Kelemen Dóra", DPO.email, "hu", frozenset({"dpo"}))
    assert names(told("before48", away(DPO), people=(*EVERYBODY, profile))) == ["Szalai Bence", "Pintér Luca"]


def test_who_would_get_this_now_names_people_reasons_and_the_moment() -> None:
    silent = Person("8", "Halász Pál", "", "hu", frozenset({"handler"}))
    answer = who_would_get(
        DUTY,
        "before48",
        local("2026-11-24T22:00"),
        (*EVERYBODY, silent),
        [away(DPO, MANAGER)],
        fallback_email=FALLBACK,
        deadlines=[local("2026-11-26T22:00")],
    )
    assert names(answer.told) == ["Fekete Márk", "Pintér Luca"]
    assert {(one.person.name, one.why) for one in answer.left_out} == {
        ("Kelemen Dóra", "absent"),
        ("Halász Pál", "no_address"),
    }
    assert (answer.goes_out.at, answer.goes_out.held) == (local("2026-11-25T07:00"), True)


class TestWhoHoldsTheCase:
    """A case that was handed over is told to its holder beside the audience."""

    AT = local("2026-11-24T10:00")
    RULE = rule_named(DEFAULT, "t24")

    def told(self, holder: str, *absences: Absence) -> list[tuple[str, str]]:
        found = told_at(self.RULE, self.AT, EVERYBODY, absences, FALLBACK, holder)
        return [(one.person.name, one.why) for one in found]

    def test_the_holder_is_told_beside_the_audience(self) -> None:
        assert self.told(MANAGER.user_id)[-1] == ("Fekete Márk", "holder")

    def test_a_holder_of_the_audience_is_told_once(self) -> None:
        assert self.told(HANDLER.user_id) == self.told("")

    def test_who_stands_in_for_the_holder_is_told_instead(self) -> None:
        away = Absence(MANAGER.user_id, TODAY, TODAY, ADMIN.user_id)
        assert self.told(MANAGER.user_id, away)[-1] == ("Vass Nóra", "stands_in")

    def test_a_holder_who_is_away_with_nobody_standing_in_leaves_the_audience(self) -> None:
        assert self.told(MANAGER.user_id, Absence(MANAGER.user_id, TODAY, TODAY)) == self.told("")

    def test_a_holder_who_left_the_organisation_is_not_told(self) -> None:
        assert self.told("99") == self.told("")


def test_who_would_get_an_unknown_stage_is_an_error_that_names_it() -> None:
    with pytest.raises(LookupError, match="t99"):
        who_would_get(DUTY, "t99", local("2026-11-24T10:00"), EVERYBODY, fallback_email=FALLBACK)


def test_acknowledging_stops_the_repeats_of_that_stage_and_no_later_one() -> None:
    reminder = PlannedStage("unacknowledged-1", local("2026-11-24T11:00"))
    people = [DEPUTY, DPO]
    assert repeat_after(DUTY, reminder, people, set()) == PlannedStage("unacknowledged-2", local("2026-11-24T13:00"))
    assert repeat_after(DUTY, reminder, people, {"1"}) is None
    later = [rule for rule in DUTY.stages if rule.counted_from in {"deadline", "office_close"}]
    assert all(outcome(rule, CaseState(acknowledged=True)) == Fire() for rule in later)


def test_overdue_reminders_go_on_until_everybody_told_has_acknowledged() -> None:
    overdue, people = PlannedStage("overdue-1", local("2026-11-28T10:00")), [DPO, MANAGER]
    assert repeat_after(DUTY, overdue, people, {"1"}) == PlannedStage("overdue-2", local("2026-11-29T10:00"))
    assert repeat_after(DUTY, overdue, people, {"1", "4"}) is None


def test_people_without_an_account_cannot_acknowledge_and_are_not_waited_for() -> None:
    house = Person("", "", FALLBACK, "hu", frozenset())
    overdue = rule_named(DUTY, "overdue-1")
    assert is_acknowledged(overdue, [DPO, house], {"1"})
    assert not is_acknowledged(overdue, [house], set())


def test_a_duty_declined_with_a_reason_warns_nobody_any_more() -> None:
    assert {outcome(rule, CaseState(declined=True)) for rule in DUTY.stages} == {Moot("declined")}
    assert {reason for rule in DUTY.stages for reason in rule.moot_when} == set(DUTY.moot_reasons)


def test_every_stage_of_any_duty_has_words_in_both_languages() -> None:
    for rule in DUTY.stages:
        assert stage_label(DUTY, rule.name, "hu") != stage_label(DUTY, rule.name, "en")
    assert stage_label(DUTY, "unacknowledged-3", "hu") == "5 órája senki sem vette át"


def edited(**changes: Any) -> dict[str, Any]:
    return {**in_force("policies", "duty", TODAY), **changes}


def with_stage(name: str, /, **changes: Any) -> dict[str, Any]:
    stages = [{**stage, **changes} if stage["name"] == name else stage for stage in edited()["stages"]]
    return edited(stages=stages)


def faults(data: dict[str, Any]) -> set[tuple[str, str]]:
    return {(error.path, error.code) for error in policy_faults(data)}


@pytest.mark.parametrize("policy", ["duty", "default"])
def test_the_ladders_that_come_with_the_product_stand(policy: str) -> None:
    assert policy_faults(in_force("policies", policy, TODAY)) == []


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (edited(stages=[]), ("stages", "no-alarm")),
        (with_stage("deadline", can_wait=True), ("stages", "no-alarm")),
        (with_stage("deadline", after_hours=1), ("stages", "no-alarm")),
        (with_stage("deadline", moot_when=["acknowledged"]), ("stages", "no-alarm")),
        (with_stage("opened", moot_when=["acknowledged"]), ("stages", "no-opening")),
        (with_stage("before2", audience=[]), ("stages[7].audience", "required")),
        (with_stage("before2", audience=["everybody"]), ("stages[7].audience", "unknown")),
        (with_stage("before2", moot_when=["tired"]), ("stages[7].moot_when", "unknown")),
        (with_stage("before2", name="before1"), ("stages[8].name", "name")),
        (with_stage("before2", name="before-2"), ("stages[7].name", "name")),
        (with_stage("before2", **{"from": "lunch"}), ("stages[7].from", "unknown")),
        (with_stage("before2", after_hours=float("nan")), ("stages[7].after_hours", "number")),
        (with_stage("before2", after_hours="two"), ("stages[7].after_hours", "number")),
        (with_stage("before2", label={"hu": "Két óra"}), ("stages[7].label", "required")),
        (with_stage("before2", label={"hu": "Két óra", "en": "x" * 201}), ("stages[7].label", "required")),
        (with_stage("before2", channels=["webhook"]), ("stages[7].channels", "no-mail")),
        (with_stage("before2", channels=["mail", "pigeon"]), ("stages[7].channels", "no-mail")),
        (with_stage("before2", name="b" * 30), ("stages[7].name", "name")),
        (edited(stages=[with_stage("before2")["stages"][7]] * 41), ("stages", "too-many")),
        (with_stage("overdue", repeat_hours=0), ("stages[10].repeat_hours", "number")),
        (edited(working_hours={"monday": ["16:00", "08:00"]}), ("working_hours", "times")),
        (edited(working_hours={"someday": ["08:00", "16:00"]}), ("working_hours", "times")),
        (edited(quiet={"from": "late", "to": "07:00"}), ("quiet", "times")),
        (edited(stages=["deadline"]), ("stages[0].audience", "required")),
    ],
)
def test_a_ladder_that_would_leave_a_deadline_silent_or_unreadable_is_refused(
    data: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert fault in faults(data)


def test_a_stage_before_closing_time_needs_office_hours() -> None:
    without = {key: value for key, value in edited().items() if key != "working_hours"}
    assert faults(without) == {("working_hours", "required")}


def test_the_faults_are_told_in_hungarian() -> None:
    [error] = policy_faults(with_stage("deadline", after_hours=1))
    assert translator("hu")(error.message).startswith("Tartson meg egy fokozatot pontosan a határidőnél")
