"""Looks an archive over: tables against their logs and files, catalogue, results of searches.

What is looked at, and what a repair does, stands in docs/topics/write_path.md. Nothing is changed
unless a repair is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.archive.archive import Archive, exists
from core.archive.audit_catalogue import audit_catalogue, audit_results
from core.archive.audit_model import Finding
from core.archive.audit_tables import TableAudit
from core.errors import ArchiveError
from core.settings import Settings

Progress = Callable[[str, float], None]


@dataclass(slots=True)
class Audit:
    """What was found.

    Attributes
    ----------
    findings : list of Finding
        In the order in which the parts of the archive were looked at.
    files, rows : int
        Data files and rows that the tables' newest versions name.
    """

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    rows: int = 0

    @property
    def left(self) -> list[Finding]:
        """Faults that are there still."""
        return [f for f in self.findings if f.state == "left"]

    @property
    def exit_status(self) -> int:
        """0 where no fault is left, otherwise 1."""
        return 1 if self.left else 0


def audit(
    settings: Settings,
    *,
    repair: bool = False,
    deep: bool = False,
    progress: Progress | None = None,
) -> Audit:
    """Look an archive over, and repair what can be repaired where that is asked for.

    Parameters
    ----------
    settings : Settings
        Name the archive. It need not be in a state in which it can be opened.
    repair : bool
        Repair. Others may read and write meanwhile.
    deep : bool
        Read every column of the data files, not only those that identify rows.
    progress : callable, optional
        Called with what is being looked at and the share of it that is done.

    Raises
    ------
    ArchiveError
        There is no archive.
    """
    if not exists(settings):
        raise ArchiveError(
            f"There is no archive in {settings.archive.resolve()}.",
            hint="ATLAS_ARCHIVE names its folder.",
            path=str(settings.archive),
        )
    report = Audit()
    with Archive(settings) as archive:
        for store in (archive.ephemeris.store, archive.products.store, archive.indices.store):
            name = store.layout.name
            table = TableAudit(store, repair=repair, every_column=deep)
            report.findings += table.run(_named(name, progress))
            report.files += table.files
            report.rows += table.rows
        report.findings += audit_catalogue(archive)
        if not any(f.place == "catalogue" and f.state == "left" for f in report.findings):
            report.findings += audit_results(archive, repair=repair)
    return report


def _named(name: str, progress: Progress | None) -> Callable[[float], None]:
    return (lambda share: progress(name, share)) if progress else (lambda _share: None)
