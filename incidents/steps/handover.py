"""Hand-over: a case is put into the hands of a named person, who hears of it at once and of every later warning."""

from collections.abc import Sequence
from uuid import UUID

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.escalation import Person
from incidents.rules.handover import handover_faults, may_hold
from incidents.steps import notices
from incidents.steps.guard import require
from incidents.store import audit, incidents, people
from incidents.store.tables import Handover, Incident
from incidents.store.uow import UnitOfWork


def candidates(uow: UnitOfWork, controller_id: UUID) -> Sequence[Person]:
    """The people of a controller who may hold a case, by name."""
    return [one for one in people.people_of(uow, [controller_id])[controller_id] if may_hold(one.roles)]


def hand_over(uow: UnitOfWork, incident_id: UUID, user_id: UUID | None, note: str) -> Handover:
    """Put a case into the hands of a named person, with a note about where it stands.

    Raises:
        InvalidInput: nobody who may work on this case, or no note.
        Conflict: the case is closed, or is in these hands already.
        Forbidden: the actor's role does not allow it.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "acknowledge")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to hand it over.")
    able = {one.user_id: one for one in candidates(uow, incident.controller_id)}
    if errors := handover_faults(str(user_id or ""), note, frozenset(able)):
        raise InvalidInput(errors)
    if incident.held_by_id == user_id:
        raise Conflict("This person has the case already.")
    taker = able[str(user_id)]
    row = _row(uow, incident, taker, note)
    incident.held_by_id = row.user_id
    uow.add(row)
    audit.append(uow, audit.about(incident, "case.handed_over", row, to=row.name, note=row.note))
    payload = {"handover": str(row.id)}
    notices.tell(uow, incident, notices.Notice("handed_over", str(row.id), payload), [taker])
    return row


def _row(uow: UnitOfWork, incident: Incident, taker: Person, note: str) -> Handover:
    return Handover(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        user_id=UUID(taker.user_id),
        name=taker.name,
        note=note.strip(),
        handed_by=uow.actor.name,
        handed_by_id=uow.actor.user_id,
        at=uow.now,
    )


def by_address(uow: UnitOfWork, incident_id: UUID, email: str) -> UUID | None:
    """The account of an address among those who may hold a case; None when nobody has it."""
    incident = incidents.load(uow, incident_id)
    wanted = email.strip().casefold()
    found = next((one for one in candidates(uow, incident.controller_id) if one.email.casefold() == wanted), None)
    return UUID(found.user_id) if found else None
