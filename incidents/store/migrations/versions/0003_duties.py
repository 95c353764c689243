"""Duties of other regimes beside Art. 33, and their reports"""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
