"""Queries for the form of the authority and the thread of filings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from incidents.base.errors import NotFound
from incidents.store.tables import (
    AuthorityOrder,
    ClockRow,
    Communication,
    Decision,
    EntryMapping,
    Evidence,
    FactAmendment,
    FilingContent,
    FilingPromise,
    FormAnswer,
    OrderAnswer,
    Receipt,
    SignOff,
    SignOffRequest,
    Table,
)
from incidents.store.uow import UnitOfWork

Row = TypeVar("Row", bound=Table)


def answers(uow: UnitOfWork, incident_id: UUID, form_id: str) -> dict[str, FormAnswer]:
    """The newest answer to each field of a form, by field."""
    rows = uow.session.scalars(
        select(FormAnswer)
        .where(FormAnswer.incident_id == incident_id, FormAnswer.form == form_id)
        .order_by(FormAnswer.version)
    )
    return {row.field: row for row in rows}


def last_answer(uow: UnitOfWork, incident_id: UUID) -> int:
    """The number of the newest answer in a case, 0 before the first; the incident must be locked."""
    return uow.session.scalar(select(func.max(FormAnswer.version)).where(FormAnswer.incident_id == incident_id)) or 0


def content_as_of(uow: UnitOfWork, incident_id: UUID) -> datetime:
    """When something was said last that a form may show: a fact, an answer, awareness, a decision, a communication."""
    said: tuple[tuple[Any, Any], ...] = (
        (FactAmendment, FactAmendment.said_at),
        (FormAnswer, FormAnswer.said_at),
        (ClockRow, ClockRow.set_at),
        (Decision, Decision.decided_at),
        (Communication, Communication.recorded_at),
    )
    found = (uow.session.scalar(select(func.max(at)).where(table.incident_id == incident_id)) for table, at in said)
    return max((at for at in found if at), default=uow.now)


def communications(uow: UnitOfWork, incident_id: UUID) -> Sequence[Communication]:
    """What people were told in a case, oldest first."""
    return _all(uow, Communication, incident_id)


def newest_content(uow: UnitOfWork, incident_id: UUID, form_id: str) -> FilingContent | None:
    """What went out last on a form, with all it said."""
    return uow.session.scalar(
        select(FilingContent)
        .where(FilingContent.incident_id == incident_id, FilingContent.form == form_id)
        .order_by(FilingContent.version.desc())
        .limit(1)
        .options(undefer(FilingContent.content))
    )


def contents(uow: UnitOfWork, incident_id: UUID) -> Sequence[FilingContent]:
    """What each filing of a case said, oldest first; the files are left out."""
    return uow.session.scalars(
        select(FilingContent)
        .where(FilingContent.incident_id == incident_id)
        .order_by(FilingContent.version)
        .options(undefer(FilingContent.content))
    ).all()


def sheet(uow: UnitOfWork, filing_id: UUID) -> FilingContent:
    """What a filing said, with its transfer sheet.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    return _found(
        uow.session.scalar(
            select(FilingContent).where(FilingContent.filing_id == filing_id).options(undefer(FilingContent.sheet))
        )
    )


def evidence(uow: UnitOfWork, evidence_id: UUID) -> Evidence:
    """A file with its content.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    return _found(
        uow.session.scalar(select(Evidence).where(Evidence.id == evidence_id).options(undefer(Evidence.content)))
    )


def request(uow: UnitOfWork, request_id: UUID) -> SignOffRequest:
    """A request to sign off, with the content it is about.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    return _found(
        uow.session.scalar(
            select(SignOffRequest).where(SignOffRequest.id == request_id).options(undefer(SignOffRequest.content))
        )
    )


def order(uow: UnitOfWork, order_id: UUID) -> AuthorityOrder:
    """An order of the authority.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    return _found(uow.session.scalar(select(AuthorityOrder).where(AuthorityOrder.id == order_id)))


def receipts(uow: UnitOfWork, incident_id: UUID) -> Sequence[Receipt]:
    """What came back for the filings of a case, oldest first."""
    return _all(uow, Receipt, incident_id)


def evidence_of(uow: UnitOfWork, incident_id: UUID) -> dict[UUID, Evidence]:
    """The files of a case by key, their contents left out."""
    return {row.id: row for row in _all(uow, Evidence, incident_id)}


def promises(uow: UnitOfWork, incident_id: UUID) -> Sequence[FilingPromise]:
    """What incomplete filings of a case promised, oldest first."""
    return _all(uow, FilingPromise, incident_id)


def requests(uow: UnitOfWork, incident_id: UUID) -> Sequence[SignOffRequest]:
    """Every request to sign off in a case, oldest first; what they were about is left out."""
    return _all(uow, SignOffRequest, incident_id)


def sign_offs(uow: UnitOfWork, incident_id: UUID) -> dict[UUID, SignOff]:
    """The answers to those requests, by the key of the request."""
    return {row.request_id: row for row in _all(uow, SignOff, incident_id)}


def orders(uow: UnitOfWork, incident_id: UUID) -> Sequence[AuthorityOrder]:
    """The orders of the authority in a case, oldest first."""
    return _all(uow, AuthorityOrder, incident_id)


def order_answers(uow: UnitOfWork, incident_id: UUID) -> Sequence[OrderAnswer]:
    """What was answered to them, oldest first."""
    return _all(uow, OrderAnswer, incident_id)


def newest_mapping(uow: UnitOfWork) -> EntryMapping | None:
    """What the operator has said last about the authority's own entry; None before the first time."""
    return uow.session.scalar(select(EntryMapping).order_by(EntryMapping.version.desc()).limit(1))


def mappings(uow: UnitOfWork) -> Sequence[EntryMapping]:
    """Every version of it, newest first."""
    return uow.session.scalars(select(EntryMapping).order_by(EntryMapping.version.desc())).all()


def next_mapping_version(uow: UnitOfWork) -> int:
    """The number the next version of the mapping gets."""
    return (uow.session.scalar(select(func.max(EntryMapping.version))) or 0) + 1


def _all(uow: UnitOfWork, table: type[Row], incident_id: UUID) -> Sequence[Row]:
    columns: Any = table
    rows: Sequence[Row] = uow.session.scalars(
        select(table).where(columns.incident_id == incident_id).order_by(columns.id)
    ).all()
    return rows


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
