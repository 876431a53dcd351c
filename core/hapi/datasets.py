"""All datasets of an archive, made again only when something they are made of has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.hapi.indices import index_dataset
from core.hapi.keogram_days import KeogramDays, keogram_days
from core.hapi.keogram_images import keogram_images_dataset
from core.hapi.keograms import KeogramReader, keogram_dataset
from core.hapi.model import Dataset
from core.hapi.names import source_names
from core.hapi.records import records_dataset
from core.hapi.spans import Holding, holdings
from core.instruments.model import DataSource
from core.instruments.registry import array_of_source

if TYPE_CHECKING:
    from core.archive import Archive
    from core.archive.snapshot import Snapshot
    from core.imaging.keogram_library import KeogramLibrary
    from core.imaging.library import FrameLibrary


class Datasets:
    """The datasets of an archive.

    Parameters
    ----------
    archive : Archive
    keograms : KeogramLibrary
    frames : FrameLibrary
    """

    def __init__(self, archive: Archive, keograms: KeogramLibrary, frames: FrameLibrary) -> None:
        self._archive, self._keograms, self._frames = archive, keograms, frames
        self._lock = threading.Lock()
        self._state: tuple[Any, ...] = ()
        self._known: dict[str, Dataset] = {}

    def all(self) -> dict[str, Dataset]:
        """Return every dataset by its identifier, in order of it; only what has records is one."""
        archive = self._archive
        ephemeris = archive.ephemeris.store.snapshot()
        products = archive.products.store.snapshot()
        indices = archive.indices.store.snapshot()
        # Sources that are made for one search only have negative identifiers.
        sources = [s for s in archive.catalogue.sources.list() if s.identifier >= 0]
        state = (ephemeris.version, products.version, indices.version, sources)
        with self._lock:
            if state != self._state:
                made = self._make(ephemeris, products, indices, sources)
                self._known = {dataset.id: dataset for dataset in sorted(made, key=lambda d: d.id)}
                self._state = state
            return self._known

    def _make(
        self,
        ephemeris: Snapshot,
        products: Snapshot,
        indices: Snapshot,
        sources: list[DataSource],
    ) -> Iterator[Dataset]:
        limit = self._archive.settings.max_hapi_rows
        names, records = source_names(sources), holdings(ephemeris, "epoch")
        files, listed = holdings(products, "start"), keogram_days(products)
        for source in sources:
            name, identifier = names[source.identifier], source.identifier
            if identifier in records:
                yield records_dataset(name, source, ephemeris, records[identifier], limit)
            if identifier in listed:
                yield from self._imager(
                    name, source, products, files[identifier], listed[identifier]
                )
        for series, holding in holdings(indices, "epoch").items():
            yield index_dataset(str(series), indices, holding, limit)

    def _imager(
        self,
        name: str,
        source: DataSource,
        products: Snapshot,
        holding: Holding,
        listed: KeogramDays,
    ) -> Iterator[Dataset]:
        settings = self._archive.settings
        yield keogram_images_dataset(
            name, source, products, holding, listed, settings.max_hapi_rows
        )
        array = array_of_source(source)
        if array is not None:
            reader = KeogramReader(
                self._keograms, self._frames, source.identifier, array.emission_alt_km, listed,
                settings,
            )  # fmt: skip
            yield keogram_dataset(name, source, array, listed, holding.modified_ms, reader)
