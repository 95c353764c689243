"""The case and everything said, run, decided, drafted and sent in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfController, OfIncident, Table, code


class ReferenceCounter(OfController, Table):
    """The last case number given out by a controller in a year."""

    __tablename__ = "reference_counter"
    controller_id: Mapped[UUID] = mapped_column(ForeignKey("controller.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Incident(Keyed, OfController, Table):
    """The case, from the first report on. Its row is the lock for everything below it.

    ``held_by_id``: to whom it was handed over by name. A drill (``is_drill``) never counts in the register.
    """

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("controller_id", "reference"),)
    reference: Mapped[str] = mapped_column(String(40))
    title: Mapped[str]
    facts_version: Mapped[int] = mapped_column(Integer)
    first_signal_at: Mapped[datetime]
    first_signal_zone: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    opened_via: Mapped[str] = mapped_column(code("link", "page", "api"))
    reporter: Mapped[str] = mapped_column(default="")
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    is_drill: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    held_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    acknowledged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closing_note: Mapped[str] = mapped_column(default="")


class FactAmendment(Keyed, OfIncident, Table):
    """What somebody said about the case at one moment; facts are the fold of these. Append-only.

    ``people_group`` names the group of people it was said about, empty: everybody; ``ends_group``: there is no such
    group after all.
    """

    __tablename__ = "fact_amendment"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int]
    people_group: Mapped[str] = mapped_column(String(80), default="")
    ends_group: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    said_by: Mapped[str]
    said_at: Mapped[datetime]


class Acknowledgement(Keyed, OfIncident, Table):
    """A named person takes the case, or (``clock_id``, ``stage``) one warning of one clock of it. Append-only."""

    __tablename__ = "acknowledgement"
    __table_args__ = (Index("ix_acknowledgement_user_id", "user_id", "incident_id"),)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    clock_id: Mapped[UUID | None] = mapped_column(ForeignKey("clock.id"))
    stage: Mapped[str] = mapped_column(String(40), default="")
    via: Mapped[str] = mapped_column(code("mail", "page"))
    at: Mapped[datetime]


class ClockRow(Keyed, OfIncident, Table):
    """One report owed under a regime: anchor, dated rule version, deadline. A corrected anchor is a new version.

    ``subject`` tells duties of one regime apart (two orders of the authority), empty where there can be only one;
    ``policy`` and ``policy_version`` name the ladder its stages were planned by.
    """

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("incident_id", "regime", "subject", "report", "version"),
        Index(
            "ix_clock_running",
            "deadline_at",
            "incident_id",
            postgresql_where=text("state = 'running'"),
            sqlite_where=text("state = 'running'"),
        ),
        Index(
            "ix_clock_stopped",
            "deadline_at",
            "incident_id",
            postgresql_where=text("state = 'stopped'"),
            sqlite_where=text("state = 'stopped'"),
        ),
    )
    regime: Mapped[str] = mapped_column(String(40))
    regime_version: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40), default="")
    report: Mapped[str] = mapped_column(String(40), default="notification")
    version: Mapped[int]
    policy: Mapped[str] = mapped_column(String(40))
    policy_version: Mapped[str] = mapped_column(String(40))
    anchor_kind: Mapped[str] = mapped_column(String(60))
    anchor_at: Mapped[datetime]
    anchor_zone: Mapped[str] = mapped_column(String(64))
    deadline_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(code("running", "stopped", "superseded"))
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
    state: Mapped[str] = mapped_column(code("scheduled", "fired", "cancelled"))
    settled_at: Mapped[datetime | None]
    late_by_seconds: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(40), default="")


class Assessment(Keyed, OfIncident, Table):
    """One run of the risk test: inputs (facts and groups of people), rule-set version, outcome, author. Append-only."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    version: Mapped[int]
    facts_version: Mapped[int]
    groups: Mapped[list[Any]] = mapped_column(default=list)
    rule_set: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class _Decided:
    """What a decision says, whether it stands or is proposed."""

    version: Mapped[int]
    facts_version: Mapped[int]
    notify: Mapped[str] = mapped_column(code("yes", "no"))
    tell: Mapped[str] = mapped_column(code("yes", "no", "exempt"))
    tell_by_group: Mapped[dict[str, Any]] = mapped_column(default=dict)
    exemption: Mapped[str] = mapped_column(code("", "a", "b", "c"), default="")
    evidence: Mapped[str] = mapped_column(default="")
    reasons_authority: Mapped[str]
    reasons_subjects: Mapped[str]


class DecisionProposal(_Decided, Keyed, OfIncident, Table):
    """A decision for which one person is not enough, until a second one has answered. Append-only.

    ``needs_second`` are the codes of the reasons; ``opinion_given``: it comes from whoever must be heard (the data
    protection officer, without one the responsible manager).
    """

    __tablename__ = "decision_proposal"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    follows: Mapped[int]
    needs_second: Mapped[list[Any]]
    opinion_given: Mapped[bool]
    proposed_by: Mapped[str]
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]


class ProposalAnswer(Keyed, OfIncident, Table):
    """What the second person said to a proposal, once. Append-only."""

    __tablename__ = "proposal_answer"
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("decision_proposal.id"), unique=True)
    answer: Mapped[str] = mapped_column(code("approved", "refused"))
    sentence: Mapped[str]
    answered_by: Mapped[str]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime]


class Decision(_Decided, Keyed, OfIncident, Table):
    """Notify or not, tell or not or exempt, with reasons, by a named person. Append-only.

    ``approved_by`` and ``approval`` are the second person's name and sentence, where one was needed.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessment.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision_proposal.id"))
    approved_by: Mapped[str] = mapped_column(default="")
    approval: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]


class Document(Keyed, OfIncident, Table):
    """A frozen draft: content with its hash, and the files made from it. Append-only.

    ``people_group`` names the group of people a letter is for, empty: everybody.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("incident_id", "kind", "language", "version"),)
    kind: Mapped[str] = mapped_column(code("authority", "subjects", "notice"))
    people_group: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
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
    kind: Mapped[str] = mapped_column(code("new", "follow_up", "withdrawal"))
    complete: Mapped[bool]
    channel: Mapped[str] = mapped_column(code("online", "epapir", "krid", "post", "email", "other"))
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
    form: Mapped[str] = mapped_column(code("email", "post", "sms", "in_person", "public", "other"))
    reached: Mapped[int | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
