"""Where the pixels of a keogram are: geographic and magnetic coordinates of pixel centres.

Skymap files list the corners of pixels; taking one for the centre shifts an axis by half a pixel,
1 km at the zenith and 20 km near the horizon. Here the line of sight of the centre itself is
followed. Magnetic coordinates are AACGM at the altitude of the emission, not on the ground.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import BadInput
from core.geo.magnetic import from_magnetic, to_magnetic
from core.geo.sightline import look_at
from core.imaging.skymap import Skymap

FloatArray = NDArray[np.float64]

AXES = {
    "latitude": ("degrees_north", "geodetic latitude of pixel centres"),
    "longitude": ("degrees_east", "geodetic longitude of pixel centres"),
    "mlat_deg": ("degrees", "AACGM latitude of pixel centres"),
    "mlon_deg": ("degrees", "AACGM longitude of pixel centres"),
    "elevation_deg": ("degrees", "elevation of pixel centres"),
    "azimuth_deg": ("degrees", "azimuth of pixel centres, north through east"),
}
"""Names, units and meaning of the coordinates along the pixel axis."""

MERIDIAN_MIN_ELEVATION_DEG = 5.0

_MERIDIAN_STEP_DEG = 0.05
_MERIDIAN_REACH_DEG = 40.0
_ROUNDS = 3


class Line(NamedTuple):
    """Places along the pixel axis of a keogram, each of shape (pixel,); degrees.

    Latitude and longitude are geodetic, mlat and mlon AACGM, all at the altitude of the emission.
    """

    latitude: FloatArray
    longitude: FloatArray
    mlat_deg: FloatArray
    mlon_deg: FloatArray
    elevation_deg: FloatArray
    azimuth_deg: FloatArray


def column_axes(
    skymap: Skymap,
    alt_km: float,
    time: datetime | np.datetime64,
    column: int | None = None,
) -> xr.Dataset:
    """Return the coordinates of a keogram's pixels, for a column of the images.

    Parameters
    ----------
    skymap : Skymap
    alt_km : float
        Geodetic altitude of the emission, km.
    time : datetime or datetime64
        UTC; the date of the AACGM coefficients.
    column : int, optional
        By default the centre, ``width // 2``, as `core.imaging.keogram.keogram` takes it.

    Returns
    -------
    xarray.Dataset
        Over ``pixel`` (from south to north): latitude, longitude (geodetic), mlat_deg, mlon_deg
        (AACGM at `alt_km`), elevation_deg, azimuth_deg; NaN below the horizon.

    Raises
    ------
    BadInput
        The skymap has no such column, or the altitude is not above the camera.
    """
    width = skymap.shape[1]
    chosen = width // 2 if column is None else column
    if not 0 <= chosen < width:
        raise BadInput(
            f"Column {chosen} is not in a skymap of {width} columns.",
            hint=f"Choose 0 to {width - 1}.", field="column", value=chosen,
        )  # fmt: skip
    mapped = skymap.mapped(alt_km)
    lat, lon, elevation, azimuth = (
        values[::-1, chosen].copy()
        for values in (mapped.lat_deg, mapped.lon_deg, skymap.elevation_deg, skymap.azimuth_deg)
    )
    hidden = ~(elevation >= 0)
    elevation[hidden], azimuth[hidden] = np.nan, np.nan
    mlat, mlon = to_magnetic(lat, lon, alt_km, time)
    return axes_of(Line(lat, lon, mlat, mlon, elevation, azimuth), skymap, alt_km)


def axes_of(line: Line, skymap: Skymap, alt_km: float) -> xr.Dataset:
    """Return a line's places as a dataset over ``pixel``, with the facts of the mapping."""
    variables = {
        name: ("pixel", values, {"units": AXES[name][0], "long_name": AXES[name][1]})
        for name, values in line._asdict().items()
    }
    pixel = np.arange(line.latitude.size) + 0.5
    attributes = {
        "Conventions": "CF-1.11",
        "alt_km": float(alt_km),
        "skymap_kind": skymap.kind,
        "skymap_source": skymap.source,
        "site": skymap.site,
    }
    return xr.Dataset(variables, coords={"pixel": ("pixel", pixel)}, attrs=attributes)


def line_at(
    skymap: Skymap,
    alt_km: float,
    time: datetime | np.datetime64,
    lat_deg: FloatArray,
    lon_deg: FloatArray,
) -> Line:
    """Return places with their magnetic coordinates and how the camera sees them.

    Azimuth and elevation are NaN below the horizon; the places stay.
    """
    site = (skymap.lat_deg, skymap.lon_deg, skymap.alt_m)
    azimuth, elevation, _ = look_at(lat_deg, lon_deg, alt_km, *site)
    seen = elevation >= 0
    mlat, mlon = to_magnetic(lat_deg, lon_deg, alt_km, time)
    hidden = np.where(seen, elevation, np.nan), np.where(seen, azimuth, np.nan)
    return Line(np.asarray(lat_deg), np.asarray(lon_deg), mlat, mlon, *hidden)


def meridian_directions(
    skymap: Skymap,
    alt_km: float,
    time: datetime | np.datetime64,
    samples: int | None = None,
    *,
    min_elevation_deg: float = MERIDIAN_MIN_ELEVATION_DEG,
) -> Line:
    """Return the magnetic meridian over a camera: constant AACGM longitude, that of the site.

    Parameters
    ----------
    skymap : Skymap
        Only its place matters here.
    alt_km : float
        Geodetic altitude of the emission; the site's magnetic longitude is that above the site
        at this altitude.
    time : datetime or datetime64
        UTC; the date of the AACGM coefficients.
    samples : int, optional
        By default as many as the images have rows.
    min_elevation_deg : float
        The meridian ends where it is seen lower.

    Returns
    -------
    Line
        Centres of `samples` equal steps of AACGM latitude, from south to north, that fill the
        stretch seen above the least elevation. Latitudes are regular within 1e-9 degrees and
        the places have them, and the site's longitude, within 1e-4 degrees.

    Raises
    ------
    BadInput
        AACGM is not defined at the site, or fewer than two samples are asked for.
    """
    count = skymap.shape[0] if samples is None else samples
    if count < 2:
        raise BadInput(
            f"{count} samples make no meridian.", hint="Take two or more.", field="samples",
            value=count,
        )  # fmt: skip
    site_mlat, site_mlon = to_magnetic(skymap.lat_deg, skymap.lon_deg, alt_km, time)
    south, north = _seen_stretch(
        skymap, alt_km, time, float(site_mlat), float(site_mlon), min_elevation_deg
    )
    step = (north - south) / count
    mlat: FloatArray = np.asarray(south + step * (np.arange(count) + 0.5), dtype=np.float64)
    lat, lon = _at_magnetic(mlat, np.full(count, float(site_mlon)), alt_km, time)
    line = line_at(skymap, alt_km, time, lat, lon)
    return line._replace(mlat_deg=mlat, mlon_deg=np.full(count, float(site_mlon)))


def _seen_stretch(
    skymap: Skymap,
    alt_km: float,
    time: datetime | np.datetime64,
    mlat_deg: float,
    mlon_deg: float,
    min_elevation_deg: float,
) -> tuple[float, float]:
    """Return the magnetic latitudes between which the meridian over a site is high enough."""
    if not np.isfinite(mlat_deg):
        raise BadInput(
            f"Magnetic latitude is not defined at the site {skymap.site}.",
            hint="AACGM has no values near the magnetic equator.",
            field="site", value=skymap.site,
        )  # fmt: skip
    reach = np.arange(-_MERIDIAN_REACH_DEG, _MERIDIAN_REACH_DEG, _MERIDIAN_STEP_DEG)
    nodes = mlat_deg + reach[np.abs(mlat_deg + reach) < 90.0]
    lat, lon = _at_magnetic(nodes, np.full(nodes.size, mlon_deg), alt_km, time)
    elevation = look_at(lat, lon, alt_km, skymap.lat_deg, skymap.lon_deg, skymap.alt_m)[1]
    low = ~(elevation >= min_elevation_deg)
    here = int(np.argmin(np.abs(nodes - mlat_deg)))
    below, above = np.flatnonzero(low[:here]), np.flatnonzero(low[here:])
    first = int(below[-1]) if below.size else 0
    last = here + int(above[0]) if above.size else nodes.size - 1
    return (
        _crossing(nodes, elevation, first, first + 1, min_elevation_deg),
        _crossing(nodes, elevation, last, last - 1, min_elevation_deg),
    )


def _crossing(
    nodes: FloatArray, elevation: FloatArray, outside: int, inside: int, level_deg: float
) -> float:
    """Return the latitude between two nodes where the elevation passes a level."""
    rise = elevation[inside] - elevation[outside]
    if not elevation[outside] < level_deg <= elevation[inside]:
        return float(nodes[inside])  # the pole, or where AACGM ends
    share = (level_deg - elevation[outside]) / rise
    return float(nodes[outside] + share * (nodes[inside] - nodes[outside]))


def _at_magnetic(
    mlat_deg: FloatArray, mlon_deg: FloatArray, alt_km: float, time: datetime | np.datetime64
) -> tuple[FloatArray, FloatArray]:
    """Return the places that `to_magnetic` gives these coordinates.

    The coefficients of both ways are fits of their own and differ by some hundredths of a degree;
    asking for what is missing on top makes them agree.
    """
    ask_lat, ask_lon = mlat_deg, mlon_deg
    for _ in range(_ROUNDS):
        lat, lon = from_magnetic(ask_lat, ask_lon, alt_km, time)
        got_lat, got_lon = to_magnetic(lat, lon, alt_km, time)
        short = (mlon_deg - got_lon + 180.0) % 360.0 - 180.0
        ask_lat = np.clip(ask_lat + np.nan_to_num(mlat_deg - got_lat), -90.0, 90.0)
        ask_lon = ask_lon + np.nan_to_num(short)
    return from_magnetic(ask_lat, ask_lon, alt_km, time)
