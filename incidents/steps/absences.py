"""Absences: who is away and who stands in, entered by oneself or by whoever manages a controller one serves.

An absence belongs to the person and counts at every controller; a stand-in counts where that person serves as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from incidents.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from incidents.base.ids import new_id
from incidents.rules.absences import AbsenceForm, absence_faults
from incidents.rules.handover import may_hold
from incidents.rules.office import local
from incidents.steps.guard import require
from incidents.store import absences, audit, people
from incidents.store.tables import AbsenceRow, User
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Planned:
    """An absence with the names of whoever is away and stands in (empty: nobody)."""

    row: AbsenceRow
    name: str
    stand_in: str


def colleagues(uow: UnitOfWork, controller_ids: frozenset[UUID]) -> Sequence[User]:
    """Everybody who serves any of these controllers, by name, each once."""
    found = {user.id: user for _, user in people.memberships(uow, controller_ids)}
    return list(found.values())


def substitutes(uow: UnitOfWork, controller_ids: frozenset[UUID]) -> Sequence[User]:
    """Everybody who may work on cases at any of these controllers, and so can stand in, by name."""
    found = {user.id: user for row, user in people.memberships(uow, controller_ids) if may_hold(frozenset({row.role}))}
    return list(found.values())


def of_controller(uow: UnitOfWork, controller_id: UUID) -> list[Planned]:
    """Who of a controller is away, now or later.

    Raises:
        NotFound, Forbidden: the actor may not read there.
    """
    require(uow, controller_id, "read")
    staff = colleagues(uow, frozenset({controller_id}))
    return _planned(uow, absences.of_people(uow, [one.id for one in staff], _today(uow)), staff)


def mine(uow: UnitOfWork) -> list[Planned]:
    """The actor's own absences, now or later."""
    user_id = _self(uow)
    rows = absences.of_people(uow, [user_id], _today(uow))
    return _planned(uow, rows, colleagues(uow, frozenset(uow.actor.roles)))


def _planned(uow: UnitOfWork, rows: Sequence[AbsenceRow], staff: Sequence[User]) -> list[Planned]:
    names = {one.id: one.name for one in staff}
    return [Planned(row, names.get(row.user_id, uow.actor.name), _name(names, row.stand_in_id)) for row in rows]


def _name(names: dict[UUID, str], user_id: UUID | None) -> str:
    return names.get(user_id, "") if user_id else ""


def record_own(uow: UnitOfWork, form: AbsenceForm) -> AbsenceRow:
    """Enter one's own absence.

    Raises:
        InvalidInput: it cannot stand; every faulty field is named.
        Forbidden: whoever acts is no person with an account.
    """
    return _record(uow, _self(uow), form, substitutes(uow, frozenset(uow.actor.roles)))


def record_for(uow: UnitOfWork, controller_id: UUID, user_id: UUID, form: AbsenceForm) -> AbsenceRow:
    """Enter the absence of somebody who serves a controller; the controller's log says so.

    Raises:
        InvalidInput: it cannot stand; every faulty field is named.
        NotFound: nobody of that controller.
        Forbidden: the actor does not manage it.
    """
    require(uow, controller_id, "manage")
    staff = colleagues(uow, frozenset({controller_id}))
    if user_id not in {one.id for one in staff}:
        raise NotFound
    row = _record(uow, user_id, form, substitutes(uow, frozenset({controller_id})))
    said = {"user": str(user_id), "first": str(row.first), "last": str(row.last), "stand_in": _name_of(row, staff)}
    audit.append(uow, audit.NewEvent(controller_id, None, "absence.recorded", said))
    return row


def _name_of(row: AbsenceRow, staff: Sequence[User]) -> str:
    return _name({one.id: one.name for one in staff}, row.stand_in_id)


def _record(uow: UnitOfWork, user_id: UUID, form: AbsenceForm, staff: Sequence[User]) -> AbsenceRow:
    today = _today(uow)
    known = [absences.as_rule(row) for row in absences.of_people(uow, [user_id], today)]
    if errors := absence_faults(form, user_id, today, known, {one.id for one in staff}):
        raise InvalidInput(errors)
    row = AbsenceRow(
        id=new_id(uow.now),
        user_id=user_id,
        first=form.first,
        last=form.last,
        stand_in_id=form.stand_in_id,
        note=form.note.strip(),
        made_by=uow.actor.name,
        made_at=uow.now,
        ended_by="",
    )
    uow.add(row)
    return row


def end_own(uow: UnitOfWork, absence_id: UUID) -> None:
    """Call off or end one's own absence: from now on one is there.

    Raises:
        NotFound: there is none of one's own.
        Conflict: it was ended before.
    """
    row = absences.load(uow, absence_id)
    if row.user_id != _self(uow):
        raise NotFound
    _end(uow, row)


def end_for(uow: UnitOfWork, controller_id: UUID, absence_id: UUID) -> None:
    """Call off or end the absence of somebody who serves a controller; the controller's log says so.

    Raises:
        NotFound: nobody of that controller.
        Conflict: it was ended before.
        Forbidden: the actor does not manage it.
    """
    require(uow, controller_id, "manage")
    row = absences.load(uow, absence_id)
    if row.user_id not in {one.id for one in colleagues(uow, frozenset({controller_id}))}:
        raise NotFound
    _end(uow, row)
    said = {"user": str(row.user_id), "first": str(row.first), "last": str(row.last)}
    audit.append(uow, audit.NewEvent(controller_id, None, "absence.ended", said))


def _end(uow: UnitOfWork, row: AbsenceRow) -> None:
    if row.ended_at is not None:
        raise Conflict("This absence was ended already.")
    row.ended_at, row.ended_by = uow.now, uow.actor.name


def _self(uow: UnitOfWork) -> UUID:
    if uow.actor.user_id is None:
        raise Forbidden
    return uow.actor.user_id


def _today(uow: UnitOfWork) -> date:
    return local(uow.now).date()
