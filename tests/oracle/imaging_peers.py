"""Gakona's frames and skymap as the peers see them, and ours beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from core.imaging.frames import Frames
from core.imaging.readers import read_frames
from core.imaging.skymap import Skymap
from core.imaging.skymap_sav import read_skymap

SKYMAP = "themis/themis_skymap_gako_20110305-+_vXX.sav"
FRAMES = "themis/thg_l1_asf_gako_2011010617_v01.cdf"


@dataclass(frozen=True)
class Gakona:
    """Frames (time, y, x) with row 0 north and column 0 east, and their skymap."""

    skymap: Skymap
    frames: Frames
    images: np.ndarray
    times: list[datetime]
    path: Path


def gakona(test_data: Path) -> Gakona:
    frames = read_frames(test_data / FRAMES)
    times = [t.astype("M8[us]").item() for t in frames["time"].values]
    path = test_data / SKYMAP
    return Gakona(read_skymap(path), frames, frames["images"].values, times, path)


def pyaurorax_skymap(path: Path) -> Any:
    """Return the skymap as pyaurorax reads it: row 0 south, corners, longitudes 0 to 360."""
    from pyucalgarysrs.data.read import ReadManager

    return ReadManager().read_skymap([str(path)]).data[0]


def asilib_imager(place: Gakona, alt_km: int = 110) -> Any:
    """Return an asilib.Imager of the frames: row 0 south, latitudes of corners."""
    import asilib
    from asilib.asi.themis import _load_skymap

    theirs = _load_skymap(place.path)
    level = int(np.flatnonzero(theirs["FULL_MAP_ALTITUDE"] == alt_km * 1000)[0])
    skymap = {
        "lat": theirs["FULL_MAP_LATITUDE"][level].astype(float),
        "lon": theirs["FULL_MAP_LONGITUDE"][level].astype(float),
        "alt": alt_km,
        "el": theirs["FULL_ELEVATION"].astype(float),
        "az": theirs["FULL_AZIMUTH"].astype(float),
        "path": str(place.path),
    }
    meta = {
        "array": "THEMIS", "location": "GAKO", "lat": place.skymap.lat_deg,
        "lon": place.skymap.lon_deg, "alt": place.skymap.alt_m / 1000, "cadence": 3,
        "resolution": (256, 256),
    }  # fmt: skip
    second = timedelta(seconds=1)
    files = {
        "path": ["gakona"],
        "start_time": [place.times[0]],
        "end_time": [place.times[-1]],
        "time_range": [place.times[0] - second, place.times[-1] + second],
        "loader": lambda _: (np.array(place.times), place.images[:, ::-1, :]),
    }
    return asilib.Imager(files, meta, skymap)
