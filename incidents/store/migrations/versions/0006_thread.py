"""The form, and the thread of filings"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types
from incidents.store.migrations import append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "form_answer": append_only.VERSIONED,
    "filing_content": append_only.VERSIONED + " OR filing_id = NEW.filing_id",
    "filing_promise": append_only.KEYED,
    "sign_off_request": append_only.VERSIONED,
    "sign_off": "rowid = NEW.rowid OR id = NEW.id OR request_id = NEW.request_id",
    "evidence": append_only.KEYED,
    "receipt": append_only.KEYED,
    "authority_order": "rowid = NEW.rowid OR id = NEW.id OR subject = NEW.subject",
    "order_answer": append_only.KEYED,
}


def upgrade():
    op.create_table(
        "entry_mapping",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("law_version", sa.String(length=40), nullable=False),
        sa.Column("entries", types.Json, nullable=False),
        sa.Column("channels", types.Json, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_mapping")),
        sa.UniqueConstraint("version", name=op.f("uq_entry_mapping_version")),
    )
    op.create_table(
        "evidence",
        sa.Column(
            "purpose", sa.Enum("receipt", "order", "answer", "other", native_enum=False, length=40), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_evidence_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_evidence_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "form_answer",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("state", sa.Enum("given", "to_be_determined", "none", native_enum=False, length=40), nullable=False),
        sa.Column("value", types.Json, nullable=False),
        sa.Column("promised_on", sa.String(length=10), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_form_answer_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_form_answer_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_answer")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_form_answer_incident_id_version")),
    )
    with op.batch_alter_table("form_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_answer_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_answer_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "sign_off_request",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "filing_kind", sa.Enum("new", "follow_up", "withdrawal", native_enum=False, length=40), nullable=False
        ),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("content", types.Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("asked", types.Json, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_sign_off_request_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_sign_off_request_incident_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_sign_off_request_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off_request")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_sign_off_request_incident_id_version")),
    )
    with op.batch_alter_table("sign_off_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_request_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_off_request_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "authority_order",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Enum("clarify", "tell_people", "other", native_enum=False, length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("authority_reference", sa.Text(), nullable=False),
        sa.Column("received_at", types.Instant(timezone=True), nullable=False),
        sa.Column("received_zone", sa.String(length=64), nullable=False),
        sa.Column("deadline_at", types.Instant(timezone=True), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_authority_order_controller_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_authority_order_evidence_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_authority_order_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_order")),
        sa.UniqueConstraint("subject", name=op.f("uq_authority_order_subject")),
    )
    with op.batch_alter_table("authority_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authority_order_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authority_order_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "sign_off",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Enum("approved", "refused", native_enum=False, length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_sign_off_answered_by_id")),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_sign_off_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_sign_off_incident_id")),
        sa.ForeignKeyConstraint(["request_id"], ["sign_off_request.id"], name=op.f("fk_sign_off_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("request_id", name=op.f("uq_sign_off_request_id")),
    )
    with op.batch_alter_table("sign_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_off_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "filing_content",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("form_version", sa.String(length=40), nullable=False),
        sa.Column("content", types.Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=True),
        sa.Column("sheet_sha256", sa.String(length=64), nullable=False),
        sa.Column("sign_off_id", sa.Uuid(), nullable=True),
        sa.Column("unsigned_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_filing_content_controller_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_content_filing_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_filing_content_incident_id")),
        sa.ForeignKeyConstraint(["sign_off_id"], ["sign_off.id"], name=op.f("fk_filing_content_sign_off_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_content")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_filing_content_filing_id")),
        sa.UniqueConstraint("incident_id", "version", name=op.f("uq_filing_content_incident_id_version")),
    )
    with op.batch_alter_table("filing_content", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_content_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_content_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "filing_promise",
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("promised_on", sa.String(length=10), nullable=False),
        sa.Column("fields", types.Json, nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_filing_promise_controller_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_promise_filing_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_filing_promise_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_promise")),
    )
    with op.batch_alter_table("filing_promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_promise_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_promise_filing_id"), ["filing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_filing_promise_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "order_answer",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", types.Instant(timezone=True), nullable=False),
        sa.Column("sent_zone", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("online", "epapir", "krid", "post", "email", "other", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_order_answer_controller_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_order_answer_evidence_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_order_answer_incident_id")),
        sa.ForeignKeyConstraint(["order_id"], ["authority_order.id"], name=op.f("fk_order_answer_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_answer")),
    )
    with op.batch_alter_table("order_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_answer_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_answer_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_answer_order_id"), ["order_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("authority_identifier", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_receipt_controller_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_receipt_evidence_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_receipt_filing_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_receipt_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_filing_id"), ["filing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_incident_id"), ["incident_id"], unique=False)

    append_only.keep(APPEND_ONLY)


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
