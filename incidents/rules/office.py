"""Office hours and quiet hours: when somebody is there to send, and which mails may wait until morning.

They serve people, never the law: no deadline moves for them. Days are those of Europe/Budapest with swapped working
days (Mt. 102. §); where the calendar has no data the answer is the one that warns earlier, with a named warning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from incidents.base.time import BUDAPEST, utc
from incidents.rules.calendar import SATURDAY, CalendarHorizonError, eu_1182_71, hu_domestic

NEVER_HELD_WITHIN = timedelta(hours=12)
"""Nothing waits for the morning when a deadline is this near: a rule of the product, not a setting."""

CALENDAR_HORIZON = CalendarHorizonError.code
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = timedelta(days=1)
_LONGEST_BREAK = 21
_PLACE = ZoneInfo(BUDAPEST)


def local(instant: datetime) -> datetime:
    """The wall-clock reading of an instant in Hungary."""
    return utc(instant).astimezone(_PLACE)


def at_local(day: date, clock_time: time) -> datetime:
    """The instant (UTC) of a wall-clock time in Hungary; the earlier one where the clock shows it twice."""
    return datetime.combine(day, clock_time, _PLACE).astimezone(UTC)


@dataclass(frozen=True)
class WorkingDay:
    """Whether a day is worked at home; not ``certain`` beyond the last decree on swapped days."""

    worked: bool
    certain: bool = True


def working_day(day: date) -> WorkingDay:
    """Whether a day is a working day in Hungary, as well as it is known: decree, else statute, else the weekday."""
    try:
        return WorkingDay(hu_domestic(day).is_working_day(day))
    except CalendarHorizonError:
        pass
    try:
        return WorkingDay(eu_1182_71(day).is_working_day(day), certain=False)
    except CalendarHorizonError:
        return WorkingDay(day.weekday() < SATURDAY, certain=False)


@dataclass(frozen=True)
class WorkingHours:
    """Opening and closing time by weekday (0 is Monday); a worked Saturday keeps the hours of a Friday."""

    by_weekday: Mapping[int, tuple[time, time]]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "WorkingHours":
        """From ``{monday = ["08:00", "16:30"], …}``; days left out are closed.

        Raises:
            ValueError: not times of day, or closing before opening.
        """
        hours = {WEEKDAYS.index(day): _span(pair) for day, pair in data.items()}
        if any(opens >= closes for opens, closes in hours.values()):
            raise ValueError("an office closes after it opens")
        return cls(hours)

    def on(self, day: date) -> tuple[time, time] | None:
        """Opening and closing time of a day, None when nobody works."""
        if not working_day(day).worked:
            return None
        return self.by_weekday.get(day.weekday()) or self.by_weekday.get(min(day.weekday(), SATURDAY - 1))

    def is_open(self, instant: datetime) -> bool:
        """Whether the office is open at an instant; it still is in the minute in which it closes."""
        there = local(instant)
        span = self.on(there.date())
        return span is not None and span[0] <= there.time().replace(second=0, microsecond=0) <= span[1]

    def last_close(self, before: datetime) -> datetime | None:
        """The last closing time (UTC) before an instant; None when the office did not open for three weeks."""
        day = local(before).date()
        for back in range(_LONGEST_BREAK):
            span = self.on(day - back * DAY)
            if span and (closes := at_local(day - back * DAY, span[1])) < utc(before):
                return closes
        return None


def _span(pair: Iterable[str]) -> tuple[time, time]:
    opens, closes = (time.fromisoformat(text) for text in pair)
    return opens, closes


@dataclass(frozen=True)
class QuietHours:
    """When a mail that can wait is not sent: a span of the day, and whole rest days if so wanted."""

    starts: time
    ends: time
    rest_days: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "QuietHours":
        """From ``{from = "20:00", to = "07:00", rest_days = true}``.

        Raises:
            ValueError: not times of day.
        """
        starts, ends = _span((data["from"], data["to"]))
        return cls(starts, ends, data.get("rest_days", True))

    def _is_rest_day(self, day: date) -> bool:
        # A day the calendar does not know counts as worked: the mail then goes out sooner.
        known = working_day(day)
        return self.rest_days and known.certain and not known.worked

    def _is_night(self, at: time) -> bool:
        if self.starts <= self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends

    def over_at(self, instant: datetime) -> datetime:
        """When it is no longer quiet (UTC): the instant itself when it is not."""
        moment = utc(instant)
        for _ in range(2 * _LONGEST_BREAK):
            there = local(moment)
            if self._is_rest_day(there.date()):
                moment = at_local(there.date() + DAY, time())
            elif self._is_night(there.time()):
                morning = at_local(there.date(), self.ends)
                moment = morning if morning > moment else at_local(there.date() + DAY, self.ends)
            else:
                break
        return moment


@dataclass(frozen=True)
class Sending:
    """When a mail goes out (UTC), and why that is another moment than when it fell due."""

    at: datetime
    held: bool = False
    warnings: tuple[str, ...] = ()


def sending(
    due_at: datetime, *, can_wait: bool, quiet: QuietHours | None, deadlines: Iterable[datetime] = ()
) -> Sending:
    """When a mail that falls due goes out, with every open deadline of its case in view.

    What cannot wait goes at once; so does everything from twelve hours before a deadline on, and after it.
    """
    due = utc(due_at)
    if not can_wait or quiet is None:
        return Sending(due)
    latest = min((utc(deadline) - NEVER_HELD_WITHIN for deadline in deadlines), default=None)
    if latest is not None and due >= latest:
        return Sending(due)
    over = quiet.over_at(due)
    warnings = () if working_day(local(over).date()).certain else (CALENDAR_HORIZON,)
    when = over if latest is None else min(over, latest)
    return Sending(when, when > due, warnings)
