"""The board finds what a person has, and what is over, without looking at every case"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_acknowledgement_user_id", "acknowledgement", ["user_id", "incident_id"])
    op.create_index(op.f("ix_incident_held_by_id"), "incident", ["held_by_id"])
    stopped = sa.text("state = 'stopped'")
    op.create_index(
        "ix_clock_stopped", "clock", ["deadline_at", "incident_id"], postgresql_where=stopped, sqlite_where=stopped
    )


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
