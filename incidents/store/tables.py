"""All tables. Rows of a controller carry ``controller_id`` (mixin ``OfController``); append-only ones say so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from incidents.store.types import Instant, Json

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant(), dict[str, Any]: Json, list[Any]: Json, str: Text()}


class Keyed:
    """A row with its own time-ordered key."""

    id: Mapped[UUID] = mapped_column(primary_key=True)


class OfController:
    """A row that belongs to one controller, the tenant; the unit of work filters on it."""

    @declared_attr
    def controller_id(self) -> Mapped[UUID]:
        """The tenant."""
        return mapped_column(ForeignKey("controller.id"), index=True)


class OfIncident(OfController):
    """A row that belongs to one incident of one controller."""

    @declared_attr
    def incident_id(self) -> Mapped[UUID]:
        """The case."""
        return mapped_column(ForeignKey("incident.id"), index=True)


def _code(*codes: str) -> Enum:
    """A closed list of code words, kept as text with a check."""
    return Enum(*codes, native_enum=False, create_constraint=False, length=40)


# --- controllers and people -----------------------------------------------------------------------------------


class Controller(Keyed, Table):
    """The organisation that owes the duties (GDPR Art. 4(7)): the tenant."""

    __tablename__ = "controller"
    name: Mapped[str]
    short_code: Mapped[str] = mapped_column(String(12), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="hu")
    seat: Mapped[str] = mapped_column(default="")
    postal_address: Mapped[str] = mapped_column(default="")
    company_number: Mapped[str] = mapped_column(default="")
    tax_number: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    dpo_name: Mapped[str] = mapped_column(default="")
    dpo_email: Mapped[str] = mapped_column(default="")
    dpo_phone: Mapped[str] = mapped_column(default="")
    responsible_manager_name: Mapped[str] = mapped_column(default="")
    responsible_manager_title: Mapped[str] = mapped_column(default="")
    responsible_manager_email: Mapped[str] = mapped_column(default="")
    responsible_manager_phone: Mapped[str] = mapped_column(default="")
    representative: Mapped[str] = mapped_column(default="")
    letterhead: Mapped[str] = mapped_column(default="")
    is_public_body: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[datetime]


class Processor(Keyed, OfController, Table):
    """Who acts for a controller (Art. 28), with task, country and the safeguard of a transfer (Art. 46)."""

    __tablename__ = "processor"
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    task: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(String(2), default="HU")
    safeguard: Mapped[str] = mapped_column(default="")


class ProcessingActivity(Keyed, OfController, Table):
    """A processing activity (Art. 30) with the kinds of data and people it touches."""

    __tablename__ = "processing_activity"
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    data_categories: Mapped[list[Any]] = mapped_column(default=list)
    subject_categories: Mapped[list[Any]] = mapped_column(default=list)


class User(Keyed, Table):
    """A person with an account."""

    __tablename__ = "user_account"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(String(2), default="hu")
    is_operator: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class Membership(OfController, Table):
    """One role of one person at one controller."""

    __tablename__ = "membership"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)  # type: ignore[assignment]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(
        _code("reporter", "handler", "dpo", "manager", "auditor", "admin"), primary_key=True
    )
    deputy: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class UserSession(Table):
    """A signed-in browser; the key is the hash of a random token made anew at each login."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class LoginFailure(Keyed, Table):
    """A failed sign-in, to slow guessing down; erased with time."""

    __tablename__ = "login_failure"
    email: Mapped[str] = mapped_column(String(254), index=True)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class OneTimeLink(Table):
    """The set-up link of an empty installation, or an invitation; only the hash of its token is kept."""

    __tablename__ = "one_time_link"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(_code("setup", "invite"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ReportLink(Keyed, OfController, Table):
    """The address (and QR code) where staff of one controller report without an account."""

    __tablename__ = "report_link"
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiKey(Keyed, OfController, Table):
    """A key for /api/v1, one controller each; only its hash is kept."""

    __tablename__ = "api_key"
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotentRequest(OfController, Table):
    """An answered API request that may be asked again under the same key."""

    __tablename__ = "idempotent_request"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)  # type: ignore[assignment]
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    created_at: Mapped[datetime]


# --- the case --------------------------------------------------------------------------------------------------


class ReferenceCounter(OfController, Table):
    """The last case number given out by a controller in a year."""

    __tablename__ = "reference_counter"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)  # type: ignore[assignment]
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Incident(Keyed, OfController, Table):
    """The case, from the first report on. Its row is the lock for everything below it."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("controller_id", "reference"),)
    reference: Mapped[str] = mapped_column(String(40))
    title: Mapped[str]
    facts_version: Mapped[int] = mapped_column(Integer)
    first_signal_at: Mapped[datetime]
    first_signal_zone: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    opened_via: Mapped[str] = mapped_column(_code("link", "page", "api"))
    reporter: Mapped[str] = mapped_column(default="")
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    policy_version: Mapped[str] = mapped_column(String(40))
    acknowledged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closing_note: Mapped[str] = mapped_column(default="")


class FactAmendment(Keyed, OfIncident, Table):
    """What somebody said about the case at one moment; facts are the fold of these. Append-only."""

    __tablename__ = "fact_amendment"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int]
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    said_by: Mapped[str]
    said_at: Mapped[datetime]


class Acknowledgement(Keyed, OfIncident, Table):
    """A named person takes the case (or a later stage of it). Append-only."""

    __tablename__ = "acknowledgement"
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    stage: Mapped[str] = mapped_column(String(40), default="")
    via: Mapped[str] = mapped_column(_code("mail", "page"))
    at: Mapped[datetime]


class ClockRow(Keyed, OfIncident, Table):
    """One running duty: regime, anchor and dated rule version. A corrected anchor is a new version."""

    __tablename__ = "clock"
    __table_args__ = (UniqueConstraint("incident_id", "regime", "version"),)
    regime: Mapped[str] = mapped_column(String(40))
    regime_version: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    anchor_kind: Mapped[str] = mapped_column(_code("first_signal", "awareness"))
    anchor_at: Mapped[datetime]
    anchor_zone: Mapped[str] = mapped_column(String(64))
    deadline_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(_code("running", "stopped", "superseded"))
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(String(40), default="")


class Stage(Keyed, OfIncident, Table):
    """A planned warning on one clock version; fires exactly once or is cancelled with a reason."""

    __tablename__ = "stage"
    __table_args__ = (
        UniqueConstraint("clock_id", "name"),
        Index(
            "ix_stage_due",
            "due_at",
            postgresql_where=text("state = 'scheduled'"),
            sqlite_where=text("state = 'scheduled'"),
        ),
    )
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(_code("scheduled", "fired", "cancelled"))
    settled_at: Mapped[datetime | None]
    late_by_seconds: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(40), default="")


class Assessment(Keyed, OfIncident, Table):
    """One run of the risk test: inputs, rule-set version, outcome, author. Append-only."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int]
    facts_version: Mapped[int]
    rule_set: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Decision(Keyed, OfIncident, Table):
    """Notify or not, tell or not or exempt, with reasons, by a named person. Append-only."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int]
    facts_version: Mapped[int]
    assessment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessment.id"))
    notify: Mapped[str] = mapped_column(_code("yes", "no"))
    tell: Mapped[str] = mapped_column(_code("yes", "no", "exempt"))
    exemption: Mapped[str] = mapped_column(_code("", "a", "b", "c"), default="")
    reasons_authority: Mapped[str]
    reasons_subjects: Mapped[str]
    decided_by: Mapped[str]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]


class Document(Keyed, OfIncident, Table):
    """A frozen draft: content with its hash, and the files made from it. Append-only."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("incident_id", "kind", "language", "version"),)
    kind: Mapped[str] = mapped_column(_code("authority", "subjects"))
    language: Mapped[str] = mapped_column(String(2))
    version: Mapped[int]
    facts_version: Mapped[int]
    html: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    docx: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    docx_sha256: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    missing: Mapped[list[Any]] = mapped_column(default=list)
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Filing(Keyed, OfIncident, Table):
    """One sent version of the notification to the authority. Its lateness is settled for good. Append-only."""

    __tablename__ = "filing"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(_code("new", "follow_up", "withdrawal"))
    complete: Mapped[bool]
    channel: Mapped[str] = mapped_column(_code("online", "epapir", "krid", "post", "email", "other"))
    filed_at: Mapped[datetime]
    filed_zone: Mapped[str] = mapped_column(String(64))
    authority_identifier: Mapped[str] = mapped_column(default="")
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"))
    deadline_at: Mapped[datetime]
    late_by_seconds: Mapped[int]
    delay_reasons: Mapped[str] = mapped_column(default="")
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str] = mapped_column(default="")
    filed_by: Mapped[str]
    recorded_at: Mapped[datetime]


class Communication(Keyed, OfIncident, Table):
    """People were told (Art. 34): when, in what form, with what content, how many reached. Append-only."""

    __tablename__ = "communication"
    sent_at: Mapped[datetime]
    sent_zone: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(_code("email", "post", "sms", "in_person", "public", "other"))
    reached: Mapped[int | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


# --- the log, the outbox, the heartbeat ------------------------------------------------------------------------


class Event(OfController, Table):
    """One entry of the event log, chained by hash per controller. Append-only, by trigger."""

    __tablename__ = "event"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)  # type: ignore[assignment]
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
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)  # type: ignore[assignment]
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class OutboxMail(Keyed, OfController, Table):
    """A mail that must leave; the only way out. Unique per key, so nothing is queued twice."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_ready",
            "next_attempt_at",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
    )
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(2))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(_code("queued", "sent", "folded", "dead"))
    attempts: Mapped[int] = mapped_column(default=0)
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


APPEND_ONLY = (
    Event,
    FactAmendment,
    Acknowledgement,
    Assessment,
    Decision,
    Document,
    Filing,
    Communication,
)
"""Tables whose rows the database itself refuses to change or delete."""
