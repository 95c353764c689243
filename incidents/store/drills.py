"""Queries for drills, and the pace a case goes at."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from incidents.base.errors import NotFound
from incidents.rules.pace import REAL_TIME, Pace
from incidents.store.among import one_of
from incidents.store.tables import Drill, Incident
from incidents.store.uow import UnitOfWork


def pace_of(uow: UnitOfWork, incident_id: UUID) -> Pace:
    """How fast the ladder of a case goes: a case that is no drill goes in real time.

    Asks the database nothing while the incident is at hand and no drill.
    """
    incident = uow.session.get(Incident, incident_id)
    if incident is None or not incident.is_drill:
        return REAL_TIME
    return Pace(incident.opened_at, of_incident(uow, incident_id).speed)


def paces_of(uow: UnitOfWork, incident_ids: Collection[UUID]) -> dict[UUID, Pace]:
    """How fast the ladders of those cases go that are drills; every other goes in real time."""
    rows = uow.session.execute(
        select(Drill.incident_id, Incident.opened_at, Drill.speed)
        .join(Incident, Incident.id == Drill.incident_id)
        .where(one_of(Drill.incident_id, uow.packed(incident_ids)))
    )
    return {case: Pace(opened_at, speed) for case, opened_at, speed in rows}


def is_drill(uow: UnitOfWork, incident_id: UUID) -> bool:
    """Whether a case is a drill; asks nothing while the incident is at hand."""
    incident = uow.session.get(Incident, incident_id)
    return incident is not None and incident.is_drill


def load(uow: UnitOfWork, drill_id: UUID) -> tuple[Drill, Incident]:
    """A drill with its incident.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    row = uow.session.execute(
        select(Drill, Incident).join(Incident, Incident.id == Drill.incident_id).where(Drill.id == drill_id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def of_incident(uow: UnitOfWork, incident_id: UUID) -> Drill:
    """The drill an incident was made for.

    Raises:
        NotFound: it is no drill, or belongs to a controller outside the unit of work.
    """
    found = uow.session.scalar(select(Drill).where(Drill.incident_id == incident_id))
    if found is None:
        raise NotFound
    return found


def of_controller(uow: UnitOfWork, controller_id: UUID) -> Sequence[tuple[Drill, Incident]]:
    """Every drill of a controller, the newest first."""
    rows = uow.session.execute(
        select(Drill, Incident)
        .join(Incident, Incident.id == Drill.incident_id)
        .where(Drill.controller_id == controller_id)
        .order_by(Drill.started_at.desc(), Drill.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def running(uow: UnitOfWork, controllers: frozenset[UUID] | None = None) -> Sequence[tuple[Drill, Incident]]:
    """The drills that have not ended, oldest first; ``controllers`` narrows what the unit of work sees."""
    narrowed = _RUNNING if controllers is None else _RUNNING.where(Drill.controller_id.in_(controllers))
    return [(row[0], row[1]) for row in uow.session.execute(narrowed)]


_RUNNING = (
    select(Drill, Incident)
    .join(Incident, Incident.id == Drill.incident_id)
    .where(Drill.ended_at.is_(None))
    .order_by(Drill.started_at, Drill.id)
)
"""Made once: the board asks it each time."""


def next_reference(uow: UnitOfWork, controller_id: UUID, short_code: str, year: int) -> str:
    """``FUT-GY-2026-001``: drills have numbers of their own; the controller must be locked."""
    begins = f"{short_code}-GY-{year}-"
    given = uow.session.scalar(
        select(func.count(Incident.id)).where(
            Incident.controller_id == controller_id,
            Incident.is_drill,
            Incident.reference.startswith(begins, autoescape=True),
        )
    )
    return f"{begins}{(given or 0) + 1:03d}"
