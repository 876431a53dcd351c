"""Datasets of geomagnetic indices: Kp, Dst, SML and whatever other series the archive has."""

from __future__ import annotations

from typing import NamedTuple

from core.archive.snapshot import Snapshot
from core.hapi.facts import SIMULATED, mark, provenance_text
from core.hapi.model import TIME, Dataset, Parameter, time_parameter
from core.hapi.names import INDEX_PREFIX, parameter_names, slug
from core.hapi.records import MINUTE_US, provenance_parameter
from core.hapi.spans import Holding, whole_days, whole_months
from core.hapi.table_reader import TableReader

_DAY_US = 1440 * MINUTE_US


class Series(NamedTuple):
    """What is known of a series by its name in the archive."""

    parameter: str
    title: str
    units: str | None
    text: str
    cadence: str
    step_us: int


SERIES = {
    "kp": Series(
        "kp", "Kp", None, "Planetary index of geomagnetic activity, 0 to 9, of the three hours "
        "that begin at the time", "PT3H", 180 * MINUTE_US,
    ),
    "dst_nt": Series(
        "dst", "Dst", "nT", "Disturbance storm time index of the hour that begins at the time",
        "PT1H", 60 * MINUTE_US,
    ),
    "sml_nt": Series(
        "sml", "SML", "nT", "Lower envelope of the northward component at auroral stations, of "
        "the minute that begins at the time", "PT1M", MINUTE_US,
    ),
}  # fmt: skip


def index_dataset(name: str, snapshot: Snapshot, holding: Holding, max_rows: int) -> Dataset:
    """Return the dataset of a series; `name` is its name in the table of indices."""
    series = SERIES.get(name) or Series(slug(name), name, None, f"Series {name}", "", 0)
    # Clients ask for slow series by whole months, all of which must be allowed then.
    whole = whole_months if series.step_us > 60 * MINUTE_US else whole_days
    start_us, stop_us = whole(holding.first_us, holding.last_us)
    (short,) = parameter_names([series.parameter], [TIME])
    value = Parameter(short, "double", series.units, series.text, more={"label": series.title})
    kind = provenance_parameter((TIME, value.name))
    time = time_parameter("Begin of the interval, UTC")
    end_us = holding.last_us + max(series.step_us, 1)
    return Dataset(
        id=INDEX_PREFIX + slug(series.parameter),
        title=mark(f"{series.title} index", holding.kinds),
        parameters=(time, value, kind),
        start_us=start_us,
        stop_us=stop_us,
        sample_us=(max(start_us, end_us - _DAY_US), end_us),
        cadence=series.cadence,
        facts=_facts(series, holding),
        modified_ms=holding.modified_ms,
        reader=TableReader(
            snapshot, holding.files, {TIME: "epoch", value.name: "value", kind.name: "provenance"},
            "epoch", 0, max_rows,
        ),
    )  # fmt: skip


def _facts(series: Series, holding: Holding) -> dict[str, object]:
    said = provenance_text(holding.kinds)
    simulated = SIMULATED in holding.kinds
    own = f"{series.title} index, simulated by Aurora Atlas; not observed."
    facts: dict[str, object] = {
        "description": f"{said} {series.text}.".strip(),
        "timeStampLocation": "begin",
        "provenance": said,
        "resourceID": f"aurora-atlas:{'simulated' if simulated else 'index'}:{series.parameter}",
        "datasetCitation": own if simulated else f"{series.title} index, as the provider has it.",
        "additionalMetadata": [
            {
                "name": "Aurora Atlas series",
                "content": {
                    "series": series.parameter,
                    "provenance": [kind.upper() for kind in sorted(holding.kinds)],
                },
            }
        ],
    }
    if set(holding.kinds) == {SIMULATED}:
        facts["licenseURL"] = "https://spdx.org/licenses/BSD-3-Clause.html"
    return facts
