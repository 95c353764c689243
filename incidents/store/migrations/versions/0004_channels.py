"""Webhooks and calendar feeds"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OF_WEBHOOKS = sa.text("channel = 'webhook'")
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
    op.create_index(
        "ix_outbox_webhook",
        "outbox",
        ["recipient"],
        unique=False,
        postgresql_where=OF_WEBHOOKS,
        sqlite_where=OF_WEBHOOKS,
    )
    op.create_table(
        "webhook",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("sealed_url", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", types.Instant(timezone=True), nullable=True),
        sa.Column("shape", sa.Enum("json", "teams", "slack", native_enum=False, length=40), nullable=False),
        sa.Column("kinds", types.Json, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", types.Instant(timezone=True), nullable=True),
        sa.Column("last_ok_at", types.Instant(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("failing_since", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_webhook_controller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_controller_id"), "webhook", ["controller_id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_calendar_feed")),
    )
    op.create_index(op.f("ix_calendar_feed_user_id"), "calendar_feed", ["user_id"], unique=False)
    op.create_table(
        "emergency_contact",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("private_email", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_emergency_contact_controller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_contact")),
    )
    op.create_index(op.f("ix_emergency_contact_controller_id"), "emergency_contact", ["controller_id"], unique=False)
    op.create_table(
        "contact_sheet",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("printed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("printed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_contact_sheet_controller_id")),
        sa.PrimaryKeyConstraint("controller_id", name=op.f("pk_contact_sheet")),
    )


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
