"""What holds for every regime and every instant: later anchors, later ends; reliefs only help; old cases stay."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.base.time import BUDAPEST
from incidents.rules.escalation import policy_for
from incidents.rules.regimes import Params, catalogue, due, end_of_days, end_of_months, noon_rule

BUD = ZoneInfo(BUDAPEST)
PATIENT = settings(deadline=None)  # the first question loads the calendar
LAW = catalogue()
DUTIES = LAW.all_in_force(date(2026, 11, 24))
OFFICE = policy_for("duty", date(2026, 11, 24)).office
PARAMS = Params(contract_hours=24, target_hours=48, order_days=8)
NAMES = sorted(
    {
        *("awareness", "classification", "first_signal", "received", "given", "promised", "fix_available"),
        *(f"previous:{report.name}" for duty in DUTIES for report in duty.reports),
    }
)

instants = st.datetimes(datetime(2024, 1, 2), datetime(2030, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  UTC is added
anchors = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, instants))
duties = st.sampled_from(DUTIES)
# An earlier awareness may give a later end under DORA, by its own words: see test_regimes.
moved_names = st.sampled_from([name for name in NAMES if name not in {"awareness", "first_signal"}])
params = st.builds(
    Params,
    contract_hours=st.none() | st.floats(1, 96),
    target_hours=st.none() | st.floats(1, 96),
    order_days=st.none() | st.integers(1, 60),
    noon_rule_excluded=st.none() | st.booleans(),
    level=st.none() | st.integers(1, 3),
    event=st.sampled_from(["", "vulnerability", "incident"]),
    office=st.sampled_from([None, OFFICE]),
)


def ends(duty, given_anchors, given_params=PARAMS) -> dict[str, datetime | None]:
    return {report.name: report.due_at for report in due(duty, given_anchors, given_params)}


@PATIENT
@given(duties, anchors, moved_names, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_later_anchor_never_gives_an_earlier_end(duty, known, name: str, later: timedelta) -> None:
    without_relief = Params(**{**vars(PARAMS), "noon_rule_excluded": True})
    before = ends(duty, known, without_relief)
    after = ends(duty, {**known, **({name: known[name] + later} if name in known else {})}, without_relief)
    pairs = [(before[one], after[one]) for one in before if (duty.id, one) != ("dora-mnb", "final")]
    assert all(first <= second for first, second in pairs if first and second)


@PATIENT
@given(st.sampled_from([duty for duty in DUTIES if duty.id != "dora-mnb"]), instants, st.integers(0, 10**6))
def test_later_awareness_never_gives_an_earlier_end_outside_dora(duty, at: datetime, seconds: int) -> None:
    before, after = ends(duty, {"awareness": at}), ends(duty, {"awareness": at + timedelta(seconds=seconds)})
    assert all(before[one] <= after[one] for one in before if before[one] and after[one])


@PATIENT
@given(duties, anchors, params)
def test_every_report_has_an_end_or_says_what_it_waits_for(duty, known, given_params: Params) -> None:
    for report in due(duty, known, given_params):
        assert report.due_at or report.waits_for
        assert report.due_at is None or report.due_at.utcoffset() == timedelta(0)
        assert report.version == duty.version


@PATIENT
@given(duties, anchors, params)
def test_a_relief_only_ever_gives_time_and_the_calendar_never_takes_an_end_away(duty, known, asked: Params) -> None:
    strict = Params(**{**vars(asked), "noon_rule_excluded": True, "level": None})
    plain, relieved = ends(duty, known, strict), ends(duty, known, asked)
    assert all(plain[one] is None or plain[one] <= relieved[one] for one in plain)
    assert {one for one in plain if plain[one]} == {one for one in relieved if relieved[one]}


@PATIENT
@given(duties, anchors)
def test_a_chained_report_waits_for_the_one_before_it_and_then_counts_from_it(duty, known) -> None:
    for rule, report in zip(duty.reports, due(duty, known, PARAMS), strict=True):
        if rule.anchor.startswith("previous:"):
            assert (report.due_at is None) is (rule.anchor not in known)
            assert report.due_at is None or report.due_at > known[rule.anchor]


@PATIENT
@given(instants, instants)
def test_until_awareness_is_set_the_clock_of_the_first_signal_is_never_later(one: datetime, other: datetime) -> None:
    signal, aware = sorted([one, other])
    for duty in DUTIES:
        if duty.id != "dora-mnb":
            first, then = ends(duty, {"first_signal": signal}), ends(duty, {"first_signal": signal, "awareness": aware})
            assert all(first[name] <= then[name] for name in first if first[name] and then[name])


@PATIENT
@given(st.dates(date(2018, 5, 26), date(2040, 1, 1)), st.dates(date(2018, 5, 25), date(2040, 1, 1)), anchors)
def test_a_new_version_never_changes_what_an_older_case_was_told(switched_on: date, aware: date, known) -> None:
    law = LAW.switched_on("gdpr-33", "digital-omnibus", switched_on)
    applied = LAW.in_force("gdpr-33", aware)
    then = law.of_version(applied.id, applied.version)
    assert due(then, known) == due(applied, known)
    assert law.in_force("gdpr-33", aware).version == ("digital-omnibus" if aware >= switched_on else "2018-05-25")


@PATIENT
@given(instants, st.integers(1, 24))
def test_a_period_in_months_ends_at_midnight_of_the_same_date_or_of_the_last_one(at: datetime, months: int) -> None:
    end, clamped = end_of_months(at, months)
    last_day = end.astimezone(BUD) - timedelta(minutes=1)
    start = at.astimezone(BUD)
    assert (last_day.hour, last_day.minute) == (23, 59)
    assert last_day.day <= start.day
    assert clamped is (last_day.day != start.day)
    assert (last_day.year * 12 + last_day.month) - (start.year * 12 + start.month) == months


@PATIENT
@given(instants, st.integers(1, 60))
def test_a_period_in_days_leaves_out_the_day_of_the_event(at: datetime, days: int) -> None:
    last_day = end_of_days(at, days).astimezone(BUD) - timedelta(minutes=1)
    assert (last_day.date() - at.astimezone(BUD).date()).days == days


@PATIENT
@given(instants)
def test_the_noon_rule_moves_to_noon_or_not_at_all(at: datetime) -> None:
    moved, warnings = noon_rule(at)
    assert moved == at or moved.astimezone(BUD).strftime("%H:%M") == "12:00"
    assert moved >= at
    assert not (warnings and moved != at)


@pytest.mark.parametrize(
    ("end", "moved"),
    [
        ("2026-08-21T10:00:00+02:00", "2026-08-21T10:00:00+02:00"),
        ("2026-08-20T10:00:00+02:00", "2026-08-21T12:00:00+02:00"),
        ("2026-08-08T10:00:00+02:00", "2026-08-08T10:00:00+02:00"),
        ("2026-04-04T00:00:00+02:00", "2026-04-07T12:00:00+02:00"),
        ("2026-11-28T00:00:00+01:00", "2026-11-28T00:00:00+01:00"),
        ("2026-11-29T00:00:00+01:00", "2026-11-30T12:00:00+01:00"),
    ],
    ids=[
        "a rest day at home only stays",
        "a holiday moves to the next day, which the EU list calls a working day",
        "a worked Saturday stays",
        "the end of Good Friday moves over Easter",
        "the end of a Friday stays",
        "the end of a Saturday moves to Monday",
    ],
)
def test_the_noon_rule_takes_the_earlier_of_two_calendars(end: str, moved: str) -> None:
    assert noon_rule(datetime.fromisoformat(end))[0] == datetime.fromisoformat(moved)
