"""The form, and the thread of filings"""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
