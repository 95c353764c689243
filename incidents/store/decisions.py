"""Queries for decisions and the assessments they rest on."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from incidents.store.tables import Assessment, Decision
from incidents.store.uow import UnitOfWork


def newest(uow: UnitOfWork, incident_id: UUID) -> Decision | None:
    """The decision that stands."""
    return newest_of(uow, [incident_id]).get(incident_id)


def newest_of(uow: UnitOfWork, incident_ids: Collection[UUID]) -> dict[UUID, Decision]:
    """The decision that stands in each case that has one."""
    rows = uow.session.scalars(
        select(Decision).where(Decision.incident_id.in_(incident_ids)).order_by(Decision.version)
    )
    return {row.incident_id: row for row in rows}


def newest_assessment(uow: UnitOfWork, incident_id: UUID) -> Assessment | None:
    """The latest run of the risk test."""
    return uow.session.scalar(
        select(Assessment).where(Assessment.incident_id == incident_id).order_by(Assessment.version.desc()).limit(1)
    )
