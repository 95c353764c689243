"""The board finds the cases in which a warning reached nobody without looking at every case"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    lost = sa.text("kind IN ('mail.dead', 'mail.bounced')")
    op.create_index("ix_event_lost", "event", ["incident_id", "at"], postgresql_where=lost, sqlite_where=lost)


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
