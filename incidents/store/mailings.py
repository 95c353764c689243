"""Queries for mailings: whose turn it is, with lease and fencing; how it went; what remains for the post."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlalchemy.orm import undefer

from incidents.base.errors import NotFound
from incidents.store.bulk import change, hasten
from incidents.store.tables import Certificate, Mailing, MailingEvent, PrintRun, Recipient
from incidents.store.uow import UnitOfWork

LEASE = timedelta(minutes=5)
"""How long claimed letters are left alone: longer than the longest conversation about one of them."""
WAITING = ("queued", "deferred")


@dataclass(frozen=True)
class Claimed:
    """A letter in our hand: ``attempt`` fences off whoever held it before."""

    id: UUID
    attempt: int
    edition: int
    language: str
    sealed: bytes


def load(uow: UnitOfWork, mailing_id: UUID, *, lock: bool = False) -> Mailing:
    """A mailing, locked until the transaction ends if asked for.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    wanted = select(Mailing).where(Mailing.id == mailing_id)
    if lock:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = uow.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def of_case(uow: UnitOfWork, incident_id: UUID) -> Sequence[Mailing]:
    """The mailings of a case, newest first."""
    return uow.session.scalars(
        select(Mailing).where(Mailing.incident_id == incident_id).order_by(Mailing.id.desc())
    ).all()


def of_list(uow: UnitOfWork, list_id: UUID) -> Sequence[Mailing]:
    """The mailings of a list, newest first."""
    return uow.session.scalars(select(Mailing).where(Mailing.list_id == list_id).order_by(Mailing.id.desc())).all()


def running(uow: UnitOfWork) -> Sequence[UUID]:
    """The mailings that run, oldest first."""
    return uow.session.scalars(select(Mailing.id).where(Mailing.state == "running").order_by(Mailing.id)).all()


def to_test(uow: UnitOfWork) -> Sequence[UUID]:
    """The mailings somebody wants a test letter of."""
    return uow.session.scalars(select(Mailing.id).where(Mailing.tests_wanted > 0).order_by(Mailing.id)).all()


def queue_everybody(uow: UnitOfWork, mailing: Mailing) -> None:
    """At the start: who was not written to yet gets a turn by e-mail, stands on the post list, or has no address."""
    state = case(
        (Recipient.bounced_at.is_not(None), Recipient.state),
        (Recipient.channel == "email", "queued"),
        (Recipient.channel == "post", "post"),
        else_="unreachable",
    )
    open_states = ("new", "queued", "deferred", "post", "unreachable")
    change(
        uow,
        update(Recipient)
        .where(Recipient.list_id == mailing.list_id, Recipient.state.in_(open_states), Recipient.print_run_id.is_(None))
        .values(state=state, mailing_id=mailing.id, next_attempt_at=uow.now, attempts=0),
    )


def claim(uow: UnitOfWork, mailing: Mailing, upto: int | None, most: int) -> list[Claimed]:
    """Lease the next letters of a mailing, those never tried first; commit before sending them."""
    rows: list[Any] = []
    for state in WAITING:
        if len(rows) < most:
            rows += uow.session.execute(_due(uow, mailing, state, upto, most - len(rows))).all()
    if rows:
        change(
            uow,
            update(Recipient)
            .where(Recipient.id.in_([row.id for row in rows]))
            .values(attempts=Recipient.attempts + 1, next_attempt_at=uow.now + LEASE),
        )
    return [Claimed(row.id, row.attempts + 1, row.edition, row.language, row.sealed) for row in rows]


def _due(uow: UnitOfWork, mailing: Mailing, state: str, upto: int | None, most: int) -> Any:
    statement = (
        select(Recipient.id, Recipient.attempts, Recipient.edition, Recipient.language, Recipient.sealed)
        .where(Recipient.mailing_id == mailing.id, Recipient.state == state, Recipient.next_attempt_at <= uow.now)
        .order_by(Recipient.seq)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return statement if upto is None else statement.where(Recipient.seq <= upto)


def settle(uow: UnitOfWork, claimed: Claimed, **how: Any) -> bool:
    """Record how it went with a letter; False when somebody else holds it by now."""
    ours = (Recipient.id == claimed.id, Recipient.attempts == claimed.attempt, Recipient.state.in_(WAITING))
    return change(uow, update(Recipient).where(*ours).values(**how)) == 1


_RECIPIENT: Any = Recipient.__table__
_SENT = (
    update(_RECIPIENT)
    .where(
        _RECIPIENT.c.id == bindparam("key"),
        _RECIPIENT.c.attempts == bindparam("attempt"),
        or_(*(_RECIPIENT.c.state == state for state in WAITING)),
    )
    .values(state="sent", answer="", sent_at=bindparam("now"))
)


def mark_sent(uow: UnitOfWork, claimed: Claimed) -> bool:
    """The same for a letter that was handed over, in less time: this is done for each of 120,000."""
    return hasten(uow, _SENT, {"key": claimed.id, "attempt": claimed.attempt, "now": uow.now}) == 1


def give_back(uow: UnitOfWork, claimed: Collection[Claimed]) -> None:
    """Letters that were claimed and not tried: their turn is still theirs, and no try was used up."""
    for one in claimed:
        settle(uow, one, attempts=one.attempt - 1, next_attempt_at=uow.now)


def undeliverable(now: Any) -> dict[str, Any]:
    """A mailbox that takes no letter: on to the post list where there is an address, else there is no way left."""
    return {"state": case((Recipient.postable, "post"), else_="unreachable"), "bounced_at": now}


def waits(uow: UnitOfWork, mailing: Mailing, upto: int | None, *states: str) -> bool:
    """Whether anybody up to a place still waits for an e-mail."""
    wanted = select(Recipient.id).where(Recipient.mailing_id == mailing.id, Recipient.state.in_(states)).limit(1)
    if upto is not None:
        wanted = wanted.where(Recipient.seq <= upto)
    return uow.session.scalar(wanted) is not None


def events_of(uow: UnitOfWork, mailing_id: UUID) -> Sequence[MailingEvent]:
    """What happened in a mailing, oldest first."""
    return uow.session.scalars(
        select(MailingEvent).where(MailingEvent.mailing_id == mailing_id).order_by(MailingEvent.id)
    ).all()


def print_runs(uow: UnitOfWork, mailing_id: UUID) -> Sequence[PrintRun]:
    """The print runs of a mailing, oldest first."""
    return uow.session.scalars(
        select(PrintRun).where(PrintRun.mailing_id == mailing_id).order_by(PrintRun.number)
    ).all()


def print_run(uow: UnitOfWork, print_run_id: UUID) -> PrintRun:
    """A print run, locked.

    Raises:
        NotFound: there is none, or the controller is outside the unit of work.
    """
    found = uow.session.scalar(select(PrintRun).where(PrintRun.id == print_run_id).with_for_update(key_share=True))
    if found is None:
        raise NotFound
    return found


def unprinted(uow: UnitOfWork, mailing_id: UUID) -> int:
    """How many people stand on the post list and are in no print run yet."""
    waiting = (Recipient.mailing_id == mailing_id, Recipient.state == "post", Recipient.print_run_id.is_(None))
    return uow.session.scalar(select(func.count(Recipient.id)).where(*waiting)) or 0


def put_in_run(uow: UnitOfWork, mailing: Mailing, run: PrintRun) -> int:
    """Everybody on the post list who is in no print run yet; how many."""
    return change(
        uow,
        update(Recipient)
        .where(Recipient.mailing_id == mailing.id, Recipient.state == "post", Recipient.print_run_id.is_(None))
        .values(print_run_id=run.id),
    )


def mark_posted(uow: UnitOfWork, run: PrintRun) -> int:
    """The letters of a print run were handed to the post; how many."""
    return change(
        uow,
        update(Recipient)
        .where(Recipient.print_run_id == run.id, Recipient.state == "post")
        .values(state="posted", posted_at=uow.now),
    )


def certificates(uow: UnitOfWork, mailing_id: UUID) -> Sequence[Certificate]:
    """The certificates of a mailing, oldest first, without their files."""
    return uow.session.scalars(
        select(Certificate).where(Certificate.mailing_id == mailing_id).order_by(Certificate.version)
    ).all()


def certificate(uow: UnitOfWork, certificate_id: UUID) -> Certificate:
    """A certificate with its file.

    Raises:
        NotFound: there is none, or the controller is outside the unit of work.
    """
    found = uow.session.scalar(
        select(Certificate).where(Certificate.id == certificate_id).options(undefer(Certificate.pdf))
    )
    if found is None:
        raise NotFound
    return found


def span(uow: UnitOfWork, mailing_id: UUID) -> tuple[Any, Any]:
    """When the first and the last e-mail of a mailing left (aware UTC), None for none."""
    row = uow.session.execute(
        select(func.min(Recipient.sent_at), func.max(Recipient.sent_at)).where(Recipient.mailing_id == mailing_id)
    ).one()
    return row[0], row[1]
