"""Controllers: profile, processors, activities, the report link, API keys."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from incidents.base.errors import FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id, new_token
from incidents.rules.controllers import ActivityForm, ControllerForm, ProcessorForm, list_faults, profile_faults
from incidents.steps.guard import require, require_operator
from incidents.store import audit
from incidents.store import controllers as stored
from incidents.store.people import hashed, live_key
from incidents.store.tables import ApiKey, Controller, Membership, ProcessingActivity, Processor, ReportLink
from incidents.store.uow import EVERY_CONTROLLER, Actor, UnitOfWork

__all__ = [
    "KEY_ROLES",
    "ActivityForm",
    "ControllerForm",
    "ProcessorForm",
    "activities",
    "api_keys",
    "controller",
    "controllers_of",
    "create_controller",
    "key_actor",
    "make_api_key",
    "processors",
    "renew_report_link",
    "report_link",
    "revoke_api_key",
    "save_activities",
    "save_processors",
    "update_controller",
]

KEY_ROLES = ("reporter", "handler", "dpo", "auditor")
SHORT_CODE_TAKEN = FieldError("short_code", "taken", "Another controller uses this short code. Choose another one.")


def _checked(uow: UnitOfWork, form: ControllerForm, own_id: UUID | None) -> dict[str, object]:
    errors = profile_faults(form)
    code = form.short_code.strip().upper()
    if stored.has_short_code(uow, code, other_than=own_id):
        errors.append(SHORT_CODE_TAKEN)
    if errors:
        raise InvalidInput(errors)
    values = {key: value.strip() if isinstance(value, str) else value for key, value in asdict(form).items()}
    return {**values, "short_code": code}


def create_controller(uow: UnitOfWork, form: ControllerForm) -> Controller:
    """Take in a controller, with its log and its report link; whoever creates it administers it.

    The unit of work must be open for every controller: the new one is in nobody's set yet.

    Raises:
        Forbidden: the actor does not run this installation.
        InvalidInput: some fields cannot be used.
    """
    require_operator(uow)
    controller = Controller(id=new_id(uow.now), created_at=uow.now, **_checked(uow, form, None))
    _save(uow, controller)
    audit.begin_chain(uow, controller.id)
    _add_report_link(uow, controller.id)
    if uow.actor.user_id:
        uow.add(Membership(controller_id=controller.id, user_id=uow.actor.user_id, role="admin", deputy=False))
    audit.append(uow, audit.NewEvent(controller.id, None, "controller.created", {"name": controller.name}))
    return controller


def _save(uow: UnitOfWork, controller: Controller) -> None:
    if not stored.save(uow, controller):
        raise InvalidInput([SHORT_CODE_TAKEN])


def update_controller(uow: UnitOfWork, controller_id: UUID, form: ControllerForm) -> Controller:
    """Change the profile; the log keeps the old and the new value of each changed field.

    Raises:
        InvalidInput: some fields cannot be used.
    """
    require(uow, controller_id, "manage")
    controller = stored.lock(uow, controller_id)
    values = _checked(uow, form, controller_id)
    changes = {
        key: {"old": getattr(controller, key), "new": value}
        for key, value in values.items()
        if getattr(controller, key) != value
    }
    for key, value in values.items():
        setattr(controller, key, value)
    _save(uow, controller)
    if changes:
        audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {"changes": changes}))
    return controller


def save_processors(uow: UnitOfWork, controller_id: UUID, forms: Sequence[ProcessorForm]) -> None:
    """The processors as they are from now on.

    Raises:
        InvalidInput: one has no name, or a country that is no country code.
    """
    require(uow, controller_id, "manage")
    if errors := list_faults(forms, "processors"):
        raise InvalidInput(errors)
    rows = [Processor(id=new_id(uow.now), controller_id=controller_id, **asdict(form)) for form in forms]
    stored.replace_list(uow, Processor, controller_id, rows)
    names = [row.name for row in rows]
    audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {"processors": names}))


def save_activities(uow: UnitOfWork, controller_id: UUID, forms: Sequence[ActivityForm]) -> None:
    """The processing activities as they are from now on.

    Raises:
        InvalidInput: one has no name.
    """
    require(uow, controller_id, "manage")
    if errors := list_faults(forms, "activities"):
        raise InvalidInput(errors)
    rows = [
        ProcessingActivity(
            id=new_id(uow.now),
            controller_id=controller_id,
            name=form.name,
            purpose=form.purpose,
            data_categories=list(form.data_categories),
            subject_categories=list(form.subject_categories),
        )
        for form in forms
    ]
    stored.replace_list(uow, ProcessingActivity, controller_id, rows)
    names = [row.name for row in rows]
    audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {"activities": names}))


def processors(uow: UnitOfWork, controller_id: UUID) -> Sequence[Processor]:
    """The processors of a controller, by name."""
    return stored.processors(uow, controller_id)


def activities(uow: UnitOfWork, controller_id: UUID) -> Sequence[ProcessingActivity]:
    """The processing activities of a controller, by name."""
    return stored.activities(uow, controller_id)


def controllers_of(uow: UnitOfWork) -> Sequence[Controller]:
    """Every controller the unit of work was opened for, by name."""
    return stored.all_by_name(uow)


def names(uow: UnitOfWork) -> Sequence[tuple[UUID, str]]:
    """Key and name of every controller the unit of work was opened for, by name."""
    return stored.names(uow)


def controller(uow: UnitOfWork, controller_id: UUID) -> Controller:
    """One controller the actor manages.

    Raises:
        NotFound, Forbidden: not this actor's to manage.
    """
    require(uow, controller_id, "manage")
    return stored.load(uow, controller_id)


def _add_report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    link = ReportLink(id=new_id(uow.now), controller_id=controller_id, token=new_token()[:22], created_at=uow.now)
    uow.add(link)
    return link


def report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    """The live report link of a controller."""
    return stored.report_link(uow, controller_id)


def renew_report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    """A new report link; the old one and its posters stop working."""
    require(uow, controller_id, "manage")
    stored.lock(uow, controller_id)  # renewed twice at once, one link must be left
    report_link(uow, controller_id).revoked_at = uow.now
    audit.append(uow, audit.NewEvent(controller_id, None, "report_link.renewed"))
    return _add_report_link(uow, controller_id)


def api_keys(uow: UnitOfWork, controller_id: UUID) -> Sequence[ApiKey]:
    """The live API keys of a controller."""
    require(uow, controller_id, "manage")
    return stored.api_keys(uow, controller_id)


def make_api_key(uow: UnitOfWork, controller_id: UUID, name: str, role: str) -> str:
    """A new API key; the secret is shown once and never again.

    Raises:
        InvalidInput: no name or no such role.
    """
    require(uow, controller_id, "manage")
    errors = []
    if not name.strip():
        errors.append(FieldError("name", "required", "Give a name that says what the key is for."))
    if role not in KEY_ROLES:
        errors.append(FieldError("role", "required", "Choose a role."))
    if errors:
        raise InvalidInput(errors)
    secret = f"i72_{new_token()}"
    key = ApiKey(
        id=new_id(uow.now),
        controller_id=controller_id,
        name=name.strip(),
        role=role,
        key_hash=hashed(secret),
        created_at=uow.now,
    )
    uow.add(key)
    audit.append(uow, audit.NewEvent(controller_id, None, "api_key.made", {"name": key.name, "role": role}))
    return secret


def revoke_api_key(uow: UnitOfWork, controller_id: UUID, key_id: UUID) -> None:
    """End an API key at once.

    Raises:
        NotFound: there is no such key, or it was revoked before.
    """
    require(uow, controller_id, "manage")
    key = next((one for one in stored.api_keys(uow, controller_id) if one.id == key_id), None)
    if key is None:
        raise NotFound
    key.revoked_at = uow.now
    audit.append(uow, audit.NewEvent(controller_id, None, "api_key.revoked", {"name": key.name}))


def key_actor(uow: UnitOfWork, secret: str) -> tuple[Actor, UUID] | None:
    """Whom an API key acts for, and its controller; the unit of work must be open for every controller."""
    if uow.scope is not EVERY_CONTROLLER:
        raise ValueError("keys are looked up over every controller")
    key = live_key(uow, secret)
    if key is None:
        return None
    return Actor(f"API: {key.name}", None, {key.controller_id: frozenset({key.role})}), key.controller_id
