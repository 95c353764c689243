"""Nothing looks for mails by their controller alone: the index only made each of thousands of warnings dearer"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_outbox_controller_id", "outbox")


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
