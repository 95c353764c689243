"""Ways back in by mail: a link for a new password, a link that lifts the waiting time. Nobody learns who exists.

Asking is counted and answered alike for every address; whether there is an account is looked up after the answer.
"""

from datetime import timedelta

from incidents.base.errors import InvalidInput, NotFound
from incidents.base.ids import new_token
from incidents.rules.browsers import browser_words
from incidents.rules.people import password_faults
from incidents.steps import account_log
from incidents.steps.attempts import plain_email
from incidents.steps.sessions import SignedIn, Visit, about, arrive, set_password
from incidents.store import accounts, people
from incidents.store.tables import OneTimeLink, User
from incidents.store.uow import UnitOfWork

LINK_LENGTH = timedelta(minutes=60)
TEMPLATES = {"reset": "password_link", "unlock": "unlock_link"}


class LinkUsed(NotFound):
    """The link of a mail was used, has expired, or a newer one was sent."""

    code = "link-used"
    message = "This link was used already or has expired. Ask for a new one on the sign-in page."


def send_link(uow: UnitOfWork, email: str, purpose: str, visit: Visit) -> bool:
    """Write to the person of an address, if there is one; ``purpose`` is reset or unlock. An older link ends.

    Returns whether there was anybody to write to; the caller tells nobody.
    """
    user = people.user_by_email(uow, plain_email(email))
    if user is None or not user.is_active:
        return False
    accounts.end_links(uow, user.id, purpose)
    token = new_token()
    people.add_link(uow, token, purpose, uow.now + LINK_LENGTH, user.id)
    said = {
        "token": token,
        "minutes": LINK_LENGTH // timedelta(minutes=1),
        "address": visit.address[:64],
        "browser": browser_words(visit.user_agent),
        "at": uow.now.isoformat(),
    }
    return account_log.write(uow, user, TEMPLATES[purpose], said)


def make_link(uow: UnitOfWork, user: User) -> str:
    """The token of a link for a new password that somebody hands over in person: the operator at the machine."""
    accounts.end_links(uow, user.id, "reset")
    people.add_link(uow, token := new_token(), "reset", uow.now + LINK_LENGTH, user.id)
    return token


def person_of(uow: UnitOfWork, token: str, purpose: str) -> User:
    """Whose link this is.

    Raises:
        LinkUsed: it was used or has expired.
    """
    return _open(uow, token, purpose)[1]


def _open(uow: UnitOfWork, token: str, purpose: str) -> tuple[OneTimeLink, User]:
    link = people.live_link(uow, token, purpose)
    user = people.active(uow, link.user_id) if link is not None and link.user_id else None
    if link is None or user is None:
        raise LinkUsed
    return link, user


def choose_password(uow: UnitOfWork, token: str, password: str, visit: Visit) -> SignedIn:
    """A new password through the link of a mail: every sign-in ends, this browser gets a new one.

    The mail stands for the password only: a second step is asked as ever.

    Raises:
        LinkUsed: it was used or has expired.
        InvalidInput: the password is too short, or everybody tries it first.
    """
    _, user = _open(uow, token, "reset")
    if errors := password_faults(password, about(uow, user)):
        raise InvalidInput(errors)
    set_password(uow, user, password)
    accounts.forgive(uow, user.email, ("password",))
    account_log.note(uow, user, "password_reset", address=visit.address, user_agent=visit.user_agent)
    return arrive(uow, user, "link", visit)


def unlock(uow: UnitOfWork, token: str, address: str) -> str:
    """Lift the waiting time, and know this browser from now on: guesses from elsewhere do not slow it down again.

    Gives the token by which the browser is known.

    Raises:
        LinkUsed: it was used or has expired.
    """
    link, user = _open(uow, token, "unlock")
    link.used_at = uow.now
    accounts.forgive(uow, user.email, ("password",))
    accounts.know_browser(uow, browser := new_token(), user.id)
    account_log.note(uow, user, "unlocked", address=address)
    return browser
