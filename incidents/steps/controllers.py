"""Controllers: profile, processors, activities, the report link, API keys."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import delete, select

from incidents.base.errors import FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id, new_token
from incidents.steps.guard import require, require_operator
from incidents.store import audit
from incidents.store.people import hashed, live_key
from incidents.store.tables import ApiKey, Controller, Membership, ProcessingActivity, Processor, ReportLink
from incidents.store.uow import EVERY_CONTROLLER, Actor, UnitOfWork

KEY_ROLES = ("reporter", "handler", "dpo", "auditor")
LONGEST_LINE = 500
LONGEST_LETTERHEAD = 2000


@dataclass(frozen=True)
class ControllerForm:
    """The profile of a controller as a person gives it."""

    name: str
    short_code: str
    language: str = "hu"
    seat: str = ""
    postal_address: str = ""
    company_number: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    dpo_name: str = ""
    dpo_email: str = ""
    dpo_phone: str = ""
    responsible_manager_name: str = ""
    responsible_manager_title: str = ""
    responsible_manager_email: str = ""
    responsible_manager_phone: str = ""
    representative: str = ""
    letterhead: str = ""
    is_public_body: bool = False


@dataclass(frozen=True)
class ProcessorForm:
    """A processor: who, what for, where, and under which safeguard data leave the EEA."""

    name: str
    address: str = ""
    task: str = ""
    country: str = "HU"
    safeguard: str = ""


@dataclass(frozen=True)
class ActivityForm:
    """A processing activity with its kinds of data and people (codes of the vocabulary)."""

    name: str
    purpose: str = ""
    data_categories: tuple[str, ...] = ()
    subject_categories: tuple[str, ...] = ()


def _length_faults(form: ControllerForm) -> list[FieldError]:
    return [
        FieldError(key, "too-long", "This is too long: at most {limit} characters.", {"limit": str(limit)})
        for key, value in asdict(form).items()
        if isinstance(value, str)
        and len(value) > (limit := LONGEST_LETTERHEAD if key == "letterhead" else LONGEST_LINE)
    ]


def _profile_faults(form: ControllerForm) -> list[FieldError]:
    errors = _length_faults(form)
    if not form.name.strip():
        errors.append(FieldError("name", "required", "Give the full name of the controller."))
    code = form.short_code.strip()
    if not (2 <= len(code) <= 12 and code.isascii() and code.isalnum()):
        errors.append(
            FieldError(
                "short_code",
                "format",
                "Give a short code of 2 to 12 letters or digits, such as FUT: case numbers start with it.",
            )
        )
    if "@" not in form.email:
        errors.append(
            FieldError(
                "email",
                "required",
                "Give a mailbox that somebody reads: warnings go there when no person can be reached.",
            )
        )
    if not (form.dpo_name.strip() or form.responsible_manager_name.strip()):
        errors.append(
            FieldError(
                "responsible_manager_name",
                "required",
                "Name the data protection officer, or the manager who is responsible where there is none.",
            )
        )
    return errors


def _checked(uow: UnitOfWork, form: ControllerForm, own_id: UUID | None) -> dict[str, object]:
    errors = _profile_faults(form)
    code = form.short_code.strip().upper()
    taken = uow.session.scalar(select(Controller.id).where(Controller.short_code == code))
    if taken is not None and taken != own_id:
        errors.append(FieldError("short_code", "taken", "Another controller uses this short code. Choose another one."))
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
    uow.session.add(controller)
    uow.session.flush()
    audit.begin_chain(uow, controller.id)
    _add_report_link(uow, controller.id)
    if uow.actor.user_id:
        uow.session.add(Membership(controller_id=controller.id, user_id=uow.actor.user_id, role="admin", deputy=False))
    audit.append(uow, audit.NewEvent(controller.id, None, "controller.created", {"name": controller.name}))
    return controller


def update_controller(uow: UnitOfWork, controller_id: UUID, form: ControllerForm) -> Controller:
    """Change the profile; the log keeps the old and the new value of each changed field.

    Raises:
        InvalidInput: some fields cannot be used.
    """
    require(uow, controller_id, "manage")
    controller = uow.session.get_one(Controller, controller_id)
    values = _checked(uow, form, controller_id)
    changes = {
        key: {"old": getattr(controller, key), "new": value}
        for key, value in values.items()
        if getattr(controller, key) != value
    }
    for key, value in values.items():
        setattr(controller, key, value)
    if changes:
        audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {"changes": changes}))
    return controller


def _replace_list(
    uow: UnitOfWork, controller_id: UUID, what: str, rows: Sequence[Processor | ProcessingActivity]
) -> None:
    uow.session.add_all(rows)
    audit.append(uow, audit.NewEvent(controller_id, None, "controller.updated", {what: [row.name for row in rows]}))


def _names_given(forms: Sequence[ProcessorForm | ActivityForm], path: str) -> None:
    errors = [
        FieldError(f"{path}[{place}].name", "required", "Give a name.")
        for place, form in enumerate(forms)
        if not form.name.strip()
    ]
    if errors:
        raise InvalidInput(errors)


def save_processors(uow: UnitOfWork, controller_id: UUID, forms: Sequence[ProcessorForm]) -> None:
    """The processors as they are from now on.

    Raises:
        InvalidInput: one has no name.
    """
    require(uow, controller_id, "manage")
    _names_given(forms, "processors")
    uow.session.execute(delete(Processor).where(Processor.controller_id == controller_id))
    rows = [Processor(id=new_id(uow.now), controller_id=controller_id, **asdict(form)) for form in forms]
    _replace_list(uow, controller_id, "processors", rows)


def save_activities(uow: UnitOfWork, controller_id: UUID, forms: Sequence[ActivityForm]) -> None:
    """The processing activities as they are from now on.

    Raises:
        InvalidInput: one has no name.
    """
    require(uow, controller_id, "manage")
    _names_given(forms, "activities")
    uow.session.execute(delete(ProcessingActivity).where(ProcessingActivity.controller_id == controller_id))
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
    _replace_list(uow, controller_id, "activities", rows)


def processors(uow: UnitOfWork, controller_id: UUID) -> Sequence[Processor]:
    """The processors of a controller, by name."""
    return uow.session.scalars(
        select(Processor).where(Processor.controller_id == controller_id).order_by(Processor.name)
    ).all()


def activities(uow: UnitOfWork, controller_id: UUID) -> Sequence[ProcessingActivity]:
    """The processing activities of a controller, by name."""
    return uow.session.scalars(
        select(ProcessingActivity)
        .where(ProcessingActivity.controller_id == controller_id)
        .order_by(ProcessingActivity.name)
    ).all()


def controllers_of(uow: UnitOfWork) -> Sequence[Controller]:
    """Every controller the unit of work was opened for, by name."""
    return uow.session.scalars(select(Controller).order_by(Controller.name)).all()


def controller(uow: UnitOfWork, controller_id: UUID) -> Controller:
    """One controller the actor manages.

    Raises:
        NotFound, Forbidden: not this actor's to manage.
    """
    require(uow, controller_id, "manage")
    found = uow.session.get(Controller, controller_id)
    if found is None:
        raise NotFound
    return found


def _add_report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    link = ReportLink(id=new_id(uow.now), controller_id=controller_id, token=new_token()[:22], created_at=uow.now)
    uow.session.add(link)
    return link


def report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    """The live report link of a controller."""
    return uow.session.scalars(
        select(ReportLink).where(ReportLink.controller_id == controller_id, ReportLink.revoked_at.is_(None))
    ).one()


def renew_report_link(uow: UnitOfWork, controller_id: UUID) -> ReportLink:
    """A new report link; the old one and its posters stop working."""
    require(uow, controller_id, "manage")
    report_link(uow, controller_id).revoked_at = uow.now
    audit.append(uow, audit.NewEvent(controller_id, None, "report_link.renewed"))
    return _add_report_link(uow, controller_id)


def api_keys(uow: UnitOfWork, controller_id: UUID) -> Sequence[ApiKey]:
    """The live API keys of a controller."""
    require(uow, controller_id, "manage")
    return uow.session.scalars(
        select(ApiKey)
        .where(ApiKey.controller_id == controller_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at)
    ).all()


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
    uow.session.add(
        ApiKey(
            id=new_id(uow.now),
            controller_id=controller_id,
            name=name.strip(),
            role=role,
            key_hash=hashed(secret),
            created_at=uow.now,
        )
    )
    audit.append(uow, audit.NewEvent(controller_id, None, "api_key.made", {"name": name.strip(), "role": role}))
    return secret


def revoke_api_key(uow: UnitOfWork, controller_id: UUID, key_id: UUID) -> None:
    """End an API key at once.

    Raises:
        NotFound: there is no such key.
    """
    require(uow, controller_id, "manage")
    key = uow.session.scalar(select(ApiKey).where(ApiKey.id == key_id, ApiKey.controller_id == controller_id))
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
