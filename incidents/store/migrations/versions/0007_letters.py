"""Groups and recipients, and the letters to them"""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
