"""Guessing is slowed down, by account and by network address; a person in their own browser is never locked out.

Failures are rows, so every process of the service counts the same. A browser in which the person has signed in before
has a count of its own: whoever guesses from elsewhere cannot keep the person waiting there.
"""

from datetime import timedelta
from uuid import UUID

from incidents.base.errors import IncidentError
from incidents.rules import sign_in
from incidents.rules.people import LONGEST_ADDRESS
from incidents.store import accounts, people
from incidents.store.people import hashed
from incidents.store.tables import User
from incidents.store.uow import UnitOfWork


class TooManyAttempts(IncidentError):
    """Too many failed sign-ins for the account or from the address."""

    status = 429
    code = "too-many-attempts"
    message = "There were too many failed attempts. Please wait {minutes} min and try again."


class TooManyLinks(IncidentError):
    """Too many links asked for, for the account or from the address."""

    status = 429
    code = "too-many-links"
    message = (
        "Links were asked for several times already. Look into your mailbox, also among the unwanted mails,"
        " or try again in {minutes} min."
    )


def plain_email(text: str) -> str:
    """An address as it is looked up and counted, whether or not there is an account."""
    return text.replace("\0", "").strip().lower()[:LONGEST_ADDRESS]


def own_browser(uow: UnitOfWork, user: User | None, token: str) -> str:
    """The hash of a browser in which this person has signed in before; empty for any other."""
    known = user is not None and token and accounts.known_browser(uow, token, user.id)
    return hashed(token) if known else ""


def refuse_hurry(uow: UnitOfWork, email: str, address: str, browser: str) -> TooManyAttempts | None:
    """A refusal when the account, or the network address, must wait before the next password."""
    remembered, here = uow.now - sign_in.REMEMBERED, uow.now - sign_in.FROM_ONE_PLACE
    wait = accounts.failures_of(uow, email, browser, "password", remembered).wait(sign_in.FREE_FOR_ACCOUNT, uow.now)
    if not browser:
        from_here = accounts.failures_from(uow, address, "password", here)
        wait = max(wait, from_here.wait(sign_in.FREE_FOR_PLACE, uow.now))
    return _refusal(uow, wait)


def refuse_codes(uow: UnitOfWork, user: User) -> TooManyAttempts | None:
    """A refusal when a person must wait before the next code, or the next proof of being themselves."""
    failed = accounts.failures_of(uow, user.email, "", "code", uow.now - sign_in.REMEMBERED)
    return _refusal(uow, failed.wait(sign_in.FREE_FOR_ACCOUNT, uow.now))


def refuse_passkeys(uow: UnitOfWork, email: str, address: str) -> TooManyAttempts | None:
    """A refusal when too many answers of devices were worth nothing, for an account (if named) or from an address."""
    remembered, here = uow.now - sign_in.REMEMBERED, uow.now - sign_in.FROM_ONE_PLACE
    wait = accounts.failures_from(uow, address[:64], "passkey", here).wait(sign_in.FREE_FOR_PLACE, uow.now)
    if email:
        of_account = accounts.failures_of(uow, email, "", "passkey", remembered)
        wait = max(wait, of_account.wait(sign_in.FREE_FOR_ACCOUNT, uow.now))
    return _refusal(uow, wait)


def _refusal(uow: UnitOfWork, wait: timedelta) -> TooManyAttempts | None:
    if not wait:
        return None
    uow.say("sign_in.failed", kind="wait")
    return TooManyAttempts(minutes=sign_in.minutes(wait))


def failed(
    uow: UnitOfWork, email: str, address: str, kind: str, browser: str = "", *, user_id: UUID | None = None
) -> None:
    """Count a failure; what is too old to count is erased. The log of the process names the account, if any."""
    people.forget_failures(uow, uow.now - sign_in.REMEMBERED)
    accounts.add_failure(uow, email, address[:64], kind, browser)
    if kind != "link":
        uow.say("sign_in.failed", kind=kind, user_id=user_id)


def count_link(uow: UnitOfWork, email: str, address: str) -> None:
    """Count a link asked for; the same for an address nobody knows.

    Raises:
        TooManyLinks: this was asked for too often, for the account or from the network address.
    """
    remembered, here = uow.now - sign_in.REMEMBERED, uow.now - sign_in.FROM_ONE_PLACE
    wait = max(
        accounts.failures_of(uow, email, "", "link", remembered).wait(sign_in.FREE_LINKS, uow.now),
        accounts.failures_from(uow, address[:64], "link", here).wait(sign_in.FREE_FOR_PLACE, uow.now),
    )
    if wait:
        raise TooManyLinks(minutes=sign_in.minutes(wait))
    failed(uow, email, address, "link")
