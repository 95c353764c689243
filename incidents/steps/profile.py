"""Profile: which rules bind a controller beside the GDPR, its own target hours, and the clients it is processor for."""

from collections.abc import Sequence
from uuid import UUID

from incidents.base.errors import InvalidInput
from incidents.base.ids import new_id
from incidents.rules.profile import ClientForm, RegimesForm, client_faults, regimes_faults, said
from incidents.steps import following
from incidents.steps.guard import require
from incidents.store import audit, controllers
from incidents.store import duties as stored
from incidents.store.tables import ClientContract, Controller
from incidents.store.uow import UnitOfWork


def set_regimes(uow: UnitOfWork, controller_id: UUID, form: RegimesForm) -> Controller:
    """Keep what the controller is subject to; the log holds the old and the new answers.

    What follows from them is proposed in every open case; what a person has decided stays.

    Raises:
        InvalidInput: an answer cannot be used.
    """
    require(uow, controller_id, "manage")
    if errors := regimes_faults(form):
        raise InvalidInput(errors)
    controller = controllers.lock(uow, controller_id)
    open_cases = stored.lock_open_cases(uow, controller_id)
    old = {"subject_to": controller.subject_to, "tell_target_hours": controller.tell_target_hours}
    new = {"subject_to": said(form), "tell_target_hours": form.tell_target_hours}
    changes = {key: {"old": old[key], "new": new[key]} for key in new if old[key] != new[key]}
    controller.subject_to, controller.tell_target_hours = said(form), form.tell_target_hours
    if changes:
        audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {"changes": changes}))
    for incident in open_cases if "subject_to" in changes else ():
        following.propose(uow, incident)
    return controller


def client_contracts(uow: UnitOfWork, controller_id: UUID) -> Sequence[ClientContract]:
    """The clients a controller is processor for, by name."""
    return stored.client_contracts(uow, controller_id)


def save_client_contracts(uow: UnitOfWork, controller_id: UUID, forms: Sequence[ClientForm]) -> None:
    """The clients as they are from now on; one that stays keeps its key, so that no case counts it twice.

    Raises:
        InvalidInput: one has no name or stands there twice, or its hours cannot be.
    """
    require(uow, controller_id, "manage")
    if errors := client_faults(forms):
        raise InvalidInput(errors)
    controllers.lock(uow, controller_id)
    kept = {row.client.casefold(): row for row in stored.client_contracts(uow, controller_id)}
    before = [_said(row) for row in kept.values()]
    for form in forms:
        row = kept.pop(form.client.strip().casefold(), None) or _new(uow, controller_id)
        row.client, row.contact = form.client.strip(), form.contact.strip()
        row.hours, row.since = form.hours, form.since
        uow.add(row)
    stored.remove_contracts(uow, kept.values())
    after = [_said(row) for row in stored.client_contracts(uow, controller_id)]
    if before != after:
        changes = {"clients": {"old": before, "new": after}}
        audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {"changes": changes}))


def _new(uow: UnitOfWork, controller_id: UUID) -> ClientContract:
    return ClientContract(id=new_id(uow.now), controller_id=controller_id)


def _said(row: ClientContract) -> dict[str, object]:
    since = row.since.isoformat() if row.since else None
    return {"client": row.client, "contact": row.contact, "hours": row.hours, "since": since}
