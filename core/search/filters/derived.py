"""Derived fields: what a filter may ask of a minute though no record holds it.

Positions are those of the type that is compared, read as a direction from the Earth's centre in
the frame that the source delivers. Sun and Moon are seen from WGS84's surface in that direction,
without refraction; magnetic coordinates are those of a point 100 km above it, which is where
stored footprints are. Where the position or the index is missing the value is NaN, and matches
no comparison.

* Sun: within 0.01 degrees (`core.geo.sun`). Moon: within 0.02 degrees, parallax included, and
  0.0001 of the disc (`core.geo.moon`).
* MLT and magnetic latitude: `core.search.filters.derived_magnetic`.
* Indices: the archive's value that began last, for as long as its bin is (`BIN_MINUTES`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.archive import Archive
from core.archive.columns import epoch_us
from core.archive.derived_fields import DERIVED_PREFIX
from core.geo.moon import illuminated_fraction, moon_position_km
from core.geo.sphere import WGS84_E2
from core.geo.sun import sun_direction
from core.geo.wgs84 import to_cartesian
from core.search.filters import derived_magnetic
from core.search.filters.derived_magnetic import cubic_weights

NODE_MINUTES = 10
Float = NDArray[np.float64]
Ints = NDArray[np.int64]

BIN_MINUTES = {"kp": 180, "dst_nt": 60, "sml_nt": 1}
"""How long a value of an index holds."""


class Moments:
    """Values of a piece that do not depend on the place, kept for as long as it is worked on.

    Parameters
    ----------
    archive : Archive
        Whose indices are meant.
    first_minute, count : int
        The piece, in minutes since 1970.
    """

    def __init__(self, archive: Archive, first_minute: int, count: int) -> None:
        self.archive, self.first, self.count = archive, first_minute, count
        self._laid: dict[str, tuple[Float, NDArray[np.bool_]]] = {}
        self._months: Ints | None = None

    def sun(self, index: Ints) -> Float:
        """Return the Sun's direction, float64[3, N], at minutes of the piece."""
        return self._kept("sun", index, 3, _sun)

    def moon_km(self, index: Ints) -> Float:
        """Return the Moon's place, Earth-fixed float64[3, N] in km."""
        return self._kept("moon", index, 3, _moon_km)

    def mlt_of_zero_h(self, index: Ints) -> Float:
        """Return the magnetic local times of magnetic longitude 0."""
        zero: Float = self._kept("mlt", index, 1, _zero)[0]
        return zero

    def months(self, index: Ints) -> Ints:
        """Return the months since 1970 that minutes of the piece are in."""
        if self._months is None:
            minutes = self.first + np.arange(self.count)
            self._months = _times(minutes).astype("datetime64[M]").astype(np.int64)
        return self._months[index]

    def moon_phase(self, index: Ints) -> Float:
        """Return the sunlit fraction of the Moon."""
        phase: Float = self._kept("phase", index, 1, _phase)[0]
        return phase

    def index_value(self, name: str, index: Ints) -> Float:
        """Return the values of a geomagnetic index, NaN where there is none."""
        values: Float = self._kept(name, index, 1, partial(self._read_index, name))[0]
        return values

    def _kept(self, name: str, index: Ints, rows: int, make: Callable[[Ints], Float]) -> Float:
        """Work out what is not known yet, once a minute however many records it has."""
        if name not in self._laid:
            self._laid[name] = np.empty((rows, self.count)), np.zeros(self.count, dtype=bool)
        values, known = self._laid[name]
        wanted = np.zeros(self.count, dtype=bool)
        wanted[index] = True
        new = np.flatnonzero(wanted & ~known)
        if len(new):
            values[:, new] = make(self.first + new)
            known[new] = True
        found: Float = values[:, index]
        return found

    def _read_index(self, name: str, minutes: Ints) -> Float:
        holds = BIN_MINUTES[name]
        first, last = (datetime.fromtimestamp(60 * int(m), tz=UTC) for m in minutes[[0, -1]])
        table = self.archive.indices.read([name], first - timedelta(minutes=holds), last)
        starts = np.append(epoch_us(table["epoch"]) / 60e6, np.inf)
        values = np.append(table["value"].to_numpy(), np.nan)
        place = np.searchsorted(starts, minutes, side="right") - 1
        held = (place >= 0) & (minutes - starts[place] < holds)
        return np.asarray(np.where(held, values[place], np.nan))[None]


class DerivedRows:
    """Derived fields of records of one source.

    Parameters
    ----------
    moments : Moments
    index : int64[N]
        Minutes of the records in the piece.
    lat_deg, lon_deg : float64[N] or None
        Positions that are compared, NaN where missing; None when no field of position is asked.
    frame : {"geodetic", "geocentric"}
        Frame of the latitudes.
    """

    def __init__(
        self,
        moments: Moments,
        index: Ints,
        lat_deg: Float | None,
        lon_deg: Float | None,
        frame: str,
    ) -> None:
        self.moments, self.index = moments, index
        self.lat_deg, self.lon_deg = lat_deg, lon_deg
        self._known: tuple[NDArray[np.bool_], Float, Float] | None = None
        if lat_deg is not None and lon_deg is not None:
            if len(lat_deg) > 1 and _same(lat_deg) and _same(lon_deg):
                lat_deg, lon_deg = lat_deg[:1], lon_deg[:1]
            self.lon_deg = lon_deg
            self.lat_deg = lat_deg if frame == "geodetic" else _geodetic(lat_deg)

    def values(self, key: str, rows: Ints) -> Float:
        """Return a derived field of some of the records, float64[len(rows)]."""
        name = key.removeprefix(DERIVED_PREFIX)
        if name in BIN_MINUTES:
            return self.moments.index_value(name, self.index[rows])
        return _OF_NAME[name](self, rows)

    def moon_phase(self, rows: Ints) -> Float:
        """Return the sunlit fraction of the Moon."""
        return self.moments.moon_phase(self.index[rows])

    def sun_elevation_deg(self, rows: Ints) -> Float:
        """Return elevations of the Sun."""
        sun, up = self.moments.sun(self.index[rows]), self._up(rows)
        return _elevation_deg((sun * up).sum(axis=0))

    def moon_elevation_deg(self, rows: Ints) -> Float:
        """Return elevations of the Moon, seen from the surface."""
        site = np.stack(to_cartesian(*self._place(rows), 0.0))
        away = self.moments.moon_km(self.index[rows]) - site
        distance = np.sqrt((away * away).sum(axis=0))
        return _elevation_deg((away * self._up(rows)).sum(axis=0) / distance)

    def mlat_deg(self, rows: Ints) -> Float:
        """Return AACGM latitudes."""
        return self._magnetic(rows)[0]

    def mlt_h(self, rows: Ints) -> Float:
        """Return magnetic local times."""
        zero_h = self.moments.mlt_of_zero_h(self.index[rows])
        return np.asarray((zero_h + self._magnetic(rows)[1] / 15.0) % 24.0 % 24.0)

    def _magnetic(self, rows: Ints) -> tuple[Float, Float]:
        """AACGM latitude and longitude of the rows, worked out once a record."""
        if self._known is None:
            count = len(self.index)
            self._known = np.zeros(count, dtype=bool), np.empty(count), np.empty(count)
        known, mlat, mlon = self._known
        new = rows[~known[rows]]
        if len(new):
            months = self.moments.months(self.index[new])
            mlat[new], mlon[new] = derived_magnetic.magnetic(*self._place(new), months)
            known[new] = True
        return mlat[rows], mlon[rows]

    def _place(self, rows: Ints) -> tuple[Float, Float]:
        """Geodetic positions of the rows; one for all where the source stands still."""
        if self.lat_deg is None or self.lon_deg is None:
            raise ValueError("no positions were read")
        if len(self.lat_deg) == 1:
            return self.lat_deg, self.lon_deg
        return self.lat_deg[rows], self.lon_deg[rows]

    def _up(self, rows: Ints) -> Float:
        lat, lon = (np.radians(v) for v in self._place(rows))
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


_OF_NAME: dict[str, Callable[[DerivedRows, Ints], Float]] = {
    "mlt_h": DerivedRows.mlt_h,
    "mlat_deg": DerivedRows.mlat_deg,
    "sun_elevation_deg": DerivedRows.sun_elevation_deg,
    "moon_elevation_deg": DerivedRows.moon_elevation_deg,
    "moon_phase": DerivedRows.moon_phase,
}
# What costs little comes first, so that the rest is asked about fewer minutes.
COST = {
    f"{DERIVED_PREFIX}{name}": cost
    for cost, name in enumerate(
        (*BIN_MINUTES, "moon_phase", "sun_elevation_deg", "moon_elevation_deg", "mlat_deg", "mlt_h")
    )
}

PRICE = {
    f"{DERIVED_PREFIX}{name}": price
    for name, price in {
        "mlt_h": 120, "mlat_deg": 120, "sun_elevation_deg": 60, "moon_elevation_deg": 60,
        "moon_phase": 10, "kp": 5, "dst_nt": 5, "sml_nt": 5,
    }.items()
}  # fmt: skip
"""Time that a field takes for one record, in pair minutes that could be compared meanwhile."""


def _zero(minutes: Ints) -> Float:
    return derived_magnetic.mlt_of_zero_h(minutes)[None]


def _sun(minutes: Ints) -> Float:
    return _from_nodes(lambda times: np.stack(sun_direction(times)), minutes)


def _moon_km(minutes: Ints) -> Float:
    return _from_nodes(lambda times: np.stack(moon_position_km(times)), minutes)


def _phase(minutes: Ints) -> Float:
    return _from_nodes(lambda times: illuminated_fraction(times)[None], minutes)


def _from_nodes(make: Callable[[NDArray[np.datetime64]], Float], minutes: Ints) -> Float:
    """Return values at rising minutes, of many from nodes ten minutes apart by cubics.

    The Earth turns by 2.5 degrees between nodes, so that a direction is good to 1e-7.
    """
    slot, after = np.divmod(minutes, NODE_MINUTES)
    nodes = np.arange(slot[0] - 1, slot[-1] + 3)
    if len(nodes) >= len(minutes):
        return np.asarray(make(_times(minutes)))
    values, weights = make(_times(nodes * NODE_MINUTES)), cubic_weights(after / NODE_MINUTES)
    place = slot - slot[0]
    out = values[:, place] * weights[0]
    for n in range(1, 4):
        out += values[:, place + n] * weights[n]
    return np.asarray(out)


def _times(minutes: Ints) -> NDArray[np.datetime64]:
    return minutes.astype("datetime64[m]").astype("datetime64[us]")


def _same(values: Float) -> bool:
    return bool(values[0] == values[-1]) and bool((values == values[0]).all())


def _geodetic(lat_deg: Float) -> Float:
    """Latitude of the normal to WGS84 where a direction from the centre meets its surface."""
    lat = np.radians(lat_deg)
    return np.asarray(np.degrees(np.arctan2(np.sin(lat), (1.0 - WGS84_E2) * np.cos(lat))))


def _elevation_deg(sine: Float) -> Float:
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))
