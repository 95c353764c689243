"""Queries for frozen drafts."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from incidents.base.errors import NotFound
from incidents.store.tables import Document
from incidents.store.uow import UnitOfWork


def next_version(uow: UnitOfWork, incident_id: UUID, kind: str, language: str) -> int:
    """The number the next frozen draft of a kind and language gets; the incident must be locked."""
    newest = uow.session.scalar(
        select(func.max(Document.version)).where(
            Document.incident_id == incident_id, Document.kind == kind, Document.language == language
        )
    )
    return (newest or 0) + 1


def exists(uow: UnitOfWork, incident_id: UUID, document_id: UUID, kind: str) -> bool:
    """Whether a frozen draft of that kind belongs to a case."""
    found = uow.session.scalar(
        select(Document.id).where(
            Document.id == document_id, Document.incident_id == incident_id, Document.kind == kind
        )
    )
    return found is not None


def with_files(uow: UnitOfWork, document_id: UUID) -> Document:
    """A frozen draft with its files.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    found = uow.session.scalar(
        select(Document).where(Document.id == document_id).options(undefer(Document.docx), undefer(Document.pdf))
    )
    if found is None:
        raise NotFound
    return found
