"""The channels beside mail, and when a channel's own server is down."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Table, code


class ChannelOutage(Table):
    """Since when the server of a channel takes nothing; no row: it does. ``told_at``: when the alarm was raised."""

    __tablename__ = "channel_outage"
    channel: Mapped[str] = mapped_column(code("mail"), primary_key=True)
    since: Mapped[datetime]
    next_try_at: Mapped[datetime]
    error: Mapped[str]
    told_at: Mapped[datetime | None]
