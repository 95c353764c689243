"""When background work last proved that it lives."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from incidents.store.tables import Heartbeat
from incidents.store.uow import UnitOfWork


def beat(uow: UnitOfWork, name: str) -> None:
    """Say: alive now."""
    row = uow.session.get(Heartbeat, name, with_for_update=True)
    if row is None:
        row = Heartbeat(name=name, at=uow.now)
        uow.session.add(row)
    row.at = max(row.at, uow.now)


def read(uow: UnitOfWork) -> Mapping[str, datetime]:
    """The last sign of life of each kind of work (aware UTC)."""
    return {row.name: row.at for row in uow.session.scalars(select(Heartbeat))}
