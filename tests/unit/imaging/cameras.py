"""Skymaps of made-up cameras, small enough for tests and off-centre as real ones are."""

from __future__ import annotations

import numpy as np

from core.imaging.lens import Lens
from core.imaging.skymap import Skymap, model_skymap

SITES = {
    "gill": (56.376, -94.64, 240.0),
    "pole": (89.9, 30.0, 0.0),
    "date": (66.0, 179.9, 300.0),
    "soth": (-77.5, 166.7, 20.0),
}


def skymap_of(
    site: str = "gill", size: int = 64, rotation_deg: float = 20.0, *, height: int | None = None
) -> Skymap:
    """Return the skymap of a turned, off-centre camera."""
    lat, lon, alt = SITES[site]
    rows = height or size
    lens = Lens(0.52 * size, 0.49 * rows, rotation_deg, (0.325 * min(rows, size), -0.5))
    return model_skymap(
        site, lens, (rows, size), array="themis_asi", lat_deg=lat, lon_deg=lon, alt_m=alt
    )


def wave(lat_deg: np.ndarray, lon_deg: np.ndarray) -> np.ndarray:
    """Return a smooth field on the Earth that no pole and no date line disturbs."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    return np.asarray(1000.0 + 300.0 * np.sin(20 * x) * np.cos(17 * y + 0.3) + 200.0 * z)
