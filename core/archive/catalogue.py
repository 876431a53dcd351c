"""The catalogue: data sources, accounts, searches and the ingest log in a relational database.

SQLite in the archive folder by default (WAL, `synchronous=FULL`, foreign keys on), PostgreSQL
by `ATLAS_CATALOGUE_URL`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from core.archive.account_keys import KeyStore
from core.archive.accounts import AccountStore
from core.archive.ingest_log import IngestLog
from core.archive.sign_in import SignIn
from core.archive.sources import SourceStore
from core.errors import BadInput

BUSY_TIMEOUT_MS = 30_000


class Catalogue:
    """Holds the engine, and the ways to the tables of this package.

    Attributes
    ----------
    sources : SourceStore
    ingest_log : IngestLog
    accounts : AccountStore
        Who may be known to the API.
    keys : KeyStore
        Their API keys.
    sign_in : SignIn
        Their passwords and sessions.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.
    has_records : callable, optional
        Tells whether any record of a source is in the archive; a source with records cannot be
        deleted.
    """

    def __init__(self, url: str, has_records: Callable[[int], bool] = lambda _: False) -> None:
        self.engine = make_engine(url)
        self.sources = SourceStore(self, has_records)
        self.ingest_log = IngestLog(self)
        self.accounts = AccountStore(self)
        self.keys = KeyStore(self)
        self.sign_in = SignIn(self)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for reading; it ends without a commit."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session whose work is committed at the end, or rolled back on an error.

        On SQLite the write lock is taken at the start: a transaction that reads first and
        writes later would fail at once, not wait, when another process wrote in between.
        """
        engine = self.engine.execution_options(write=True)
        with Session(engine) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def catalogue_url(url: str, folder: Path) -> str:
    """Return the URL of the catalogue: as configured, else SQLite in the archive folder."""
    return url or f"sqlite:///{folder.resolve() / 'catalogue.sqlite'}"


def make_engine(url: str) -> Engine:
    """Return an engine; SQLite connections get the settings that durability needs.

    Raises
    ------
    core.errors.BadInput
        The text is no URL of a database. It is not repeated: there may be a password in it.
    """
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (ArgumentError, ImportError) as error:
        raise BadInput(
            "ATLAS_CATALOGUE_URL is no URL of a database that is known here.",
            hint="Write postgresql+psycopg://user:password@host/database, or leave it empty.",
            field="ATLAS_CATALOGUE_URL",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions on its own: `_begin_sqlite` does, and says which.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
