"""Ends of periods in days and months, and the two reliefs that may move an end: DORA's noon and CER's office hours.

Regulation 1182/71, Art. 3(1) and 3(2)(b)-(c): the day of the event does not count; the period ends with the expiry of
the last hour of the last day, in months the day of the same date or, without one, the last of the month. Hungarian
periods give the same day (Ákr. 52. §, [LAW-CHECK]). The roll to a working day (Art. 3(4)) is never relied on.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from incidents.base.time import utc
from incidents.rules.calendar import CalendarHorizonError, eu_1182_71, hu_domestic
from incidents.rules.office import CALENDAR_HORIZON, DAY, WorkingHours, at_local, local

NOON = time(12)
_INSTANT = timedelta(microseconds=1)


def _end_of(day: date) -> datetime:
    """24:00 of a day in Hungary, in UTC."""
    return at_local(day + DAY, time())


def end_of_days(anchor: datetime, days: int) -> datetime:
    """The end of a period in days (UTC): 24:00 in Hungary of that many days after the day of the anchor."""
    return _end_of(local(anchor).date() + days * DAY)


def end_of_months(anchor: datetime, months: int) -> tuple[datetime, bool]:
    """The end of a period in months (UTC): 24:00 in Hungary of the same date; true when that date was missing."""
    start = local(anchor).date()
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return _end_of(date(year, month + 1, min(start.day, last))), start.day > last


def noon_rule(end: datetime) -> tuple[datetime, tuple[str, ...]]:
    """The end moved off a rest day to noon of the next working day (2025/301, Art. 5(4)), with warnings.

    It moves only where the EU list and the domestic calendar agree that the day is a rest day, and to the first day
    that either calls a working day. Where a calendar has no data the earlier end stays.
    """
    day = local(utc(end) - _INSTANT).date()
    try:
        if _worked_somewhere(day):
            return utc(end), ()
        while not _worked_somewhere(day):
            day += DAY
    except CalendarHorizonError:
        return utc(end), (CALENDAR_HORIZON,)
    return at_local(day, NOON), ()


def _worked_somewhere(day: date) -> bool:
    answers = [calendar(day).is_working_day(day) for calendar in (eu_1182_71, hu_domestic)]
    return any(answers)


def office_relief(anchor: datetime, end: datetime, office: WorkingHours) -> tuple[datetime, tuple[str, ...]]:
    """The end of a level 1 event noticed outside office hours: noon of the next working day (Kszetv. 26. §).

    The next noon on a working day counts, so before opening it is that same day; never earlier than the plain end.
    Where the calendar has no data the plain end stays.
    """
    if office.is_open(anchor):
        return utc(end), ()
    try:
        noon = _first_noon(utc(anchor), lambda day: hu_domestic(day).is_working_day(day))
    except CalendarHorizonError:
        return utc(end), (CALENDAR_HORIZON,)
    return max(utc(end), noon), ()


def _first_noon(after: datetime, is_worked: Callable[[date], bool]) -> datetime:
    day = local(after).date()
    while at_local(day, NOON) <= after or not is_worked(day):
        day += DAY
    return at_local(day, NOON)
