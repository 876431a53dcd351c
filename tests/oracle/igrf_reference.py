"""IGRF-13 by its printed formula and lines followed by scipy: slow, and nothing of it is ours.

Coefficients are those of the file that spacepy is installed with.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pymap3d
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

Array = NDArray[np.float64]
RE_KM = 6371.2


@cache
def _table() -> tuple[list[float], dict[tuple[str, int, int], Array]]:
    spec = find_spec("spacepy")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    file = Path(spec.submodule_search_locations[0]) / "data" / "igrf13coeffs.txt"
    years: list[float] = []
    table = {}
    for line in file.read_text().splitlines():
        words = line.split()
        if words[0] == "g/h":
            years = [float(word) for word in words[3:-1]]
        elif words[0] in ("g", "h"):
            table[words[0], int(words[1]), int(words[2])] = np.array(words[3:], dtype=float)
    return years, table


def coefficients(year: float, degree: int) -> tuple[Array, Array]:
    years, table = _table()
    g, h = np.zeros((degree + 1, degree + 1)), np.zeros((degree + 1, degree + 1))
    for (letter, n, m), values in table.items():
        if n > degree:
            continue
        value = np.interp(year, years, values[:-1])
        value += max(year - years[-1], 0.0) * values[-1]
        (g if letter == "g" else h)[n, m] = value
    return g, h


def field_nt(at: Array, year: float, degree: int) -> Array:
    """Return the field at a geographic Cartesian position in Earth radii of 6371.2 km."""
    g, h = coefficients(year, degree)
    r = np.linalg.norm(at)
    cos, sin = at[2] / r, np.hypot(at[0], at[1]) / r
    lon = np.arctan2(at[1], at[0])
    p, dp = _schmidt(cos, sin, degree)
    radial = south = east = 0.0
    for n in range(1, degree + 1):
        m = np.arange(n + 1)
        scale = r ** -(n + 2.0)
        wave = g[n, m] * np.cos(m * lon) + h[n, m] * np.sin(m * lon)
        turned = h[n, m] * np.cos(m * lon) - g[n, m] * np.sin(m * lon)
        radial += (n + 1) * scale * (wave * p[n, m]).sum()
        south -= scale * (wave * dp[n, m]).sum()
        east -= scale * (m * turned * p[n, m]).sum() / sin
    across = radial * sin + south * cos
    return np.array(
        [
            across * np.cos(lon) - east * np.sin(lon),
            across * np.sin(lon) + east * np.cos(lon),
            radial * cos - south * sin,
        ]
    )


def _schmidt(cos: float, sin: float, degree: int) -> tuple[Array, Array]:
    """Return Schmidt semi-normalised Legendre functions and their derivatives by colatitude."""
    p, dp = np.zeros((degree + 1, degree + 1)), np.zeros((degree + 1, degree + 1))
    p[0, 0] = 1.0
    for n in range(1, degree + 1):
        f = np.sqrt(1.0 - 0.5 / n) if n > 1 else 1.0
        p[n, n] = f * sin * p[n - 1, n - 1]
        dp[n, n] = f * (sin * dp[n - 1, n - 1] + cos * p[n - 1, n - 1])
        for m in range(n):
            down = np.sqrt((n - 1.0) ** 2 - m**2) if n > 1 else 0.0
            under = p[n - 2, m] if n > 1 else 0.0
            dunder = dp[n - 2, m] if n > 1 else 0.0
            norm = np.sqrt(float(n * n - m * m))
            p[n, m] = ((2 * n - 1) * cos * p[n - 1, m] - down * under) / norm
            slope = cos * dp[n - 1, m] - sin * p[n - 1, m]
            dp[n, m] = ((2 * n - 1) * slope - down * dunder) / norm
    return p, dp


def geodetic(at: Array) -> tuple[float, float, float]:
    lat, lon, alt_m = pymap3d.ecef2geodetic(*(at * RE_KM * 1000.0))
    return float(lat), float(lon), float(alt_m) / 1000.0


def _start(lat: float, lon: float, alt_km: float) -> Array:
    return np.array(pymap3d.geodetic2ecef(lat, lon, alt_km * 1000.0)) / (RE_KM * 1000.0)


def foot(
    place: tuple[float, float, float], year: float, degree: int, sense: float, foot_alt_km: float
) -> tuple[float, float]:
    """Return where the line comes down when followed along (1) or against (-1) the field."""

    def along(_: float, at: Array) -> Array:
        field = field_nt(at, year, degree)
        return sense * field / np.linalg.norm(field)

    def down(_: float, at: Array) -> float:
        return geodetic(at)[2] - foot_alt_km

    down.terminal, down.direction = True, -1  # type: ignore[attr-defined]
    found = solve_ivp(
        along, (0.0, 60.0), _start(*place), events=down, rtol=1e-9, atol=1e-10, method="DOP853"
    )
    lat, lon, _ = geodetic(found.y_events[0][0])
    return lat, lon


def apex(place: tuple[float, float, float], year: float, degree: int) -> tuple[float, float, float]:
    """Return the highest place above the ellipsoid of the line through a place."""
    start = _start(*place)

    def climb(_: float, at: Array, sense: float = 1.0) -> float:
        lat, lon, _alt = geodetic(at)
        up = np.array(pymap3d.enu2uvw(0.0, 0.0, 1.0, lat, lon))
        return float(sense * field_nt(at, year, degree) @ up)

    sense = 1.0 if climb(0.0, start) > 0 else -1.0

    def along(_: float, at: Array) -> Array:
        field = field_nt(at, year, degree)
        return sense * field / np.linalg.norm(field)

    def level(_: float, at: Array) -> float:
        return climb(_, at, sense)

    level.terminal, level.direction = True, -1  # type: ignore[attr-defined]
    found = solve_ivp(
        along, (0.0, 60.0), start, events=level, rtol=1e-9, atol=1e-10, method="DOP853"
    )
    return geodetic(found.y_events[0][0])
