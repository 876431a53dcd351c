"""A moment as a document: what the browser draws, in degrees to 0.01."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.grids.moment import Moment, SiteState
from core.grids.moment_fleet import SpacecraftPlace, Stretch, Way
from core.grids.moment_sites import Line
from core.grids.moment_sky import LatLon, MagneticLines

FloatArray = NDArray[np.float64]
Document = dict[str, Any]

_DIGITS = 2


def moment_document(moment: Moment, *, fov: bool = True) -> Document:
    """Return a moment as JSON has it.

    Lines are flat lists ``[lat, lon, lat, lon, ...]``, longitudes -180 to 180, not cut at the date
    line; what is not known is None.

    Parameters
    ----------
    moment : Moment
    fov : bool
        False leaves out the fields of view, which are the same at every moment.
    """
    return {
        "time": f"{_text(moment.time)}Z",
        "trail_min": moment.trail_min,
        "alt_km": moment.alt_km,
        "latitudes": moment.latitudes,
        "provenance": moment.provenance,
        "imagers": {
            "operating": sum(site.operating for site in moment.sites),
            "in_lifetime": sum(site.in_lifetime for site in moment.sites),
            "of": len(moment.sites),
        },
        "sites": [_site(site, fov=fov) for site in moment.sites],
        "fleet": {
            "shown": len(moment.spacecraft),
            "in_lifetime": moment.spacecraft_in_lifetime,
            "of": moment.spacecraft_known,
        },
        "spacecraft": [_spacecraft(craft) for craft in moment.spacecraft],
        "sun": _point(moment.sky.subsolar),
        "terminators": [
            {"alt_km": alt_km, "latlon": _flat(line)}
            for alt_km, line in moment.sky.terminators.items()
        ],
        "magnetic": _magnetic(moment.magnetic),
    }


def _text(time: np.datetime64) -> str:
    text = str(time.astype("datetime64[us]")).rstrip("0").rstrip(".")
    return text if len(text) > 19 else str(time.astype("datetime64[s]"))


def _site(site: SiteState, *, fov: bool) -> Document:
    source, place = site.source, site.place
    return {
        "id": source.identifier,
        "program": source.program,
        "platform": source.platform,
        "code": str(source.metadata.get("site", "")),
        "name": source.display_name,
        "array": str(source.metadata.get("array", "")),
        "lat": None if place is None else round(place.lat_deg, 4),
        "lon": None if place is None else round(place.lon_deg, 4),
        "alt_m": None if place is None else place.alt_m,
        "operating": site.operating,
        "in_lifetime": site.in_lifetime,
        "provenance": site.provenance,
        "fov_alt_km": site.fov_alt_km,
        "fov": _flat(site.fov) if fov and site.fov else None,
    }


def _spacecraft(craft: SpacecraftPlace) -> Document:
    source = craft.source
    return {
        "id": source.identifier,
        "program": source.program,
        "platform": source.platform,
        "name": source.display_name,
        "type": source.source_type,
        "provenance": craft.provenance,
        **_way(craft.position, heights=True),
        "alt_km": None if craft.alt_km is None else round(craft.alt_km, 1),
        "north": _way(craft.north),
        "south": _way(craft.south),
    }


def _way(way: Way, *, heights: bool = False) -> Document:
    return {
        "lat": _rounded(way.lat_deg),
        "lon": _rounded(way.lon_deg),
        "trail": [_stretch(stretch, heights=heights) for stretch in way.trail],
    }


def _stretch(stretch: Stretch, *, heights: bool) -> Document:
    document: Document = {
        "minutes": _minutes(stretch.minutes),
        "latlon": _flat((stretch.lat_deg, stretch.lon_deg)),
    }
    if heights:
        document["alt_km"] = _heights(stretch.alt_km)
    return document


def _minutes(minutes: FloatArray) -> list[float]:
    # All are whole if the first is, for the last alone is the moment itself. Whole numbers are
    # half as long to write.
    whole = float(minutes[0]).is_integer()
    values: list[float] = (minutes.astype(np.int64) if whole else minutes.round(_DIGITS)).tolist()
    return values


def _heights(alt_km: FloatArray) -> list[int | None]:
    return [
        round(value) if value == value else None for value in alt_km.tolist()
    ]  # NaN is not itself


def _magnetic(lines: MagneticLines | None) -> Document | None:
    if lines is None:
        return None
    return {
        "alt_km": lines.alt_km,
        "poles": {"north": _point(lines.north), "south": _point(lines.south)},
        "lines": [{"mlat": mlat, "latlon": _flat(line)} for mlat, line in lines.lines.items()],
    }


def _point(place: LatLon) -> Document:
    return {"lat": _rounded(place[0]), "lon": _rounded(place[1])}


def _rounded(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, _DIGITS)


def _flat(line: Line) -> list[float]:
    pairs = np.empty(2 * len(line[0]))
    pairs[0::2], pairs[1::2] = line
    # Adding zero turns -0.0 into 0.0, which is one character less and no riddle.
    values: list[float] = (pairs.round(_DIGITS) + 0.0).tolist()
    return values
