"""Search requests and their logs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of search requests and their logs."""
    op.create_table(
        "search_requests",
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("query", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("requested", sa.DateTime, nullable=False),
        sa.Column("started", sa.DateTime),
        sa.Column("completed", sa.DateTime),
        sa.Column("lease_until", sa.DateTime),
        sa.Column("worker", sa.String(200)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("result_count", sa.Integer),
        sa.Column("file_size", sa.Integer),
        sa.Column("query_duration_ms", sa.Integer),
        sa.Column("error_message", sa.Text),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(320)),
        sa.Column("result_deleted", sa.DateTime),
    )
    op.create_index("ix_search_requests_state_requested", "search_requests", ["state", "requested"])
    op.create_table(
        "search_logs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "request_id",
            sa.String(36),
            sa.ForeignKey("search_requests.request_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("timestamp", sa.DateTime, nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: what these tables hold would be lost."""
    raise NotImplementedError("Go back by restoring a copy of the catalogue.")
