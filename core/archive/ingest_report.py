"""What became of files that were to be taken in: one entry a file, and the totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.archive import Archive

Outcome = Literal["accepted", "unchanged", "refused"]


@dataclass(slots=True)
class FileOutcome:
    """One file: what it held, what it changed, or why it was refused."""

    path: Path
    outcome: Outcome
    message: str
    sha256: str = ""
    rows: int = 0


@dataclass(slots=True)
class IngestReport:
    """The files in the order they were given.

    Attributes
    ----------
    records : int
        Ephemeris records that were written (new, or different from what was there).
    products : int
        Data products that were written.
    """

    files: list[FileOutcome] = field(default_factory=list)
    records: int = 0
    products: int = 0

    @property
    def accepted(self) -> list[FileOutcome]:
        """Files that are in the archive now, whether or not they changed it."""
        return [file for file in self.files if file.outcome != "refused"]

    @property
    def refused(self) -> list[FileOutcome]:
        """Files that are not, each with the reason as its message."""
        return [file for file in self.files if file.outcome == "refused"]

    @property
    def exit_status(self) -> int:
        """0 all files are in, 1 some were refused, 2 there was none that could go in."""
        if not self.accepted:
            return 2
        return 1 if self.refused else 0


def write_log(archive: Archive, kind: str, outcomes: Iterable[FileOutcome]) -> None:
    """Write outcomes into the archive's ingest log."""
    for item in outcomes:
        archive.catalogue.ingest_log.add(
            path=str(item.path),
            kind=kind,
            sha256=item.sha256,
            rows=item.rows,
            status=item.outcome,
            message=item.message,
        )
