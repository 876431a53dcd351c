"""The observatory as one object: what pages, API and worker are given."""

from __future__ import annotations

from types import TracebackType

from core.archive import Archive
from core.imaging.store import KeogramStore
from core.search.service import SearchService
from core.settings import Settings


class Observatory:
    """An open archive with the services over it.

    Parameters
    ----------
    settings : Settings
        Where the archive is, and the limits.

    Raises
    ------
    core.errors.ArchiveError
        When there is no archive at `settings.archive`, or one of another format version.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.archive = Archive.open(settings)
        self.keograms = KeogramStore(self.archive)
        self.search = SearchService(self.archive)

    def close(self) -> None:
        """Give back connections and files."""
        self.archive.close()

    def __enter__(self) -> Observatory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
