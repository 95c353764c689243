"""The form of the authority and the thread of filings: answers, what exactly was sent, sign-off, receipts, orders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfIncident, Table, code
from incidents.store.types import Json


class FormAnswer(Keyed, OfIncident, Table):
    """What somebody answered in the form itself, the newest of a field counts; ``none`` takes it back. Append-only.

    ``promised_on`` (ISO date, empty: none) is the day by which the answer will follow; a field that is filled from the
    case has a promise and no answer here.
    """

    __tablename__ = "form_answer"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int] = mapped_column(Integer)
    form: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(code("given", "to_be_determined", "none"))
    value: Mapped[Any] = mapped_column(Json, nullable=False)
    promised_on: Mapped[str] = mapped_column(String(10), default="")
    said_by: Mapped[str]
    said_at: Mapped[datetime]


class FilingContent(Keyed, OfIncident, Table):
    """What exactly went out with the filing of that version: fields, fingerprint, transfer sheet. Append-only.

    ``unsigned_because``: why it went out although a sign-off had been asked for and was not there.
    """

    __tablename__ = "filing_content"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int] = mapped_column(Integer)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"), unique=True)
    form: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    sheet: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sheet_sha256: Mapped[str] = mapped_column(String(64), default="")
    sign_off_id: Mapped[UUID | None] = mapped_column(ForeignKey("sign_off.id"))
    unsigned_because: Mapped[str] = mapped_column(default="")


class FilingPromise(Keyed, OfIncident, Table):
    """What an incomplete filing promised by a day; ``subject`` names the duty that watches it. Append-only."""

    __tablename__ = "filing_promise"
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"), index=True)
    promised_on: Mapped[str] = mapped_column(String(10))
    fields: Mapped[list[Any]]
    subject: Mapped[str] = mapped_column(String(40))


class SignOffRequest(Keyed, OfIncident, Table):
    """Somebody asked the responsible manager to sign off exactly this content. Append-only."""

    __tablename__ = "sign_off_request"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int] = mapped_column(Integer)
    filing_kind: Mapped[str] = mapped_column(code("new", "follow_up", "withdrawal"))
    complete: Mapped[bool]
    form: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    asked: Mapped[list[Any]]
    requested_by: Mapped[str]
    requested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]


class SignOff(Keyed, OfIncident, Table):
    """What the manager said to a request, once, about the version with that fingerprint. Append-only."""

    __tablename__ = "sign_off"
    request_id: Mapped[UUID] = mapped_column(ForeignKey("sign_off_request.id"), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(code("approved", "refused"))
    sentence: Mapped[str]
    answered_by: Mapped[str]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime]


class Evidence(Keyed, OfIncident, Table):
    """A file that proves something, with its hash and who brought it. Append-only."""

    __tablename__ = "evidence"
    purpose: Mapped[str] = mapped_column(code("receipt", "order", "answer", "proof", "case", "other"))
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class Receipt(Keyed, OfIncident, Table):
    """What came back for a filing: the authority's identifier as it stands there, a file, a remark. Append-only."""

    __tablename__ = "receipt"
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"), index=True)
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id"))
    authority_identifier: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class AuthorityOrder(Keyed, OfIncident, Table):
    """An order of the authority as it came; ``subject`` names the duty with its deadline. Append-only.

    The deadline is a day it names (``deadline_at``) or so many days from its receipt (``days``).
    """

    __tablename__ = "authority_order"
    subject: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(code("clarify", "tell_people", "other"))
    title: Mapped[str]
    text: Mapped[str]
    authority_reference: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    received_zone: Mapped[str] = mapped_column(String(64))
    deadline_at: Mapped[datetime | None]
    days: Mapped[int | None]
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id"))
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class OrderAnswer(Keyed, OfIncident, Table):
    """What was answered to an order: when, how, with what file. Append-only."""

    __tablename__ = "order_answer"
    order_id: Mapped[UUID] = mapped_column(ForeignKey("authority_order.id"), index=True)
    sent_at: Mapped[datetime]
    sent_zone: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(code("online", "epapir", "krid", "post", "email", "other"))
    text: Mapped[str]
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id"))
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class EntryMapping(Keyed, Table):
    """What the operator has seen on the authority's own entry, for the whole installation; every save is a version.

    ``entries``: entry of law/forms/naih-online to its screen and label, and ``asks``; ``channels``: the KRID and the
    like, which no public source gives.
    """

    __tablename__ = "entry_mapping"
    version: Mapped[int] = mapped_column(Integer, unique=True)
    law_version: Mapped[str] = mapped_column(String(40))
    entries: Mapped[dict[str, Any]]
    channels: Mapped[dict[str, Any]]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]
