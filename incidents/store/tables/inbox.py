"""Mails that tell of a breach and wait for somebody to judge them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, Table, code


class InboundMail(Keyed, OfController, Table):
    """A mail as it came. Accepted, it is evidence of the case it opened and its bytes stay there."""

    __tablename__ = "inbound_mail"
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    brought_by: Mapped[str]
    brought_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(code("waiting", "accepted", "dismissed"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    """Why it was put aside."""
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"))
    judged_by: Mapped[str] = mapped_column(default="")
    judged_at: Mapped[datetime | None]
