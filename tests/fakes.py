"""Stand-ins for the outside world that a test must steer; today only time."""

from datetime import UTC, datetime, timedelta

from incidents.base.time import utc


class FakeClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime | str = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)) -> None:
        self._now = utc(datetime.fromisoformat(start) if isinstance(start, str) else start)

    def now(self) -> datetime:
        return self._now

    def advance(self, **duration: float) -> datetime:
        """Move on by hours=…, minutes=… (the keywords of timedelta)."""
        self._now += timedelta(**duration)
        return self._now

    def move_to(self, instant: datetime) -> datetime:
        self._now = utc(instant)
        return self._now
