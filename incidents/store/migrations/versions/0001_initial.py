"""The whole first schema, with the triggers that keep the record append-only"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types
from incidents.store.migrations import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "event": "rowid = NEW.rowid OR (controller_id = NEW.controller_id AND seq = NEW.seq)",
    "fact_amendment": append_only.VERSIONED,
    "acknowledgement": append_only.KEYED,
    "assessment": append_only.VERSIONED,
    "decision_proposal": append_only.VERSIONED,
    "proposal_answer": "rowid = NEW.rowid OR id = NEW.id OR proposal_id = NEW.proposal_id",
    "decision": append_only.VERSIONED,
    "document": "rowid = NEW.rowid OR id = NEW.id OR (incident_id = NEW.incident_id AND kind = NEW.kind "
    "AND language = NEW.language AND version = NEW.version)",
    "filing": append_only.VERSIONED,
    "communication": append_only.KEYED,
}


def upgrade():
    op.create_table(
        "controller",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_code", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("company_number", sa.Text(), nullable=False),
        sa.Column("tax_number", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("dpo_name", sa.Text(), nullable=False),
        sa.Column("dpo_email", sa.Text(), nullable=False),
        sa.Column("dpo_phone", sa.Text(), nullable=False),
        sa.Column("responsible_manager_name", sa.Text(), nullable=False),
        sa.Column("responsible_manager_title", sa.Text(), nullable=False),
        sa.Column("responsible_manager_email", sa.Text(), nullable=False),
        sa.Column("responsible_manager_phone", sa.Text(), nullable=False),
        sa.Column("representative", sa.Text(), nullable=False),
        sa.Column("letterhead", sa.Text(), nullable=False),
        sa.Column("is_public_body", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("subject_to", types.Json, nullable=False),
        sa.Column("tell_target_hours", sa.Integer(), nullable=True),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controller")),
        sa.UniqueConstraint("short_code", name=op.f("uq_controller_short_code")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "login_failure",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_failure_email"), ["email"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_operator", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("last_login_at", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "api_key",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role", sa.Enum("reporter", "handler", "dpo", "auditor", native_enum=False, length=40), nullable=False
        ),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_api_key_controller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_controller_id"), ["controller_id"], unique=False)

    op.create_table(
        "chain_head",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_chain_head_controller_id")),
        sa.PrimaryKeyConstraint("controller_id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "incident",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("first_signal_at", types.Instant(timezone=True), nullable=False),
        sa.Column("first_signal_zone", sa.String(length=64), nullable=False),
        sa.Column("opened_at", types.Instant(timezone=True), nullable=False),
        sa.Column("opened_via", sa.Enum("link", "page", "api", native_enum=False, length=40), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("is_drill", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("held_by_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", types.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_incident_controller_id")),
        sa.ForeignKeyConstraint(["held_by_id"], ["user_account.id"], name=op.f("fk_incident_held_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("controller_id", "reference", name=op.f("uq_incident_controller_id_reference")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_incident_receipt_hash")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_controller_id"), ["controller_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("reporter", "handler", "dpo", "manager", "auditor", "admin", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("deputy", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_membership_controller_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("controller_id", "user_id", "role", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.Enum("setup", "invite", native_enum=False, length=40), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", types.Instant(timezone=True), nullable=False),
        sa.Column("used_at", types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_one_time_link_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
    )
    op.create_table(
        "processing_activity",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("data_categories", types.Json, nullable=False),
        sa.Column("subject_categories", types.Json, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["controller_id"], ["controller.id"], name=op.f("fk_processing_activity_controller_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processing_activity")),
    )
    with op.batch_alter_table("processing_activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_processing_activity_controller_id"), ["controller_id"], unique=False)

    op.create_table(
        "processor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("safeguard", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_processor_controller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor")),
    )
    with op.batch_alter_table("processor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_processor_controller_id"), ["controller_id"], unique=False)

    op.create_table(
        "reference_counter",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_reference_counter_controller_id")),
        sa.PrimaryKeyConstraint("controller_id", "year", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "report_link",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_report_link_controller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_link")),
        sa.UniqueConstraint("token", name=op.f("uq_report_link_token")),
    )
    with op.batch_alter_table("report_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_link_controller_id"), ["controller_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", types.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", types.Instant(timezone=True), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "clock",
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("regime_version", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("policy_version", sa.String(length=40), nullable=False),
        sa.Column("anchor_kind", sa.String(length=60), nullable=False),
        sa.Column("anchor_at", types.Instant(timezone=True), nullable=False),
        sa.Column("anchor_zone", sa.String(length=64), nullable=False),
        sa.Column("deadline_at", types.Instant(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", types.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.Enum("running", "stopped", "superseded", native_enum=False, length=40), nullable=False),
        sa.Column("stopped_at", types.Instant(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_clock_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_clock_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint(
            "incident_id",
            "regime",
            "subject",
            "report",
            "version",
            name=op.f("uq_clock_incident_id_regime_subject_report_version"),
        ),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clock_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "acknowledgement",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("via", sa.Enum("mail", "page", native_enum=False, length=40), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_acknowledgement_clock_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_acknowledgement_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_acknowledgement_incident_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_acknowledgement_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
    )
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgement_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_acknowledgement_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("groups", types.Json, nullable=False),
        sa.Column("rule_set", sa.String(length=60), nullable=False),
        sa.Column("outcome", types.Json, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_assessment_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_assessment_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_assessment_incident_id_version")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("kind", sa.Enum("authority", "subjects", native_enum=False, length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("docx", sa.LargeBinary(), nullable=False),
        sa.Column("docx_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("missing", types.Json, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_document_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_document_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "incident_id", "kind", "language", "version", name=op.f("uq_document_incident_id_kind_language_version")
        ),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("data", types.Json, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_event_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_event_incident_id")),
        sa.PrimaryKeyConstraint("controller_id", "seq", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "fact_amendment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("people_group", sa.String(length=80), nullable=False),
        sa.Column("ends_group", sa.Boolean(), nullable=False),
        sa.Column("facts", types.Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_fact_amendment_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_fact_amendment_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_amendment")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_fact_amendment_incident_id_version")),
    )
    with op.batch_alter_table("fact_amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_amendment_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_amendment_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "idempotent_request",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_idempotent_request_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_idempotent_request_incident_id")),
        sa.PrimaryKeyConstraint("controller_id", "key", name=op.f("pk_idempotent_request")),
    )
    op.create_table(
        "outbox",
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "channel", sa.Enum("mail", "webhook", native_enum=False, length=40), server_default="mail", nullable=False
        ),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("payload", types.Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "sent", "folded", "dead", "bounced", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", types.Instant(timezone=True), nullable=False),
        sa.Column("lease_until", types.Instant(timezone=True), nullable=True),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("sent_at", types.Instant(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("folded_into", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_outbox_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_outbox_incident_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_outbox_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_ready",
            ["next_attempt_at"],
            unique=False,
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )

    op.create_table(
        "communication",
        sa.Column("sent_at", types.Instant(timezone=True), nullable=False),
        sa.Column("sent_zone", sa.String(length=64), nullable=False),
        sa.Column(
            "form",
            sa.Enum("email", "post", "sms", "in_person", "public", "other", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_communication_controller_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_communication_document_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_communication_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communication")),
    )
    with op.batch_alter_table("communication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_communication_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_communication_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "decision_proposal",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=False),
        sa.Column("needs_second", types.Json, nullable=False),
        sa.Column("opinion_given", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("notify", sa.Enum("yes", "no", native_enum=False, length=40), nullable=False),
        sa.Column("tell", sa.Enum("yes", "no", "exempt", native_enum=False, length=40), nullable=False),
        sa.Column("tell_by_group", types.Json, nullable=False),
        sa.Column("exemption", sa.Enum("", "a", "b", "c", native_enum=False, length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reasons_authority", sa.Text(), nullable=False),
        sa.Column("reasons_subjects", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_decision_proposal_assessment_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_decision_proposal_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_decision_proposal_incident_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_decision_proposal_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_proposal")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_decision_proposal_incident_id_version")),
    )
    with op.batch_alter_table("decision_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_proposal_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_proposal_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", types.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts_version", sa.Integer(), nullable=False),
        sa.Column("notify", sa.Enum("yes", "no", native_enum=False, length=40), nullable=False),
        sa.Column("tell", sa.Enum("yes", "no", "exempt", native_enum=False, length=40), nullable=False),
        sa.Column("tell_by_group", types.Json, nullable=False),
        sa.Column("exemption", sa.Enum("", "a", "b", "c", native_enum=False, length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reasons_authority", sa.Text(), nullable=False),
        sa.Column("reasons_subjects", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_decision_assessment_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_decision_controller_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_decision_incident_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["decision_proposal.id"], name=op.f("fk_decision_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_decision_incident_id_version")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "proposal_answer",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Enum("approved", "refused", native_enum=False, length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_proposal_answer_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_proposal_answer_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_proposal_answer_incident_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["decision_proposal.id"], name=op.f("fk_proposal_answer_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_answer")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_proposal_answer_proposal_id")),
    )
    with op.batch_alter_table("proposal_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_answer_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_answer_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "filing",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("new", "follow_up", "withdrawal", native_enum=False, length=40), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("online", "epapir", "krid", "post", "email", "other", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("filed_at", types.Instant(timezone=True), nullable=False),
        sa.Column("filed_zone", sa.String(length=64), nullable=False),
        sa.Column("authority_identifier", sa.Text(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("deadline_at", types.Instant(timezone=True), nullable=False),
        sa.Column("late_by_seconds", sa.Integer(), nullable=False),
        sa.Column("delay_reasons", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_filing_clock_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_filing_controller_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_filing_document_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_filing_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_filing_incident_id_version")),
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "stage",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", types.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.Enum("scheduled", "fired", "cancelled", native_enum=False, length=40), nullable=False),
        sa.Column("settled_at", types.Instant(timezone=True), nullable=True),
        sa.Column("late_by_seconds", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_stage_clock_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_stage_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_stage_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("clock_id", "name", name=op.f("uq_stage_clock_id_name")),
    )
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_clock_id"), ["clock_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stage_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(
            "ix_stage_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("state = 'scheduled'"),
            sqlite_where=sa.text("state = 'scheduled'"),
        )
        batch_op.create_index(batch_op.f("ix_stage_incident_id"), ["incident_id"], unique=False)

    append_only.keep(APPEND_ONLY)


def downgrade():
    raise RuntimeError("the first schema has nothing before it: restore a backup instead")
