"""The second step of signing in: codes of an authenticator program (TOTP, RFC 6238) and recovery codes."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp

from incidents.base.errors import Conflict, FieldError, IncidentError, InvalidInput, Unauthenticated
from incidents.base.ids import new_id
from incidents.rules import sign_in
from incidents.steps import account_log, attempts
from incidents.steps.sessions import (
    SignedIn,
    Visit,
    arrive,
    found,
    hash_password,
    log_out,
    must_prove_twice,
    password_fits,
    secret_fits,
)
from incidents.store import accounts, people
from incidents.store.people import hashed
from incidents.store.secrets import Seal
from incidents.store.tables import RecoveryCode, SecondFactor, User, UserSession
from incidents.store.uow import UnitOfWork

PURPOSE = "second-step"
"""What the seal of the secrets is for."""
SAME_SECRET = timedelta(hours=1)
TRY_ANOTHER = "This code is wrong, or was used already. Wait for the next one, or use a recovery code."
NOT_YOU = "This is neither your password nor a code that works now."
LONGEST_CODE = 100
NEIGHBOURS = (0, -1, 1)
"""The time steps that are looked at: clocks of telephones are not all right, and people type slowly."""


class CodeWrong(InvalidInput):
    """The code is wrong, too old, or was used already; which of these is not said."""

    code = "code-wrong"
    message = "The code is not right."

    def __init__(self) -> None:
        """The field is always the one for the code."""
        super().__init__([FieldError("code", "wrong", TRY_ANOTHER)])


class MustStay(Conflict):
    """A second step that is demanded cannot be switched off."""

    code = "second-step-demanded"
    message = "Your role demands the second step, so it cannot be switched off."


@dataclass(frozen=True)
class Setting:
    """An authenticator being set up: the secret to type in, and the address for its QR code."""

    secret: str
    uri: str


def begin(uow: UnitOfWork, user_id: UUID, seal: Seal) -> Setting:
    """The authenticator a person is setting up; the same one when the page is opened again within the hour.

    Raises:
        Conflict: one works already.
    """
    user, row = people.user(uow, user_id), accounts.factor(uow, user_id)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("You have set up the second step already.")
    if row is None or uow.now - row.created_at > SAME_SECRET:
        sealed = seal.close(pyotp.random_base32().encode())
        row = row or SecondFactor(user_id=user_id, last_step=0)
        row.sealed_secret, row.created_at = sealed, uow.now
        uow.add(row)
    secret = seal.open(row.sealed_secret).decode()
    return Setting(secret, pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="incidens72"))


def confirm(uow: UnitOfWork, user_id: UUID, code: str, seal: Seal, visit: Visit) -> list[str]:
    """The first code: the second step is on from now. Gives the recovery codes, shown this once.

    Raises:
        CodeWrong: the code is not that of the authenticator.
        Conflict: nothing is being set up.
    """
    user, row = people.user(uow, user_id), accounts.factor(uow, user_id)
    if row is None or row.confirmed_at is not None:
        raise Conflict
    if not _totp_fits(uow, row, code, seal):
        raise CodeWrong
    row.confirmed_at = uow.now
    user.second_step_by = None
    account_log.note(uow, user, "second_step_on", address=visit.address, user_agent=visit.user_agent)
    return _new_codes(uow, user.id)


def renew_codes(uow: UnitOfWork, user_id: UUID, visit: Visit) -> list[str]:
    """New recovery codes, shown this once; the old ones end.

    Raises:
        Conflict: there is no second step.
    """
    user = people.user(uow, user_id)
    if not accounts.has_factor(uow, user.id):
        raise Conflict
    account_log.note(uow, user, "recovery_renewed", address=visit.address, user_agent=visit.user_agent)
    return _new_codes(uow, user.id)


def _new_codes(uow: UnitOfWork, user_id: UUID) -> list[str]:
    accounts.forget_codes(uow, user_id)
    codes = [
        "".join(secrets.choice(sign_in.ALPHABET) for _ in range(sign_in.CODE_LENGTH)) for _ in range(sign_in.CODES)
    ]
    cut = sign_in.HINT_LENGTH
    rows = (
        RecoveryCode(id=new_id(uow.now), user_id=user_id, hint=code[:cut], code_hash=hash_password(code[cut:]))
        for code in codes
    )
    uow.add(*rows)
    return [sign_in.spaced(code) for code in codes]


def _random_code() -> str:
    return "".join(secrets.choice(sign_in.ALPHABET) for _ in range(sign_in.CODE_LENGTH))


def switch_off(uow: UnitOfWork, user_id: UUID, visit: Visit) -> None:
    """A person does without the second step.

    Raises:
        MustStay: somebody demands it.
    """
    user = people.user(uow, user_id)
    if must_prove_twice(uow, user, visit.force):
        raise MustStay
    accounts.remove_factor(uow, user.id)
    account_log.note(uow, user, "second_step_off", address=visit.address, user_agent=visit.user_agent)


def finish(uow: UnitOfWork, token: str, code: str, seal: Seal, *, visit: Visit) -> SignedIn | IncidentError:
    """The second step of a sign-in: from the half-way session to a full one.

    A refusal is returned, not raised: the failure must be counted.

    Raises:
        Unauthenticated: the first step was too long ago.
    """
    half = half_way(uow, token, "second")
    user = accounts.lock_user(uow, half[1].id)
    if user is None:
        raise Unauthenticated
    if hurry := attempts.refuse_codes(uow, user):
        return hurry
    how = _which_fits(uow, user, code, seal, visit)
    if not how:
        attempts.failed(uow, user.email, visit.address, "code", user_id=user.id)
        return CodeWrong()
    log_out(uow, token)
    return arrive(uow, user, how, visit, twice=True)


def half_way(uow: UnitOfWork, token: str, level: str) -> tuple[UserSession, User]:
    """The session that waits for a second step (second) or for setting one up (setup).

    Raises:
        Unauthenticated: there is none, or it is too old.
    """
    seen = found(uow, token)
    if seen is None or seen[0].level != level:
        raise Unauthenticated
    return seen


def prove(uow: UnitOfWork, user_id: UUID, token: str, said: str, seal: Seal, visit: Visit) -> IncidentError | None:
    """A signed-in person proves again to be themselves, by password or code: for some minutes nothing more is asked.

    Raises:
        Unauthenticated: the account was closed.
    """
    user = accounts.lock_user(uow, user_id)
    seen = found(uow, token)
    if user is None or seen is None:
        raise Unauthenticated
    if hurry := attempts.refuse_codes(uow, user):
        return hurry
    if not (password_fits(user, said) or _which_fits(uow, user, said, seal, visit)):
        attempts.failed(uow, user.email, visit.address, "code", user_id=user.id)
        return InvalidInput([FieldError("confirm_secret", "wrong", NOT_YOU)])
    accounts.forgive(uow, user.email, ("code",))
    seen[0].sudo_until = uow.now + sign_in.SUDO
    uow.say("sign_in.proved", kind="secret", user_id=user.id)
    return None


def _which_fits(uow: UnitOfWork, user: User, code: str, seal: Seal, visit: Visit) -> str:
    """``totp`` or ``recovery`` when a code fits, and then it is used up; empty when it does not."""
    row, typed = accounts.factor(uow, user.id), sign_in.typed_code(code[:LONGEST_CODE])
    if row is None or row.confirmed_at is None:
        return ""
    if _totp_fits(uow, row, typed, seal):
        return "totp"
    if len(typed) != sign_in.CODE_LENGTH:
        return ""
    cut = sign_in.HINT_LENGTH
    for one in accounts.recovery_codes(uow, user.id, typed[:cut]):
        if secret_fits(one.code_hash, typed[cut:]):
            one.used_at = uow.now
            account_log.note(uow, user, "recovery_used", address=visit.address, user_agent=visit.user_agent)
            return "recovery"
    return ""


def _totp_fits(uow: UnitOfWork, row: SecondFactor, code: str, seal: Seal) -> bool:
    """Whether this is the code of this moment or one beside it, later than any used before (RFC 6238, 5.2)."""
    typed = sign_in.typed_code(code[:LONGEST_CODE])
    totp = pyotp.TOTP(seal.open(row.sealed_secret).decode())
    now = int(uow.now.timestamp()) // sign_in.TOTP_STEP
    for step in (now + beside for beside in NEIGHBOURS):
        if step > row.last_step and secrets.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            row.last_step = step
            return True
    return False


def codes_left(uow: UnitOfWork, user_id: UUID) -> int:
    """How many recovery codes a person has not used."""
    return len(accounts.recovery_codes(uow, user_id))


def set_up_done(uow: UnitOfWork, token: str, visit: Visit) -> SignedIn:
    """From the session that was only good for setting up to a full one.

    Raises:
        Unauthenticated: it is too old.
    """
    session, user = half_way(uow, token, "setup")
    people.revoke_sessions(uow, token_hash=hashed(token))
    return arrive(uow, user, session.how, visit, twice=True)
