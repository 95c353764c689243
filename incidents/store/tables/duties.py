"""The duties of other regimes that run beside Art. 33 in a case, what was reported under them, and client contracts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, OfIncident, Table, code


class DutyRow(Keyed, OfIncident, Table):
    """One regime in a case: proposed by the profile, confirmed or declined by a person, ended by its last report.

    ``subject`` tells duties of one regime apart (orders, promises, contracts: a key in hex), ``title`` in words.
    ``params`` are fields of ``rules.regimes.Params``; ``anchors`` map a name to ``{"at": …, "zone": …}``. Awareness
    and first signal are those of the case unless an own one stands there.
    """

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("incident_id", "regime", "subject"),)
    regime: Mapped[str] = mapped_column(String(40))
    regime_version: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(code("proposed", "confirmed", "declined", "ended"))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    anchors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]


class DutyReport(Keyed, OfIncident, Table):
    """One sent version of a report of a duty. Its lateness is settled for good. Append-only.

    Without hours in the law, the contract or a setting there is no clock and no deadline. Only a first version can be
    late.
    """

    __tablename__ = "duty_report"
    __table_args__ = (UniqueConstraint("duty_id", "report", "version"),)
    duty_id: Mapped[UUID] = mapped_column(ForeignKey("duty.id"), index=True)
    report: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    clock_id: Mapped[UUID | None] = mapped_column(ForeignKey("clock.id"))
    sent_at: Mapped[datetime]
    sent_zone: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(40), default="")
    identifier: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    deadline_at: Mapped[datetime | None]
    late_by_seconds: Mapped[int]
    sent_by: Mapped[str]
    recorded_at: Mapped[datetime]


class ClientContract(Keyed, OfController, Table):
    """A controller for which this organisation acts as processor: whom to tell, and within how many hours."""

    __tablename__ = "client_contract"
    client: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    hours: Mapped[int | None]
    since: Mapped[date | None]
