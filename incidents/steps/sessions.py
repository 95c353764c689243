"""Sessions: sign in, stay signed in, sign out. Look-ups by secret run over every controller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from incidents.base.errors import FieldError, IncidentError, InvalidInput, Unauthenticated
from incidents.base.ids import new_token
from incidents.rules import sign_in
from incidents.rules.people import LONGEST_PASSWORD, password_faults
from incidents.rules.sign_in import Lengths
from incidents.steps import account_log, attempts
from incidents.steps.attempts import TooManyAttempts
from incidents.store import accounts, people
from incidents.store.people import hashed
from incidents.store.tables import User, UserSession
from incidents.store.uow import Actor, UnitOfWork

LENGTHS = Lengths()
"""How long a sign-in lasts where no setting says otherwise."""
_hasher = PasswordHasher()


class SignInFailed(Unauthenticated):
    """Address or password is wrong; which one is not said."""

    code = "sign-in-failed"
    message = "The e-mail address or the password is not right."


@dataclass(frozen=True)
class Visit:
    """Where a sign-in comes from, and by which settings it is judged.

    ``browser``: the token of a known browser, if it brought one; ``force``: who must have a second step by the
    operator's will (empty, ``operators`` or ``everyone``).
    """

    user_agent: str = ""
    address: str = ""
    browser: str = ""
    lengths: Lengths = LENGTHS
    force: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A new session: the token goes into the cookie, only its hash is kept.

    ``level``: how far it has come (see ``UserSession``). ``browser``: the token by which the browser is known from now
    on. ``advised``: a second step is demanded and may wait until then (aware UTC).
    """

    token: str
    user: User
    expires_at: datetime
    level: str = "full"
    browser: str = ""
    advised: datetime | None = None


@dataclass(frozen=True)
class Weighed:
    """Whether a password fitted what was kept of it then; nothing is kept of an account that cannot be used."""

    kept: str
    fits: bool


def weigh(uow: UnitOfWork, email: str, password: str, visit: Visit) -> Weighed | None:
    """Check a password by reading only: it takes long on purpose, and who writes meanwhile should not have to wait.

    None while somebody must wait before the next try: guesses cost nothing then.
    """
    email = attempts.plain_email(email)
    user = people.user_by_email(uow, email)
    browser = attempts.own_browser(uow, user, visit.browser)
    if attempts.refuse_hurry(uow, email, visit.address[:64], browser):
        return None
    return Weighed(_kept(user), password_fits(user, password))


def log_in(
    uow: UnitOfWork, email: str, password: str, visit: Visit, weighed: Weighed | None = None
) -> SignedIn | IncidentError:
    """Check a password and open a new session, never an old one.

    A refusal is returned, not raised: the failure must be recorded although nobody got in. ``weighed`` counts as long
    as the password has not been changed since.
    """
    email, address = attempts.plain_email(email), visit.address[:64]
    user = accounts.lock(uow, email)
    browser = attempts.own_browser(uow, user, visit.browser)
    if hurry := attempts.refuse_hurry(uow, email, address, browser):
        return hurry
    same = weighed is not None and weighed.kept == _kept(user)
    fits = weighed.fits if weighed is not None and same else password_fits(user, password)
    if not fits or user is None:
        attempts.failed(uow, email, address, "password", browser, user_id=user.id if user else None)
        return SignInFailed()
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    return arrive(uow, user, "password", visit)


def hash_password(password: str) -> str:
    """What is stored of a password (argon2id)."""
    return _hasher.hash(password)


def password_fits(user: User | None, password: str) -> bool:
    """Whether this is the password of a usable account; takes as long when it is not."""
    nobody, kept = _nobody(), _kept(user)
    usable = bool(kept) and len(password) <= LONGEST_PASSWORD
    return secret_fits(kept if usable else nobody, password[:LONGEST_PASSWORD]) and usable


def _kept(user: User | None) -> str:
    return user.password_hash if user is not None and user.is_active else ""


@cache
def _nobody() -> str:
    """What is checked when the account does not exist: made at the first sign-in, most processes see none."""
    return _hasher.hash("nobody has this password")


def about(uow: UnitOfWork, user: User) -> tuple[str, ...]:
    """What a person's password must not be near to: their address, their name, the organisations they serve."""
    return (user.email, user.name, *accounts.serves(uow, user.id))


def secret_fits(kept: str, said: str) -> bool:
    """Whether a hash made by ``hash_password`` is that of a secret."""
    try:
        return _hasher.verify(kept, said)
    except (VerifyMismatchError, InvalidHashError):
        return False


def arrive(uow: UnitOfWork, user: User, how: str, visit: Visit, *, twice: bool = False) -> SignedIn:
    """Let somebody in who has proved themselves once, or twice: all the way, or as far as the second step.

    ``how``: password, totp, recovery, outside or link. ``twice``: nothing more is to be asked.
    """
    if not twice and accounts.has_factor(uow, user.id):
        return _open(uow, user, visit, how, level="second")
    if twice or not must_prove_twice(uow, user, visit.force):
        return _let_in(uow, user, visit, how)
    user.second_step_by = user.second_step_by or uow.now + sign_in.grace(uow.now)
    if uow.now >= user.second_step_by:
        return _open(uow, user, visit, how, level="setup")
    return _let_in(uow, user, visit, how, advised=user.second_step_by)


def must_prove_twice(uow: UnitOfWork, user: User, force: str) -> bool:
    """Whether a second step is demanded of a person: by the operator's setting, or by a controller they serve."""
    if force == "everyone" or (force == "operators" and user.is_operator):
        return True
    roles = people.roles_of(uow, user.id)
    return sign_in.demanded(roles, accounts.rules(uow, roles))


def _let_in(uow: UnitOfWork, user: User, visit: Visit, how: str, advised: datetime | None = None) -> SignedIn:
    opened = _open(uow, user, visit, how)
    user.last_login_at = uow.now
    browser = visit.browser
    known = accounts.known_browser(uow, browser, user.id) if browser else None
    accounts.forgive(uow, user.email, ("password", "code"), known.token_hash if known else "")
    if known is not None:
        known.seen_at = uow.now
    else:
        accounts.know_browser(uow, browser := new_token(), user.id)
    return SignedIn(opened.token, user, opened.expires_at, "full", browser, advised)


def _open(uow: UnitOfWork, user: User, visit: Visit, how: str, level: str = "full") -> SignedIn:
    return open_session(
        uow, user, user_agent=visit.user_agent, address=visit.address, lengths=visit.lengths, how=how, level=level
    )


def open_session(
    uow: UnitOfWork,
    user: User,
    *,
    user_agent: str,
    address: str,
    lengths: Lengths | None = None,
    how: str = "password",
    level: str = "full",
) -> SignedIn:
    """A session with a token of its own."""
    token, lengths = new_token(), lengths or LENGTHS
    before = accounts.session_before(uow, user.id, uow.now)
    session = UserSession(
        token_hash=hashed(token),
        user_id=user.id,
        created_at=uow.now,
        expires_at=uow.now + (lengths.most if level == "full" else sign_in.ON_THE_WAY),
        user_agent=user_agent[:300],
        address=address[:64],
        level=level,
        how=how,
        failures=accounts.tries_since(uow, user.email, before.created_at) if before else 0,
        seen_at=uow.now,
        idle_until=uow.now + lengths.idle,
        sudo_until=uow.now + sign_in.SUDO,
    )
    uow.add(session)
    uow.say("sign_in", kind=how, code=level, user_id=user.id)
    return SignedIn(token, user, session.expires_at, level)


def found(uow: UnitOfWork, token: str) -> tuple[UserSession, User] | None:
    """The live session of a token, however far it has come, and whose it is."""
    return people.session_by_token(uow, token)


def session_actor(uow: UnitOfWork, token: str) -> tuple[Actor, User] | None:
    """Who is signed in with a token, with the roles they hold now; None when nobody is, or not all the way."""
    seen = found(uow, token)
    if seen is None or seen[0].level != "full":
        return None
    return actor_of(uow, seen[1]), seen[1]


def actor_of(uow: UnitOfWork, user: User) -> Actor:
    """A person as the log and the guards know them."""
    return Actor(user.name, user.id, people.roles_of(uow, user.id), user.is_operator)


def last_sign_in(uow: UnitOfWork, session: UserSession) -> UserSession | None:
    """The person's sign-in before this one."""
    return accounts.session_before(uow, session.user_id, session.created_at)


def stay(uow: UnitOfWork, token: str, idle: timedelta) -> None:
    """The session is in use: its time without use begins anew."""
    accounts.touch(uow, hashed(token), uow.now + idle)


def log_out(uow: UnitOfWork, token: str) -> None:
    """End the session of a token."""
    people.revoke_sessions(uow, token_hash=hashed(token))


def revoke_session(uow: UnitOfWork, user_id: UUID, token_hash: str) -> None:
    """End one of a person's own sessions."""
    people.revoke_sessions(uow, user_id=user_id, token_hash=token_hash)


def revoke_others(uow: UnitOfWork, user_id: UUID, keep_token: str, address: str = "") -> None:
    """End every session of a person but this one; other browsers are strangers again."""
    user = people.user(uow, user_id)
    people.revoke_sessions(uow, user_id=user_id, keep=hashed(keep_token))
    accounts.forget_browsers(uow, user_id)
    account_log.note(uow, user, "sessions_ended", address=address)


def change_password(
    uow: UnitOfWork, user_id: UUID, old: str, new: str, keep_token: str, visit: Visit | None = None
) -> TooManyAttempts | InvalidInput | None:
    """Set a new password; every other session of the person ends.

    A wrong old password is returned, not raised: it must be counted although nothing changed.

    Raises:
        InvalidInput: the new one is too short, or everybody tries it first.
    """
    visit = visit or Visit()
    user = people.user(uow, user_id)
    if hurry := attempts.refuse_codes(uow, user):
        return hurry
    if not password_fits(user, old):
        attempts.failed(uow, user.email, visit.address, "code", user_id=user.id)
        return InvalidInput([FieldError("old_password", "wrong", "The present password is not right.")])
    if errors := password_faults(new, about(uow, user)):
        raise InvalidInput(errors)
    set_password(uow, user, new, keep_token)
    account_log.note(uow, user, "password_changed", address=visit.address, user_agent=visit.user_agent)
    return None


def set_password(uow: UnitOfWork, user: User, new: str, keep_token: str = "") -> None:
    """Keep a new password: sessions elsewhere end, links that were sent are worth nothing, browsers are strangers."""
    user.password_hash = _hasher.hash(new)
    people.revoke_sessions(uow, user_id=user.id, keep=hashed(keep_token))
    people.use_up_links(uow, user.id)
    accounts.forget_browsers(uow, user.id)
