"""What the endpoints of HAPI answer: documents, and plans of streams that are not read yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import HapiRefused
from core.hapi.codes import head, refusal
from core.hapi.columns import column_of
from core.hapi.datasets import Datasets
from core.hapi.descriptions import CADENCES_S, data_test, described, duration, is_uri
from core.hapi.encoding import binary_chunks, csv_chunks, header_lines, json_chunks
from core.hapi.model import Dataset, Parameter
from core.hapi.requests import DEPTHS, FORMATS, DataRequest, Format, InfoRequest, subset
from core.hapi.times import microseconds, time_text

if TYPE_CHECKING:
    from core.archive import Archive
    from core.imaging.keogram_library import KeogramLibrary
    from core.imaging.library import FrameLibrary

_DESCRIPTION = (
    "Positions and magnetic footprints of spacecraft, minutes and classifications of auroral "
    "imagers, keograms and indices of geomagnetic activity. Datasets whose title says SIMULATED "
    "were made by this program, not observed."
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Records that were asked for. Nothing is read before `chunks` is gone through."""

    document: dict[str, Any]
    parameters: tuple[Parameter, ...]
    format: Format
    header: bool
    batches: Iterator[pa.Table]

    def begun(self) -> Stream:
        """Read the first records; the document then says so where there are none."""
        for batch in self.batches:
            if batch.num_rows:
                return replace(self, batches=chain((batch,), self.batches))
        return replace(self, document=self.document | head(1201), batches=iter(()))

    @property
    def code(self) -> int:
        """The status code: 1200, or 1201 where `begun` found no records."""
        return int(self.document["status"]["code"])

    def chunks(self) -> Iterator[bytes]:
        """Yield the body of the answer."""
        document = self.document | {"format": self.format}
        if self.format == "json":
            yield from json_chunks(self.batches, self.parameters, document)
            return
        if self.header:
            yield header_lines(document)
        encode = csv_chunks if self.format == "csv" else binary_chunks
        yield from encode(self.batches, self.parameters)


class Hapi:
    """HAPI over an archive.

    Parameters
    ----------
    archive : Archive
    keograms : KeogramLibrary
    frames : FrameLibrary
    """

    def __init__(self, archive: Archive, keograms: KeogramLibrary, frames: FrameLibrary) -> None:
        self._settings = archive.settings
        self._datasets = Datasets(archive, keograms, frames)

    def about(self) -> dict[str, Any]:
        """Return what /about answers."""
        document = head() | {
            "id": self._settings.hapi_server_id,
            "title": "Aurora Atlas",
            "contact": self._settings.contact,
            "description": _DESCRIPTION,
        }
        for dataset in self._datasets.all().values():
            return document | {"dataTest": data_test(dataset)}
        return document

    def capabilities(self) -> dict[str, Any]:
        """Return what /capabilities answers."""
        return head() | {"outputFormats": list(FORMATS), "catalogDepthOptions": list(DEPTHS)}

    def catalog(self, depth: str, base_url: str) -> dict[str, Any]:
        """Return what /catalog answers; with depth ``all`` the descriptions are in it."""
        entries: list[dict[str, Any]] = []
        for dataset in self._datasets.all().values():
            entry: dict[str, Any] = {"id": dataset.id, "title": dataset.title}
            if depth == "all":
                entry["info"] = described(dataset, dataset.parameters, base_url)
            entries.append(entry)
        return head() | {"catalog": entries}

    def modified_ms(self, dataset: str | None = None) -> int:
        """Return when records of a dataset, or of any, were written last, ms since 1970."""
        known = self._datasets.all()
        chosen = known.values() if dataset is None else [known[dataset]]
        return max((one.modified_ms for one in chosen), default=0)

    def info(self, request: InfoRequest, base_url: str) -> dict[str, Any]:
        """Return what /info answers.

        Raises
        ------
        core.errors.HapiRefused
            1406, 1407 or 1411.
        """
        dataset = self._find(request.dataset)
        return head() | described(dataset, subset(dataset, request.names), base_url)

    def data(self, request: DataRequest, base_url: str) -> Stream:
        """Return the records that a request asks for; nothing is read yet.

        Raises
        ------
        core.errors.HapiRefused
            1405 to 1408 or 1411.
        """
        dataset = self._find(request.dataset)
        parameters = subset(dataset, request.names)
        start_us, stop_us = microseconds(request.start), microseconds(request.stop)
        _check_range(dataset, request)
        _check_price(dataset, parameters, start_us, stop_us)
        batches = dataset.reader.batches(start_us, stop_us, parameters)
        return Stream(
            head() | described(dataset, parameters, base_url),
            parameters,
            request.format,
            request.header,
            _absolute(batches, parameters, base_url),
        )

    def _find(self, dataset: str) -> Dataset:
        found = self._datasets.all().get(dataset)
        if found is None:
            raise refusal(1406, "the catalog lists those there are")
        return found


def _absolute(
    batches: Iterator[pa.Table], parameters: Sequence[Parameter], base_url: str
) -> Iterator[pa.Table]:
    """Yield batches with the addresses in them made absolute."""
    for batch in batches:
        for place, parameter in enumerate(parameters):
            if is_uri(parameter):
                texts = pc.binary_join_element_wise(base_url, batch.column(place), "")
                whole = column_of(pa.chunked_array(texts.chunks, pa.string()), parameter)
                batch = batch.set_column(place, parameter.name, whole)
        yield batch


def _check_range(dataset: Dataset, request: DataRequest) -> None:
    # Compared exactly: a nanosecond outside is outside.
    early = request.start * 1_000_000 < dataset.start_us
    if early or request.stop * 1_000_000 > dataset.stop_us:
        first, end = time_text(dataset.start_us), time_text(dataset.stop_us)
        raise refusal(1405, f"startDate is {first}, stopDate is {end}")


def _check_price(
    dataset: Dataset, parameters: Sequence[Parameter], start_us: int, stop_us: int
) -> None:
    asked = dataset.reader.rows(start_us, stop_us)
    allowed = dataset.reader.max_rows(parameters)
    if asked <= allowed:
        return
    told = f"about {asked} records, where {allowed} are allowed"
    if dataset.cadence:
        told += f"; {duration(allowed * CADENCES_S[dataset.cadence])} of every record would be"
    raise _priced(refusal(1408, told), asked, allowed)


def _priced(error: HapiRefused, asked: int, allowed: int) -> HapiRefused:
    error.details.update(asked=asked, allowed=allowed)
    return error
