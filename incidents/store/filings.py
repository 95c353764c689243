"""Queries for what was sent to the authority."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from incidents.base.errors import NotFound
from incidents.store.among import one_of
from incidents.store.tables import Filing
from incidents.store.uow import UnitOfWork


def of_case(uow: UnitOfWork, incident_id: UUID) -> Sequence[Filing]:
    """Every filing of a case, oldest first."""
    return of_cases(uow, [incident_id]).get(incident_id, [])


def of_cases(uow: UnitOfWork, incident_ids: Collection[UUID]) -> dict[UUID, list[Filing]]:
    """Every filing of each case that has one, oldest first."""
    found: dict[UUID, list[Filing]] = {}
    mine = one_of(Filing.incident_id, uow.packed(incident_ids))
    rows = uow.session.scalars(select(Filing).where(mine).order_by(Filing.version))
    for row in rows:
        found.setdefault(row.incident_id, []).append(row)
    return found


def load(uow: UnitOfWork, filing_id: UUID) -> Filing:
    """One filing.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    found = uow.session.scalar(select(Filing).where(Filing.id == filing_id))
    if found is None:
        raise NotFound
    return found
