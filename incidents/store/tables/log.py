"""The event log, the outbox and the heartbeat."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, Table, code


class Event(OfController, Table):
    """One entry of the event log, chained by hash per controller. Append-only, by trigger."""

    __tablename__ = "event"
    __table_args__ = (
        Index(
            "ix_event_lost",
            "incident_id",
            "at",
            postgresql_where=text("kind IN ('mail.dead', 'mail.bounced')"),
            sqlite_where=text("kind IN ('mail.dead', 'mail.bounced')"),
        ),
    )
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class ChainHead(OfController, Table):
    """The newest entry of a controller's event log: the row that writers of the log lock."""

    __tablename__ = "chain_head"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class OutboxMail(Keyed, OfController, Table):
    """A mail or webhook that must leave; the only way out. Unique per key, so nothing is queued twice.

    ``excused``: attempts that do not count, for the server took nothing at all.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_failed",
            "channel",
            "state",
            postgresql_where=text("state IN ('dead', 'bounced')"),
            sqlite_where=text("state IN ('dead', 'bounced')"),
        ),
        Index(
            "ix_outbox_ready",
            "channel",
            "next_attempt_at",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_webhook",
            "recipient",
            postgresql_where=text("channel = 'webhook'"),
            sqlite_where=text("channel = 'webhook'"),
        ),
    )
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"))  # never looked up by it: no index
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str] = mapped_column(code("mail", "webhook"), default="mail", server_default="mail")
    template: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(2))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(code("queued", "sent", "folded", "dead", "bounced"))
    attempts: Mapped[int] = mapped_column(default=0)
    excused: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    folded_into: Mapped[UUID | None]


class Heartbeat(Table):
    """When a kind of background work last proved that it lives."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
