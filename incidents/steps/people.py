"""Accounts: set up, sign in, sessions, invitations, roles. Look-ups by secret run over every controller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select, update

from incidents.base.errors import (
    Conflict,
    FieldError,
    Forbidden,
    IncidentError,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from incidents.base.ids import new_id, new_token
from incidents.rules.access import ROLES
from incidents.steps.guard import require
from incidents.store import audit, outbox, people
from incidents.store.people import hashed
from incidents.store.tables import Controller, LoginFailure, Membership, OneTimeLink, User, UserSession
from incidents.store.uow import Actor, UnitOfWork

SESSION_LENGTH = timedelta(hours=12)
SETUP_LENGTH = timedelta(hours=24)
INVITATION_LENGTH = timedelta(days=7)
FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 8
FAILURES_PER_ADDRESS = 40
SHORTEST_PASSWORD = 12
SEEN_PRECISION = timedelta(minutes=1)

_hasher = PasswordHasher()
# Checked when the account does not exist, so that the answer takes as long as for one that does.
_NOBODY = _hasher.hash("nobody has this password")


class TooManyAttempts(IncidentError):
    """Too many failed sign-ins for the account or from the address."""

    status = 429
    code = "too-many-attempts"
    message = "Too many failed attempts. Please wait a quarter of an hour and try again."


class SignInFailed(Unauthenticated):
    """Address or password is wrong; which one is not said."""

    code = "sign-in-failed"
    message = "The e-mail address or the password is not right."


@dataclass(frozen=True)
class SignedIn:
    """A new session: the token goes into the cookie, only its hash is kept."""

    token: str
    user: User
    expires_at: datetime


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be invited into a role at a controller."""

    email: str
    name: str
    role: str
    deputy: bool = False
    language: str = "hu"


def _person_faults(email: str, name: str, password: str | None) -> list[FieldError]:
    errors = []
    local, at, domain = email.strip().partition("@")
    if not (local and at and "." in domain) or any(c.isspace() or c in "<>,;" for c in email.strip()):
        errors.append(FieldError("email", "not-an-address", "Give a full e-mail address, such as nev@ceg.hu."))
    if not name.strip():
        errors.append(FieldError("name", "required", "Give the name as it should appear in mails and letters."))
    if password is not None and len(password) < SHORTEST_PASSWORD:
        errors.append(
            FieldError(
                "password",
                "too-short",
                "The password must have at least {count} characters. Several words in a row are easy to remember.",
                {"count": str(SHORTEST_PASSWORD)},
            )
        )
    return errors


def _one_time_link(uow: UnitOfWork, purpose: str, length: timedelta, user_id: UUID | None = None) -> str:
    token = new_token()
    uow.session.add(
        OneTimeLink(token_hash=hashed(token), purpose=purpose, user_id=user_id, expires_at=uow.now + length)
    )
    return token


def create_setup_link(uow: UnitOfWork) -> str | None:
    """A one-time token to create the first account, or None once anybody has one. Earlier set-up links die."""
    if people.any_user(uow):
        return None
    uow.session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == "setup"))
    return _one_time_link(uow, "setup", SETUP_LENGTH)


def _add_user(uow: UnitOfWork, email: str, name: str, password_hash: str, language: str) -> User:
    user = User(
        id=new_id(uow.now),
        email=email.strip().lower(),
        name=name.strip(),
        password_hash=password_hash,
        language=language,
        is_operator=False,
        is_active=True,
        created_at=uow.now,
    )
    uow.session.add(user)
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
    if errors := _person_faults(email, name, password):
        raise InvalidInput(errors)
    link.used_at = uow.now
    user = _add_user(uow, email, name, _hasher.hash(password), "hu")
    user.is_operator = True
    return user


def log_in(uow: UnitOfWork, email: str, password: str, *, user_agent: str, address: str) -> SignedIn | IncidentError:
    """Check a password and open a new session, never an old one.

    A refusal is returned, not raised: the failure must be recorded although nobody got in.
    """
    email = email.strip().lower()
    since = uow.now - FAILURE_WINDOW
    by_account, by_address = people.failures_since(uow, email, address, since)
    if by_account >= FAILURES_PER_ACCOUNT or by_address >= FAILURES_PER_ADDRESS:
        return TooManyAttempts()
    user = people.user_by_email(uow, email)
    if not _password_fits(user, password) or user is None:
        people.forget_failures(uow, since)
        uow.session.add(LoginFailure(id=new_id(uow.now), email=email[:254], address=address[:64], at=uow.now))
        return SignInFailed()
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    user.last_login_at = uow.now
    return open_session(uow, user, user_agent=user_agent, address=address)


def _password_fits(user: User | None, password: str) -> bool:
    usable = user is not None and user.is_active and user.password_hash
    try:
        _hasher.verify(user.password_hash if user and usable else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(usable)


def open_session(uow: UnitOfWork, user: User, *, user_agent: str, address: str) -> SignedIn:
    """A session with a token of its own."""
    token = new_token()
    session = UserSession(
        token_hash=hashed(token),
        user_id=user.id,
        created_at=uow.now,
        seen_at=uow.now,
        expires_at=uow.now + SESSION_LENGTH,
        user_agent=user_agent[:300],
        address=address[:64],
    )
    uow.session.add(session)
    return SignedIn(token, user, session.expires_at)


def session_actor(uow: UnitOfWork, token: str) -> tuple[Actor, User] | None:
    """Who is signed in with a token, with the roles they hold now; None when nobody is."""
    found = people.session_by_token(uow, token)
    if found is None:
        return None
    _, user = found
    return actor_of(uow, user), user


def actor_of(uow: UnitOfWork, user: User) -> Actor:
    """A person as the log and the guards know them."""
    return Actor(user.name, user.id, people.roles_of(uow, user.id), user.is_operator)


def log_out(uow: UnitOfWork, token: str) -> None:
    """End the session of a token."""
    uow.session.execute(update(UserSession).where(UserSession.token_hash == hashed(token)).values(revoked_at=uow.now))


def revoke_session(uow: UnitOfWork, user_id: UUID, token_hash: str) -> None:
    """End one of a person's own sessions."""
    uow.session.execute(
        update(UserSession)
        .where(UserSession.token_hash == token_hash, UserSession.user_id == user_id)
        .values(revoked_at=uow.now)
    )


def change_password(uow: UnitOfWork, user_id: UUID, old: str, new: str, keep_token: str) -> None:
    """Set a new password; every other session of the person ends.

    Raises:
        InvalidInput: the old one is wrong or the new one too short.
    """
    user = uow.session.get_one(User, user_id)
    if not _password_fits(user, old):
        raise InvalidInput([FieldError("old_password", "wrong", "The present password is not right.")])
    if errors := _person_faults(user.email, user.name, new):
        raise InvalidInput(errors)
    user.password_hash = _hasher.hash(new)
    uow.session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.token_hash != hashed(keep_token))
        .values(revoked_at=uow.now)
    )


def set_language(uow: UnitOfWork, user_id: UUID, language: str) -> None:
    """The language of a person's pages and mails: ``hu`` or ``en``."""
    uow.session.get_one(User, user_id).language = "en" if language == "en" else "hu"


def invite(uow: UnitOfWork, controller_id: UUID, person: NewPerson) -> User:
    """Give somebody a role; who has no password yet gets a mail with a link to choose one.

    Raises:
        InvalidInput: some fields cannot be used.
        Forbidden: the actor does not manage this controller.
    """
    require(uow, controller_id, "manage")
    errors = _person_faults(person.email, person.name, None)
    if person.role not in ROLES:
        errors.append(FieldError("role", "required", "Choose a role."))
    if errors:
        raise InvalidInput(errors)
    user = people.user_by_email(uow, person.email)
    if user is None:
        user = _add_user(uow, person.email, person.name, "", person.language)
    uow.session.flush()
    grant(uow, controller_id, user.id, person.role, deputy=person.deputy)
    if not user.password_hash:
        _queue_invitation(uow, controller_id, user)
    return user


def _queue_invitation(uow: UnitOfWork, controller_id: UUID, user: User) -> None:
    controller = uow.session.get_one(Controller, controller_id)
    token = _one_time_link(uow, "invite", INVITATION_LENGTH, user.id)
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
    return uow.session.get_one(User, link.user_id)


def accept_invitation(uow: UnitOfWork, token: str, password: str) -> User:
    """Choose the first password.

    Raises:
        NotFound: the invitation was used or has expired.
        InvalidInput: the password is too short.
    """
    user = invited(uow, token)
    if errors := _person_faults(user.email, user.name, password):
        raise InvalidInput(errors)
    user.password_hash = _hasher.hash(password)
    uow.session.execute(
        update(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)).values(used_at=uow.now)
    )
    return user


def grant(uow: UnitOfWork, controller_id: UUID, user_id: UUID, role: str, *, deputy: bool) -> None:
    """Give a role, or change whether it is held as deputy."""
    require(uow, controller_id, "manage")
    row = uow.session.get(Membership, (controller_id, user_id, role))
    if row is None:
        row = Membership(controller_id=controller_id, user_id=user_id, role=role, deputy=deputy)
        uow.session.add(row)
    row.deputy = deputy
    audit.append(
        uow,
        audit.NewEvent(controller_id, None, "role.granted", {"user": str(user_id), "role": role, "deputy": deputy}),
    )


def revoke_role(uow: UnitOfWork, controller_id: UUID, user_id: UUID, role: str) -> None:
    """Take a role away.

    Raises:
        NotFound: it was not held.
        Conflict: it is the last one who can manage this controller.
    """
    require(uow, controller_id, "manage")
    row = uow.session.get(Membership, (controller_id, user_id, role))
    if row is None:
        raise NotFound
    if role == "admin" and not _other_admin(uow, controller_id, user_id):
        raise Conflict("The last administrator cannot be removed. Name another one first.")
    uow.session.delete(row)
    audit.append(uow, audit.NewEvent(controller_id, None, "role.revoked", {"user": str(user_id), "role": role}))


def _other_admin(uow: UnitOfWork, controller_id: UUID, user_id: UUID) -> bool:
    others = select(Membership).where(
        Membership.controller_id == controller_id, Membership.role == "admin", Membership.user_id != user_id
    )
    return uow.session.scalar(others.limit(1)) is not None


def require_signed_in(actor: Actor | None) -> Actor:
    """The actor, or a refusal when nobody is signed in.

    Raises:
        Unauthenticated: nobody is.
        Forbidden: never; kept apart for guards that also need a role.
    """
    if actor is None:
        raise Unauthenticated
    if actor.user_id is None:
        raise Forbidden
    return actor
