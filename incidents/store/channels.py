"""The channels beside mail, and when a channel's own server is down."""

from datetime import timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from incidents.store.tables import ChannelOutage
from incidents.store.uow import UnitOfWork

PROBE = timedelta(minutes=1)
"""How often a server that takes nothing is asked again."""


def outage(uow: UnitOfWork, channel: str = "mail") -> ChannelOutage | None:
    """Since when the server of a channel takes nothing; None while it does."""
    return uow.session.scalar(_outage(channel))


def _outage(channel: str) -> Select[ChannelOutage]:
    return select(ChannelOutage).where(ChannelOutage.channel == channel).execution_options(populate_existing=True)


def note_outage(uow: UnitOfWork, error: str, channel: str = "mail") -> ChannelOutage:
    """The server of a channel has just refused to take anything. Two workers may say so at once; the first began it."""
    insert = postgresql.insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insert(ChannelOutage).values(channel=channel, since=uow.now, next_try_at=uow.now + PROBE, error=error[:500])
    later = {"next_try_at": fresh.excluded.next_try_at, "error": fresh.excluded.error}
    uow.session.execute(fresh.on_conflict_do_update(index_elements=["channel"], set_=later))
    return uow.session.scalars(_outage(channel)).one()


def end_outage(uow: UnitOfWork, channel: str = "mail") -> None:
    """The server of a channel takes messages again."""
    uow.session.execute(delete(ChannelOutage).where(ChannelOutage.channel == channel))
