"""At which heights each band of the aurora shines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """Height profile of bands.

    Attributes
    ----------
    bands : tuple of str
        Bands with this profile.
    alt_km : float
        Altitude whose magnetic coordinates the emission is asked at.
    shells : tuple of (alt_km, weight)
        The profile.
    low_shells, lowest_shells : tuple of float
        The same as heights of equal weight: near the horizon a line of sight crosses a hundred
        kilometres of ground and more between the first shell and the last.
    coarse : int
        Factor on the spacing of nodes: what lives long is smooth.
    """

    bands: tuple[str, ...]
    alt_km: float
    shells: tuple[tuple[float, float], ...]
    low_shells: tuple[float, ...]
    lowest_shells: tuple[float, ...]
    coarse: int = 1


LAYERS = (
    Layer(
        ("green", "blue"), 110.0,
        ((102.0, 0.26), (108.0, 0.30), (116.0, 0.22), (128.0, 0.14), (148.0, 0.08)),
        (99.5, 103.0, 106.0, 109.0, 112.5, 118.0, 126.5, 145.0),
        (98.5, 101.0, 103.0, 105.0, 107.0, 109.0, 111.5, 114.5, 118.5, 124.5, 134.0, 152.0),
    ),
    Layer(
        ("nir",), 110.0,
        ((104.0, 0.28), (112.0, 0.32), (124.0, 0.24), (145.0, 0.16)),
        (101.5, 105.0, 108.5, 112.5, 117.5, 124.0, 133.5, 152.0),
        (100.0, 103.0, 105.5, 108.0, 111.0, 114.0, 117.5, 121.5, 126.5, 133.0, 143.0, 160.0),
    ),
    Layer(
        ("red",), 230.0,
        ((195.0, 0.22), (225.0, 0.32), (260.0, 0.28), (310.0, 0.18)),
        (193.0, 218.0, 240.0, 267.0, 316.0),
        (188.0, 210.0, 228.0, 246.0, 270.0, 318.0), coarse=2,
    ),
)  # fmt: skip
"""Peaks and scale heights as of electrons of some keV (Rees 1989, Physics and Chemistry of the
Upper Atmosphere, chapter 7); the red line where its long life survives quenching."""
