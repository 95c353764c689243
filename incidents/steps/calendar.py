"""A person's calendar: a secret address, and the clocks that stand behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from incidents.base.errors import NotFound
from incidents.base.ids import new_token
from incidents.rules.access import may
from incidents.store import calendar as stored
from incidents.store import people
from incidents.store.calendar import Entry
from incidents.store.tables import User
from incidents.store.uow import UnitOfWork

KEPT = timedelta(days=30)
"""How long a stopped clock stays in the calendar, marked as cancelled."""


@dataclass(frozen=True)
class Calendar:
    """What one person's calendar holds."""

    person: User
    entries: Sequence[Entry]


def made_at(uow: UnitOfWork, user_id: UUID) -> datetime | None:
    """Since when a person has a calendar address; None without one."""
    feed = stored.feed_of(uow, user_id)
    return feed.created_at if feed else None


def renew(uow: UnitOfWork, user_id: UUID) -> str:
    """The token of a new calendar address, shown once; the one before stops working."""
    stored.revoke_feeds(uow, user_id)
    token = new_token()
    stored.add_feed(uow, user_id, token)
    return token


def revoke(uow: UnitOfWork, user_id: UUID) -> None:
    """End a person's calendar address."""
    stored.revoke_feeds(uow, user_id)


def read(uow: UnitOfWork, token: str) -> Calendar:
    """The calendar behind an address: every controller at which the person may read now.

    The unit of work must be open for every controller.

    Raises:
        NotFound: no such address, a revoked one, or an account out of use; the same answer for all.
    """
    person = stored.user_of_token(uow, token)
    if person is None:
        raise NotFound
    readable = [key for key, roles in people.roles_of(uow, person.id).items() if may(roles, "read")]
    return Calendar(person, stored.clocks(uow, readable, uow.now - KEPT))
