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
    far_shells : tuple of float
        The same as heights of equal weight: near the horizon a line of sight crosses a hundred
        kilometres of ground and more between the first shell and the last.
    coarse : int
        Factor on the spacing of nodes: what lives long is smooth.
    """

    bands: tuple[str, ...]
    alt_km: float
    shells: tuple[tuple[float, float], ...]
    far_shells: tuple[float, ...]
    coarse: int = 1


LAYERS = (
    Layer(
        ("green", "blue"), 110.0,
        ((102.0, 0.26), (108.0, 0.30), (116.0, 0.22), (128.0, 0.14), (148.0, 0.08)),
        (
            98.0, 100.0, 102.0, 103.0, 105.0, 106.0, 108.0, 109.5,
            111.0, 113.5, 116.0, 119.0, 124.0, 130.5, 141.0, 154.5,
        ),
    ),
    Layer(
        ("nir",), 110.0,
        ((104.0, 0.28), (112.0, 0.32), (124.0, 0.24), (145.0, 0.16)),
        (
            99.5, 102.0, 104.0, 106.0, 107.5, 110.0, 112.0, 114.5,
            117.0, 120.0, 123.5, 127.5, 132.0, 139.0, 149.5, 162.5,
        ),
    ),
    Layer(
        ("red",), 230.0,
        ((195.0, 0.22), (225.0, 0.32), (260.0, 0.28), (310.0, 0.18)),
        (183.5, 197.0, 210.0, 221.0, 231.5, 242.5, 255.5, 270.0, 299.0, 329.5), coarse=2,
    ),
)  # fmt: skip
"""Peaks and scale heights as of electrons of some keV (Rees 1989, Physics and Chemistry of the
Upper Atmosphere, chapter 7); the red line where its long life survives quenching."""
