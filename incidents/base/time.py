"""Time: aware UTC instants inside, Europe/Budapest at the edges, the clock injected.

This is the only file that reads the system clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

BUDAPEST = "Europe/Budapest"


class Clock(Protocol):
    """Whatever can say what time it is; the answer is an aware UTC instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class NaiveDatetimeError(ValueError):
    """A datetime without an offset reached a place where only instants are allowed."""


class LocalTimeError(ValueError):
    """A wall-clock time that cannot be turned into an instant: bad text, unknown zone or inside a DST gap."""


def utc(instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        NaiveDatetimeError: the value has no offset, so it names no instant.
    """
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise NaiveDatetimeError(f"{instant!r} has no time zone")
    return instant.astimezone(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        LocalTimeError: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise LocalTimeError(f"unknown time zone: {name}") from error


@dataclass(frozen=True)
class ZonedInstant:
    """An instant and the zone it was entered in: what the law needs, and what the person meant."""

    at: datetime
    zone: str = BUDAPEST

    def __post_init__(self) -> None:
        """Keep the instant in UTC."""
        object.__setattr__(self, "at", utc(self.at))

    @property
    def local(self) -> datetime:
        """The wall-clock reading in the zone it was entered in."""
        return self.at.astimezone(zone(self.zone))


def parse_local(text: str, zone_name: str = BUDAPEST) -> ZonedInstant:
    """The instant meant by a wall-clock time (ISO 8601, minutes or better) in a zone.

    A text with its own offset keeps it. In the repeated hour of autumn the earlier reading is taken: it makes
    every deadline earlier, never later.

    Raises:
        LocalTimeError: not a time, no such zone, or a time skipped in spring.
    """
    where = zone(zone_name)
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise LocalTimeError(f"not a date and time: {text}") from error
    if "T" not in text and " " not in text.strip():
        raise LocalTimeError(f"a time of day is missing: {text}")
    if parsed.tzinfo is not None:
        return ZonedInstant(parsed, zone_name)
    local = parsed.replace(tzinfo=where, fold=0)
    instant = local.astimezone(UTC)
    if instant.astimezone(where).replace(tzinfo=None) != parsed:
        raise LocalTimeError(f"this time was skipped when the clocks went forward: {text}")
    return ZonedInstant(instant, zone_name)


def to_the_minute(at: datetime) -> datetime:
    """The minute an instant lies in: forms are filled in minutes, so nothing typed in one minute is before another."""
    return utc(at).replace(second=0, microsecond=0)
