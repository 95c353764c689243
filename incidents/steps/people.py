"""Accounts: set up, invitations, roles; signing in is in ``sessions``. Look-ups by secret run over every controller."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, InvalidInput, NotFound
from incidents.base.ids import new_id, new_token
from incidents.rules.access import ROLES
from incidents.rules.people import LANGUAGES, password_faults, person_faults
from incidents.steps.attempts import TooManyAttempts
from incidents.steps.guard import require
from incidents.steps.sessions import (
    SignedIn,
    SignInFailed,
    Visit,
    about,
    actor_of,
    arrive,
    change_password,
    hash_password,
    log_in,
    log_out,
    open_session,
    revoke_session,
    session_actor,
    weigh,
)
from incidents.store import audit, controllers, outbox, people
from incidents.store.people import hashed
from incidents.store.tables import Membership, User
from incidents.store.uow import UnitOfWork

__all__ = [
    "NewPerson",
    "SignInFailed",
    "SignedIn",
    "TooManyAttempts",
    "Visit",
    "accept_invitation",
    "actor_of",
    "arrive",
    "change_password",
    "create_setup_link",
    "grant",
    "invite",
    "invited",
    "log_in",
    "log_out",
    "open_session",
    "revoke_role",
    "revoke_session",
    "session_actor",
    "set_language",
    "set_up",
    "weigh",
]

SETUP_LENGTH = timedelta(hours=24)
INVITATION_LENGTH = timedelta(days=7)


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be invited into a role at a controller."""

    email: str
    name: str
    role: str
    deputy: bool = False
    language: str = "hu"


def create_setup_link(uow: UnitOfWork) -> str | None:
    """A one-time token to create the first account, or None once anybody has one. Earlier set-up links die."""
    if people.any_user(uow):
        return None
    people.forget_setup_links(uow)
    token = new_token()
    people.add_link(uow, token, "setup", uow.now + SETUP_LENGTH)
    return token


def _add_user(
    uow: UnitOfWork, email: str, name: str, password_hash: str, language: str, *, is_operator: bool = False
) -> User:
    user = User(
        id=new_id(uow.now),
        email=email.strip().lower(),
        name=name.strip(),
        password_hash=password_hash,
        language=language if language in LANGUAGES else LANGUAGES[0],
        is_operator=is_operator,
        is_active=True,
        created_at=uow.now,
    )
    uow.add(user)
    return user


def set_up(uow: UnitOfWork, token: str, *, email: str, name: str, password: str) -> User:
    """Create the first account, the operator of the installation.

    Raises:
        NotFound: the link was used, has expired, or somebody has an account already.
        InvalidInput: some fields cannot be used.
    """
    link = people.live_link(uow, token, "setup")
    if link is None or people.any_user(uow):
        raise NotFound("This set-up link was used already or has expired. Restart the service for a new one.")
    if errors := person_faults(email, name) + password_faults(password, (email, name)):
        raise InvalidInput(errors)
    link.used_at = uow.now
    return _add_user(uow, email, name, hash_password(password), "hu", is_operator=True)


def set_language(uow: UnitOfWork, user_id: UUID, language: str) -> None:
    """The language of a person's pages and mails: ``hu`` or ``en``."""
    people.user(uow, user_id).language = "en" if language == "en" else "hu"


def invite(uow: UnitOfWork, controller_id: UUID, person: NewPerson) -> User:
    """Give somebody a role; who has no password yet gets a mail with a link to choose one.

    Raises:
        InvalidInput: some fields cannot be used.
        Forbidden: the actor does not manage this controller.
    """
    require(uow, controller_id, "manage")
    if errors := person_faults(person.email, person.name) + _role_faults(person.role):
        raise InvalidInput(errors)
    user = people.user_by_email(uow, person.email)
    if user is None:
        user = _add_user(uow, person.email, person.name, "", person.language)
    grant(uow, controller_id, user.id, person.role, deputy=person.deputy)
    if not user.password_hash:
        _queue_invitation(uow, controller_id, user)
    return user


def _queue_invitation(uow: UnitOfWork, controller_id: UUID, user: User) -> None:
    controller = controllers.load(uow, controller_id)
    token = new_token()
    people.add_link(uow, token, "invite", uow.now + INVITATION_LENGTH, user.id)
    outbox.add(
        uow,
        outbox.NewMail(
            key=f"invite:{hashed(token)}",
            template="invite",
            recipient=user.email,
            name=user.name,
            language=user.language,
            payload={"token": token, "controller": controller.name, "hours": INVITATION_LENGTH // timedelta(hours=1)},
            controller_id=controller_id,
            user_id=user.id,
        ),
    )


def invited(uow: UnitOfWork, token: str) -> User:
    """Whom an invitation is for.

    Raises:
        NotFound: it was used or has expired.
    """
    link = people.live_link(uow, token, "invite")
    if link is None or link.user_id is None:
        raise NotFound("This invitation was used already or has expired. Ask for a new one where it came from.")
    return people.user(uow, link.user_id)


def accept_invitation(uow: UnitOfWork, token: str, password: str) -> User:
    """Choose the first password.

    Raises:
        NotFound: the invitation was used or has expired.
        InvalidInput: the password is too short.
    """
    user = invited(uow, token)
    if errors := password_faults(password, about(uow, user)):
        raise InvalidInput(errors)
    user.password_hash = hash_password(password)
    people.use_up_links(uow, user.id)
    return user


def grant(uow: UnitOfWork, controller_id: UUID, user_id: UUID, role: str, *, deputy: bool) -> None:
    """Give a role, or change whether it is held as deputy.

    Raises:
        InvalidInput: there is no such role.
        NotFound: there is no such person.
        Forbidden: the actor does not manage this controller.
    """
    require(uow, controller_id, "manage")
    if errors := _role_faults(role):
        raise InvalidInput(errors)
    controllers.lock(uow, controller_id)  # granted twice at once, one row must be left
    row = people.membership(uow, controller_id, people.user(uow, user_id).id, role)
    if row is None:
        uow.add(Membership(controller_id=controller_id, user_id=user_id, role=role, deputy=deputy))
    else:
        row.deputy = deputy
    said = {"user": str(user_id), "role": role, "deputy": deputy}
    audit.append(uow, audit.NewEvent(controller_id, None, "role.granted", said))


def _role_faults(role: str) -> list[FieldError]:
    return [] if role in ROLES else [FieldError("role", "required", "Choose a role.")]


def revoke_role(uow: UnitOfWork, controller_id: UUID, user_id: UUID, role: str) -> None:
    """Take a role away.

    Raises:
        NotFound: it was not held.
        Conflict: it is the last one who can manage this controller.
    """
    require(uow, controller_id, "manage")
    controllers.lock(uow, controller_id)  # two administrators who remove each other at once must not both succeed
    row = people.membership(uow, controller_id, user_id, role)
    if row is None:
        raise NotFound
    if role == "admin" and not people.other_admins(uow, controller_id, user_id):
        raise Conflict("The last administrator cannot be removed. Name another one first.")
    people.remove(uow, row)
    audit.append(uow, audit.NewEvent(controller_id, None, "role.revoked", {"user": str(user_id), "role": role}))
