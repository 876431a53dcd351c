"""Brings the catalogue's tables to the revision that this program knows, and checks that."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from core.errors import ArchiveError

HEAD = "head"
_ADVISORY_LOCK = 0x41544C41  # keeps two PostgreSQL migrations from running at once


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the catalogue to `revision` in one transaction; nothing happens if it is there.

    Raises
    ------
    ArchiveError
        The catalogue was made by a newer program.
    """
    with engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
        _refuse_unknown(current_revision(connection))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def check(engine: Engine) -> None:
    """Raise ArchiveError unless the catalogue is at the newest revision."""
    with engine.connect() as connection:
        current = current_revision(connection)
    _refuse_unknown(current)
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if current != head:
        raise ArchiveError(
            f"The catalogue is at revision {current or 'none'}; this program needs {head}.",
            hint="`python -m core up` (Archive.create) brings it up to date; what it holds stays.",
            current=current,
            needed=head,
        )


def current_revision(connection: Connection) -> str | None:
    """Return the revision of a catalogue, None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_unknown(current: str | None) -> None:
    known = {s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise ArchiveError(
            f"The catalogue is at revision {current}, which this program does not know.",
            hint="It was made by a newer version of Aurora Atlas: use that, or a copy of before.",
            current=current,
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
