"""Accounts, their keys and sessions, and sign-ins that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of accounts, keys, sessions and failed sign-ins."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(320), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("first_name", sa.String(100), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("password", sa.Text),
    )
    op.create_table(
        "api_keys",
        sa.Column("prefix", sa.String(20), primary_key=True),
        _account(),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("last_used", sa.DateTime),
        sa.Column("revoked", sa.DateTime),
    )
    valid = sa.text("revoked IS NULL")
    op.create_index(
        "uq_api_keys_valid", "api_keys", ["account_id"],
        unique=True, sqlite_where=valid, postgresql_where=valid,
    )  # fmt: skip
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        _account(index=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("last_used", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.String(64), nullable=False, index=True),
        sa.Column("timestamp", sa.DateTime, nullable=False, index=True),
    )


def downgrade() -> None:
    """Refuse: what these tables hold would be lost."""
    raise NotImplementedError("Go back by restoring a copy of the catalogue.")


def _account(index: bool = False) -> "sa.Column[int]":
    owner = sa.ForeignKey("accounts.account_id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Integer, owner, nullable=False, index=index)
