"""Passkeys: added, shown instead of a password, shown as proof, removed. One of them stands for both steps.

A device is asked for what is in somebody's hands and for who that is (user verification), and its answer is bound to
this site: nothing in it can be typed into a false page.
"""

from types import ModuleType
from uuid import UUID

from incidents.base.errors import Conflict, IncidentError, NotFound, Unauthenticated
from incidents.base.ids import new_id, new_token
from incidents.rules import sign_in
from incidents.rules.browsers import browser_words
from incidents.rules.passkeys import CHALLENGE_LENGTH, MOST, Site, copied, named
from incidents.steps import account_log, attempts
from incidents.steps.sessions import SignedIn, Visit, arrive, found
from incidents.store import accounts, passkeys, people
from incidents.store.tables import Passkey, User
from incidents.store.uow import UnitOfWork


class PasskeyRefused(IncidentError):
    """The answer of a device is worth nothing here; why is not said."""

    status = 422
    code = "passkey-refused"
    message = "The passkey was not accepted. Try again, or use your password."


class PasskeysImpossible(Conflict):
    """Browsers know no passkeys at the address of this installation."""

    code = "passkeys-impossible"
    message = "Passkeys need this service to have a name of its own on the network, reached by https."


def _device() -> ModuleType:
    from incidents.steps import authenticators  # noqa: PLC0415  a tenth of a second, for those who ask only

    return authenticators


def _question(uow: UnitOfWork, purpose: str, holder: str) -> str:
    passkeys.ask(uow, challenge := new_token(), purpose, holder, uow.now + CHALLENGE_LENGTH)
    return challenge


def begin_adding(uow: UnitOfWork, user_id: UUID, token: str, site: Site) -> str:
    """The question of a new passkey, as JSON for the browser of that session.

    Raises:
        Conflict: the person has as many as anybody may.
    """
    user, held = people.user(uow, user_id), passkeys.of_person(uow, user_id)
    if len(held) >= MOST:
        raise Conflict("You have as many passkeys as anybody may. Remove one first.")
    return str(_device().to_make(site, user, held, _question(uow, "add", token)))


def add(
    uow: UnitOfWork, user_id: UUID, token: str, said: str, name: str, *, site: Site, visit: Visit
) -> PasskeyRefused | None:
    """Keep the passkey that a device has made for a signed-in person.

    A refusal is returned, not raised: the question is used up by it.
    """
    answer = _device().read(said)
    if answer is None or not passkeys.take(uow, answer.challenge, "add", token):
        return PasskeyRefused()
    new = _device().made(said, answer, site)
    if new is None or passkeys.by_credential(uow, new.credential_id) is not None:
        return PasskeyRefused()
    user = people.user(uow, user_id)
    row = Passkey(
        id=new_id(uow.now),
        user_id=user.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=named(name, browser_words(visit.user_agent)),
        created_at=uow.now,
    )
    uow.add(row)
    account_log.note(uow, user, "passkey_added", address=visit.address, user_agent=visit.user_agent)
    return None


def remove(uow: UnitOfWork, user_id: UUID, passkey_id: UUID, visit: Visit) -> None:
    """A person does without one of their passkeys; nothing happens where they have none of that key."""
    if not passkeys.remove(uow, user_id, passkey_id):
        return
    user = people.user(uow, user_id)
    account_log.note(uow, user, "passkey_removed", address=visit.address, user_agent=visit.user_agent)


def begin_sign_in(uow: UnitOfWork, browser: str, site: Site) -> str:
    """The question which passkey somebody has, as JSON; ``browser``: the token its forms carry."""
    return str(_device().to_show(site, _question(uow, "sign_in", browser)))


def log_in(uow: UnitOfWork, browser: str, said: str, site: Site, visit: Visit) -> SignedIn | IncidentError:
    """Let in whose passkey this is: the device was there and has asked who holds it, so nothing more is asked.

    Guesses at passwords make nobody wait here. A refusal is returned, not raised: it must be counted.
    """
    if hurry := attempts.refuse_passkeys(uow, "", visit.address):
        return hurry
    shown = _shown(uow, said, "sign_in", browser, site=site, visit=visit)
    if isinstance(shown, IncidentError):
        return shown
    accounts.forgive(uow, shown.email, ("passkey",))
    return arrive(uow, shown, "passkey", visit, twice=True)


def begin_proof(uow: UnitOfWork, user_id: UUID, token: str, site: Site) -> str:
    """The question for one of a signed-in person's passkeys, as JSON.

    Raises:
        NotFound: they have none.
    """
    if not (held := passkeys.of_person(uow, user_id)):
        raise NotFound
    return str(_device().to_show(site, _question(uow, "prove", token), held))


def prove(uow: UnitOfWork, user_id: UUID, token: str, said: str, *, site: Site, visit: Visit) -> IncidentError | None:
    """A signed-in person proves again to be themselves: for some minutes nothing more is asked.

    Raises:
        Unauthenticated: the session has ended.
    """
    seen = found(uow, token)
    if seen is None or seen[1].id != user_id:
        raise Unauthenticated
    shown = _shown(uow, said, "prove", token, site=site, visit=visit, only=user_id)
    if isinstance(shown, IncidentError):
        return shown
    accounts.forgive(uow, shown.email, ("passkey",))
    seen[0].sudo_until = uow.now + sign_in.SUDO
    uow.say("sign_in.proved", kind="passkey", user_id=shown.id)
    return None


def _shown(
    uow: UnitOfWork, said: str, purpose: str, holder: str, *, site: Site, visit: Visit, only: UUID | None = None
) -> User | IncidentError:
    """Whose passkey answers a question, ``only`` one person's where that is known; a refusal is counted."""
    answer = _device().read(said)
    if answer is None or not passkeys.take(uow, answer.challenge, purpose, holder):
        return _refused(uow, None, visit)
    row = passkeys.by_credential(uow, answer.credential_id)
    user = accounts.lock_user(uow, row.user_id) if row and only in {None, row.user_id} else None
    if row is None or user is None:
        return _refused(uow, None, visit)
    if hurry := attempts.refuse_passkeys(uow, user.email, visit.address):
        return hurry
    count = _device().uses(said, answer, site, row.public_key)
    if count is None or not _is_named(answer.user_handle, user, only):
        return _refused(uow, user, visit)
    if copied(row.sign_count, count):
        account_log.note(uow, user, "passkey_copied", address=visit.address, user_agent=visit.user_agent)
        return _refused(uow, user, visit)
    row.sign_count, row.last_used_at = count, uow.now
    return user


def _is_named(handle: bytes, user: User, only: UUID | None) -> bool:
    """Whether the device names the same person; it may be silent where one was asked for (WebAuthn, 7.2)."""
    return handle == user.id.bytes or (only is not None and not handle)


def _refused(uow: UnitOfWork, user: User | None, visit: Visit) -> PasskeyRefused:
    attempts.failed(uow, user.email if user else "", visit.address, "passkey", user_id=user.id if user else None)
    return PasskeyRefused()
