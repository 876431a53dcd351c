"""Files of images, and skymaps."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of frame files and skymaps."""
    op.create_table(
        "frame_files",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("path", sa.Text, nullable=False, index=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("start", sa.DateTime, nullable=False),
        sa.Column("end", sa.DateTime, nullable=False),
        sa.Column("frames", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("camera", sa.String(50), nullable=False),
        sa.Column("times", sa.LargeBinary, nullable=False),
        sa.Column("written", sa.DateTime, nullable=False),
    )
    op.create_index("ix_frame_files_source_start", "frame_files", ["source", "start"])
    op.create_table(
        "skymaps",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("array", sa.String(50), nullable=False),
        sa.Column("site", sa.String(10), nullable=False),
        sa.Column("camera", sa.String(50), nullable=False),
        sa.Column("valid_from", sa.DateTime),
        sa.Column("valid_to", sa.DateTime),
    )
    op.create_index("ix_skymaps_array_site", "skymaps", ["array", "site"])


def downgrade() -> None:
    """Refuse: what these tables hold would be lost."""
    raise NotImplementedError("Go back by restoring a copy of the catalogue.")
