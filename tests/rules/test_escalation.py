"""Who is warned when, and when a warning has lost its point."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.escalation import (
    CaseState,
    Fire,
    Moot,
    Person,
    PlannedStage,
    next_repeat,
    outcome,
    plan_stages,
    policy_for,
    policy_of_version,
    recipients,
    replan,
    rule_named,
    stage_label,
)

LADDER = policy_for("default", date(2026, 11, 24))
NAMES = ["opened", "unacknowledged", "t24", "t48", "t60", "t66", "t70", "t71", "deadline", "overdue-1"]
BY_THE_OFFICE = "leaving"
"""Planned only for deadlines outside working hours, wherever the last closing time falls."""
T1 = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
FALLBACK = "ugyelet@futar.example"

DPO = Person("1", "Kelemen Dóra", "dpo@futar.example", "hu", frozenset({"dpo"}))
DEPUTY = Person("2", "Szalai Bence", "helyettes@futar.example", "hu", frozenset({"dpo"}), deputy=True)
HANDLER = Person("3", "Pintér Luca", "ugyintezo@futar.example", "hu", frozenset({"handler"}))
MANAGER = Person("4", "Fekete Márk", "vezeto@futar.example", "hu", frozenset({"manager"}))
ADMIN = Person("5", "Vass Nóra", "admin@futar.example", "en", frozenset({"admin"}))
AUDITOR = Person("6", "Bíró Anna", "ellenor@futar.example", "hu", frozenset({"auditor"}))
REPORTER = Person("7", "Halász Pál", "raktar@futar.example", "hu", frozenset({"reporter"}))
EVERYBODY = (REPORTER, AUDITOR, ADMIN, MANAGER, HANDLER, DEPUTY, DPO)


def plan(anchor: datetime = T1, opened_at: datetime | None = None) -> dict[str, datetime]:
    stages = plan_stages(LADDER, opened_at=opened_at or anchor, anchor=anchor, deadline=anchor + 72 * HOUR)
    return {stage.name: stage.due_at for stage in stages}


def told(name: str, people: tuple[Person, ...] = EVERYBODY) -> list[str]:
    return [person.name or person.email for person in recipients(rule_named(LADDER, name), people, FALLBACK)]


def test_the_ladder_has_its_rungs_at_the_agreed_hours() -> None:
    hours = {name: (due - T1) / HOUR for name, due in plan().items()}
    assert hours == {
        "opened": 0,
        "unacknowledged": 2,
        "t24": 24,
        "t48": 48,
        "t60": 60,
        "t66": 66,
        "t70": 70,
        "t71": 71,
        "deadline": 72,
        "overdue-1": 96,
    }


def test_a_case_opened_30_hours_late_is_acknowledged_from_its_opening_and_counted_from_awareness() -> None:
    due = plan(opened_at=T1 + 30 * HOUR)
    assert due["unacknowledged"] == T1 + 32 * HOUR
    assert due["t24"] == T1 + 24 * HOUR
    assert set(due) == set(NAMES)


def test_after_the_deadline_a_reminder_comes_every_24_hours() -> None:
    first = PlannedStage("overdue-1", T1 + 96 * HOUR)
    second = next_repeat(LADDER, first.name, first.due_at)
    assert second == PlannedStage("overdue-2", T1 + 120 * HOUR)
    assert next_repeat(LADDER, second.name, second.due_at) == PlannedStage("overdue-3", T1 + 144 * HOUR)
    assert next_repeat(LADDER, "deadline", T1 + 72 * HOUR) is None


def test_every_stage_has_words_in_both_languages_and_none_counts_days() -> None:
    for name in [*NAMES, "overdue-2", "overdue-30"]:
        hungarian, english = stage_label(LADDER, name, "hu"), stage_label(LADDER, name, "en")
        assert hungarian
        assert english
        assert hungarian != english
        assert " nap" not in hungarian
        assert "day" not in english
    assert stage_label(LADDER, "t48", "hu") == "48 óra eltelt"
    assert stage_label(LADDER, "deadline", "hu") == "Lejárt a határidő"
    assert stage_label(LADDER, "overdue-3", "hu") == "A határidő 72 órája lejárt"
    assert stage_label(LADDER, "overdue-3", "en") == "The deadline passed 72 hours ago"


def test_an_unknown_stage_is_named_in_the_error() -> None:
    with pytest.raises(LookupError, match="t99"):
        rule_named(LADDER, "t99")


def test_an_old_clock_finds_the_policy_it_was_planned_under() -> None:
    assert policy_of_version(LADDER.id, LADDER.version) == LADDER


UNTOUCHED = CaseState()
ACKNOWLEDGED = CaseState(acknowledged=True)
TO_NOTIFY = CaseState(acknowledged=True, decided=True, notify=True)
NOT_TO_NOTIFY = CaseState(acknowledged=True, decided=True, notify=False)


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("unacknowledged", UNTOUCHED, Fire()),
        ("unacknowledged", ACKNOWLEDGED, Moot("acknowledged")),
        ("t24", ACKNOWLEDGED, Fire()),
        ("t24", TO_NOTIFY, Moot("decided")),
        ("t24", NOT_TO_NOTIFY, Moot("decided_not_to_notify")),
        ("t48", ACKNOWLEDGED, Fire()),
        ("t48", TO_NOTIFY, Fire()),
        ("t71", UNTOUCHED, Fire()),
        ("deadline", NOT_TO_NOTIFY, Moot("decided_not_to_notify")),
        ("deadline", replace(TO_NOTIFY, filed=True), Moot("filed")),
        ("overdue-4", TO_NOTIFY, Fire()),
        ("overdue-4", replace(UNTOUCHED, closed=True), Moot("closed")),
        ("opened", replace(TO_NOTIFY, filed=True), Fire()),
        ("opened", replace(UNTOUCHED, closed=True), Moot("closed")),
    ],
)
def test_a_stage_fires_unless_the_case_has_made_it_pointless(name: str, state: CaseState, expected: object) -> None:
    assert outcome(rule_named(LADDER, name), state) == expected


def test_every_moot_reason_has_words_in_both_languages() -> None:
    used = {reason for rule in LADDER.stages for reason in rule.moot_when}
    assert used == set(LADDER.moot_reasons)
    assert all(words.keys() == {"hu", "en"} for words in LADDER.moot_reasons.values())


states = st.builds(CaseState, st.booleans(), st.booleans(), st.none() | st.booleans(), st.booleans(), st.booleans())
rules = st.sampled_from(LADDER.stages)


@given(states)
def test_filing_makes_every_warning_but_the_opening_one_moot(state: CaseState) -> None:
    filed = replace(state, filed=True)
    assert all(outcome(rule, filed) != Fire() for rule in LADDER.stages if rule.name != "opened")


@given(states)
def test_an_undecided_unfiled_open_case_escalates_at_every_stage_of_the_clock(state: CaseState) -> None:
    undecided = replace(state, decided=False, filed=False, closed=False)
    assert all(outcome(rule, undecided) == Fire() for rule in LADDER.stages if rule.counted_from != "opened")


@given(rules, states, st.sampled_from(["acknowledged", "filed", "closed"]))
def test_getting_further_with_a_case_never_brings_a_warning_back(rule, state: CaseState, step: str) -> None:
    if isinstance(outcome(rule, state), Moot):
        assert isinstance(outcome(rule, replace(state, **{step: True})), Moot)


@given(rules, states)
def test_a_moot_stage_always_says_why_in_words_the_policy_has(rule, state: CaseState) -> None:
    result = outcome(rule, state)
    assert result == Fire() or result.reason_code in LADDER.moot_reasons


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  UTC is added
gaps = st.timedeltas(timedelta(0), timedelta(days=8))


@given(moments, gaps)
def test_stages_come_in_order_of_time_and_those_of_the_clock_in_order_of_the_ladder(
    anchor: datetime, opened_after: timedelta
) -> None:
    due = plan(anchor, anchor + opened_after)
    assert list(due.values()) == sorted(due.values())
    assert [name for name in due if name not in ("opened", "unacknowledged", BY_THE_OFFICE)] == NAMES[2:]


@given(moments)
def test_a_case_opened_at_awareness_climbs_the_ladder_rung_by_rung(anchor: datetime) -> None:
    assert [name for name in plan(anchor) if name != BY_THE_OFFICE] == NAMES


def fired_names(repeats: int) -> list[str]:
    return NAMES[:-1] + [f"overdue-{number}" for number in range(1, repeats + 1)]


corrections = st.fixed_dictionaries(
    {
        "opened_at": moments.map(lambda moment: moment.replace(microsecond=0)),
        "moved": st.timedeltas(timedelta(days=-10), timedelta(days=10)),
        "waited": st.timedeltas(timedelta(0), timedelta(days=12)),
        "already_fired": st.sets(st.sampled_from(fired_names(6))),
    }
)


def corrected(correction: dict) -> tuple[tuple[PlannedStage, ...], datetime]:
    opened_at, anchor = correction["opened_at"], correction["opened_at"] + correction["moved"]
    now = opened_at + correction["waited"]
    stages = replan(
        LADDER,
        opened_at=opened_at,
        anchor=anchor,
        deadline=anchor + 72 * HOUR,
        now=now,
        already_fired=correction["already_fired"],
    )
    return stages, now


@given(corrections)
def test_correcting_awareness_never_fires_again_what_was_told_and_is_past(correction: dict) -> None:
    stages, now = corrected(correction)
    assert not [stage for stage in stages if stage.name in correction["already_fired"] and stage.due_at <= now]


@given(corrections)
def test_correcting_awareness_keeps_every_warning_that_is_still_to_come(correction: dict) -> None:
    stages, now = corrected(correction)
    anchor = correction["opened_at"] + correction["moved"]
    expected = {name for name, due in plan(anchor, correction["opened_at"]).items() if due > now}
    assert expected <= {stage.name for stage in stages}


@given(corrections)
def test_correcting_awareness_leaves_exactly_one_chain_of_overdue_reminders(correction: dict) -> None:
    stages, _ = corrected(correction)
    assert len([stage for stage in stages if stage.name.startswith("overdue-")]) == 1


def test_a_correction_after_two_overdue_reminders_goes_on_with_the_third() -> None:
    moved = T1 + 2 * HOUR
    stages = replan(
        LADDER,
        opened_at=T1,
        anchor=moved,
        deadline=moved + 72 * HOUR,
        now=T1 + 125 * HOUR,
        already_fired=set(fired_names(2)),
    )
    assert stages == (PlannedStage("overdue-3", moved + 144 * HOUR),)


def test_setting_awareness_later_than_the_first_signal_plans_the_warnings_anew() -> None:
    moved = T1 + 30 * HOUR
    stages = replan(
        LADDER,
        opened_at=T1,
        anchor=moved,
        deadline=moved + 72 * HOUR,
        now=T1 + 31 * HOUR,
        already_fired={"opened", "unacknowledged", "t24"},
    )
    assert [stage.name for stage in stages if stage.name != BY_THE_OFFICE] == NAMES[2:]
    assert stages[0] == PlannedStage("t24", moved + 24 * HOUR)


def test_the_circle_grows_as_the_deadline_comes_near() -> None:
    assert told("opened") == ["Kelemen Dóra", "Pintér Luca"]
    assert told("unacknowledged") == ["Szalai Bence", "Kelemen Dóra"]
    assert told("t48") == ["Kelemen Dóra", "Szalai Bence"]
    assert told("t60") == ["Kelemen Dóra", "Szalai Bence", "Fekete Márk"]
    everyone_responsible = ["Kelemen Dóra", "Szalai Bence", "Pintér Luca", "Fekete Márk", "Vass Nóra"]
    assert told("t66") == told("deadline") == told("overdue-9") == everyone_responsible


def test_without_a_dpo_the_responsible_manager_is_told() -> None:
    assert told("t48", (HANDLER, MANAGER, ADMIN)) == ["Fekete Márk"]
    assert told("opened", (HANDLER, MANAGER)) == ["Fekete Márk", "Pintér Luca"]


def test_without_a_dpo_in_post_the_deputy_dpo_is_told_first() -> None:
    assert told("opened", (DEPUTY, MANAGER)) == ["Szalai Bence"]


def test_where_nobody_fits_the_administrator_and_at_last_the_fallback_address_is_told() -> None:
    assert told("t48", (ADMIN, AUDITOR)) == ["Vass Nóra"]
    assert told("t48", (AUDITOR, REPORTER)) == [FALLBACK]
    assert told("t48", ()) == [FALLBACK]


def test_a_person_without_an_address_counts_as_nobody() -> None:
    assert told("t48", (replace(DPO, email=""), MANAGER)) == ["Fekete Márk"]


def test_two_roles_or_a_shared_mailbox_mean_one_mail() -> None:
    both = replace(DPO, roles=frozenset({"dpo", "handler", "manager"}))
    shared = replace(MANAGER, email=DPO.email.upper())
    assert told("t66", (both, shared)) == ["Kelemen Dóra"]


people = st.lists(
    st.builds(
        Person,
        user_id=st.uuids().map(str),
        name=st.just("Minta Személy"),
        email=st.sampled_from(["", "a@futar.example", "b@futar.example", "B@futar.example", "c@futar.example"]),
        language=st.sampled_from(["hu", "en"]),
        roles=st.frozensets(st.sampled_from(["reporter", "handler", "dpo", "manager", "auditor", "admin"])),
        deputy=st.booleans(),
    ),
    max_size=6,
).map(tuple)


@given(rules, people)
def test_somebody_is_always_told_and_nobody_twice(rule, people: tuple[Person, ...]) -> None:
    mailboxes = [person.email.casefold() for person in recipients(rule, people, FALLBACK)]
    assert mailboxes
    assert all(mailboxes)
    assert len(mailboxes) == len(set(mailboxes))


@given(rules, people)
def test_nobody_is_told_who_is_neither_responsible_nor_a_deputy(rule, people: tuple[Person, ...]) -> None:
    for person in recipients(rule, people, FALLBACK):
        responsible = person.roles & {"dpo", "handler", "manager", "admin"} or person.deputy
        assert responsible or person.email == FALLBACK


@given(people)
def test_whoever_was_told_at_an_earlier_rung_of_the_clock_is_told_at_the_later_ones(people: tuple[Person, ...]) -> None:
    known: set[str] = set()
    for name in NAMES[3:]:
        now_told = {person.email.casefold() for person in recipients(rule_named(LADDER, name), people, FALLBACK)}
        assert known <= now_told
        known = now_told - {FALLBACK}
