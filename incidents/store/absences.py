"""Queries for who is away. Absences are of people, not of controllers: ask for those of people you may see."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from incidents.base.errors import NotFound
from incidents.rules.absence import Absence
from incidents.store.tables import AbsenceRow
from incidents.store.uow import UnitOfWork


def on(uow: UnitOfWork, day: date) -> list[Absence]:
    """Everybody's absences that cover a day (in Hungary), as the escalation rules read them."""
    rows = uow.session.scalars(
        select(AbsenceRow)
        .where(AbsenceRow.last >= day, AbsenceRow.first <= day, AbsenceRow.ended_at.is_(None))
        .order_by(AbsenceRow.id)
    )
    return [as_rule(row) for row in rows]


def as_rule(row: AbsenceRow) -> Absence:
    """An absence as the escalation rules read it."""
    return Absence(str(row.user_id), row.first, row.last, str(row.stand_in_id) if row.stand_in_id else "")


def of_people(uow: UnitOfWork, user_ids: Collection[UUID], since: date) -> Sequence[AbsenceRow]:
    """The absences of people that have not ended before a day and were not called off, by their first day."""
    return uow.session.scalars(
        select(AbsenceRow)
        .where(AbsenceRow.user_id.in_(user_ids), AbsenceRow.last >= since, AbsenceRow.ended_at.is_(None))
        .order_by(AbsenceRow.first, AbsenceRow.id)
    ).all()


def load(uow: UnitOfWork, absence_id: UUID) -> AbsenceRow:
    """One absence, locked.

    Raises:
        NotFound: there is none.
    """
    row = uow.session.scalar(select(AbsenceRow).where(AbsenceRow.id == absence_id).with_for_update())
    if row is None:
        raise NotFound
    return row
