"""Queries for the ladders controllers have made their own."""

from collections.abc import Collection, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import Table as Columns
from sqlalchemy import bindparam, select, tuple_

from incidents.store.tables import ClockRow, EscalationPolicy
from incidents.store.uow import UnitOfWork

_NEWEST = (
    select(cast("Columns", EscalationPolicy.__table__))
    .where(EscalationPolicy.controller_id == bindparam("controller_id"), EscalationPolicy.ladder == bindparam("ladder"))
    .order_by(EscalationPolicy.version.desc())
    .limit(1)
)


def newest(uow: UnitOfWork, controller_id: UUID, ladder: str) -> EscalationPolicy | None:
    """The newest version of a controller's own ladder, if it ever had one.

    Raises:
        NotFound: the controller is outside the unit of work.
    """
    uow.require(controller_id)
    found = uow.ask_rows(EscalationPolicy, _NEWEST, controller_id=controller_id, ladder=ladder)
    return found[0] if found else None


def versions(uow: UnitOfWork, controller_id: UUID, ladder: str) -> Sequence[EscalationPolicy]:
    """Every version of a controller's own ladder, oldest first."""
    return uow.session.scalars(
        select(EscalationPolicy)
        .where(EscalationPolicy.controller_id == controller_id, EscalationPolicy.ladder == ladder)
        .order_by(EscalationPolicy.version)
    ).all()


def of_versions(
    uow: UnitOfWork, wanted: Collection[tuple[UUID, str, int]]
) -> dict[tuple[UUID, str, int], EscalationPolicy]:
    """Own ladders by controller, ladder and version."""
    if not wanted:
        return {}
    key = tuple_(EscalationPolicy.controller_id, EscalationPolicy.ladder, EscalationPolicy.version)
    rows = uow.session.scalars(select(EscalationPolicy).where(key.in_(list(wanted))))
    return {(row.controller_id, row.ladder, row.version): row for row in rows}


def running_clocks(uow: UnitOfWork, controller_id: UUID, ladder: str) -> Sequence[ClockRow]:
    """The clocks of a controller that run by a ladder."""
    return uow.session.scalars(
        select(ClockRow)
        .where(ClockRow.controller_id == controller_id, ClockRow.policy == ladder, ClockRow.state == "running")
        .order_by(ClockRow.incident_id, ClockRow.id)
    ).all()
