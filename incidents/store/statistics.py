"""Queries for figures over many cases: few columns, one statement a kind of row, no case read in full."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from incidents.rules.statistics import CaseFigures
from incidents.store.deadlines import GDPR_33
from incidents.store.incidents import RegisterQuery
from incidents.store.tables import ClockRow, Decision, FactAmendment, Filing, Incident
from incidents.store.uow import UnitOfWork


def figures(uow: UnitOfWork, wanted: RegisterQuery) -> list[CaseFigures]:
    """What the figures need of every case opened in the period; drills are none."""
    chosen = _narrow(select(Incident.id, Incident.opened_at, Incident.first_signal_at), wanted)
    rows = uow.session.execute(chosen.order_by(Incident.opened_at)).all()
    ids = _narrow(select(Incident.id), wanted)
    clocks, nearest = _clocks(uow, ids), _running(uow, ids)
    filed, decided, causes = _filings(uow, ids), _decisions(uow, ids), _causes(uow, ids)
    return [
        CaseFigures(
            opened_at=row.opened_at,
            first_signal_at=row.first_signal_at,
            aware_at=clocks.get(row.id),
            filed_at=filed.get(row.id, (None, False))[0],
            late=filed.get(row.id, (None, False))[1],
            notify=decided.get(row.id, ""),
            cause=causes.get(row.id, ""),
            deadline_at=nearest.get(row.id),
        )
        for row in rows
    ]


def _narrow(statement: Any, wanted: RegisterQuery) -> Any:
    statement = statement.where(~Incident.is_drill)
    if wanted.controllers is not None:
        statement = statement.where(Incident.controller_id.in_(wanted.controllers))
    if wanted.since:
        statement = statement.where(Incident.opened_at >= wanted.since)
    if wanted.before:
        statement = statement.where(Incident.opened_at < wanted.before)
    return statement


def _clocks(uow: UnitOfWork, ids: Select[Any]) -> Mapping[UUID, datetime]:
    """When the controller became aware, where somebody has said so."""
    rows = uow.session.execute(
        select(ClockRow.incident_id, ClockRow.anchor_kind, ClockRow.anchor_at)
        .where(ClockRow.incident_id.in_(ids), ClockRow.regime == GDPR_33)
        .order_by(ClockRow.version)
    )
    newest = {row.incident_id: row for row in rows}
    return {key: row.anchor_at for key, row in newest.items() if row.anchor_kind != "first_signal"}


def _running(uow: UnitOfWork, ids: Select[Any]) -> Mapping[UUID, datetime]:
    """The nearest end of a running clock of any duty."""
    rows: Sequence[Any] = uow.session.execute(
        select(ClockRow.incident_id, func.min(ClockRow.deadline_at).label("ends"))
        .where(ClockRow.incident_id.in_(ids), ClockRow.state == "running")
        .group_by(ClockRow.incident_id)
    ).all()
    return {row.incident_id: row.ends for row in rows}


def _filings(uow: UnitOfWork, ids: Select[Any]) -> Mapping[UUID, tuple[datetime, bool]]:
    """When the first notification was sent, and whether that was late; lateness stays as it was settled."""
    rows = uow.session.execute(
        select(Filing.incident_id, Filing.filed_at, Filing.late_by_seconds)
        .where(Filing.incident_id.in_(ids))
        .order_by(Filing.version.desc())
    )
    return {row.incident_id: (row.filed_at, row.late_by_seconds > 0) for row in rows}


def _decisions(uow: UnitOfWork, ids: Select[Any]) -> Mapping[UUID, str]:
    rows = uow.session.execute(
        select(Decision.incident_id, Decision.notify).where(Decision.incident_id.in_(ids)).order_by(Decision.version)
    )
    return {row.incident_id: row.notify for row in rows}


def _causes(uow: UnitOfWork, ids: Select[Any]) -> Mapping[UUID, str]:
    """The newest cause anybody named for everybody concerned."""
    rows = uow.session.execute(
        select(FactAmendment.incident_id, FactAmendment.facts)
        .where(FactAmendment.incident_id.in_(ids), FactAmendment.people_group == "")
        .order_by(FactAmendment.version)
    )
    return {row.incident_id: str(row.facts["cause"]["value"] or "") for row in rows if "cause" in row.facts}
