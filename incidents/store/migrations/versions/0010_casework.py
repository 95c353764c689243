"""Tasks and comments of a case, notes on its files; the board walks running clocks by their deadline"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types
from incidents.store.migrations import append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "case_comment": append_only.KEYED,
    "comment_withdrawal": "rowid = NEW.rowid OR id = NEW.id OR comment_id = NEW.comment_id",
}


def upgrade():
    # Not in a batch: that would make the table anew and lose its triggers on SQLite.
    op.add_column("evidence", sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_index(
        "ix_clock_running",
        "clock",
        ["deadline_at", "incident_id"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )

    op.create_table(
        "case_task",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("playbook", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("due_at", types.Instant(timezone=True), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("state", sa.Enum("open", "done", "dropped", native_enum=False, length=40), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(timezone=True), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", types.Instant(timezone=True), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=False),
        *_of_incident("case_task"),
        sa.ForeignKeyConstraint(["person_id"], ["user_account.id"], name=op.f("fk_case_task_person_id")),
    )
    _indexes("case_task")
    op.create_index(
        "ix_case_task_step",
        "case_task",
        ["incident_id", "playbook", "step"],
        unique=True,
        postgresql_where=sa.text("playbook <> ''"),
        sqlite_where=sa.text("playbook <> ''"),
    )

    op.create_table(
        "case_comment",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", types.Instant(timezone=True), nullable=False),
        *_of_incident("case_comment"),
        sa.ForeignKeyConstraint(["said_by_id"], ["user_account.id"], name=op.f("fk_case_comment_said_by_id")),
    )
    _indexes("case_comment")

    op.create_table(
        "comment_withdrawal",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", types.Instant(timezone=True), nullable=False),
        *_of_incident("comment_withdrawal"),
        sa.ForeignKeyConstraint(["comment_id"], ["case_comment.id"], name=op.f("fk_comment_withdrawal_comment_id")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_comment_withdrawal_comment_id")),
    )
    _indexes("comment_withdrawal")

    append_only.keep(APPEND_ONLY)


def _of_incident(table):
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f(f"fk_{table}_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f(f"fk_{table}_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _indexes(table):
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in ("controller_id", "incident_id"):
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
