"""Beat ticks on when the clock of its host is set: without it nobody would be warned until the clock is there again."""

import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from celery.beat import ScheduleEntry, Service

from workers.beat import SteadyScheduler, end_when_asked


class Beat(SteadyScheduler):
    """Notes what would be sent, at a time we set."""

    def __init__(self, app: Celery) -> None:
        self.sent: list[str] = []
        super().__init__(app, lazy=True)
        self.install_default_entries = lambda _data: None
        self.setup_schedule()

    def apply_entry(self, entry: ScheduleEntry, producer: object = None) -> None:
        self.sent.append(entry.name)


@pytest.fixture
def now() -> list[datetime]:
    return [datetime(2026, 11, 20, 17, 50, tzinfo=UTC)]


@pytest.fixture
def beat(now: list[datetime], monkeypatch: pytest.MonkeyPatch) -> Beat:
    app = Celery("test", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {"sweep": {"task": "sweep", "schedule": timedelta(seconds=30)}}
    monkeypatch.setattr(app, "now", lambda: now[0])
    return Beat(app)


def ticks(beat: Beat, now: list[datetime], seconds: int) -> int:
    """How often the sweep is sent in a time looked at every five seconds."""
    beat.sent.clear()
    for _ in range(seconds // 5):
        while beat.tick() == 0:
            pass
        now[0] += timedelta(seconds=5)
    return len(beat.sent)


def test_it_ticks_at_its_interval(beat: Beat, now: list[datetime]) -> None:
    assert ticks(beat, now, 300) == pytest.approx(10, abs=1)


def test_it_ticks_on_after_the_clock_was_set_back(beat: Beat, now: list[datetime]) -> None:
    ticks(beat, now, 300)
    now[0] -= timedelta(hours=1)
    assert ticks(beat, now, 300) == pytest.approx(10, abs=1)


def test_after_the_clock_was_set_forward_it_ticks_once_and_not_for_every_interval_left_out(
    beat: Beat, now: list[datetime]
) -> None:
    ticks(beat, now, 300)
    now[0] += timedelta(hours=1)
    assert ticks(beat, now, 300) == pytest.approx(10, abs=1)


def test_asked_to_end_in_the_middle_of_a_network_call_that_loses_the_exception_it_ends_all_the_same() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    service = Service(Celery("test", broker="memory://", set_as_current=False), scheduler_cls=Interrupted)
    try:
        end_when_asked(service)
        service.start()
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert service.scheduler.ticks == 1


class Interrupted(SteadyScheduler):
    """Is asked to end while it speaks to the broker, and the client answers with an error of its own."""

    ticks = 0

    def tick(self, *_args: object, **_kwargs: object) -> float:
        self.ticks += 1
        with suppress(SystemExit):
            signal.raise_signal(signal.SIGTERM)
        return 0.0
