"""Second factors, sign-ins from outside, known browsers; how far a session has come"""

import sqlalchemy as sa
from alembic import op

from incidents.store import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("user_account", sa.Column("second_step_by", types.Instant(timezone=True), nullable=True))
    level = sa.Enum("full", "second", "setup", native_enum=False, length=40)
    op.add_column("user_session", sa.Column("level", level, server_default="full", nullable=False))
    op.add_column("user_session", sa.Column("how", sa.String(length=20), server_default="password", nullable=False))
    failures = sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False)
    op.add_column("user_session", failures)
    for name in ("seen_at", "idle_until", "sudo_until"):
        op.add_column("user_session", sa.Column(name, types.Instant(timezone=True), nullable=True))
    kind = sa.Enum("password", "code", "link", native_enum=False, length=40)
    op.add_column("login_failure", sa.Column("kind", kind, server_default="password", nullable=False))
    op.add_column(
        "login_failure", sa.Column("browser", sa.String(length=64), server_default=sa.text("''"), nullable=False)
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_failure_address"), ["address"], unique=False)

    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("confirmed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", types.Instant(timezone=True), nullable=True),
        *_of_person("recovery_code"),
    )
    op.create_table(
        "outside_identity",
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_outside_identity_user_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_outside_identity")),
    )
    op.create_table(
        "known_browser",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_known_browser_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_known_browser")),
    )
    op.create_table(
        "account_event",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        *_of_person("account_event"),
    )
    op.create_table(
        "sign_in_rule",
        sa.Column("controller_id", sa.Uuid(), nullable=False),
        sa.Column("roles", types.Json, nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["controller_id"], ["controller.id"], name=op.f("fk_sign_in_rule_controller_id")),
        sa.PrimaryKeyConstraint("controller_id", name=op.f("pk_sign_in_rule")),
    )
    for table in ("recovery_code", "outside_identity", "known_browser", "account_event"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_user_id"), ["user_id"], unique=False)


def _of_person(table):
    return (
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
