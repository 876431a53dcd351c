"""Feet of magnetic field lines at a geodetic altitude, with the field that they were traced in.

Positions and feet are geodetic on WGS84. The field is IGRF-13, alone or with the external field
T89 (Tsyganenko 1989, Planet. Space Sci. 37, 5) for a Kp; both as IRBEM has them, the internal
field as of the middle of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import BadInput
from core.geo.field_lines import FINE, follow, geodetic
from core.geo.irbem import INTERNAL_ONLY, T89, FieldModel
from core.geo.sphere import EARTH_RADIUS_KM
from core.geo.wgs84 import Cartesian, to_cartesian, to_geodetic

FloatArray = NDArray[np.float64]
FieldName = Literal["T89", "IGRF"]
Hemisphere = Literal["north", "south"]

INTERNAL_FIELD = "IGRF-13"
_EXTERNAL: dict[str, int] = {"T89": T89, "IGRF": INTERNAL_ONLY}
_SENSE: dict[str, float] = {"north": 1.0, "south": -1.0}
MAX_KP = 9.0


@dataclass(frozen=True)
class FootTrace:
    """Feet of lines and what they were traced with."""

    lat_deg: FloatArray
    """Geodetic latitude; NaN where the line is open or an input is missing."""
    lon_deg: FloatArray
    """Longitude in [-180, 180)."""
    foot_alt_km: float
    """Geodetic altitude of the feet."""
    hemisphere: Hemisphere
    """North: along the field; south: against it."""
    field: FieldName
    """External field: T89, or none (IGRF alone)."""
    kp: FloatArray | None
    """Of each line; None without an external field."""
    open: NDArray[np.bool_]
    """Lines that do not come down."""

    @property
    def field_name(self) -> str:
        """Return the field in words for figures and files."""
        if self.kp is None:
            return f"{INTERNAL_FIELD}, no external field"
        known = np.unique(self.kp[np.isfinite(self.kp)])
        if known.size == 0:
            return f"{INTERNAL_FIELD} + T89, Kp unknown"
        span = f"{known[0]:.3g}" if known.size == 1 else f"{known[0]:.3g} to {known[-1]:.3g}"
        return f"{INTERNAL_FIELD} + T89, Kp {span}"


def trace_to_altitude(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    alt_km: ArrayLike,
    times: ArrayLike,
    kp: ArrayLike | None = None,
    *,
    foot_alt_km: float = 110.0,
    field: FieldName = "T89",
    hemisphere: Hemisphere = "north",
) -> FootTrace:
    """Follow the field lines through places to an altitude.

    Parameters
    ----------
    lat_deg, lon_deg, alt_km : array_like of float
        Geodetic; broadcast against `times` and `kp`.
    times : array_like of datetime64
        UTC.
    kp : array_like of float, optional
        0 to 9; T89 has one field for each whole Kp from 0 to 6 and above. Needed for T89.
    foot_alt_km : float
        Geodetic altitude of the feet, 0 or more. It may lie above a place: the line is then
        followed back up on the side of `hemisphere`.
    field : {"T89", "IGRF"}
        IGRF with or without the external field T89.
    hemisphere : {"north", "south"}
        Side on which the foot lies.

    Returns
    -------
    FootTrace
        Arrays of the broadcast shape. Feet are within 0.1 m of the altitude and within 2 m of the
        line in that field for places up to 5,000 km, 10 m for geostationary ones. NaN when the
        line is open: it leaves 40 Earth radii, or never comes down to the altitude.

    Raises
    ------
    BadInput
        An unknown field or hemisphere, a Kp outside 0 to 9, T89 without Kp, an altitude below 0.
    """
    _check(field, hemisphere, kp, foot_alt_km)
    known_kp = None if field == "IGRF" else np.asarray(kp, dtype=np.float64)
    activity = np.zeros(()) if known_kp is None else known_kp
    lat, lon, alt, moments, activity = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (lat_deg, lon_deg, alt_km)),
        np.asarray(times, dtype="datetime64[us]"),
        activity,
    )
    start = np.stack(to_cartesian(lat.ravel(), lon.ravel(), alt.ravel())) / EARTH_RADIUS_KM
    missing = ~np.isfinite(start).all(axis=0) | np.isnan(activity).ravel() | _not_a_time(moments)
    start[:, missing] = np.nan
    ends = _ends(start, moments.ravel(), activity.ravel(), foot_alt_km, field, hemisphere)
    place = to_geodetic(Cartesian(*(ends * EARTH_RADIUS_KM)))
    return FootTrace(
        place.lat_deg.reshape(lat.shape),
        place.lon_deg.reshape(lat.shape),
        float(foot_alt_km),
        hemisphere,
        field,
        None if known_kp is None else np.array(activity),
        (np.isnan(place.lat_deg) & ~missing).reshape(lat.shape),
    )


def _ends(
    start: FloatArray,
    moments: NDArray[np.datetime64],
    kp: FloatArray,
    foot_alt_km: float,
    field: FieldName,
    hemisphere: Hemisphere,
) -> FloatArray:
    """Return where lines come down, Earth radii, shape (3, n)."""
    ends = np.full(start.shape, np.nan)
    rows = np.flatnonzero(np.isfinite(start).all(axis=0))
    if rows.size == 0:
        return ends
    model = FieldModel(moments[rows], kp[rows], external=_EXTERNAL[field])
    sense = np.full(rows.size, _SENSE[hemisphere])
    surface = geodetic(foot_alt_km)
    ends[:, rows] = follow(model, np.arange(rows.size), sense, start[:, rows], surface, FINE)
    return ends


def _not_a_time(moments: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    return np.asarray(np.isnat(moments).ravel())


def _check(field: str, hemisphere: str, kp: ArrayLike | None, foot_alt_km: float) -> None:
    for name, value, known in (("field", field, _EXTERNAL), ("hemisphere", hemisphere, _SENSE)):
        if value not in known:
            raise BadInput(
                f"There is no {name} {value!r} to trace in.",
                field=name,
                value=value,
                hint=f"Known: {', '.join(known)}.",
            )
    if not foot_alt_km >= 0.0:
        raise BadInput("A foot lies above the ground.", field="foot_alt_km", value=foot_alt_km)
    if field == "IGRF":
        return
    if kp is None:
        raise BadInput("T89 needs a Kp.", field="kp", value=None, hint='Or trace in "IGRF".')
    known_kp = np.asarray(kp, dtype=np.float64)
    if np.any((known_kp < 0.0) | (known_kp > MAX_KP)):
        raise BadInput("Kp lies between 0 and 9.", field="kp", value=float(np.nanmax(known_kp)))
