"""Calendar addresses, and the clocks that stand in a person's calendar."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update

from incidents.store.people import hashed
from incidents.store.tables import CalendarFeed, ClockRow, Controller, Incident, User
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Entry:
    """A clock in a calendar: its newest version, with what may be said of its case."""

    clock: ClockRow
    reference: str
    short_code: str
    is_drill: bool


def feed_of(uow: UnitOfWork, user_id: UUID) -> CalendarFeed | None:
    """The live calendar address of a person."""
    return uow.session.scalar(
        select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    )


def add_feed(uow: UnitOfWork, user_id: UUID, token: str) -> None:
    """Keep the hash of a new address."""
    uow.add(CalendarFeed(token_hash=hashed(token), user_id=user_id, created_at=uow.now))


def revoke_feeds(uow: UnitOfWork, user_id: UUID) -> None:
    """End every calendar address of a person."""
    uow.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=uow.now)
    )


def user_of_token(uow: UnitOfWork, token: str) -> User | None:
    """The person whose live calendar address has this token, while the account may be used."""
    return uow.session.scalar(
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token_hash == hashed(token), CalendarFeed.revoked_at.is_(None), User.is_active)
    )


def clocks(uow: UnitOfWork, controller_ids: Collection[UUID], stopped_since: datetime) -> Sequence[Entry]:
    """The newest version of every clock that runs or has stopped since an instant, the earliest deadline first."""
    rows = uow.session.execute(
        select(ClockRow, Incident.reference, Controller.short_code, Incident.is_drill)
        .join(Incident, Incident.id == ClockRow.incident_id)
        .join(Controller, Controller.id == ClockRow.controller_id)
        .where(
            ClockRow.controller_id.in_(controller_ids),
            or_(ClockRow.state == "running", ClockRow.stopped_at >= stopped_since),
        )
        .order_by(ClockRow.version)
    )
    newest = {(one[0].incident_id, one[0].regime, one[0].subject, one[0].report): Entry(*one) for one in rows}
    return sorted(newest.values(), key=lambda entry: (entry.clock.deadline_at, entry.clock.id))
