"""Beat that goes on ticking when the clock of its host is set back."""

import signal
import threading
from datetime import datetime, timedelta
from typing import Any

from celery.beat import Scheduler, Service

NEVER = timedelta(days=1)
"""Longer ago than any interval: due at once."""


def end_when_asked(sender: Service, **_details: object) -> None:
    """Remember that the process was asked to end: the exception alone can be lost in the middle of a network call."""

    def end(_number: int, _frame: object) -> None:
        sender.stop()
        raise SystemExit

    if threading.current_thread() is threading.main_thread():
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, end)


class SteadyScheduler(Scheduler):  # type: ignore[misc]  # Celery has no types
    """Celery's in-memory scheduler waits until the clock is again where it was; this one begins anew."""

    _read: datetime | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One look at what is due; seconds until the next."""
        now: datetime = self.app.now()
        if self._read is not None and now < self._read:
            self._begin_anew()
        self._read = now
        wait: float = super().tick(*args, **kwargs)
        return wait

    def _begin_anew(self) -> None:
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - NEVER
        self._heap = None  # made again from the entries
