"""The one mechanism of every channel: claim a row of the outbox, commit, hand it over, settle it with fencing.

At least once, visibly (docs/decisions/0001): a crash between the other side's «yes» and our commit repeats one message
under the same identifier. What differs between the channels is in a courier.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from incidents.base.time import Clock
from incidents.store import outbox
from incidents.store.engine import Database
from incidents.store.tables import OutboxMail
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work
from notifications.failures import FinalFailure, RetryableFailure

HandOver: TypeAlias = Callable[[], None]
Failure: TypeAlias = RetryableFailure | FinalFailure


class Courier(Protocol):
    """One channel: what it claims, how a row becomes a message, and what follows from how it went."""

    channel: str

    def without(self) -> Collection[str] | None:
        """Recipients to leave out from here on; None ends the run."""

    def write(self, uow: UnitOfWork, row: OutboxMail) -> HandOver:
        """What hands the row over, outside of any transaction.

        Raises:
            FinalFailure: it cannot be written at all.
        """

    def settle(self, uow: UnitOfWork, row: OutboxMail, failure: Failure | None) -> None:
        """Record how it went; the row is locked and ours."""


@dataclass(frozen=True)
class Claim:
    """A row in our hand: the lease says until when, the attempt number fences off whoever held it before."""

    row_id: UUID
    attempt: int
    hand_over: HandOver


def run(engine: Database, clock: Clock, courier: Courier) -> int:
    """Hand over everything that waits on a channel, one after the other; returns how many were taken."""
    taken = 0
    while (without := courier.without()) is not None:
        claim = _claim(engine, clock, courier, without)
        if claim is None:
            break
        taken += _attempt(engine, clock, courier, claim)
    return taken


def _claim(engine: Database, clock: Clock, courier: Courier, without: Collection[str]) -> Claim | None:
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        row = outbox.claim_one(uow, courier.channel, without=without)
        return Claim(row.id, row.attempts, _written(uow, courier, row)) if row else None


def _written(uow: UnitOfWork, courier: Courier, row: OutboxMail) -> HandOver:
    """What hands the row over. One that cannot be written must not hold up those behind it for ever."""
    try:
        return courier.write(uow, row)
    except FinalFailure as failure:
        return _failing(failure)


def _failing(failure: FinalFailure) -> HandOver:
    def hand_over() -> None:
        raise failure

    return hand_over


def _attempt(engine: Database, clock: Clock, courier: Courier, claim: Claim) -> int:
    failure = _handed_over(claim)
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
        row = outbox.claimed(uow, claim.row_id, claim.attempt)
        if row is None:
            return 0  # somebody else holds it by now and will settle it
        courier.settle(uow, row, failure)
    return 0 if failure else 1


def _handed_over(claim: Claim) -> Failure | None:
    try:
        claim.hand_over()
    except (RetryableFailure, FinalFailure) as failure:
        return failure
    return None
