"""A keogram as numbers: its counts, and what JSON says of its axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import LimitExceeded
from core.geo.magnetic import mlt_h, to_magnetic
from core.imaging.frame_media import SkymapAnswer, imager_array
from core.imaging.keogram_library import KeogramLibrary, KeogramPlan
from core.imaging.picture_query import NumbersQuery
from core.imaging.sky_pixels import sky_limits, sky_pixels
from core.instruments.array import ImagerArray
from core.instruments.model import DataSource

_ALONG = {
    "latitude_deg": "latitude",
    "longitude_deg": "longitude",
    "mlat_deg": "mlat_deg",
    "mlon_deg": "mlon_deg",
    "elevation_deg": "elevation_deg",
    "azimuth_deg": "azimuth_deg",
}


def load_numbers(
    keograms: KeogramLibrary, plan: KeogramPlan, query: NumbersQuery, max_values: int
) -> xr.Dataset:
    """Return the keogram that is asked for.

    Raises
    ------
    NotFound
        There is none.
    LimitExceeded
        It has more than `max_values` values.
    """
    found = keograms.load_planned(
        plan, minutes=query.minutes, line=query.line, accept=query.accept_skymap
    )
    if found["counts"].size > max_values:
        raise LimitExceeded(
            f"The keogram has {found['counts'].size} values.",
            hint="Ask for a shorter window, or for cadence=minute.",
            limit="max_keogram_values",
            asked=int(found["counts"].size),
            allowed=max_values,
        )
    return found


def counts_bytes(dataset: xr.Dataset) -> bytes:
    """Return the counts as float32, little endian, in the order time, pixel, channel."""
    return np.ascontiguousarray(dataset["counts"].values, dtype="<f4").tobytes()


def keogram_document(
    dataset: xr.Dataset, source: DataSource, query: NumbersQuery, answer: SkymapAnswer
) -> dict[str, Any]:
    """Return what JSON says of a keogram.

    Along pixels (south to north): geodetic and AACGM coordinates of pixel centres at the altitude
    of the emission, azimuth and elevation; NaN below the horizon, null where no skymap belongs to
    the frames. `times_ms` are the middles of exposures in milliseconds since 1970.
    """
    array = imager_array(source)
    alt_km = float(dataset.attrs.get("alt_km", query.alt_km or array.emission_alt_km))
    times = dataset["time"].values.astype("M8[us]")
    middle = times[len(times) // 2] if len(times) else query.start
    along, refused = _along(dataset, answer, alt_km, middle)
    site_mlon = _site_mlon(source, array, alt_km, middle)
    return {
        "source": source.identifier,
        "display_name": source.display_name,
        "array": array.key,
        "site": str(source.metadata.get("site", "")),
        "slice": query.line,
        "start": f"{query.start.astype('M8[ms]')}Z",
        "end": f"{query.end.astype('M8[ms]')}Z",
        "step_s": float(dataset.attrs.get("cadence_s", 60.0)),
        "cadence_s": float(dataset.attrs.get("cadence_s", 60.0)),
        "units": array.intensity_unit,
        "provenance": str(dataset.attrs.get("provenance", "")),
        "shape": list(dataset["counts"].shape),
        "times_ms": times.astype("M8[ms]").astype("int64").tolist(),
        "exposure_s": _one_or_all(dataset["exposure_s"].values),
        "pixel": dataset["pixel"].values.tolist(),
        **along,
        "alt_km": alt_km,
        "mlt_h": _rounded(mlt_h(site_mlon, times)),
        "site_mlon_deg": site_mlon if np.isfinite(site_mlon) else None,
        "scale_limits": list(array.scale_limits),
        "limits": _limits(dataset, answer),
        "frames": answer.frames,
        "skymap": answer.to_dict(),
        "skymap_refused": refused,
    }


def _along(
    dataset: xr.Dataset, answer: SkymapAnswer, alt_km: float, time: np.datetime64
) -> tuple[dict[str, Any], str]:
    """Return the coordinates of pixels, and in words why there are none."""
    nothing: dict[str, Any] = dict.fromkeys(_ALONG)
    if "latitude" in dataset.coords:
        return {n: _rounded(dataset[c].values) for n, c in _ALONG.items()}, answer.refused
    if answer.use is None:
        return nothing, answer.refused
    if answer.use.skymap.shape[0] != dataset.sizes["pixel"]:
        rows = answer.use.skymap.shape[0]
        return nothing, f"The skymap has {rows} rows, the keogram {dataset.sizes['pixel']} pixels."
    from core.imaging.keogram_axes import column_axes

    axes = column_axes(answer.use.skymap, alt_km, time)
    return {n: _rounded(axes[c].values) for n, c in _ALONG.items()}, ""


def _site_mlon(source: DataSource, array: ImagerArray, alt_km: float, time: np.datetime64) -> float:
    site = array.sites.get(str(source.metadata.get("site", "")))
    lat_deg = site.lat_deg if site else source.metadata.get("latitude_deg", np.nan)
    lon_deg = site.lon_deg if site else source.metadata.get("longitude_deg", np.nan)
    return float(to_magnetic(lat_deg, lon_deg, alt_km, time)[1])


def _limits(dataset: xr.Dataset, answer: SkymapAnswer) -> list[float]:
    """Return the ends of the colour scale that suits the sky in these images."""
    sky = sky_pixels(dataset, answer.use.skymap if answer.use else None)
    return list(sky_limits(dataset["counts"].values, sky))


def _one_or_all(values: NDArray[Any]) -> Any:
    return float(values[0]) if len(values) and (values == values[0]).all() else values.tolist()


def _rounded(values: NDArray[Any]) -> list[float | None]:
    """Return values with five decimals (a metre), None for not-a-number."""
    rounded = np.round(np.asarray(values, dtype="f8"), 5)
    return [value if np.isfinite(value) else None for value in rounded.tolist()]
