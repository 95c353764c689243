"""Working days, twice: the EU list that Regulation 1182/71 means, and the domestic calendar with swapped days.

Neither moves the 72-hour deadline. They serve information and reminders, and answer nothing beyond their data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from incidents.base.dated import in_force, of_version
from incidents.base.errors import IncidentError

SATURDAY = 5


class CalendarHorizonError(IncidentError):
    """A calendar was asked about a year for which nobody has given it data."""

    status = 422
    code = "calendar-horizon"
    message = (
        "The calendar {calendar} has data for the years {first} to {last}, not for {year}. "
        "The deadline stands without it; add the official list of {year} to the calendar to see working days."
    )


@dataclass(frozen=True)
class Calendar:
    """The working days of a place: Monday to Friday, without the days off and with the worked weekend days."""

    id: str
    version: str
    zone: str
    first_year: int
    last_year: int
    days_off: frozenset[date]
    worked_weekend_days: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Whether a day is a working day.

        Raises:
            CalendarHorizonError: the year lies outside the calendar's data.
        """
        if not self.first_year <= day.year <= self.last_year:
            first, last = str(self.first_year), str(self.last_year)
            raise CalendarHorizonError(calendar=self.id, year=str(day.year), first=first, last=last)
        return day in self.worked_weekend_days or (day.weekday() < SATURDAY and day not in self.days_off)

    def working_days(self, start: date) -> Iterator[date]:
        """The working days from a day on, that day included, in order.

        Raises:
            CalendarHorizonError: when the walk leaves the calendar's data.
        """
        day = start
        while True:
            if self.is_working_day(day):
                yield day
            day += timedelta(days=1)


def eu_1182_71(on: date) -> Calendar:
    """Hungary's calendar for periods under Regulation 1182/71, Art. 2: statutory holidays, no swapped days."""
    law = in_force("calendars", "eu_1182_71-hu", on)
    return _calendar(law, frozenset(day for year in law["years"] for day in year["holidays"]), frozenset())


def hu_domestic(on: date) -> Calendar:
    """The Hungarian calendar with swapped days, Mt. 102. §: for periods in "munkanap" and for reminders.

    [LAW-CHECK] marks in the data say where sources disagree and which reading is taken.
    """
    return _hu_domestic(in_force("calendars", "hu_domestic", on)["version"])


@cache
def _hu_domestic(version: str) -> Calendar:
    from holidays import country_holidays  # noqa: PLC0415  46 MB and half a second, for those who ask only

    law = of_version("calendars", "hu_domestic", version)
    swaps = [swap for year in law["years"] for swap in year["swaps"]]
    taken = {question["day"]: question["working"] for question in law["open_questions"]}
    package = country_holidays("HU", years=[year["year"] for year in law["years"]])
    days_off = {*package, *(swap["rest"] for swap in swaps), *(day for day in taken if not taken[day])}
    worked = {*package.weekend_workdays, *(swap["worked"] for swap in swaps), *(day for day in taken if taken[day])}
    return _calendar(law, frozenset(days_off), frozenset(day for day in worked if taken.get(day, True)))


def _calendar(law: Mapping[str, Any], days_off: frozenset[date], worked: frozenset[date]) -> Calendar:
    years = [year["year"] for year in law["years"]]
    return Calendar(law["id"], law["version"], law["zone"], min(years), max(years), days_off, worked)
