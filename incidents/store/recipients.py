"""Queries for lists of recipients, the people on them, and the sealed pieces of uploaded files."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, func, or_, select

from incidents.base.errors import NotFound
from incidents.rules.mailing import Counts
from incidents.store.bulk import change
from incidents.store.tables import Recipient, RecipientList, UploadChunk
from incidents.store.uow import UnitOfWork


def load(uow: UnitOfWork, list_id: UUID, *, lock: bool = False) -> RecipientList:
    """A list, locked until the transaction ends if asked for.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    wanted = select(RecipientList).where(RecipientList.id == list_id)
    if lock:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = uow.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def of_case(uow: UnitOfWork, incident_id: UUID) -> Sequence[RecipientList]:
    """The lists of a case, newest first."""
    return uow.session.scalars(
        select(RecipientList).where(RecipientList.incident_id == incident_id).order_by(RecipientList.id.desc())
    ).all()


def in_state(uow: UnitOfWork, state: str) -> Sequence[RecipientList]:
    """The lists in a state, oldest first."""
    return uow.session.scalars(
        select(RecipientList).where(RecipientList.state == state).order_by(RecipientList.id)
    ).all()


def to_erase(uow: UnitOfWork, today: date, stale: datetime) -> Sequence[RecipientList]:
    """Lists whose day has come, and files that nobody went on with since an instant."""
    unused = and_(RecipientList.state.in_(("uploading", "uploaded", "broken")), RecipientList.uploaded_at < stale)
    return uow.session.scalars(
        select(RecipientList)
        .where(RecipientList.deleted_at.is_(None), or_(RecipientList.delete_on <= today, unused))
        .order_by(RecipientList.id)
    ).all()


def piece(uow: UnitOfWork, list_id: UUID, number: int) -> bytes:
    """A sealed piece of an uploaded file.

    Raises:
        NotFound: it was deleted.
    """
    found = find_piece(uow, list_id, number)
    if found is None:
        raise NotFound
    return found


def find_piece(uow: UnitOfWork, list_id: UUID, number: int) -> bytes | None:
    """A sealed piece that may be there or not."""
    return uow.session.scalar(
        select(UploadChunk.sealed).where(UploadChunk.list_id == list_id, UploadChunk.number == number)
    )


def delete_piece(uow: UnitOfWork, list_id: UUID, number: int) -> None:
    """Forget one piece."""
    change(uow, delete(UploadChunk).where(UploadChunk.list_id == list_id, UploadChunk.number == number))


def delete_pieces(uow: UnitOfWork, list_id: UUID) -> None:
    """Forget an uploaded file."""
    change(uow, delete(UploadChunk).where(UploadChunk.list_id == list_id))


def known(uow: UnitOfWork, list_id: UUID, marks: Collection[str]) -> set[str]:
    """Which of these people are on the list already, by their marks."""
    return set(
        uow.session.scalars(
            select(Recipient.person_hash).where(Recipient.list_id == list_id, Recipient.person_hash.in_(marks))
        )
    )


def add(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put people on a list."""
    uow.add_many(Recipient, rows)


def delete_people(uow: UnitOfWork, list_id: UUID, most: int) -> int:
    """Erase some of the people of a list; how many."""
    some = select(Recipient.id).where(Recipient.list_id == list_id).limit(most)
    return change(uow, delete(Recipient).where(Recipient.id.in_(some)))


def _counts(uow: UnitOfWork, of: Any) -> Counts:
    bounced = func.sum(case((Recipient.bounced_at.is_not(None), 1), else_=0))
    rows = uow.session.execute(
        select(Recipient.state, func.count(Recipient.id), bounced).where(of).group_by(Recipient.state)
    ).all()
    return Counts({row[0]: row[1] for row in rows}, sum(row[2] for row in rows))


def counts_of_list(uow: UnitOfWork, list_id: UUID) -> Counts:
    """How many people of a list are in each state."""
    return _counts(uow, Recipient.list_id == list_id)


def counts_of_mailing(uow: UnitOfWork, mailing_id: UUID) -> Counts:
    """How many people of a mailing are in each state."""
    return _counts(uow, Recipient.mailing_id == mailing_id)


def by_language_and_channel(uow: UnitOfWork, list_id: UUID) -> dict[tuple[str, str], int]:
    """How many people of a list are written to in each language through each channel."""
    rows = uow.session.execute(
        select(Recipient.language, Recipient.channel, func.count(Recipient.id))
        .where(Recipient.list_id == list_id)
        .group_by(Recipient.language, Recipient.channel)
        .order_by(Recipient.language, Recipient.channel)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def sample(uow: UnitOfWork, list_id: UUID, language: str, channel: str, most: int) -> Sequence[Recipient]:
    """The first people of a list in a language and a channel."""
    return uow.session.scalars(
        select(Recipient)
        .where(Recipient.list_id == list_id, Recipient.language == language, Recipient.channel == channel)
        .order_by(Recipient.seq)
        .limit(most)
    ).all()


def by_address(uow: UnitOfWork, list_id: UUID, marks: Collection[str]) -> Sequence[Recipient]:
    """The people of a list at an address, by its marks."""
    return uow.session.scalars(
        select(Recipient)
        .where(Recipient.list_id == list_id, Recipient.address_hash.in_(marks))
        .order_by(Recipient.seq)
        .limit(20)
    ).all()


def by_codes(uow: UnitOfWork, mailing_id: UUID, codes: Collection[str]) -> Sequence[Recipient]:
    """The people of a mailing whose letters carry these codes."""
    return uow.session.scalars(
        select(Recipient).where(Recipient.mailing_id == mailing_id, Recipient.letter_code.in_(codes)).with_for_update()
    ).all()


def find_one(uow: UnitOfWork, recipient_id: UUID) -> Recipient | None:
    """A person of a list, locked; None when erased, or outside the unit of work."""
    return uow.session.scalar(
        select(Recipient)
        .where(Recipient.id == recipient_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def one(uow: UnitOfWork, recipient_id: UUID) -> Recipient:
    """A person of a list, locked.

    Raises:
        NotFound: there is none, or the controller is outside the unit of work.
    """
    found = find_one(uow, recipient_id)
    if found is None:
        raise NotFound
    return found


def after(uow: UnitOfWork, list_id: UUID, seq: int, most: int) -> Sequence[Recipient]:
    """The people of a list behind a place, in order."""
    return uow.session.scalars(
        select(Recipient).where(Recipient.list_id == list_id, Recipient.seq > seq).order_by(Recipient.seq).limit(most)
    ).all()


def printed_after(uow: UnitOfWork, print_run_id: UUID, seq: int, most: int) -> Sequence[Recipient]:
    """The people of a print run behind a place, in order."""
    return uow.session.scalars(
        select(Recipient)
        .where(Recipient.print_run_id == print_run_id, Recipient.seq > seq)
        .order_by(Recipient.seq)
        .limit(most)
    ).all()


def in_batches(read: Any, *of: Any, size: int) -> Iterator[Sequence[Recipient]]:
    """Everybody that a query like ``after`` finds, some at a time."""
    seq = 0
    while batch := read(*of, seq, size):
        yield batch
        seq = batch[-1].seq
