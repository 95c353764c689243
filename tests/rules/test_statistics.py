"""Figures over many cases: what counts as in time, months without gaps, times that really occurred."""

from datetime import UTC, datetime, timedelta

from incidents.rules.statistics import CaseFigures, statistics

NOW = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)


def case(days_ago: float, **fields: object) -> CaseFigures:
    opened = NOW - timedelta(days=days_ago)
    return CaseFigures(opened, opened, **fields)  # type: ignore[arg-type]


def test_a_notified_case_is_in_time_or_late_whatever_was_decided_since() -> None:
    filed = case(9, filed_at=NOW - timedelta(days=7), notify="no")
    late = case(9, filed_at=NOW - timedelta(days=1), late=True)
    found = statistics([filed, late, case(1, notify="yes"), case(1, notify="no"), case(1)], NOW)
    assert dict(found.by_outcome) == {
        "filed_in_time": 1,
        "filed_late": 1,
        "to_notify": 1,
        "not_notified": 1,
        "undecided": 1,
    }
    assert (found.filed, found.in_time) == (2, 1)


def test_months_are_those_of_hungary_and_none_is_left_out() -> None:
    last_minute_of_august = CaseFigures(datetime(2026, 8, 31, 22, 30, tzinfo=UTC), NOW)
    found = statistics([last_minute_of_august, case(0)], NOW)
    assert found.by_month == (("2026-09", 1), ("2026-10", 0), ("2026-11", 1))


def test_cases_without_a_cause_stand_last() -> None:
    found = statistics([case(1), case(1), case(1, cause="lost_device")], NOW)
    assert found.by_cause == (("lost_device", 1), ("", 2))


def test_a_clock_that_has_run_out_is_overdue_and_one_of_exactly_72_hours_is_longer() -> None:
    hours = [-1, 0, 11, 12, 71, 72]
    found = statistics([case(1, deadline_at=NOW + timedelta(hours=left)) for left in hours], NOW)
    assert [count for _, count in found.open_clocks] == [1, 2, 1, 0, 1, 1]


def test_median_and_nine_of_ten_are_times_that_occurred() -> None:
    took = [case(30, filed_at=NOW - timedelta(days=30) + timedelta(hours=hours)) for hours in range(1, 11)]
    whole = statistics(took, NOW).spans[2]
    assert (whole.name, whole.cases) == ("signal_to_filing", 10)
    assert (whole.median, whole.ninth_decile) == (timedelta(hours=5), timedelta(hours=9))


def test_nothing_is_made_up_where_there_are_no_cases() -> None:
    found = statistics([], NOW)
    assert (found.cases, found.by_month, found.spans[0].median) == (0, (), None)
