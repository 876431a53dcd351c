"""Deletions of ephemeris records."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table of delete jobs."""
    op.create_table(
        "delete_jobs",
        sa.Column("delete_job_id", sa.String(36), primary_key=True),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("start", sa.DateTime, nullable=False),
        sa.Column("end", sa.DateTime, nullable=False),
        sa.Column("account", sa.String(320), nullable=False),
        sa.Column("requested", sa.DateTime, nullable=False),
        sa.Column("completed", sa.DateTime),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("deleted", sa.BigInteger),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_index("ix_delete_jobs_source_requested", "delete_jobs", ["source", "requested"])


def downgrade() -> None:
    """Refuse: what this table holds would be lost."""
    raise NotImplementedError("Go back by restoring a copy of the catalogue.")
