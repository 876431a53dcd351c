"""Who is where at a moment: imagers and whether they work, spacecraft, Sun, magnetic latitudes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.archive.presence import day_presence
from core.errors import BadInput
from core.geo.magnetic import MAX_COEFFICIENT_ALT_KM
from core.grids.moment_cast import Cast, Imager, cast_of
from core.grids.moment_fleet import SpacecraftPlace, spacecraft_places
from core.grids.moment_sites import Line, Place, field_of_view
from core.grids.moment_sky import MagneticLines, Sky, magnetic_lines, sky
from core.grids.moment_tracks import GEO, positions_of_day, tracks
from core.imaging.wall_days import FIRST_DAY, LAST_DAY
from core.instruments.model import DataSource

if TYPE_CHECKING:
    from core.archive import Archive
    from core.archive.snapshot import Snapshot

Latitudes = Literal["geodetic", "delivered"]
LATITUDES: tuple[Latitudes, ...] = ("geodetic", "delivered")
MAX_TRAIL_MIN = 180
MAX_ALT_KM = MAX_COEFFICIENT_ALT_KM
DEFAULT_TRAIL_MIN = 45
DEFAULT_ALT_KM = 110.0


@dataclass(frozen=True, slots=True, eq=False)
class SiteState:
    """An imager at a moment; `provenance` is that of its record, None where it has none."""

    source: DataSource
    place: Place | None
    in_lifetime: bool
    provenance: str | None
    fov_alt_km: float
    fov: Line | None

    @property
    def operating(self) -> bool:
        """Whether it has a record in the minute."""
        return self.provenance is not None


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Everything of one moment but the light.

    Attributes
    ----------
    time : datetime64[us]
        UTC.
    alt_km : float
        Of the second terminator and the magnetic latitudes.
    latitudes : str
        "geodetic": all latitudes are. "delivered": spacecraft and feet as their records have them.
    provenance : str
        Of the records of imagers and spacecraft: one word, "mixed", or "none" without records.
    sites : tuple of SiteState
        Every imager of the catalogue, also those that are off.
    spacecraft : tuple of SpacecraftPlace
        Those with a record at the time, or at the minutes on both sides of it.
    spacecraft_known, spacecraft_in_lifetime : int
        All of the catalogue, and those in whose declared life the day lies.
    magnetic : MagneticLines or None
        None for years without coefficients.
    """

    time: np.datetime64
    alt_km: float
    trail_min: int
    latitudes: Latitudes
    provenance: str
    sites: tuple[SiteState, ...]
    spacecraft: tuple[SpacecraftPlace, ...]
    spacecraft_known: int
    spacecraft_in_lifetime: int
    sky: Sky
    magnetic: MagneticLines | None


def moment(
    archive: Archive,
    time: np.datetime64,
    *,
    alt_km: float = DEFAULT_ALT_KM,
    trail_min: int = DEFAULT_TRAIL_MIN,
    latitudes: Latitudes = "geodetic",
    snapshot: Snapshot | None = None,
) -> Moment:
    """Return who is where at a time.

    Parameters
    ----------
    archive : Archive
        Where records are read from, a UT day at a time; days are remembered.
    time : datetime64
        UTC. Imagers operate where they have a record in its minute. Spacecraft between two minutes
        are on the great circle between their records.
    alt_km : float
        Geodetic altitude of terminator and magnetic latitudes, 0 to 2,000.
    trail_min : int
        Minutes that trails reach back, 0 to 180.
    latitudes : str
        "geodetic" turns the geocentric latitudes of spacecraft and feet into geodetic ones, so
        that everything lies on one map; "delivered" leaves them as the records have them.
    snapshot : Snapshot, optional
        A version of the ephemeris that suffices, of a caller who has just looked for the newest.

    Raises
    ------
    BadInput
        A number is outside its range, or the time outside 1950 to 2100.
    """
    when = check_time(time)
    _check(alt_km, trail_min, latitudes)
    day: date = when.astype("datetime64[D]").item()
    newest = snapshot or archive.ephemeris.store.snapshot()
    cast = cast_of(archive)
    found = _found(archive, cast, when, newest)
    way = tracks(archive, [s.identifier for s in cast.spacecraft], when, trail_min, newest)
    told = _told(archive, [i.source for i in cast.imagers if i.place is None], day)
    return Moment(
        time=when,
        alt_km=float(alt_km),
        trail_min=trail_min,
        latitudes=latitudes,
        provenance=_common(found),
        sites=tuple(_site(imager, day, found, told) for imager in cast.imagers),
        spacecraft=spacecraft_places(cast.spacecraft, way, found, geodetic=latitudes == "geodetic"),
        spacecraft_known=len(cast.spacecraft),
        spacecraft_in_lifetime=sum(life.holds(day) for life in cast.lives),
        sky=sky(when, alt_km),
        magnetic=magnetic_lines(when, alt_km),
    )


def provenance_at(archive: Archive, time: np.datetime64, snapshot: Snapshot | None = None) -> str:
    """Return what the records of imagers and spacecraft are in the minute of a time.

    "simulated", "ingested", "uploaded", "mixed", or "none" where there are none.
    """
    return _common(_found(archive, cast_of(archive), time, snapshot))


def check_time(time: np.datetime64) -> np.datetime64:
    """Return the time to the microsecond; BadInput outside of 1950 to 2100."""
    if np.isnat(time) or not FIRST_DAY <= time.astype("datetime64[D]").item() <= LAST_DAY:
        raise BadInput(
            f"{time} is no moment of an archive.",
            hint=f"Give a time from {FIRST_DAY} to {LAST_DAY}.",
            field="time",
            value=str(time),
        )
    exact: np.datetime64 = time.astype("datetime64[us]")
    return exact


def _check(alt_km: float, trail_min: int, latitudes: str) -> None:
    allowed = (
        ("alt_km", alt_km, 0.0 <= alt_km <= MAX_ALT_KM, f"between 0 and {MAX_ALT_KM:g}"),
        ("trail_min", trail_min, 0 <= trail_min <= MAX_TRAIL_MIN, f"between 0 and {MAX_TRAIL_MIN}"),
        ("latitudes", latitudes, latitudes in LATITUDES, f"one of {', '.join(LATITUDES)}"),
    )
    for name, value, fine, hint in allowed:
        if not fine:
            raise BadInput(
                f"{name}: {value!r} cannot be used.", hint=f"It is {hint}.", field=name, value=value
            )


def _found(
    archive: Archive, cast: Cast, time: np.datetime64, snapshot: Snapshot | None
) -> dict[int, str]:
    """Return the provenance of the records of imagers and spacecraft in a minute."""
    day = time.astype("datetime64[D]")
    minute = int((time - day) / np.timedelta64(1, "m"))
    found = day_presence(archive, day.item(), snapshot).at(minute)
    return {key: word for key, word in found.items() if key in cast.identifiers}


def _common(found: dict[int, str]) -> str:
    kinds = set(found.values())
    return "mixed" if len(kinds) > 1 else next(iter(kinds), "none")


def _told(archive: Archive, sources: list[DataSource], day: date) -> dict[int, Place]:
    """Return the places that the day's records tell, of imagers whose metadata do not."""
    if not sources:
        return {}
    records = positions_of_day(archive, [source.identifier for source in sources], day)
    places = {}
    for source, lat, lon in zip(sources, records.lat_deg[GEO], records.lon_deg[GEO], strict=True):
        found = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
        if len(found):
            places[source.identifier] = Place(float(lat[found[-1]]), float(lon[found[-1]]))
    return places


def _site(imager: Imager, day: date, found: dict[int, str], told: dict[int, Place]) -> SiteState:
    source, place, fov = imager.source, imager.place, imager.fov
    if place is None and source.identifier in told:
        place = told[source.identifier]
        fov = field_of_view(source, place)
    word = found.get(source.identifier)
    return SiteState(source, place, imager.life.holds(day), word, imager.fov_alt_km, fov)
