"""Datasets of keogram brightness: a record a minute, an array along the centre column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from core.errors import Conflict, NotFound
from core.hapi.columns import array_column
from core.hapi.facts import mark, source_facts
from core.hapi.keogram_days import KeogramDays
from core.hapi.model import TIME, Dataset, Parameter, time_parameter
from core.hapi.records import MINUTE_US, provenance_parameter
from core.hapi.spans import whole_days
from core.imaging.frame_media import ask_first_skymap
from core.imaging.frames import Times
from core.imaging.keogram_library import KeogramLibrary
from core.imaging.library import FrameLibrary
from core.instruments.array import ImagerArray
from core.instruments.model import DataSource
from core.settings import Settings

COUNTS, LATITUDE, ELEVATION = "counts", "latitude", "elevation"
_MINUTES_PER_DAY = 1440
_ALONG = {LATITUDE: "latitude", ELEVATION: "elevation_deg"}
_TEXT = (
    "Brightness along the centre column of the images, from the southern edge to the northern "
    "one, as means over minutes in raw counts. Latitudes are those at the altitude of the "
    "emission, {alt_km:g} km, by the skymap of the day's first image; they are fill below the "
    "horizon and where no skymap belongs to the images."
)


def keogram_dataset(
    name: str,
    source: DataSource,
    array: ImagerArray,
    listed: KeogramDays,
    modified_ms: int,
    reader: KeogramReader,
) -> Dataset:
    """Return the dataset of an imager's keograms.

    `name` is the identifier of the source's records; that of the dataset begins with it.
    """
    identifier = f"{name}__keogram"
    start_us, stop_us = whole_days(listed.first_us, listed.last_us)
    text = _TEXT.format(alt_km=array.emission_alt_km)
    return Dataset(
        id=identifier,
        title=mark(f"{source.display_name} keogram", listed.kinds),
        parameters=keogram_parameters(array),
        start_us=start_us,
        stop_us=stop_us,
        sample_us=listed.sample_us,
        cadence="PT1M",
        facts=source_facts(source, identifier, text, listed.kinds)
        | {"timeStampLocation": "center"},
        modified_ms=modified_ms,
        reader=reader,
    )


def keogram_parameters(array: ImagerArray) -> tuple[Parameter, ...]:
    """Return the parameters of keograms of an array."""
    shape = keogram_shape(array)
    bins: list[dict[str, Any]] = [
        {
            "name": "latitude",
            "label": "Latitude",
            "units": "degrees",
            "centers": LATITUDE,
            "description": "Centres of pixels, from south to north; they are in the parameter",
        }
    ]
    if len(shape) > 1:
        channels = {"name": "channel", "units": "dimensionless", "centers": None}
        bins.append(channels | {"description": "Red, green and blue"})
    along = shape[:1]
    return (
        time_parameter("Middle of the minute, or of its one exposure, UTC"),
        Parameter(
            COUNTS, "double", array.intensity_unit, "Brightness of the pixels of a column",
            size=shape, more={"label": "Brightness", "bins": bins},
        ),
        Parameter(
            LATITUDE, "double", "degrees", "Geodetic latitude that a pixel shows", size=along,
            more={"label": "Latitude"},
        ),
        Parameter(
            ELEVATION, "double", "degrees", "Elevation at which a pixel looks", size=along,
            more={"label": "Elevation"},
        ),
        provenance_parameter(),
    )  # fmt: skip


def keogram_shape(array: ImagerArray) -> tuple[int, ...]:
    """Return the shape of one line of an array's keograms: pixels, and channels in colour.

    The line of a spectrograph is its slit, which runs along the rows of its images.
    """
    if array.key == "trex_spectrograph":
        return array.image_shape[1:2]
    return (array.image_shape[0], *array.image_shape[2:])


@dataclass(frozen=True, slots=True, eq=False)
class KeogramReader:
    """Reads keograms a UT day at a time, so that two windows give what one does."""

    keograms: KeogramLibrary
    frames: FrameLibrary
    source_id: int
    alt_km: float
    listed: KeogramDays
    settings: Settings

    def rows(self, start_us: int, stop_us: int) -> int:
        """Return the most records that [start, stop) can have: see `Reader`."""
        fitting = -(-(stop_us - start_us) // MINUTE_US)
        return min(fitting, len(self.listed.touching(start_us, stop_us)) * _MINUTES_PER_DAY)

    def max_rows(self, parameters: Sequence[Parameter]) -> int:
        """Return the most records, by the limits of keograms: days, values and records."""
        values = sum(parameter.values for parameter in parameters if parameter.size)
        by_days = int(self.settings.max_keogram_days * _MINUTES_PER_DAY)
        by_values = self.settings.max_keogram_values // max(1, values)
        return max(1, min(by_days, by_values, self.settings.max_hapi_rows))

    def batches(
        self, start_us: int, stop_us: int, parameters: Sequence[Parameter]
    ) -> Iterator[pa.Table]:
        """Yield the records in [start, stop), those of a day at a time: see `Reader`."""
        window = np.array([start_us, stop_us], "M8[us]")
        for number in self.listed.touching(start_us, stop_us):
            day = np.array([number, number + 1], "M8[D]").astype("M8[us]")
            first, end = max(day[0], window[0]), min(day[1], window[1])
            plan = self.keograms.plan(self.source_id, first, end)
            try:
                part = self.keograms.load_planned(plan, minutes=True)
            except NotFound:
                continue  # the camera was on, but took no image
            if part.sizes["time"]:
                yield self._batch(part, plan.provenance, day, parameters)

    def _batch(
        self, part: xr.Dataset, provenance: str, day: Times, parameters: Sequence[Parameter]
    ) -> pa.Table:
        count = part.sizes["time"]
        wanted = {parameter.name for parameter in parameters}
        along = self._along(part, day) if wanted & set(_ALONG) else {}
        columns: list[pa.Array] = []
        for parameter in parameters:
            if parameter.name == TIME:
                columns.append(pa.array(part["time"].values.astype("M8[us]").astype(np.int64)))
            elif parameter.name == COUNTS:
                columns.append(array_column(_counts(part, parameter), parameter))
            elif parameter.name in along:
                line = np.broadcast_to(along[parameter.name], (count, *parameter.size))
                columns.append(array_column(line, parameter))
            else:
                columns.append(pa.array([provenance] * count))
        return pa.table(columns, names=[parameter.name for parameter in parameters])

    def _along(self, part: xr.Dataset, day: Times) -> dict[str, NDArray[np.float64]]:
        """Return latitudes and elevations of the pixels, NaN where nothing tells them.

        Whatever part of a day is asked for, they are those at its first image.
        """
        pixels = part.sizes["pixel"]
        found = {name: np.full(pixels, np.nan) for name in _ALONG}
        answer = ask_first_skymap(self.frames, self.source_id, day[0], day[1], accept=False)
        if answer.use is not None and answer.use.skymap.shape[0] == pixels:
            # Magnetic coordinates come with the axes, and take a while to import.
            from core.imaging.keogram_axes import column_axes

            axes = column_axes(answer.use.skymap, self.alt_km, day[0])
            found = {name: axes[place].values for name, place in _ALONG.items()}
        for name, place in _ALONG.items():
            if place in part.coords:
                found[name] = part.coords[place].values
        return found


def _counts(part: xr.Dataset, parameter: Parameter) -> NDArray[np.float64]:
    counts = part["counts"].values
    if counts.shape[1:] != parameter.size:
        raise Conflict(
            f"A keogram has {counts.shape[1:]} pixels, the dataset {parameter.size}.",
            hint="Keograms of this camera as files: /media/keogram.",
            parameter=parameter.name,
        )
    return np.asarray(counts, dtype=np.float64)
