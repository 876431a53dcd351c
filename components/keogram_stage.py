"""What the browser is told of an opened row, to draw its keogram, frames and map itself.

A few kilobytes: names, places and lines. Counts and pictures come by address from `/media`.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, time
from functools import cache
from typing import Any

from components.keogram_labels import colour_of, short
from components.keogram_look import AXES, GAMMA_RANGE, SCALES, SLICES
from components.keogram_opened import Opened
from components.keogram_state import open_key
from components.keogram_strip import mark_of
from core.figures.site_map import magnetic_parallels, map_radius_km, rings
from core.imaging.colour import COLOUR_MAPS, DEFAULT_COLOUR_MAP, colour_table
from core.imaging.wall_detail import LabelTrack
from core.instruments.array import ImagerArray

_DEFAULT_ALT_KM = 110.0


def stage_data(view: Opened) -> str:
    """Return the description of an opened row as JSON, for the element that is drawn into."""
    row = view.row
    source, day = row.source.identifier, row.day
    start, end = row.window
    data = {
        # The browser looks for these two first.
        "key": open_key(source, day),
        "by": row.by,
        "source": source,
        "name": row.source.display_name,
        "day": day.isoformat(),
        "start": _stamp(start),
        "end": _stamp(end),
        "midnight": _stamp(datetime.combine(day, time.min, tzinfo=UTC)),
        "provenance": mark_of(row),
        "image": row.image_minutes,
        "runs": row.intervals,
        "tracks": [_track(track) for track in view.tracks],
        "array": _array(view.array),
        "site": _site(view),
        "choices": _choices(),
        "urls": {
            "keogram": f"/media/keogram/{source}/{day.isoformat()}",
            "frame": f"/media/frame/{source}/",
            "map": f"/media/map/{source}/",
            "movies": "/media/movies",
            "land": "/vendor/world-atlas/land-50m.json",
        },
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _track(track: LabelTrack) -> dict[str, Any]:
    runs = [
        {"label": short(value), "colour": colour_of(track, value), "runs": spans}
        for value, spans in track.runs
    ]
    return {"field": track.field.field_name, "about": track.field.description, "runs": runs}


def _array(array: ImagerArray | None) -> dict[str, Any]:
    if array is None:
        return {"name": "", "limits": None, "unit": "counts", "alt_km": _DEFAULT_ALT_KM}
    return {
        "name": array.label,
        "limits": array.scale_limits,
        "unit": array.intensity_unit,
        "alt_km": array.emission_alt_km,
        "cadence_s": array.cadence_s,
    }


def _site(view: Opened) -> dict[str, Any] | None:
    place = view.row.source.metadata
    lat, lon = place.get("latitude_deg"), place.get("longitude_deg")
    if lat is None or lon is None:
        return None
    alt_km = view.array.emission_alt_km if view.array else _DEFAULT_ALT_KM
    day = datetime.combine(view.row.day, time.min, tzinfo=UTC)
    return {
        "code": str(place.get("site") or view.row.source.platform).upper()[:4],
        "lat": lat,
        "lon": lon,
        "radius_km": map_radius_km(alt_km),
        "rings": rings(lat, lon, float(place.get("altitude_m") or 0.0), alt_km),
        "parallels": magnetic_parallels(lat, lon, alt_km, day),
    }


@cache
def _choices() -> dict[str, Any]:
    tables = {
        name: base64.b64encode(colour_table(name)[1:, :3].tobytes()).decode()
        for name in COLOUR_MAPS
    }
    return {
        "slice": SLICES,
        "axis": AXES,
        "scale": SCALES,
        "gamma": GAMMA_RANGE,
        "cmap": DEFAULT_COLOUR_MAP,
        "tables": tables,
    }
