"""Sessions: sign in, stay signed in, sign out. Look-ups by secret run over every controller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from incidents.base.errors import FieldError, IncidentError, InvalidInput, Unauthenticated
from incidents.base.ids import new_id, new_token
from incidents.rules.people import LONGEST_ADDRESS, LONGEST_PASSWORD, password_faults
from incidents.store import people
from incidents.store.people import hashed
from incidents.store.tables import LoginFailure, User, UserSession
from incidents.store.uow import Actor, UnitOfWork

SESSION_LENGTH = timedelta(hours=12)
FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 8
FAILURES_PER_ADDRESS = 40

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


def log_in(uow: UnitOfWork, email: str, password: str, *, user_agent: str, address: str) -> SignedIn | IncidentError:
    """Check a password and open a new session, never an old one.

    A refusal is returned, not raised: the failure must be recorded although nobody got in.
    """
    email, address = email.replace("\0", "").strip().lower()[:LONGEST_ADDRESS], address[:64]
    since = uow.now - FAILURE_WINDOW
    by_account, by_address = people.failures_since(uow, email, address, since)
    if by_account >= FAILURES_PER_ACCOUNT or by_address >= FAILURES_PER_ADDRESS:
        return TooManyAttempts()
    user = people.user_by_email(uow, email)
    if not _password_fits(user, password) or user is None:
        people.forget_failures(uow, since)
        uow.add(LoginFailure(id=new_id(uow.now), email=email, address=address, at=uow.now))
        return SignInFailed()
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    user.last_login_at = uow.now
    return open_session(uow, user, user_agent=user_agent, address=address)


def hash_password(password: str) -> str:
    """What is stored of a password (argon2id)."""
    return _hasher.hash(password)


def _password_fits(user: User | None, password: str) -> bool:
    usable = user is not None and user.is_active and user.password_hash and len(password) <= LONGEST_PASSWORD
    try:
        _hasher.verify(user.password_hash if user and usable else _NOBODY, password[:LONGEST_PASSWORD])
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
        expires_at=uow.now + SESSION_LENGTH,
        user_agent=user_agent[:300],
        address=address[:64],
    )
    uow.add(session)
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
    people.revoke_sessions(uow, token_hash=hashed(token))


def revoke_session(uow: UnitOfWork, user_id: UUID, token_hash: str) -> None:
    """End one of a person's own sessions."""
    people.revoke_sessions(uow, user_id=user_id, token_hash=token_hash)


def change_password(uow: UnitOfWork, user_id: UUID, old: str, new: str, keep_token: str) -> None:
    """Set a new password; every other session of the person ends.

    Raises:
        InvalidInput: the old one is wrong or the new one too short.
    """
    user = people.user(uow, user_id)
    if not _password_fits(user, old):
        raise InvalidInput([FieldError("old_password", "wrong", "The present password is not right.")])
    if errors := password_faults(new):
        raise InvalidInput(errors)
    user.password_hash = _hasher.hash(new)
    people.revoke_sessions(uow, user_id=user_id, keep=hashed(keep_token))
