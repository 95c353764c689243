"""Tasks, comments and looked-at files of a case; the board walks running clocks by their deadline"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


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


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
