"""Datasets of keogram pictures: a record a UT day, with the address of the picture."""

from __future__ import annotations

from core.archive.snapshot import Snapshot
from core.hapi.facts import mark, source_facts
from core.hapi.keogram_days import IMAGING_END, IMAGING_START, KEOGRAM_TYPE, OWN_DAILY, KeogramDays
from core.hapi.model import TIME, Dataset, Parameter, time_parameter
from core.hapi.records import provenance_parameter
from core.hapi.spans import Holding, whole_months
from core.hapi.table_reader import TableReader
from core.instruments.model import DataSource

# What host this server is asked by is told by the request; this leaves room for long ones.
URI_LENGTH = 320
_TEXT = (
    "Addresses of daily keograms as PNG pictures of this server: north at the top, time from left "
    "to right, the UT day that begins at the time of the record."
)


def keogram_images_dataset(
    name: str,
    source: DataSource,
    snapshot: Snapshot,
    holding: Holding,
    listed: KeogramDays,
    max_rows: int,
) -> Dataset:
    """Return the dataset of the addresses of an imager's keograms.

    Parameters
    ----------
    name : str
        Identifier of the source's records; that of the dataset begins with it.
    source : DataSource
    snapshot, holding
        Version of the table of data products, and its files of this source.
    listed : KeogramDays
    max_rows : int
        Most records of one request.
    """
    identifier = f"{name}__keogram_images"
    kind = provenance_parameter()
    # Clients ask for slow series by whole months, all of which must be allowed then.
    start_us, stop_us = whole_months(listed.first_us, listed.last_us)
    columns = {
        TIME: "start",
        "uri": "url",
        "keogram_type": KEOGRAM_TYPE,
        "imaging_start": IMAGING_START,
        "imaging_end": IMAGING_END,
        kind.name: "provenance",
    }
    return Dataset(
        id=identifier,
        title=mark(f"{source.display_name} keogram images", listed.kinds),
        parameters=(time_parameter("Begin of the UT day"), *_parameters(), kind),
        start_us=start_us,
        stop_us=stop_us,
        sample_us=whole_months(listed.last_us, listed.last_us),
        cadence="P1D",
        facts=source_facts(source, identifier, _TEXT, listed.kinds)
        | {"timeStampLocation": "begin"},
        modified_ms=holding.modified_ms,
        reader=TableReader(
            snapshot, holding.files, columns, "start", 0, max_rows, OWN_DAILY, ("start", "url")
        ),
    )


def _parameters() -> tuple[Parameter, ...]:
    text = {"stringType": {"uri": {"mediaType": "image/png"}}}
    return (
        Parameter("uri", "string", None, "Address of the picture", URI_LENGTH, more=text),
        Parameter("keogram_type", "string", None, "Span and kind of the keogram", 32),
        Parameter("imaging_start", "string", None, "Begin of the first exposure, UTC", 32),
        Parameter("imaging_end", "string", None, "End of the last exposure, UTC", 32),
    )
