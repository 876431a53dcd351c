"""Keograms along other lines than a column: the magnetic meridian, or any path.

The layout is that of a column's keogram; the pixel axis has the coordinates of the line's places.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.sphere import distance_km, unit_vectors
from core.imaging.frames import Frames
from core.imaging.keogram import carried_attributes, make_keogram, pictures_of
from core.imaging.keogram_axes import (
    MERIDIAN_MIN_ELEVATION_DEG,
    Line,
    axes_of,
    line_at,
    meridian_directions,
)
from core.imaging.projection import MIN_ELEVATION_DEG, Projection, build_projection
from core.imaging.skymap import Skymap
from core.imaging.targets import Path

FloatArray = NDArray[np.float64]


def meridian_keogram(
    frames: Frames,
    skymap: Skymap,
    alt_km: float,
    *,
    samples: int | None = None,
    width_km: float = 0.0,
    min_elevation_deg: float = MERIDIAN_MIN_ELEVATION_DEG,
    time: datetime | np.datetime64 | None = None,
) -> xr.Dataset:
    """Return the keogram on the magnetic meridian through the site.

    Parameters
    ----------
    frames : Frames
        Grey or colour images of the skymap's camera.
    skymap : Skymap
    alt_km : float
        Geodetic altitude of the emission, km.
    samples : int, optional
        Bins of equal AACGM latitude; by default as many as the images have rows.
    width_km : float
        Extent across the meridian that is averaged; 0 interpolates on the line. Along the line
        each bin is averaged over its own length in any case.
    min_elevation_deg : float
        The meridian ends where it is seen lower.
    time : datetime or datetime64, optional
        UTC, for the AACGM coefficients; by default that of the first frame.

    Returns
    -------
    xarray.Dataset
        As `core.imaging.keogram.keogram`, counts in float32, with latitude, longitude, mlat_deg
        (regular), mlon_deg (constant), elevation_deg and azimuth_deg along ``pixel``.

    Raises
    ------
    BadInput
        Images that do not fit the skymap; no frame and no time.
    """
    line, projection = meridian_projection(
        skymap, alt_km, _moment(frames, time), samples=samples, width_km=width_km,
        min_elevation_deg=min_elevation_deg,
    )  # fmt: skip
    what = f"magnetic meridian, AACGM longitude {line.mlon_deg[0]:.2f} degrees at {alt_km:g} km"
    return _along(frames, skymap, alt_km, line, projection, what)


def meridian_projection(
    skymap: Skymap,
    alt_km: float,
    time: datetime | np.datetime64,
    *,
    samples: int | None = None,
    width_km: float = 0.0,
    min_elevation_deg: float = MERIDIAN_MIN_ELEVATION_DEG,
) -> tuple[Line, Projection]:
    """Return the places of the meridian and the weights of pixels there.

    Its `pixels` are the only ones that a keogram needs: a camera that can be rendered pixel by
    pixel gives their values to `Projection.apply_pixels`.
    """
    line = meridian_directions(skymap, alt_km, time, samples, min_elevation_deg=min_elevation_deg)
    path = Path(line.latitude, line.longitude, width_km)
    # The outermost bins reach down to the least elevation; their ends must not fall short of it.
    return line, build_projection(skymap, alt_km, path, max(0.0, min_elevation_deg - 0.5))


def path_keogram(
    frames: Frames,
    skymap: Skymap,
    alt_km: float,
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    width_km: float = 0.0,
    *,
    samples: int | None = None,
    min_elevation_deg: float = MIN_ELEVATION_DEG,
    time: datetime | np.datetime64 | None = None,
) -> xr.Dataset:
    """Return the keogram along a line of great circles.

    Parameters
    ----------
    frames, skymap, alt_km, time
        As in `meridian_keogram`.
    lat_deg, lon_deg : array_like of float, shape (n,)
        Corners of the line, geodetic, degrees; two or more.
    width_km : float
        Extent across the line that is averaged, at the altitude of the emission.
    samples : int, optional
        Stretches of equal length; by default as many as the images have rows.
    min_elevation_deg : float
        What is seen lower has no value.

    Returns
    -------
    xarray.Dataset
        As `meridian_keogram`; ``pixel`` counts from the first corner, and ``distance_km`` is
        that of each stretch's middle from it, on the ground along the line.
    """
    count = skymap.shape[0] if samples is None else samples
    lat, lon, along_km = stretches(lat_deg, lon_deg, count)
    line = line_at(skymap, alt_km, _moment(frames, time), lat, lon)
    projection = build_projection(skymap, alt_km, Path(lat, lon, width_km), min_elevation_deg)
    what = f"path of {along_km[-1] + along_km[0]:.0f} km, {width_km:g} km wide, at {alt_km:g} km"
    dataset = _along(frames, skymap, alt_km, line, projection, what)
    distance = ("pixel", along_km, {"units": "km", "long_name": "distance along the path"})
    return dataset.assign_coords(distance_km=distance)


def stretches(
    lat_deg: ArrayLike, lon_deg: ArrayLike, count: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the middles of equal stretches of a line of great circles.

    Returns
    -------
    lat_deg, lon_deg, along_km : ndarray of float64, shape (count,)
        Places, and their distance from the beginning along the line.

    Raises
    ------
    BadInput
        Fewer than two corners or stretches, or neighbours that are one place or opposite ones.
    """
    corners = Path(np.asarray(lat_deg, float), np.asarray(lon_deg, float))  # checks them
    if count < 2:
        raise BadInput(
            f"{count} samples make no path.", hint="Take two or more.", field="samples",
            value=count,
        )  # fmt: skip
    lat, lon = corners.lat_deg, corners.lon_deg
    length = distance_km(lat[:-1], lon[:-1], lat[1:], lon[1:])
    ends = np.r_[0.0, np.cumsum(length)]
    along_km = (np.arange(count) + 0.5) * ends[-1] / count
    leg = np.clip(np.searchsorted(ends, along_km, side="right") - 1, 0, length.size - 1)
    share = (along_km - ends[leg]) / length[leg]
    x, y, z = _between(unit_vectors(lat, lon), leg, share).T
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x)), along_km


def _between(at: FloatArray, leg: NDArray[np.intp], share: FloatArray) -> FloatArray:
    """Return vectors on the great circles from at[leg] to at[leg + 1] (Shoemake 1985)."""
    start, end = at[leg], at[leg + 1]
    angle = 2 * np.arcsin(np.clip(np.linalg.norm(end - start, axis=1) / 2, 0, 1))
    first, second = np.sin((1 - share) * angle), np.sin(share * angle)
    return np.asarray(start * first[:, None] + end * second[:, None])


def _along(
    frames: Frames, skymap: Skymap, alt_km: float, line: Line, projection: Projection, what: str
) -> xr.Dataset:
    counts = projection.apply(pictures_of(frames))
    axes = axes_of(line, skymap, alt_km)
    facts: dict[str, Any] = {k: v for k, v in axes.attrs.items() if k != "Conventions"}
    dataset = make_keogram(
        counts,
        frames["time"].values,
        frames["exposure_s"].values,
        facts | carried_attributes(frames) | {"source": what},
    )
    return dataset.assign_coords({str(name): axes[name].variable for name in axes.data_vars})


def _moment(frames: Frames, time: datetime | np.datetime64 | None) -> datetime | np.datetime64:
    if time is not None:
        return time
    times = frames["time"].values
    if not len(times):
        raise BadInput(
            "There is no frame and no time for magnetic coordinates.", field="time", value=None,
            hint="Give a time.",
        )  # fmt: skip
    first: np.datetime64 = times[0]
    return first
