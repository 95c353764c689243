"""Duties of other regimes beside Art. 33, and their reports"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types
from incidents.store.migrations import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "duty_report": "rowid = NEW.rowid OR id = NEW.id OR (duty_id = NEW.duty_id AND report = NEW.report "
    "AND version = NEW.version)",
}
STATES = ("proposed", "confirmed", "declined", "ended")


def upgrade():
    op.create_table(
        "client_contract",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_client_contract_controller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_contract")),
    )
    op.create_index(op.f("ix_client_contract_controller_id"), "client_contract", ["controller_id"], unique=False)
    op.create_table(
        "duty",
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("regime_version", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, native_enum=False, length=40), nullable=False),
        sa.Column("params", types.Json, nullable=False),
        sa.Column("anchors", types.Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_duty_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_duty_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("incident_id", "regime", "subject", name=op.f("uq_duty_incident_id_regime_subject")),
    )
    op.create_index(op.f("ix_duty_controller_id"), "duty", ["controller_id"], unique=False)
    op.create_index(op.f("ix_duty_incident_id"), "duty", ["incident_id"], unique=False)
    op.create_table(
        "duty_report",
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", types.Instant(timezone=True), nullable=False),
        sa.Column("sent_zone", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("deadline_at", types.Instant(timezone=True), nullable=True),
        sa.Column("late_by_seconds", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_duty_report_clock_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_duty_report_controller_id")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_report_duty_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_duty_report_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_report")),
        sa.UniqueConstraint("duty_id", "report", "version", name=op.f("uq_duty_report_duty_id_report_version")),
    )
    op.create_index(op.f("ix_duty_report_controller_id"), "duty_report", ["controller_id"], unique=False)
    op.create_index(op.f("ix_duty_report_duty_id"), "duty_report", ["duty_id"], unique=False)
    op.create_index(op.f("ix_duty_report_incident_id"), "duty_report", ["incident_id"], unique=False)
    append_only.keep(APPEND_ONLY)


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
