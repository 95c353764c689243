"""A controller's own ladders, who is away and who stands in, and to whom a case was handed over."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, OfIncident, Table


class EscalationPolicy(Keyed, OfController, Table):
    """One version of a controller's own ladder, in the shape of law/policies. Append-only.

    Empty ``data``: back to the standard ladder.
    """

    __tablename__ = "escalation_policy"
    __table_args__ = (UniqueConstraint("controller_id", "ladder", "version"),)
    ladder: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    reason: Mapped[str]
    made_by: Mapped[str]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]


class AbsenceRow(Keyed, Table):
    """Somebody is away from the first to the last day (both included, in Hungary), at every controller alike."""

    __tablename__ = "absence"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    stand_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")


class Handover(Keyed, OfIncident, Table):
    """A case was put into the hands of a named person, with a note. Append-only."""

    __tablename__ = "handover"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    note: Mapped[str]
    handed_by: Mapped[str]
    handed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
