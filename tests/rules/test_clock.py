"""The 72-hour clock as GDPR 33(1) and Regulation 1182/71 make it run in Hungary."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.dated import NoSuchLawError
from incidents.base.time import BUDAPEST, NaiveDatetimeError, ZonedInstant, parse_local
from incidents.rules.clock import (
    deadline,
    disputed_3_5,
    explain,
    lateness,
    regime_for,
    regime_of_version,
    strict_1182_71_end,
)
from incidents.rules.escalation import policy_for

VECTORS = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "deadlines.yaml").read_text(encoding="utf-8"))
GDPR_33 = regime_for("gdpr-33", date(2026, 11, 24))
LADDER = policy_for("default", date(2026, 11, 24))
BUD = ZoneInfo(BUDAPEST)
HOURS_72 = timedelta(hours=72)


def last_sunday(year: int, month: int) -> datetime:
    """01:00 UTC on the last Sunday of a month: when Europe changes its clocks."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


CLOCK_CHANGES = [last_sunday(year, month) for year in range(2024, 2031) for month in (3, 10)]
instants = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 20), timezones=st.just(UTC))  # noqa: DTZ001  UTC is added
around_a_clock_change = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CLOCK_CHANGES),
    st.integers(-100 * 3600, 24 * 3600),
)
anchors = instants | around_a_clock_change


@pytest.mark.parametrize("case", VECTORS, ids=[case["why"] for case in VECTORS])
def test_worked_example(case: dict[str, Any]) -> None:
    awareness = datetime.fromisoformat(case["awareness"])
    readings = disputed_3_5(awareness)
    computed = {
        "deadline": deadline(awareness, GDPR_33),
        "strict": strict_1182_71_end(awareness),
        "touch": readings.touch,
        "forty_eight_hours": readings.forty_eight_hours,
        "full": readings.full,
    }
    assert {name: at.astimezone(BUD).isoformat() for name, at in computed.items()} == {
        name: case[name] for name in computed
    }


def test_all_twelve_worked_examples_are_here() -> None:
    assert len(VECTORS) == 12


@given(anchors)
def test_the_deadline_is_exactly_72_elapsed_hours_later_whatever_the_clocks_on_the_wall_do(anchor: datetime) -> None:
    end = deadline(anchor.astimezone(BUD), GDPR_33)
    assert end - anchor == HOURS_72
    assert end.utcoffset() == timedelta(0)


@given(st.sampled_from(CLOCK_CHANGES), st.integers(-71 * 3600, -1))
def test_wall_clock_arithmetic_is_an_hour_off_across_every_clock_change(change: datetime, seconds: int) -> None:
    anchor = change + timedelta(seconds=seconds)
    on_the_wall = anchor.astimezone(BUD).replace(tzinfo=None) + HOURS_72
    shown = deadline(anchor, GDPR_33).astimezone(BUD).replace(tzinfo=None)
    assert shown - on_the_wall == timedelta(hours=1 if change.month == 3 else -1)


@given(instants)
def test_wall_clock_arithmetic_is_right_only_when_no_clock_change_lies_between(anchor: datetime) -> None:
    end = deadline(anchor, GDPR_33)
    on_the_wall = anchor.astimezone(BUD).replace(tzinfo=None) + HOURS_72
    crossed = any(anchor < change <= end for change in CLOCK_CHANGES)
    assert (end.astimezone(BUD).replace(tzinfo=None) != on_the_wall) is crossed


@given(anchors)
def test_the_strict_end_is_later_than_the_deadline_by_one_hour_at_most(anchor: datetime) -> None:
    later = strict_1182_71_end(anchor) - deadline(anchor, GDPR_33)
    assert timedelta(0) < later <= timedelta(hours=1)
    assert strict_1182_71_end(anchor).minute == 0


@given(anchors)
def test_an_event_exactly_on_the_hour_still_loses_that_hour(anchor: datetime) -> None:
    full_hour = anchor.replace(minute=0, second=0, microsecond=0)
    assert strict_1182_71_end(full_hour) - full_hour == timedelta(hours=73)


@given(anchors)
def test_no_reading_is_earlier_than_the_strict_end_and_the_fuller_the_later(anchor: datetime) -> None:
    readings = disputed_3_5(anchor)
    assert strict_1182_71_end(anchor) <= readings.touch <= readings.full
    assert strict_1182_71_end(anchor) <= readings.forty_eight_hours <= readings.full


@given(anchors, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_later_awareness_never_ends_earlier(anchor: datetime, later: timedelta) -> None:
    after = anchor + min(later, datetime(2030, 12, 20, tzinfo=UTC) - anchor)
    assert deadline(anchor, GDPR_33) <= deadline(after, GDPR_33)
    assert strict_1182_71_end(anchor) <= strict_1182_71_end(after)
    earlier, moved = disputed_3_5(anchor), disputed_3_5(after)
    assert earlier.forty_eight_hours <= moved.forty_eight_hours
    assert earlier.full <= moved.full


def test_the_touching_reading_contradicts_itself_which_is_one_reason_not_to_use_it() -> None:
    thursday_night = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)
    assert disputed_3_5(thursday_night).touch > disputed_3_5(thursday_night + timedelta(hours=2)).touch


def test_the_deadline_never_rolls_off_a_holiday_or_a_weekend() -> None:
    christmas_eve = datetime(2026, 12, 23, 14, 10, tzinfo=UTC)
    assert deadline(christmas_eve, GDPR_33).astimezone(BUD).date() == date(2026, 12, 26)


@given(anchors, st.timedeltas(timedelta(days=-5), timedelta(days=30)))
def test_lateness_is_nothing_in_time_and_the_elapsed_time_afterwards(anchor: datetime, offset: timedelta) -> None:
    end = deadline(anchor, GDPR_33)
    assert lateness(end + offset, end) == max(offset, timedelta(0))


@given(anchors, st.timedeltas(timedelta(0), timedelta(days=5)), st.timedeltas(timedelta(0), timedelta(days=5)))
def test_filing_later_is_never_less_late(anchor: datetime, first: timedelta, more: timedelta) -> None:
    end = deadline(anchor, GDPR_33)
    assert lateness(anchor + first, end) <= lateness(anchor + first + more, end)


def test_a_filing_at_the_very_end_of_the_72_hours_is_in_time() -> None:
    end = datetime(2026, 11, 27, 9, 20, tzinfo=UTC)
    assert lateness(end, end) == timedelta(0)
    assert lateness(end + timedelta(minutes=1), end) == timedelta(minutes=1)


def test_an_anchor_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveDatetimeError):
        deadline(datetime(2026, 11, 24, 10, 20), GDPR_33)  # noqa: DTZ001  the fault under test


def test_the_regime_says_whose_it_is_and_where_it_stands() -> None:
    assert (GDPR_33.authority, GDPR_33.anchor, GDPR_33.period) == ("naih", "awareness", HOURS_72)
    assert any("33(1)" in source for source in GDPR_33.sources)
    assert regime_of_version("gdpr-33", GDPR_33.version) == GDPR_33


def test_before_the_gdpr_applied_there_was_no_such_clock() -> None:
    with pytest.raises(NoSuchLawError):
        regime_for("gdpr-33", date(2018, 5, 24))


def test_the_explanation_shows_local_times_with_their_offsets() -> None:
    said = explain(parse_local("2026-10-23T16:20"), GDPR_33, LADDER)
    assert said["anchor"] == "2026-10-23T16:20:00+02:00"
    assert said["deadline"] == "2026-10-26T15:20:00+01:00"
    assert said["strict_1182_71"] == "2026-10-26T16:00:00+01:00"
    assert (said["regime"], said["rule_version"]) == ("gdpr-33", "2018-05-25")
    assert json.loads(json.dumps(said)) == said


def test_the_explanation_labels_the_disputed_readings_as_no_deadline() -> None:
    disputed = explain(parse_local("2026-10-23T16:20"), GDPR_33, LADDER)["disputed_3_5"]
    assert disputed["note"]["en"] == "disputed, information only, never a deadline"
    for reading in ("touch", "forty_eight_hours", "full"):
        assert disputed[reading]["at"] == "2026-10-28T00:00:00+01:00"
        assert disputed[reading]["label"].keys() == {"hu", "en"}


def test_the_explanation_lists_the_stages_of_the_policy_in_order() -> None:
    stages = explain(parse_local("2026-10-23T16:20"), GDPR_33, LADDER)["stages"]
    assert [stage["name"] for stage in stages] == [
        *("opened", "unacknowledged", "t24", "t48", "t60", "t66", "t70", "t71", "deadline", "overdue-1")
    ]
    due = {stage["name"]: stage["due_at"] for stage in stages}
    assert due["t48"] == "2026-10-25T15:20:00+01:00"
    assert due["deadline"] == "2026-10-26T15:20:00+01:00"
    assert stages[3]["label"] == {"hu": "48 óra eltelt", "en": "48 hours have passed"}


def test_another_zone_changes_what_is_shown_and_not_when_it_ends() -> None:
    budapest = parse_local("2026-11-27T16:05")
    london = explain(ZonedInstant(budapest.at, "Europe/London"), GDPR_33, LADDER)
    assert london["deadline"] == "2026-11-30T15:05:00+00:00"
    assert london["disputed_3_5"]["full"]["at"] == "2026-12-01T23:00:00+00:00"


@pytest.mark.parametrize("awareness", ["2031-05-05T10:00", "2030-12-30T10:00", "2019-05-06T10:00"])
def test_beyond_the_working_day_list_the_deadline_still_comes(awareness: str) -> None:
    anchor = parse_local(awareness)
    said = explain(anchor, GDPR_33, LADDER)
    assert datetime.fromisoformat(said["deadline"]) == anchor.at + HOURS_72
    assert said["disputed_3_5"].keys() == {"note", "unavailable"}
    assert said["disputed_3_5"]["unavailable"]["code"] == "calendar-horizon"
    assert "eu_1182_71-hu" in said["disputed_3_5"]["unavailable"]["message"]
