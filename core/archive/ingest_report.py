"""What became of files that were to be taken in: one entry a file, and the totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import AtlasError

if TYPE_CHECKING:
    from core.archive import Archive

Progress = Callable[[str, float], None]
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


def take_each(
    archive: Archive,
    kind: str,
    paths: Sequence[Path],
    take: Callable[[Path], FileOutcome],
    progress: Progress | None = None,
) -> IngestReport:
    """Take files in one by one and log what became of each, also where the last one raised.

    Parameters
    ----------
    archive : Archive
    kind : str
        What the log calls such files.
    paths : sequence of Path
    take : callable
        Takes one file in and tells what became of it.
    progress : callable, optional
        Called before each file with its name and the share done so far.
    """
    report = IngestReport()
    try:
        for i, path in enumerate(paths):
            if progress:
                progress(path.name, i / len(paths))
            report.files.append(take(path))
    finally:
        write_log(archive, kind, report.files)
    if progress:
        progress("", 1.0)
    return report


def refused_outcome(path: Path, error: AtlasError) -> FileOutcome:
    """Return what became of a file that could not go in: the reason, and what would be right."""
    reason = str(error.details.get("reason", error.message))
    told = f"{reason.rstrip('.')}. {error.hint}" if error.hint else reason
    return FileOutcome(path, "refused", told)


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
