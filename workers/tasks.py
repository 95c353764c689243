"""What beat wakes: three lines each. The work is in steps and notifications, the truth in rows."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from celery import Celery
from kombu.exceptions import OperationalError

from incidents.base.settings import Settings
from incidents.base.time import Clock, SystemClock
from incidents.steps import drills, escalate, setback
from incidents.store.engine import Database, create_engine_for
from notifications import bounces, letters
from notifications.delivery import deliver
from notifications.webhooks import deliver_webhooks
from workers import deadman
from workers.logged import logged


@dataclass
class Runtime:
    """What a task works with; the engine is made on first use, so that each forked child has its own."""

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def engine(self) -> Database:
        """The database of this process."""
        return create_engine_for(self.settings.database_url)


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Whether nobody else on this machine, thread or process, holds the lock now; the system frees it at death."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _deliver_now(app: Celery, settings: Settings, fired: int) -> None:
    """What a sweep has just queued need not wait for the next tick of delivery; without a broker it does."""
    if not fired:
        return
    with suppress(OperationalError):
        for task in ("incidens72.deliver", "incidens72.webhooks"):
            app.send_task(task, retry=False, expires=2 * settings.deliver_seconds)


def register_tasks(app: Celery, runtime: Runtime) -> None:
    """Give the application its tasks."""

    def sweep() -> None:
        """Fire every stage that has fallen due, and end the drills that have nothing left to show."""
        begun = runtime.clock.now()
        setback.notice(runtime.engine, runtime.clock)
        with logged("sweep.done") as done:
            done["stages"] = fired = escalate.sweep(runtime.engine, runtime.clock)
            done["drills"] = drills.end_over(runtime.engine, runtime.clock)
        _deliver_now(app, runtime.settings, fired)
        deadman.ping(runtime.settings, runtime.engine, runtime.clock, begun)

    def deliver_mails() -> None:
        """Send every mail that waits; one run a host, so that a hanging mail server never keeps the sweep waiting."""
        with alone(runtime.settings.data_dir / "deliver.lock") as nobody_else:
            if nobody_else:
                with logged("delivery.done") as done:
                    done["sent"] = deliver(runtime.engine, runtime.clock, runtime.settings)

    def send_letters() -> None:
        """Letters to the people concerned: what came back, what is due; a minute at a time, apart from the warnings."""
        with alone(runtime.settings.data_dir / "letters.lock") as nobody_else:
            if nobody_else:
                bounces.read(runtime.engine, runtime.clock, runtime.settings)
                letters.run(runtime.engine, runtime.clock, runtime.settings)

    app.task(sweep, name="incidens72.sweep")

    def call_webhooks() -> None:
        """Hand over every webhook message that waits; apart from the mails, which no slow address may delay."""
        with alone(runtime.settings.data_dir / "webhooks.lock") as nobody_else:
            if nobody_else:
                deliver_webhooks(runtime.engine, runtime.clock, runtime.settings)

    app.task(deliver_mails, name="incidens72.deliver")
    app.task(call_webhooks, name="incidens72.webhooks")
    app.task(send_letters, name="incidens72.letters")
