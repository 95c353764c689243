"""Queries for the list of those to call when mail itself is hit, and for its printed sheet."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from incidents.store.tables import ContactSheet, EmergencyContact
from incidents.store.uow import UnitOfWork


def listed(uow: UnitOfWork, controller_id: UUID) -> Sequence[EmergencyContact]:
    """The people to call, the first one first."""
    return uow.session.scalars(
        select(EmergencyContact)
        .where(EmergencyContact.controller_id == controller_id)
        .order_by(EmergencyContact.position, EmergencyContact.id)
    ).all()


def replace(uow: UnitOfWork, controller_id: UUID, rows: Sequence[EmergencyContact]) -> None:
    """Put a new list in place of the whole old one."""
    uow.session.execute(delete(EmergencyContact).where(EmergencyContact.controller_id == controller_id))
    uow.session.add_all(rows)


def sheet(uow: UnitOfWork, controller_id: UUID) -> ContactSheet | None:
    """How the sheet of a controller stands; None while nobody has touched it."""
    return uow.session.scalar(select(ContactSheet).where(ContactSheet.controller_id == controller_id))


def own_sheet(uow: UnitOfWork, controller_id: UUID) -> ContactSheet:
    """The same, made when there is none; the caller holds the controller's lock."""
    found = sheet(uow, controller_id)
    if found is None:
        found = ContactSheet(controller_id=controller_id, printed_by="")
        uow.add(found)
    return found
