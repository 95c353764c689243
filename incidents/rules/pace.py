"""The pace of a ladder: real time, or that of a drill, where every instant is squeezed towards the start."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SLOWEST, FASTEST = 1.0, 432.0
"""A drill takes as long as the ladder itself at most, and ten minutes for 72 hours at least."""


@dataclass(frozen=True)
class Pace:
    """How many hours of the ladder pass in one hour, from a start (aware UTC) on."""

    start: datetime
    speed: float

    def on_ladder(self, at: datetime) -> datetime:
        """The instant of the ladder that an instant of the day stands for."""
        return self.start + (at - self.start) * self.speed

    def of_day(self, at: datetime) -> datetime:
        """The instant of the day at which an instant of the ladder comes."""
        return self.start + (at - self.start) / self.speed

    def ladder_time(self, passed: timedelta) -> timedelta:
        """How much of the ladder passes in so much time."""
        return passed * self.speed

    def day_time(self, on_ladder: timedelta) -> timedelta:
        """How long so much of the ladder takes."""
        return on_ladder / self.speed


REAL_TIME: Final = Pace(datetime(1970, 1, 1, tzinfo=UTC), 1.0)
