"""The register as it stood at an instant: what was recorded later is not shown, what was ended later still runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from incidents.base.errors import FieldError
from incidents.base.time import BUDAPEST, zone

Row = TypeVar("Row")
FIRST_DAY = date(2018, 5, 25)
"""The GDPR applies from this day."""
DUTY_STATES: Mapping[str, str] = {
    "duty.proposed": "proposed",
    "duty.confirmed": "confirmed",
    "duty.declined": "declined",
    "duty.reconsidered": "proposed",
    "duty.ended": "ended",
}
"""What each event of a duty makes of it."""


@dataclass(frozen=True)
class Said:
    """An entry of the log, as far as the register needs it: when (aware), what kind, with what data."""

    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Period:
    """The days whose cases are asked for, both included, and the day at whose end the register is shown.

    Days are local (Europe/Budapest).
    """

    first: date
    last: date
    as_of: date

    @property
    def since(self) -> datetime:
        """The first instant of the period."""
        return _midnight(self.first)

    @property
    def before(self) -> datetime:
        """The first instant after the period."""
        return _midnight(self.last + timedelta(days=1))

    def instant(self, now: datetime) -> datetime:
        """The last instant that counts: the end of the day, or now when the day is not over."""
        return min(now, _midnight(self.as_of + timedelta(days=1)) - timedelta(microseconds=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone(BUDAPEST))


def period_of(first: str, last: str, as_of: str, today: date) -> tuple[Period | None, list[FieldError]]:
    """The period that was typed as ISO days, or every field that cannot stand with the way out."""
    days = {"first": _day(first), "last": _day(last), "as_of": _day(as_of)}
    errors = [FieldError(name, "day", "Give a day, for example 2026-11-20.") for name, day in days.items() if not day]
    begin, end, shown = days["first"], days["last"], days["as_of"]
    if begin and end and end < begin:
        errors.append(FieldError("last", "order", "The period ends before it begins. Swap the two days."))
    if shown and shown > today:
        errors.append(FieldError("as_of", "future", "The register cannot be shown as of a day to come."))
    if errors or begin is None or end is None or shown is None:
        return None, errors
    return Period(begin, end, shown), []


def _day(text: str) -> date | None:
    """A day one can count from: no day of a calendar before the GDPR's century, none at the end of time."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def known_by(rows: Sequence[Row], moment: Callable[[Row], datetime], at: datetime) -> tuple[Row, ...]:
    """The rows that had been recorded by an instant, in their order."""
    return tuple(row for row in rows if moment(row) <= at)


def clock_then(state: str, stopped_at: datetime | None, stop_reason: str, at: datetime) -> tuple[str, str]:
    """State and reason of the newest clock version of an instant: stopped later or replaced later, it still ran."""
    if state == "running" or stopped_at is None or stopped_at > at:
        return "running", ""
    return "stopped", stop_reason


def closed_then(log: Iterable[Said], at: datetime) -> tuple[datetime | None, str]:
    """When the case had been closed, and with what note; None while it was open (or opened again)."""
    closed: tuple[datetime | None, str] = (None, "")
    for said in log:
        if said.at <= at and said.kind == "incident.closed":
            closed = (said.at, str(said.data.get("note", "")))
        elif said.at <= at and said.kind == "incident.reopened":
            closed = (None, "")
    return closed


def duty_then(log: Iterable[Said], regime: str, subject: str, at: datetime) -> tuple[str, str] | None:
    """State and reason of a duty; None where it was not thought of yet."""
    found: tuple[str, str] | None = None
    for said in log:
        own = (said.data.get("regime"), said.data.get("subject")) == (regime, subject)
        if own and said.at <= at and said.kind in DUTY_STATES:
            reason = found[1] if found and said.kind == "duty.ended" else str(said.data.get("reason", ""))
            found = (DUTY_STATES[said.kind], reason)
    return found
