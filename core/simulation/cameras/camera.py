"""One camera: its design at a site, with everything that is its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.errors import NotFound
from core.imaging.lens import GAKONA, Lens, default_lens, equidistant
from core.instruments.array import ImagerArray, Site
from core.instruments.registry import arrays
from core.simulation.cameras.designs import DESIGNS, Design, design_of
from core.simulation.seeds import generator

# Of real THEMIS cameras: counts in the corners, light lost at the horizon and its power.
_KNOWN_DARK = {"gill": 3491.0, "gako": 2290.0}
_KNOWN_VIGNETTING = {"gill": (0.72, 4.5), "gako": (0.2, 4.0)}
_MOST_TURN_DEG = 40.0


@dataclass(frozen=True, eq=False)
class Camera:
    """A simulated camera.

    Attributes
    ----------
    array, site, design
        What it is and where.
    seed : int
        Seed of the archive.
    lens : Lens
        Its own centre, turn and glass.
    name : str
        Device name, ``SIM-<array>-<site>``.
    dark : float
        Counts without any light.
    vignetting : (share, power)
        Light lost at the horizon and how suddenly it sets in.
    key : int
        64 bits that start the camera's random numbers.
    """

    array: ImagerArray
    site: Site
    design: Design
    seed: int
    lens: Lens
    name: str
    dark: float
    vignetting: tuple[float, float]
    key: int

    @property
    def height(self) -> int:
        """Rows of an image."""
        return self.array.image_shape[0]

    @property
    def width(self) -> int:
        """Columns of an image."""
        return self.array.image_shape[1]

    def random(self, purpose: str) -> np.random.Generator:
        """Return the generator of something that belongs to this camera alone."""
        return generator(f"camera {self.array.key} {purpose}", self.site.identifier, seed=self.seed)


def camera_of(source_id: int, seed: int) -> Camera:
    """Return the camera of a data source.

    Raises
    ------
    NotFound
        The source is no imager, or one that is not simulated.
    """
    found = _sources().get(source_id)
    if found is None:
        raise NotFound(
            f"Source {source_id} has no simulated images.",
            hint="All-sky imagers have.",
            kind="source",
            key=source_id,
        )
    return _camera(*found, seed)


def is_simulated(source_id: int) -> bool:
    """Return whether a source has a simulated camera."""
    return source_id in _sources()


def sources() -> tuple[int, ...]:
    """Return the identifiers of all simulated imagers, rising."""
    return tuple(sorted(_sources()))


@lru_cache(maxsize=1)
def _sources() -> dict[int, tuple[str, str]]:
    return {
        site.identifier: (array.key, site.code)
        for array in arrays()
        if array.key in DESIGNS
        for site in array.sites.values()
    }


@lru_cache(maxsize=256)
def _camera(array_key: str, site_code: str, seed: int) -> Camera:
    array = next(array for array in arrays() if array.key == array_key)
    site, design = array.sites[site_code], design_of(array_key)
    random = generator(f"camera {array_key} body", site.identifier, seed=seed)
    dark = random.uniform(*design.dark)
    vignetting = (float(random.uniform(0.12, 0.6)), float(random.uniform(3.0, 5.0)))
    if array_key == "themis_asi":
        dark = _KNOWN_DARK.get(site_code, dark)
        vignetting = _KNOWN_VIGNETTING.get(site_code, vignetting)
    return Camera(
        array=array,
        site=site,
        design=design,
        seed=seed,
        lens=_lens(array, site, design, random),
        name=f"SIM-{array_key.replace('_', '-')}-{site_code}",
        dark=float(np.round(dark, 1)),
        vignetting=vignetting,
        key=int(random.integers(0, 2**63)),
    )


def _lens(array: ImagerArray, site: Site, design: Design, random: np.random.Generator) -> Lens:
    """Return a lens turned by tens of degrees, off centre, with glass of its own."""
    if array.key == "themis_asi" and site.code == "gako":
        return GAKONA
    shape = array.image_shape
    base = default_lens(array.key, shape)
    if design.diameter_px:
        base = equidistant(shape, design.diameter_px)
    size = min(shape[:2])
    shift = random.normal(size=2) * 0.011 * size
    turn = random.choice([-1.0, 1.0]) * random.uniform(6.0, _MOST_TURN_DEG)
    scale, bend = 1.0 + 0.008 * random.normal(), 0.012 * random.normal()
    first = base.radial[0]
    radial = (first * (scale - bend), *base.radial[1:])
    third = (radial[1] if len(radial) > 1 else 0.0) + first * bend / (np.pi / 2) ** 2
    radial = (radial[0], third, *radial[2:])
    aspect = design.aspect if design.aspect != 1.0 else base.aspect
    return Lens(
        base.centre_x + float(np.clip(shift[0], -0.03 * size, 0.03 * size)),
        base.centre_y + float(np.clip(shift[1], -0.03 * size, 0.03 * size)),
        float(turn), tuple(float(value) for value in radial), aspect=aspect,
    )  # fmt: skip
