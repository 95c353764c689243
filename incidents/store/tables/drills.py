"""Drills: rehearsals of the ladder on a made-up case, with real people and real mails."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfIncident, Table, code


class Drill(Keyed, OfIncident, Table):
    """A rehearsal: which story, how many times faster than the clock, who started it, how it ended.

    Its incident (``is_drill``) carries everything else: clock, stages, mails, acknowledgements.
    """

    __tablename__ = "drill"
    __table_args__ = (UniqueConstraint("incident_id"),)
    scenario: Mapped[str] = mapped_column(String(40))
    speed: Mapped[float] = mapped_column(Float)
    note: Mapped[str] = mapped_column(default="")
    started_by: Mapped[str]
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str] = mapped_column(code("", "stopped", "over"), default="")
