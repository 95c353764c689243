"""Drills"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "drill",
        sa.Column("scenario", sa.String(length=40), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", types.Instant(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Enum("", "stopped", "over", native_enum=False, length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_drill_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_drill_incident_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["user_account.id"], name=op.f("fk_drill_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_drill_incident_id")),
    )
    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_incident_id"), ["incident_id"], unique=False)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        failed = sa.text("state IN ('dead', 'bounced')")
        batch_op.create_index(
            "ix_outbox_failed", ["channel", "state"], unique=False, postgresql_where=failed, sqlite_where=failed
        )


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
