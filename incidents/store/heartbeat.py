"""When background work last proved that it lives."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from incidents.store.tables import Heartbeat
from incidents.store.uow import UnitOfWork

AHEAD = timedelta(minutes=1)
"""A sign of life from further ahead than two hosts may differ: the clock was set back since."""


def _ahead(uow: UnitOfWork) -> ColumnElement[bool]:
    return Heartbeat.at > uow.now + AHEAD


def beat(uow: UnitOfWork, name: str) -> None:
    """Say: alive now. Two workers may say so at once, also the first time; the later instant stays.

    After the clock was set back the earlier one counts: the old one would look alive until the clock is there again.
    """
    insert = postgresql.insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(Heartbeat).values(name=name, at=uow.now)
    later = or_(Heartbeat.at < fresh.excluded.at, _ahead(uow))
    uow.session.execute(
        fresh.on_conflict_do_update(index_elements=["name"], set_={"at": fresh.excluded.at}, where=later)
    )


def turn(uow: UnitOfWork, name: str, every: timedelta) -> bool:
    """Whether it is time again for something that is done so often; asked by many at once, one is told yes."""
    insert = postgresql.insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(Heartbeat).values(name=name, at=uow.now)
    due = or_(Heartbeat.at <= uow.now - every, _ahead(uow))
    statement = fresh.on_conflict_do_update(index_elements=["name"], set_={"at": fresh.excluded.at}, where=due)
    return uow.session.execute(statement.returning(Heartbeat.name)).first() is not None


def ahead(uow: UnitOfWork, name: str) -> bool:
    """Whether the last sign of life lies ahead of the clock: it was set back since."""
    return uow.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name, _ahead(uow))) is not None


def read(uow: UnitOfWork) -> Mapping[str, datetime]:
    """The last sign of life of each kind of work (aware UTC)."""
    return {row.name: row.at for row in uow.session.scalars(select(Heartbeat))}
