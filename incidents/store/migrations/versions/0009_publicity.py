"""Letters by group, own words for them, public notices and where they were published"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types
from incidents.store.migrations import append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "letter_words": append_only.KEYED,
    "publication": "rowid = NEW.rowid OR id = NEW.id OR communication_id = NEW.communication_id",
    "publication_proof": append_only.KEYED,
}


def upgrade():
    # Not in a batch: that would make the table anew and lose its triggers on SQLite.
    group = sa.Column("people_group", sa.String(length=80), server_default=sa.text("''"), nullable=False)
    op.add_column("document", group)

    op.create_table(
        "letter_words",
        sa.Column("people_group", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", types.Json, nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", types.Instant(timezone=True), nullable=False),
        *_of_incident("letter_words"),
    )
    _indexes("letter_words", "controller_id", "incident_id")

    op.create_table(
        "publication",
        sa.Column(
            "place",
            sa.Enum("website", "press", "noticeboard", "social", "other", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("published_at", types.Instant(timezone=True), nullable=False),
        sa.Column("published_zone", sa.String(length=64), nullable=False),
        sa.Column("until_at", types.Instant(timezone=True), nullable=True),
        sa.Column("until_zone", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("communication_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_recorded(),
        *_of_incident("publication"),
        sa.ForeignKeyConstraint(
            ["communication_id"], ["communication.id"], name=op.f("fk_publication_communication_id")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_publication_document_id")),
        sa.UniqueConstraint("communication_id", name=op.f("uq_publication_communication_id")),
    )
    _indexes("publication", "controller_id", "incident_id")

    op.create_table(
        "publication_proof",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("seen", "ended", native_enum=False, length=40), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_recorded(),
        *_of_incident("publication_proof"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_publication_proof_evidence_id")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_proof_publication_id")
        ),
    )
    _indexes("publication_proof", "controller_id", "incident_id", "publication_id")

    append_only.keep(APPEND_ONLY)


def _recorded():
    return (
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", types.Instant(timezone=True), nullable=False),
    )


def _of_incident(table):
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f(f"fk_{table}_controller_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f(f"fk_{table}_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _indexes(table, *columns):
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
