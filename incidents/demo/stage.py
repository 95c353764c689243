"""What every act of the demo needs: the database, the settings, the clock that is walked, and who everybody is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from incidents.base.settings import Settings
from incidents.base.time import utc
from incidents.steps import escalate
from incidents.store import deadlines, outbox
from incidents.store.engine import Database
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor, Scope, UnitOfWork, unit_of_work
from notifications.delivery import deliver


class WalkingClock:
    """A clock that stands wherever the walk has come to; it never goes back."""

    def __init__(self, start: datetime) -> None:
        """Stand at ``start``, an aware instant."""
        self._now = utc(start)

    def now(self) -> datetime:
        """The instant the walk has come to, in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Go on to an instant; an earlier one leaves the clock where it is."""
        self._now = max(self._now, utc(instant))


@dataclass
class Stage:
    """The service while its past is being played."""

    engine: Database
    settings: Settings
    clock: WalkingClock
    controllers: dict[str, UUID] = field(default_factory=dict)
    """By short code."""
    actors: dict[str, Actor] = field(default_factory=dict)
    """By the key of the player."""

    @contextmanager
    def system(self, *, read_only: bool = False) -> Iterator[UnitOfWork]:
        """A transaction of the service itself, over every controller."""
        with unit_of_work(self.engine, self.clock, SYSTEM, EVERY_CONTROLLER, read_only=read_only) as uow:
            yield uow

    @contextmanager
    def acting(self, who: str) -> Iterator[UnitOfWork]:
        """A transaction of a player, over the controllers where they hold a role."""
        actor = self.actors[who]
        with self.acting_as(actor, frozenset(actor.roles)) as uow:
            yield uow

    @contextmanager
    def acting_as(self, actor: Actor, controllers: Scope) -> Iterator[UnitOfWork]:
        """A transaction of anybody else."""
        with unit_of_work(self.engine, self.clock, actor, controllers) as uow:
            yield uow

    def tick(self) -> None:
        """What the worker does: fire what is due, send what waits."""
        escalate.sweep(self.engine, self.clock)
        self.send()

    def send(self) -> None:
        """Send what waits."""
        deliver(self.engine, self.clock, self.settings)

    def walk_to(self, instant: datetime) -> None:
        """Let time pass; at each warning that falls due, and each mail held until then, the worker does its work."""
        while (due := self._next_due()) is not None and due <= instant:
            self.clock.move_to(due)
            self.tick()
        self.clock.move_to(instant)

    def _next_due(self) -> datetime | None:
        with self.system(read_only=True) as uow:
            moments = (deadlines.next_due(uow), outbox.next_held(uow))
        return min((moment for moment in moments if moment), default=None)
