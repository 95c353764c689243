"""Signing in through the organisation's own service: it says who somebody is, never what they may do here."""

from incidents.base.errors import Forbidden
from incidents.steps import account_log
from incidents.steps.attempts import plain_email
from incidents.steps.sessions import SignedIn, Visit, arrive
from incidents.store import accounts, people
from incidents.store.tables import OutsideIdentity, User
from incidents.store.uow import UnitOfWork


class NotInvited(Forbidden):
    """Nobody here has that address, or the service does not vouch for it."""

    code = "not-invited"
    message = (
        "Your organisation has signed you in, but there is no account for you here. Ask its administrator to invite you"
        " at the e-mail address you have there."
    )


def come_in(
    uow: UnitOfWork, visit: Visit, *, issuer: str, subject: str, email: str, verified: bool, twice: bool
) -> SignedIn:
    """Let in whom the service names: by its own name for them, the first time by their verified e-mail address.

    Roles are given here alone: without an invitation nobody gets in. ``twice``: they proved themselves twice there.

    Raises:
        NotInvited: there is no account for them, it is closed, or it belongs to somebody else there.
    """
    known = accounts.outside(uow, issuer, subject)
    user = people.active(uow, known.user_id) if known else _invited(uow, issuer, email if verified else "")
    if user is None:
        raise NotInvited
    if known is None:
        uow.add(OutsideIdentity(issuer=issuer, subject=subject, user_id=user.id, linked_at=uow.now))
        accounts.end_links(uow, user.id, "invite")
        account_log.note(uow, user, "outside_linked", address=visit.address, user_agent=visit.user_agent)
    return arrive(uow, user, "outside", visit, twice=twice)


def _invited(uow: UnitOfWork, issuer: str, email: str) -> User | None:
    """The account of a verified address, unless somebody else of that service has it already."""
    user = accounts.lock(uow, plain_email(email)) if email else None
    if user is None or not user.is_active:
        return None
    return None if any(one.issuer == issuer for one in accounts.outside_of(uow, user.id)) else user
