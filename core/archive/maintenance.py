"""Removes files that nothing needs any more: replaced ones, and those of killed writers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from core.archive.archive import Archive

# A reader uses the files of the version it began with; it must be done before they go. A
# writer's new files belong to no version until its commit, which must have come by then.
SHORTEST_HOURS = 1
DEFAULT_HOURS = 24


@dataclass(frozen=True, slots=True)
class Removed:
    """Files that were removed, by table."""

    files: dict[str, int]


def vacuum(archive: Archive, hours: int = DEFAULT_HOURS, *, dry_run: bool = False) -> Removed:
    """Delete data files older than `hours` that the newest version of no table names.

    May run while others read and write, as long as no search and no write takes `hours`. With
    `dry_run` the files are counted and stay.

    Raises
    ------
    BadInput
        `hours` is below `SHORTEST_HOURS`.
    """
    if hours < SHORTEST_HOURS:
        raise BadInput(
            f"Files of the last {hours} hours may be in use.",
            hint=f"Keep at least {SHORTEST_HOURS}.",
            field="hours",
            value=hours,
        )
    tables = (archive.ephemeris, archive.products, archive.indices)
    return Removed({t.store.layout.name: t.store.vacuum(hours, dry_run=dry_run) for t in tables})
