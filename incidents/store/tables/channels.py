"""The channels beside mail, and when a channel's own server is down."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, Table, code


class ChannelOutage(Table):
    """Since when the server of a channel takes nothing; no row: it does. ``told_at``: when the alarm was raised."""

    __tablename__ = "channel_outage"
    channel: Mapped[str] = mapped_column(code("mail"), primary_key=True)
    since: Mapped[datetime]
    next_try_at: Mapped[datetime]
    error: Mapped[str]
    told_at: Mapped[datetime | None]


class Webhook(Keyed, OfController, Table):
    """An address of the controller's own that gets its warnings as signed messages.

    The address is kept sealed too: that of a chat lets whoever knows it write there. ``failing_since``: when a message
    had to be given up, until one gets through again.
    """

    __tablename__ = "webhook"
    name: Mapped[str]
    shown: Mapped[str]
    sealed_url: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]
    shape: Mapped[str] = mapped_column(code("json", "teams", "slack"))
    kinds: Mapped[list[Any]]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[datetime | None]


class CalendarFeed(Table):
    """A person's secret calendar address; only the hash of its token is kept."""

    __tablename__ = "calendar_feed"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class EmergencyContact(Keyed, OfController, Table):
    """Somebody to call when mail itself is hit, in the order of ``position``."""

    __tablename__ = "emergency_contact"
    position: Mapped[int]
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    private_email: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class ContactSheet(OfController, Table):
    """When the list of those to call last changed, and when its sheet was last printed."""

    __tablename__ = "contact_sheet"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    changed_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]
    printed_by: Mapped[str] = mapped_column(default="")
