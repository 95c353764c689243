"""Queries for tasks and comments of a case."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from incidents.base.errors import NotFound
from incidents.store.tables import CaseComment, CaseTask, CommentWithdrawal
from incidents.store.uow import UnitOfWork


def tasks(uow: UnitOfWork, incident_id: UUID) -> Sequence[CaseTask]:
    """Every task of a case, the oldest first."""
    return uow.session.scalars(
        select(CaseTask).where(CaseTask.incident_id == incident_id).order_by(CaseTask.made_at, CaseTask.id)
    ).all()


def task(uow: UnitOfWork, incident_id: UUID, task_id: UUID) -> CaseTask:
    """One task of a case.

    Raises:
        NotFound: the case has none by that key.
    """
    found = uow.session.scalar(select(CaseTask).where(CaseTask.id == task_id, CaseTask.incident_id == incident_id))
    if found is None:
        raise NotFound
    return found


def comments(uow: UnitOfWork, incident_id: UUID) -> Sequence[tuple[CaseComment, CommentWithdrawal | None]]:
    """Every comment on a case, the oldest first, with its withdrawal."""
    rows = uow.session.execute(
        select(CaseComment, CommentWithdrawal)
        .outerjoin(CommentWithdrawal, CommentWithdrawal.comment_id == CaseComment.id)
        .where(CaseComment.incident_id == incident_id)
        .order_by(CaseComment.said_at, CaseComment.id)
    )
    return [(row[0], row[1]) for row in rows]


def comment(uow: UnitOfWork, incident_id: UUID, comment_id: UUID) -> tuple[CaseComment, CommentWithdrawal | None]:
    """One comment of a case with its withdrawal.

    Raises:
        NotFound: the case has none by that key.
    """
    found = next((one for one in comments(uow, incident_id) if one[0].id == comment_id), None)
    if found is None:
        raise NotFound
    return found
