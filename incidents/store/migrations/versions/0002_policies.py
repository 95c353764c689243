"""Each controller's own ladders, absences, hand-overs"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
