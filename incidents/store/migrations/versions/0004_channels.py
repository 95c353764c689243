"""Webhooks and calendar feeds"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
