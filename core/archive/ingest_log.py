"""What files were taken in, when, and why others were refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.archive.models import IngestRow

if TYPE_CHECKING:
    from core.archive.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class IngestEntry:
    """One line of the ingest log; `rows` counts the records that came of the file."""

    timestamp: datetime
    path: str
    kind: str
    sha256: str
    rows: int
    status: str
    message: str


class IngestLog:
    """The ingest log of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def add(
        self, path: str, kind: str, sha256: str, rows: int, status: str, message: str = ""
    ) -> None:
        """Write a line, stamped with the present time."""
        with self._catalogue.writing() as session:
            session.add(
                IngestRow(
                    timestamp=datetime.now(UTC),
                    path=str(path),
                    kind=kind,
                    sha256=sha256,
                    rows=rows,
                    status=status,
                    message=message,
                )
            )

    def entries(self, limit: int = 100) -> list[IngestEntry]:
        """Return the newest lines, newest first."""
        query = select(IngestRow).order_by(IngestRow.id.desc()).limit(limit)
        with self._catalogue.reading() as session:
            return [_entry(row) for row in session.scalars(query)]

    def find(self, sha256: str) -> list[IngestEntry]:
        """Return the lines about a file of this content, newest first."""
        query = select(IngestRow).where(IngestRow.sha256 == sha256).order_by(IngestRow.id.desc())
        with self._catalogue.reading() as session:
            return [_entry(row) for row in session.scalars(query)]


def _entry(row: IngestRow) -> IngestEntry:
    return IngestEntry(
        row.timestamp, row.path, row.kind, row.sha256, row.rows, row.status, row.message
    )
