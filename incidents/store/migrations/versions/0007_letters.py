"""Groups and recipients, and the letters to them"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types
from incidents.store.migrations import append_only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "mailing_event": append_only.KEYED,
    "certificate": "rowid = NEW.rowid OR id = NEW.id OR (mailing_id = NEW.mailing_id AND version = NEW.version)",
}


def upgrade():
    op.create_table(
        "recipient_list",
        sa.Column("people_group", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("source", sa.Enum("csv", "xlsx", "api", native_enum=False, length=40), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reading", types.Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum("uploading", "uploaded", "importing", "ready", "broken", "deleted", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("found", types.Json, nullable=False),
        sa.Column("counts", types.Json, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("imported_line", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_at", types.Instant(timezone=True), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.Column("deleted_at", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_recipient_list_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_recipient_list_incident_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user_account.id"], name=op.f("fk_recipient_list_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_list")),
    )
    with op.batch_alter_table("recipient_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recipient_list_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recipient_list_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "mailing",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("letters", types.Json, nullable=False),
        sa.Column("waves", types.Json, nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "test_sent", "approved", "running", "paused", "done", "stopped", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("why_paused", sa.Enum("", "person", "wave", native_enum=False, length=40), nullable=False),
        sa.Column("tests_wanted", sa.Integer(), nullable=False),
        sa.Column("test_to", types.Json, nullable=False),
        sa.Column("paid_until", types.Instant(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("trouble_at", types.Instant(timezone=True), nullable=True),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_by_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", types.Instant(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", types.Instant(timezone=True), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("started_at", types.Instant(timezone=True), nullable=True),
        sa.Column("finished_at", types.Instant(timezone=True), nullable=True),
        sa.Column("recorded", types.Json, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_mailing_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_mailing_incident_id")),
        sa.ForeignKeyConstraint(["list_id"], ["recipient_list.id"], name=op.f("fk_mailing_list_id")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["user_account.id"], name=op.f("fk_mailing_prepared_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailing_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailing_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailing_list_id"), ["list_id"], unique=False)

    op.create_table(
        "print_run",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(timezone=True), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column(
            "method",
            sa.Enum("", "ordinary", "registered", "receipt", "house", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_print_run_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_print_run_incident_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_print_run_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
        sa.UniqueConstraint("mailing_id", "number", name=op.f("uq_print_run_mailing_id_number")),
    )
    with op.batch_alter_table("print_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_run_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_run_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "upload_chunk",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_upload_chunk_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_upload_chunk_incident_id")),
        sa.ForeignKeyConstraint(["list_id"], ["recipient_list.id"], name=op.f("fk_upload_chunk_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_chunk")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_upload_chunk_list_id_number")),
    )
    with op.batch_alter_table("upload_chunk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_chunk_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_chunk_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "recipient",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=True),
        sa.Column("print_run_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("person_hash", sa.String(length=32), nullable=False),
        sa.Column("letter_code", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.Enum("email", "post", "none", native_enum=False, length=40), nullable=False),
        sa.Column("postable", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "queued",
                "deferred",
                "sent",
                "post",
                "posted",
                "returned",
                "unreachable",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", types.Instant(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("sent_at", types.Instant(timezone=True), nullable=True),
        sa.Column("bounced_at", types.Instant(timezone=True), nullable=True),
        sa.Column("posted_at", types.Instant(timezone=True), nullable=True),
        sa.Column("returned_at", types.Instant(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_recipient_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_recipient_incident_id")),
        sa.ForeignKeyConstraint(["list_id"], ["recipient_list.id"], name=op.f("fk_recipient_list_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_recipient_mailing_id")),
        sa.ForeignKeyConstraint(["print_run_id"], ["print_run.id"], name=op.f("fk_recipient_print_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("letter_code", name=op.f("uq_recipient_letter_code")),
        sa.UniqueConstraint("list_id", "person_hash", name=op.f("uq_recipient_list_id_person_hash")),
        sa.UniqueConstraint("list_id", "seq", name=op.f("uq_recipient_list_id_seq")),
    )
    with op.batch_alter_table("recipient", schema=None) as batch_op:
        batch_op.create_index("ix_recipient_address", ["address_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_recipient_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recipient_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recipient_print_run_id"), ["print_run_id"], unique=False)
        batch_op.create_index("ix_recipient_turn", ["mailing_id", "state", "seq"], unique=False)

    op.create_table(
        "mailing_event",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("counts", types.Json, nullable=False),
        sa.Column("data", types.Json, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_mailing_event_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_mailing_event_incident_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_event_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_event")),
    )
    with op.batch_alter_table("mailing_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailing_event_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailing_event_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailing_event_mailing_id"), ["mailing_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("counts", types.Json, nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", types.Instant(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_certificate_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_certificate_incident_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_certificate_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("mailing_id", "version", name=op.f("uq_certificate_mailing_id_version")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_controller_id"), ["controller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_incident_id"), ["incident_id"], unique=False)

    append_only.keep(APPEND_ONLY)


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
