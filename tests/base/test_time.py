"""Instants are aware and UTC; what people type is read in the zone they mean."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.time import (
    LocalTimeError,
    NaiveDatetimeError,
    SystemClock,
    ZonedInstant,
    parse_local,
    utc,
    zone,
)


def test_a_local_time_is_read_in_budapest() -> None:
    assert parse_local("2026-11-20T17:50").at == datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
    assert parse_local("2026-07-20 17:50").at == datetime(2026, 7, 20, 15, 50, tzinfo=UTC)


def test_a_text_with_its_own_offset_keeps_it() -> None:
    assert parse_local("2026-11-20T17:50:00+05:00").at == datetime(2026, 11, 20, 12, 50, tzinfo=UTC)


def test_the_repeated_hour_of_autumn_is_read_as_the_earlier_one() -> None:
    assert parse_local("2026-10-25T02:30").at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29T02:30", "tegnap", "", "2026-11-20", "2026-11-31T10:00"])
def test_a_time_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(LocalTimeError):
        parse_local(text)


@pytest.mark.parametrize("name", ["Europe/Buda", "", "../../etc/passwd"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(LocalTimeError):
        zone(name)


def test_a_datetime_without_a_zone_is_no_instant() -> None:
    with pytest.raises(NaiveDatetimeError):
        utc(datetime(2026, 11, 20, 17, 50))  # noqa: DTZ001  the fault under test
    with pytest.raises(NaiveDatetimeError):
        ZonedInstant(datetime(2026, 11, 20, 17, 50))  # noqa: DTZ001  the fault under test


def test_an_instant_remembers_the_zone_it_was_meant_in() -> None:
    meant = ZonedInstant(datetime(2026, 11, 20, 17, 50, tzinfo=timezone(timedelta(hours=1))), "Europe/London")
    assert meant.at == datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
    assert meant.at.tzinfo is UTC
    assert meant.local.hour == 16


@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.timezones()))  # noqa: DTZ001  zones are added
def test_utc_keeps_the_instant(instant: datetime) -> None:
    assert utc(instant).timestamp() == instant.timestamp()


def test_the_machine_answers_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
