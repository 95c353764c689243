"""Webhooks and calendar feeds"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

QUEUED = sa.text("state = 'queued'")


def upgrade():
    op.add_column("outbox", sa.Column("excused", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.drop_index("ix_outbox_ready", table_name="outbox")
    op.create_index(
        "ix_outbox_ready",
        "outbox",
        ["channel", "next_attempt_at"],
        unique=False,
        postgresql_where=QUEUED,
        sqlite_where=QUEUED,
    )
    op.create_table(
        "channel_outage",
        sa.Column("channel", sa.Enum("mail", native_enum=False, length=40), nullable=False),
        sa.Column("since", types.Instant(timezone=True), nullable=False),
        sa.Column("next_try_at", types.Instant(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("told_at", types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_outage")),
    )


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
