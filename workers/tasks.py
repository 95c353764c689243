"""What beat wakes: three lines each. The work is in steps and notifications, the truth in rows."""

from dataclasses import dataclass, field
from functools import cached_property

from celery import Celery

from incidents.base.settings import Settings
from incidents.base.time import Clock, SystemClock
from incidents.steps import escalate
from incidents.store.engine import Database, create_engine_for
from notifications.delivery import deliver


@dataclass
class Runtime:
    """What a task works with; the engine is made on first use, so that each forked child has its own."""

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def engine(self) -> Database:
        """The database of this process."""
        return create_engine_for(self.settings.database_url)


def register_tasks(app: Celery, runtime: Runtime) -> None:
    """Give the application its two tasks."""

    def sweep() -> None:
        """Fire every stage that has fallen due."""
        escalate.sweep(runtime.engine, runtime.clock)

    def deliver_mails() -> None:
        """Send every mail that waits."""
        deliver(runtime.engine, runtime.clock, runtime.settings)

    app.task(sweep, name="incidens72.sweep")
    app.task(deliver_mails, name="incidens72.deliver")
