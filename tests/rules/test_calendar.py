"""Two calendars: the EU list for Regulation 1182/71 and the domestic one with swapped days."""

import tomllib
from datetime import date, timedelta
from importlib.resources import files
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.i18n import translator
from incidents.rules.calendar import Calendar, CalendarHorizonError, eu_1182_71, hu_domestic

TODAY = date(2026, 11, 22)
EU = eu_1182_71(TODAY)
OVERLAY = tomllib.loads((files("incidents") / "law/calendars/hu_domestic.toml").read_text(encoding="utf-8"))
FIXED = [(1, 1), (3, 15), (5, 1), (8, 20), (10, 23), (11, 1), (12, 25), (12, 26)]


@pytest.fixture(scope="module")
def domestic() -> Calendar:
    return hu_domestic(TODAY)


def easter_sunday(year: int) -> date:
    """Gauss's rule in the form that holds from 1900 to 2099."""
    moon = (19 * (year % 19) + 24) % 30
    week = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    late = 7 * (week == 6 and (moon == 29 or (moon == 28 and year % 19 > 10)))
    return date(year, 3, 22) + timedelta(days=moon + week - late)


@pytest.mark.parametrize("year", range(2024, 2031))
def test_the_eu_list_has_the_eleven_statutory_holidays_and_nothing_else(year: int) -> None:
    easter = easter_sunday(year)
    moving = {easter - timedelta(days=2), easter + timedelta(days=1), easter + timedelta(days=50)}
    expected = moving | {date(year, month, day) for month, day in FIXED}
    assert {day for day in EU.days_off if day.year == year} == expected
    assert len(expected) == 11


def test_every_year_of_the_eu_list_says_how_certain_it_is() -> None:
    text = (files("incidents") / "law/calendars/eu_1182_71-hu.toml").read_text(encoding="utf-8")
    certainty = {year["year"]: (year["certainty"], year["source"]) for year in tomllib.loads(text)["years"]}
    assert certainty[2026][0] == "transcribed list"
    assert "C/2025/6771" in certainty[2026][1]
    assert certainty[2027][0] == "computed from statute"
    assert certainty.keys() == set(range(2024, 2031))


@pytest.mark.parametrize("rest_day", [date(2026, 1, 2), date(2026, 8, 21), date(2026, 12, 24)])
def test_a_swapped_rest_day_is_free_at_home_and_a_working_day_for_eu_law(rest_day: date, domestic: Calendar) -> None:
    assert not domestic.is_working_day(rest_day)
    assert EU.is_working_day(rest_day)


@pytest.mark.parametrize("saturday", [date(2026, 1, 10), date(2026, 8, 8), date(2025, 12, 13), date(2024, 12, 7)])
def test_a_worked_saturday_is_a_working_day_at_home_only(saturday: date, domestic: Calendar) -> None:
    assert domestic.is_working_day(saturday)
    assert not EU.is_working_day(saturday)


def test_both_sources_for_december_2026_are_kept_and_the_warier_reading_is_taken(domestic: Calendar) -> None:
    (question,) = OVERLAY["open_questions"]
    assert question["day"] == date(2026, 12, 12)
    assert {reading["working"] for reading in question["readings"]} == {True, False}
    assert all(reading["source"] for reading in question["readings"])
    assert not domestic.is_working_day(date(2026, 12, 12))
    assert not domestic.is_working_day(date(2026, 12, 24))


def test_the_day_after_christmas_eve_eve_at_home_is_the_monday_after_christmas(domestic: Calendar) -> None:
    assert list(islice(domestic.working_days(date(2026, 12, 23)), 2)) == [date(2026, 12, 23), date(2026, 12, 28)]


def test_every_decreed_swap_is_in_the_domestic_calendar_unless_sources_disagree(domestic: Calendar) -> None:
    disputed = {question["day"] for question in OVERLAY["open_questions"]}
    for year in OVERLAY["years"]:
        for swap in year["swaps"]:
            assert swap["worked"].weekday() == 5
            assert (swap["rest"].year, swap["rest"].month) == (swap["worked"].year, swap["worked"].month)
            assert not domestic.is_working_day(swap["rest"])
            assert domestic.is_working_day(swap["worked"]) or swap["worked"] in disputed


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_no_weekend_day_is_ever_a_working_day_for_eu_law(day: date) -> None:
    assert EU.is_working_day(day) == (day.weekday() < 5 and day not in EU.days_off)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 1)))
def test_working_days_come_in_order_and_leave_none_out(start: date) -> None:
    days = list(islice(EU.working_days(start), 5))
    assert days == [
        day for day in (start + timedelta(days=n) for n in range((days[-1] - start).days + 1)) if EU.is_working_day(day)
    ]


@pytest.mark.parametrize("day", [date(2027, 1, 4), date(2023, 12, 29)])
def test_beyond_the_last_decree_the_domestic_calendar_says_so_instead_of_guessing(
    day: date, domestic: Calendar
) -> None:
    with pytest.raises(CalendarHorizonError) as caught:
        domestic.is_working_day(day)
    sentence = str(caught.value)
    for word in ("hu_domestic", str(day.year), "2026", "add the official list"):
        assert word in sentence


def test_beyond_its_last_year_the_eu_list_says_so_as_well() -> None:
    with pytest.raises(CalendarHorizonError, match=r"eu_1182_71-hu has data for the years 2024 to 2030, not for 2031"):
        list(islice(EU.working_days(date(2030, 12, 30)), 3))


def test_the_horizon_is_told_in_hungarian_as_well() -> None:
    with pytest.raises(CalendarHorizonError) as caught:
        EU.is_working_day(date(2031, 1, 2))
    sentence = translator("hu")(caught.value.message, **caught.value.params)
    assert sentence.startswith("A naptár (eu_1182_71-hu) a 2024–2030 közötti évekre tartalmaz adatot")
    assert "2031" in sentence
