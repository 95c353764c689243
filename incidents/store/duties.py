"""Queries for duties beside Art. 33, their reports and clocks, and the contracts of a processor."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from incidents.base.errors import NotFound
from incidents.store.deadlines import GDPR_33
from incidents.store.tables import (
    Acknowledgement,
    ClientContract,
    ClockRow,
    Communication,
    DutyReport,
    DutyRow,
    Incident,
)
from incidents.store.uow import UnitOfWork


def load(uow: UnitOfWork, duty_id: UUID) -> DutyRow:
    """One duty, read afresh: lock its incident, then ask again.

    Raises:
        NotFound: there is none, or it belongs to a controller outside the unit of work.
    """
    row = uow.session.scalar(select(DutyRow).where(DutyRow.id == duty_id).execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def of_case(uow: UnitOfWork, incident_id: UUID) -> Sequence[DutyRow]:
    """Every duty of a case, oldest first."""
    return uow.session.scalars(select(DutyRow).where(DutyRow.incident_id == incident_id).order_by(DutyRow.id)).all()


def of_cases(uow: UnitOfWork, incident_ids: Collection[UUID]) -> dict[UUID, list[DutyRow]]:
    """Every duty of each case that has one, oldest first."""
    found: dict[UUID, list[DutyRow]] = {}
    for row in uow.session.scalars(select(DutyRow).where(DutyRow.incident_id.in_(incident_ids)).order_by(DutyRow.id)):
        found.setdefault(row.incident_id, []).append(row)
    return found


def lock_open_cases(uow: UnitOfWork, controller_id: UUID) -> Sequence[Incident]:
    """Every open case of a controller, locked in one order before anything is written (see ``incidents.lock``)."""
    return uow.session.scalars(
        select(Incident)
        .where(Incident.controller_id == controller_id, Incident.closed_at.is_(None), Incident.is_drill.is_(False))
        .order_by(Incident.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def remove(uow: UnitOfWork, row: DutyRow) -> None:
    """Take back a proposal nobody has decided."""
    uow.session.delete(row)
    uow.session.flush()


def reports_of(uow: UnitOfWork, duty: DutyRow) -> Sequence[DutyReport]:
    """Every report recorded under a duty, in the order in which they were recorded."""
    return uow.session.scalars(select(DutyReport).where(DutyReport.duty_id == duty.id).order_by(DutyReport.id)).all()


def clocks_of(uow: UnitOfWork, duty: DutyRow) -> dict[str, list[ClockRow]]:
    """Every clock version of a duty by report, oldest first."""
    found: dict[str, list[ClockRow]] = {}
    for clock in uow.session.scalars(
        select(ClockRow)
        .where(
            ClockRow.incident_id == duty.incident_id,
            ClockRow.regime == duty.regime,
            ClockRow.subject == duty.subject,
        )
        .order_by(ClockRow.version)
    ):
        found.setdefault(clock.report, []).append(clock)
    return found


def took_now(uow: UnitOfWork, incident_id: UUID, user_id: UUID) -> bool:
    """Whether a person has taken the case in this very transaction."""
    found = uow.session.scalar(
        select(Acknowledgement.id)
        .where(
            Acknowledgement.incident_id == incident_id,
            Acknowledgement.user_id == user_id,
            Acknowledgement.clock_id.is_(None),
            Acknowledgement.at == uow.now,
        )
        .limit(1)
    )
    return found is not None


def main_clock(uow: UnitOfWork, incident_id: UUID) -> ClockRow:
    """The newest version of the Art. 33 clock: where the case keeps its awareness.

    Raises:
        NotFound: the case has none.
    """
    clock = uow.session.scalar(
        select(ClockRow)
        .where(ClockRow.incident_id == incident_id, ClockRow.regime == GDPR_33)
        .order_by(ClockRow.version.desc())
        .limit(1)
    )
    if clock is None:
        raise NotFound
    return clock


def communications_of(uow: UnitOfWork, incident_id: UUID) -> Sequence[Communication]:
    """Every time the people were told, in the order of sending."""
    return uow.session.scalars(
        select(Communication)
        .where(Communication.incident_id == incident_id)
        .order_by(Communication.sent_at, Communication.id)
    ).all()


def client_contracts(uow: UnitOfWork, controller_id: UUID) -> Sequence[ClientContract]:
    """The contracts under which a controller is the processor, by client."""
    return uow.session.scalars(
        select(ClientContract)
        .where(ClientContract.controller_id == controller_id)
        .order_by(ClientContract.client, ClientContract.id)
    ).all()


def remove_contracts(uow: UnitOfWork, rows: Iterable[ClientContract]) -> None:
    """Take contracts off the list; the duties of older cases keep what they said."""
    for row in rows:
        uow.session.delete(row)
    uow.session.flush()
