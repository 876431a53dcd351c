"""Tables of the catalogue, for SQLAlchemy: sources, searches, files, accounts, its own facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC: aware in Python, stored without a zone so that every database agrees."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as naive UTC; a time without a zone is taken as UTC."""
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware time."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Root of the catalogue's models."""


class Meta(Base):
    """Facts about the catalogue itself, by key."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SourceRow(Base):
    """A data source; see `core.instruments.model.DataSource`."""

    __tablename__ = "data_sources"
    __table_args__ = (
        UniqueConstraint("program", "platform", "instrument_type", name="uq_data_sources_names"),
    )

    identifier: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    program: Mapped[str] = mapped_column(String(200))
    platform: Mapped[str] = mapped_column(String(50))
    instrument_type: Mapped[str] = mapped_column(String(200))
    source_type: Mapped[str] = mapped_column(String(20))
    display_name: Mapped[str] = mapped_column(String(50))
    source_metadata: Mapped[dict[str, Any]] = mapped_column("metadata", JSON)
    owner: Mapped[str] = mapped_column(String(320))
    maintainers: Mapped[list[str]] = mapped_column(JSON)
    ephemeris_metadata_schema: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    data_product_metadata_schema: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class IngestRow(Base):
    """One file that was taken in or refused."""

    __tablename__ = "ingest_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    path: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    rows: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)


class FrameFileRow(Base):
    """A provider's file of images: whose they are, when they were taken, how to know the file."""

    __tablename__ = "frame_files"
    __table_args__ = (Index("ix_frame_files_source_start", "source", "start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[int]
    path: Mapped[str] = mapped_column(Text, index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    start: Mapped[datetime] = mapped_column(UtcDateTime)
    end: Mapped[datetime] = mapped_column(UtcDateTime)
    frames: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    camera: Mapped[str] = mapped_column(String(50))
    times: Mapped[bytes] = mapped_column(LargeBinary)
    written: Mapped[datetime] = mapped_column(UtcDateTime)


class SkymapRow(Base):
    """An official skymap whose file lies in the archive, named by its hash."""

    __tablename__ = "skymaps"
    __table_args__ = (Index("ix_skymaps_array_site", "array", "site"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    array: Mapped[str] = mapped_column(String(50))
    site: Mapped[str] = mapped_column(String(10))
    camera: Mapped[str] = mapped_column(String(50))
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SearchRequest(Base):
    """A search: what was asked, how far it is, and who works on it."""

    __tablename__ = "search_requests"
    __table_args__ = (Index("ix_search_requests_state_requested", "state", "requested"),)

    request_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    requested: Mapped[datetime] = mapped_column(UtcDateTime)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    result_count: Mapped[int | None]
    file_size: Mapped[int | None]
    query_duration_ms: Mapped[int | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    client: Mapped[str] = mapped_column(String(100), default="")
    owner: Mapped[str | None] = mapped_column(String(320))
    result_deleted: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SearchLog(Base):
    """One line of a search's log."""

    __tablename__ = "search_logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(
        ForeignKey("search_requests.request_id", ondelete="CASCADE"), index=True
    )
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    level: Mapped[str] = mapped_column(String(10))
    summary: Mapped[str] = mapped_column(Text)


class AccountRow(Base):
    """A person or program that may be known to the API; `password` is a scrypt text, or none."""

    __tablename__ = "accounts"

    account_id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    disabled: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    password: Mapped[str | None] = mapped_column(Text)


class KeyRow(Base):
    """An API key: its public prefix and the hash of all of it, never the key."""

    __tablename__ = "api_keys"
    __table_args__ = (
        # The database itself sees to it that an account has one valid key.
        Index(
            "uq_api_keys_valid",
            "account_id",
            unique=True,
            sqlite_where=text("revoked IS NULL"),
            postgresql_where=text("revoked IS NULL"),
        ),
    )

    prefix: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"))
    hash: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """A session that began with a password: the hash of its token, and when it was last used."""

    __tablename__ = "sessions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True
    )
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FailedSignInRow(Base):
    """A wrong password: for which name and from which address, both as hashes."""

    __tablename__ = "failed_sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DeleteJobRow(Base):
    """A deletion of the ephemeris records of a source in a closed range of time."""

    __tablename__ = "delete_jobs"
    __table_args__ = (Index("ix_delete_jobs_source_requested", "source", "requested"),)

    delete_job_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    source: Mapped[int]
    start: Mapped[datetime] = mapped_column(UtcDateTime)
    end: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[str] = mapped_column(String(320))
    requested: Mapped[datetime] = mapped_column(UtcDateTime)
    completed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    deleted: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(Text, default="")
