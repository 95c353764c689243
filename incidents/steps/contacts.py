"""Contacts outside of mail: whom to call when mail itself is hit, and the sheet that hangs on the wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from incidents.base.errors import InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, zone
from incidents.rules import contacts as rules
from incidents.rules import regimes
from incidents.rules.contacts import ContactForm
from incidents.rules.escalation import RESPONSIBLE, Person
from incidents.rules.regimes import Duty
from incidents.steps.following import profile_of
from incidents.steps.guard import require
from incidents.steps.telling import named_in_profile
from incidents.store import audit, controllers, people
from incidents.store import contacts as stored
from incidents.store.tables import Controller, EmergencyContact
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Sheet:
    """What stands on the printed sheet: whom to call, which duties bind the controller today, when it is made."""

    controller: Controller
    people: Sequence[EmergencyContact]
    duties: tuple[Duty, ...]
    now: datetime


def listed(uow: UnitOfWork, controller_id: UUID) -> Sequence[EmergencyContact]:
    """The people to call, the first one first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    require(uow, controller_id, "read")
    return stored.listed(uow, controller_id)


def suggested(uow: UnitOfWork, controller_id: UUID) -> list[ContactForm]:
    """A first list: those who are warned, in the order of the ladder, with the numbers of the profile."""
    controller = controllers.load(uow, controller_id)
    known = [*named_in_profile(controller), *people.people_of(uow, [controller_id])[controller_id]]
    phones = {
        controller.dpo_name: controller.dpo_phone,
        controller.responsible_manager_name: controller.responsible_manager_phone,
    }
    found: dict[str, ContactForm] = {}
    for word in RESPONSIBLE:
        for person in known:
            if _answers(person, word):
                found.setdefault(person.name, ContactForm(person.name, word, phones.get(person.name, "")))
    return list(found.values())


def _answers(person: Person, word: str) -> bool:
    return person.deputy if word == "deputy" else word in person.roles and not person.deputy


def save(uow: UnitOfWork, controller_id: UUID, forms: Sequence[ContactForm]) -> None:
    """The list as it is from now on. The log says that it changed and how long it is, and names nobody.

    Raises:
        InvalidInput: a line has no name, or no way to reach the person.
    """
    require(uow, controller_id, "manage")
    if errors := rules.faults(forms):
        raise InvalidInput(errors)
    controllers.lock(uow, controller_id)
    rows = [
        EmergencyContact(
            id=new_id(uow.now),
            controller_id=controller_id,
            position=place,
            name=form.name.strip(),
            role=form.role.strip(),
            phone=form.phone.strip(),
            private_email=form.private_email.strip(),
            note=form.note.strip(),
        )
        for place, form in enumerate(rules.in_order(forms), start=1)
    ]
    stored.replace(uow, controller_id, rows)
    stored.own_sheet(uow, controller_id).changed_at = uow.now
    audit.append(uow, audit.NewEvent(controller_id, None, "contacts.saved", {"people": len(rows)}))


def sheet(uow: UnitOfWork, controller_id: UUID) -> Sheet:
    """What stands on the sheet today.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    rows = listed(uow, controller_id)
    controller = controllers.load(uow, controller_id)
    today = uow.now.astimezone(zone(BUDAPEST)).date()
    owed = regimes.proposed(profile_of(controller), {}, today)
    duties = tuple(regimes.duty_of_version(one.regime_id, one.version) for one in owed)
    return Sheet(controller, rows, duties, uow.now)


def state(uow: UnitOfWork, controller_id: UUID) -> str:
    """How the printed sheet stands: ``never``, ``changed``, ``old`` or ``fresh``."""
    found = stored.sheet(uow, controller_id)
    if found is None:
        return rules.sheet_state(None, None, uow.now)
    return rules.sheet_state(found.changed_at, found.printed_at, uow.now)


def record_print(uow: UnitOfWork, controller_id: UUID) -> None:
    """The sheet was printed: the reminder rests for 90 days.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    require(uow, controller_id, "read")
    controllers.lock(uow, controller_id)
    row = stored.own_sheet(uow, controller_id)
    row.printed_at, row.printed_by = uow.now, uow.actor.name
    audit.append(uow, audit.NewEvent(controller_id, None, "contacts.printed", {}))
