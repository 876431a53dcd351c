"""Data sources, ingest log, facts about the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of data sources, the log of ingests and facts about the catalogue."""
    meta = op.create_table(
        "meta",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    # Writers of sources lock this row, so it has to be there before the first of them.
    op.bulk_insert(meta, [{"key": "sources_revision", "value": "0"}])
    op.create_table(
        "data_sources",
        sa.Column("identifier", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("program", sa.String(200), nullable=False),
        sa.Column("platform", sa.String(50), nullable=False),
        sa.Column("instrument_type", sa.String(200), nullable=False),
        sa.Column("source_type", sa.String(20), nullable=False),
        sa.Column("display_name", sa.String(50), nullable=False),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("owner", sa.String(320), nullable=False),
        sa.Column("maintainers", sa.JSON, nullable=False),
        sa.Column("ephemeris_metadata_schema", sa.JSON, nullable=False),
        sa.Column("data_product_metadata_schema", sa.JSON, nullable=False),
        sa.UniqueConstraint("program", "platform", "instrument_type", name="uq_data_sources_names"),
    )
    op.create_table(
        "ingest_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("timestamp", sa.DateTime, nullable=False, index=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: what these tables hold would be lost."""
    raise NotImplementedError("Go back by restoring a copy of the catalogue.")
