"""What no setting can break: mails near a deadline, somebody who is there, a clock that is heard."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.absence import Absence, repeat_after, told_at, who_would_get
from incidents.rules.escalation import CaseState, Fire, Person, outcome, plan_stages, policy_for, recipients, replan
from incidents.rules.office import NEVER_HELD_WITHIN, QuietHours, sending

DUTY = policy_for("duty", date(2026, 11, 24))
FALLBACK = "ugyelet@futar.example"
HOUR = timedelta(hours=1)
PATIENT = settings(deadline=None)  # the first question loads the calendar
IDS = ["1", "2", "3", "4"]

instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  UTC is added
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
quiet_hours = st.builds(QuietHours, times, times, st.booleans())
gaps = st.timedeltas(timedelta(days=-5), timedelta(days=20))
rules = st.sampled_from(DUTY.stages)
people = st.lists(
    st.builds(
        Person,
        user_id=st.sampled_from([*IDS, ""]),
        name=st.just("Minta Személy"),
        email=st.sampled_from(["", "a@futar.example", "b@futar.example", "B@futar.example", "c@futar.example"]),
        language=st.sampled_from(["hu", "en"]),
        roles=st.frozensets(st.sampled_from(["reporter", "handler", "dpo", "manager", "auditor", "admin"])),
        deputy=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda person: person.user_id or id(person),
).map(tuple)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
absences = st.lists(
    st.builds(
        Absence,
        user_id=st.sampled_from(IDS),
        first=st.dates(date(2026, 11, 20), date(2026, 11, 26)),
        last=st.dates(date(2026, 11, 22), date(2026, 11, 30)),
        stand_in=st.sampled_from(["", *IDS]),
    ),
    max_size=5,
)


@PATIENT
@given(instants, quiet_hours, st.lists(gaps, max_size=4), st.booleans())
def test_a_held_mail_never_goes_later_than_twelve_hours_before_any_deadline(
    due: datetime, quiet: QuietHours, to_go: list[timedelta], can_wait: bool
) -> None:
    deadlines = [due + gap for gap in to_go]
    goes_out = sending(due, can_wait=can_wait, quiet=quiet, deadlines=deadlines)
    assert goes_out.at >= due
    assert goes_out.held is (goes_out.at > due)
    if goes_out.held:
        assert can_wait
        assert all(goes_out.at <= deadline - NEVER_HELD_WITHIN for deadline in deadlines)


@PATIENT
@given(instants, quiet_hours, st.timedeltas(timedelta(days=-40), NEVER_HELD_WITHIN))
def test_near_a_deadline_and_after_it_nothing_is_held(due: datetime, quiet: QuietHours, to_go: timedelta) -> None:
    assert not sending(due, can_wait=True, quiet=quiet, deadlines=[due + to_go]).held


@PATIENT
@given(instants, quiet_hours)
def test_quiet_ends_once_and_then_it_is_not_quiet(due: datetime, quiet: QuietHours) -> None:
    over = quiet.over_at(due)
    assert over >= due
    assert quiet.over_at(over) == over or over - due > timedelta(days=10)


@PATIENT
@given(rules, people, absences)
def test_somebody_is_always_told_nobody_twice_and_nobody_absent_is_the_only_one(
    rule, people: tuple[Person, ...], absences: list[Absence]
) -> None:
    told = told_at(rule, NOW, people, absences, FALLBACK)
    mailboxes = [one.person.email.casefold() for one in told]
    assert mailboxes
    assert all(mailboxes)
    assert len(mailboxes) == len(set(mailboxes))
    away = {absence.user_id for absence in absences if absence.covers(NOW)}
    accounts = [person for person in people if person.user_id]
    unread = {person.email.casefold() for person in accounts} - {
        person.email.casefold() for person in accounts if person.user_id not in away
    }
    assert not set(mailboxes) <= unread
    assert FALLBACK in mailboxes or not set(mailboxes) & unread


@PATIENT
@given(rules, people)
def test_without_absences_exactly_the_people_of_the_ladder_are_told(rule, people: tuple[Person, ...]) -> None:
    told = [one.person.email for one in told_at(rule, NOW, people, [], FALLBACK)]
    assert told == [person.email for person in recipients(rule, people, FALLBACK)]


@PATIENT
@given(rules, people, absences, st.lists(gaps, max_size=3))
def test_the_answer_to_who_would_get_this_accounts_for_everybody_in_the_audience(
    rule, people: tuple[Person, ...], absences: list[Absence], to_go: list[timedelta]
) -> None:
    answer = who_would_get(
        DUTY, rule.name, NOW, people, absences, fallback_email=FALLBACK, deadlines=[NOW + gap for gap in to_go]
    )
    reached = {one.person.email.casefold() for one in answer.told}
    left_out = {one.person.email.casefold() for one in answer.left_out if one.person.email}
    assert not reached & left_out
    expected = {person.email.casefold() for person in recipients(rule, people, FALLBACK)} - {FALLBACK}
    assert expected <= reached | left_out


@PATIENT
@given(rules, people, st.sets(st.sampled_from(IDS)), st.sets(st.sampled_from(IDS)))
def test_another_acknowledgement_never_brings_a_repeat_back(
    rule, people: tuple[Person, ...], some: set[str], more: set[str]
) -> None:
    [stage] = [one for one in plan_stages(DUTY, opened_at=NOW, anchor=NOW, deadline=NOW + 300 * HOUR) if _is(one, rule)]
    if repeat_after(DUTY, stage, people, some) is None:
        assert repeat_after(DUTY, stage, people, some | more) is None


def _is(stage, rule) -> bool:
    return stage.name.partition("-")[0] == rule.name


lengths = st.floats(0.5, 24 * 31)


@PATIENT
@given(instants, lengths, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_every_clock_is_heard_at_its_opening_at_its_deadline_and_afterwards(
    anchor: datetime, hours: float, opened_after: timedelta
) -> None:
    opened, deadline = anchor + opened_after, anchor + hours * HOUR
    due = {stage.name: stage.due_at for stage in plan_stages(DUTY, opened_at=opened, anchor=anchor, deadline=deadline)}
    assert due["opened"] == opened
    assert due["deadline"] == deadline
    assert due["overdue-1"] == deadline + 24 * HOUR
    start = max(anchor, opened)
    assert all(at >= start for name, at in due.items() if name.startswith(("before", "week", "leaving")))
    assert "leaving" not in due or due["leaving"] < deadline


@PATIENT
@given(instants, lengths)
def test_a_deadline_outside_office_hours_is_announced_while_the_office_is_open(anchor: datetime, hours: float) -> None:
    deadline = anchor + hours * HOUR
    stages = plan_stages(DUTY, opened_at=anchor, anchor=anchor, deadline=deadline)
    told = [stage.due_at for stage in stages if stage.name == "leaving"]
    assert DUTY.office
    closes = DUTY.office.last_close(deadline)
    wanted = not DUTY.office.is_open(deadline) and closes is not None and closes > anchor
    assert bool(told) is wanted
    assert all(at < closes for at in told if closes)


@PATIENT
@given(instants, lengths, st.sets(st.sampled_from(["opened", "before48", "before24", "before6", "deadline"])))
def test_a_corrected_clock_never_tells_again_what_is_past_and_keeps_the_alarm(
    anchor: datetime, hours: float, fired: set[str]
) -> None:
    deadline, now = anchor + hours * HOUR, anchor + hours * HOUR / 2
    stages = replan(DUTY, opened_at=anchor, anchor=anchor, deadline=deadline, now=now, already_fired=fired)
    assert not [stage for stage in stages if stage.name in fired and stage.due_at <= now]
    assert "deadline" in {stage.name for stage in stages}


@PATIENT
@given(rules)
def test_an_untouched_duty_warns_at_every_stage(rule) -> None:
    assert outcome(rule, CaseState()) == Fire()
