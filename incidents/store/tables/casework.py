"""The work in a case: tasks, and comments that are withdrawn but never deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from incidents.store.tables.base import Keyed, OfIncident, Table, code


class CaseTask(Keyed, OfIncident, Table):
    """Something to do in a case: by hand, or a step of a playbook (``playbook`` is its id and version).

    ``done_*`` say who settled it and how, whether it was done or dropped.
    """

    __tablename__ = "case_task"
    __table_args__ = (
        Index(
            "ix_case_task_step",
            "incident_id",
            "playbook",
            "step",
            unique=True,
            postgresql_where=text("playbook <> ''"),
            sqlite_where=text("playbook <> ''"),
        ),
    )
    title: Mapped[str]
    playbook: Mapped[str] = mapped_column(String(80), default="")
    step: Mapped[str] = mapped_column(String(40), default="")
    role: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    person: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(code("open", "done", "dropped"))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    done_by: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    done_note: Mapped[str] = mapped_column(default="")


class CaseComment(Keyed, OfIncident, Table):
    """What somebody remarked on a case. Append-only."""

    __tablename__ = "case_comment"
    text: Mapped[str]
    said_by: Mapped[str]
    said_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[datetime]


class CommentWithdrawal(Keyed, OfIncident, Table):
    """Whoever made a comment takes it back; it stays to be seen. Append-only."""

    __tablename__ = "comment_withdrawal"
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("case_comment.id"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime]
