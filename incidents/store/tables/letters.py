"""Letters to the people concerned (Art. 34): whom, what, how it went, and the proof that stays."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfIncident, Table, code

RECIPIENT_STATES = ("new", "queued", "deferred", "sent", "post", "posted", "returned", "unreachable")
LIST_STATES = ("uploading", "uploaded", "importing", "ready", "broken", "deleted")
MAILING_STATES = ("draft", "test_sent", "approved", "running", "paused", "done", "stopped")


class RecipientList(Keyed, OfIncident, Table):
    """People to be told, kept apart from the register: a group, why we hold it, and the day it is erased.

    ``found`` counts what the file held, ``counts`` is the state of the people when they were erased: both stay.
    """

    __tablename__ = "recipient_list"
    people_group: Mapped[str] = mapped_column(String(80), default="")
    purpose: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(code("csv", "xlsx", "api"))
    file_name: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(code(*LIST_STATES))
    fault: Mapped[str] = mapped_column(default="")
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    people: Mapped[int] = mapped_column(default=0)
    imported_line: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[str]
    uploaded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    delete_on: Mapped[date] = mapped_column(Date)
    deleted_at: Mapped[datetime | None]


class UploadChunk(Keyed, OfIncident, Table):
    """A piece of an uploaded file, sealed; kept until the list is imported, at the longest for a day."""

    __tablename__ = "upload_chunk"
    __table_args__ = (UniqueConstraint("list_id", "number"),)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("recipient_list.id"))
    number: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Recipient(Keyed, OfIncident, Table):
    """One person of a list. Who it is stands in ``sealed`` only; the hashes are keyed and lead nowhere without it.

    ``attempts`` fences off an older sender, ``edition`` counts the letters sent on purpose; ``letter_code`` is printed
    on the letter and says which row a returned one belongs to.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("list_id", "person_hash"),
        UniqueConstraint("list_id", "seq"),
        UniqueConstraint("letter_code"),
        Index("ix_recipient_address", "address_hash"),
        Index("ix_recipient_turn", "mailing_id", "state", "seq"),
    )
    list_id: Mapped[UUID] = mapped_column(ForeignKey("recipient_list.id"))
    mailing_id: Mapped[UUID | None] = mapped_column(ForeignKey("mailing.id"))
    print_run_id: Mapped[UUID | None] = mapped_column(ForeignKey("print_run.id"), index=True)
    seq: Mapped[int]
    line: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    address_hash: Mapped[str] = mapped_column(String(32))
    person_hash: Mapped[str] = mapped_column(String(32))
    letter_code: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(code("email", "post", "none"))
    postable: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(code(*RECIPIENT_STATES))
    attempts: Mapped[int] = mapped_column(default=0)
    edition: Mapped[int] = mapped_column(default=1)
    next_attempt_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(40), default="")
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]


class Mailing(Keyed, OfIncident, Table):
    """The sending of frozen letters to a list: prepared by one person, approved by another, started, proved.

    ``letters`` names by language the frozen document with its hash; ``paid_until`` is how far the rate limit has been
    used up; ``people`` is the size of the list that was approved; ``recorded`` counts by channel whom the case's own
    record of communications knows as reached.
    """

    __tablename__ = "mailing"
    list_id: Mapped[UUID] = mapped_column(ForeignKey("recipient_list.id"), index=True)
    letters: Mapped[dict[str, Any]]
    waves: Mapped[list[Any]] = mapped_column(default=list)
    wave: Mapped[int] = mapped_column(default=0)
    rate: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(code(*MAILING_STATES))
    why_paused: Mapped[str] = mapped_column(code("", "person", "wave"), default="")
    tests_wanted: Mapped[int] = mapped_column(default=0)
    test_to: Mapped[dict[str, Any]] = mapped_column(default=dict)
    paid_until: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    trouble_at: Mapped[datetime | None]
    prepared_by: Mapped[str]
    prepared_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    alone: Mapped[bool] = mapped_column(Boolean, default=False)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    recorded: Mapped[dict[str, Any]] = mapped_column(default=dict)


class MailingEvent(Keyed, OfIncident, Table):
    """An act or a turn of a mailing with the counts of that moment. Append-only: this is the proof that stays."""

    __tablename__ = "mailing_event"
    mailing_id: Mapped[UUID] = mapped_column(ForeignKey("mailing.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    counts: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]]
    by: Mapped[str]
    at: Mapped[datetime]


class PrintRun(Keyed, OfIncident, Table):
    """Letters printed together: made, then handed to the post on a day, in one way."""

    __tablename__ = "print_run"
    __table_args__ = (UniqueConstraint("mailing_id", "number"),)
    mailing_id: Mapped[UUID] = mapped_column(ForeignKey("mailing.id"))
    number: Mapped[int]
    letters: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    posted_on: Mapped[date | None] = mapped_column(Date)
    method: Mapped[str] = mapped_column(code("", "ordinary", "registered", "receipt", "house"), default="")
    posted_by: Mapped[str] = mapped_column(default="")


class Certificate(Keyed, OfIncident, Table):
    """What was done and reached, with the hashes of what was sent, as a document for the file. Append-only."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("mailing_id", "version"),)
    mailing_id: Mapped[UUID] = mapped_column(ForeignKey("mailing.id"))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    counts: Mapped[dict[str, Any]]
    html: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
