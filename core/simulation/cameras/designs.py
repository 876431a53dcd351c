"""What the cameras of each array have in common: response to light, detector, lens.

Counts of THEMIS are those of real frames of Gillam and Gakona: dark sky 500 to 1,000 above the
dark level, variance about 200 + 1.75 x signal, a star of magnitude 0 about 7,000 counts in all,
the zenith 4,100 brighter under a Moon of 66 per cent at 28 degrees. The other arrays are scaled
so that their sky lies where the array's colour scale has it.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import NotFound

Channels = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """One kind of camera; lights are in counts of one exposure, a number a channel.

    Attributes
    ----------
    bands : dict
        Counts per Rayleigh of each auroral band.
    airglow : tuple of float
        The dark sky in the zenith.
    moon : tuple of float
        Zenith under a Moon of 66 per cent at 28.3 degrees.
    twilight : tuple of float
        Zenith with the Sun 11.7 degrees below the horizon.
    star : tuple of float
        All counts of a star of magnitude 0 in the zenith.
    town : tuple of float
        Light of a middling settlement, at the horizon.
    dark : (low, high)
        Between which the dark levels of the cameras lie.
    noise : (constant, slope)
        Variance of a pixel: constant + slope x signal.
    ceiling : int
        Largest value; 65,535 gives 16 bits a pixel, 255 gives 8.
    gamma : float
        Of the tone curve of 8-bit pictures; 1 is proportional up to the shoulder.
    psf_px : float
        Standard deviation of a star's picture.
    node_step : int
        Pixels between the nodes that the aurora is computed at.
    stripes : float
        Standard deviation of the fixed pattern of rows and of columns.
    diameter_px, aspect : float
        Across the horizon, geometric mean, and width over height; 0 takes the array's own lens.
    """

    bands: dict[str, Channels]
    airglow: Channels
    moon: Channels
    twilight: Channels
    star: Channels
    town: Channels
    dark: tuple[float, float]
    noise: tuple[float, float]
    ceiling: int = 65_535
    gamma: float = 1.0
    psf_px: float = 0.8
    node_step: int = 2
    stripes: float = 0.0
    diameter_px: float = 0.0
    aspect: float = 1.0

    @property
    def channels(self) -> int:
        """Number of values a pixel has."""
        return len(self.airglow)


def _scaled(counts: float, colour: Channels) -> Channels:
    return tuple(counts * part for part in colour)


_MOONLIGHT = (0.92, 1.0, 1.08)
_DUSK = (0.72, 0.92, 1.25)
_LAMPS = (1.5, 1.0, 0.5)


def _colour_camera(
    sky: float, green: float, star: float, *, dark: float, noise: tuple[float, float], **more: float
) -> Design:
    """Return a colour camera whose dark sky and green line have these counts in green."""
    step = int(more.pop("node_step", 2))
    return Design(
        bands={
            "green": _scaled(green, (0.18, 1.0, 0.24)),
            "red": _scaled(green, (0.62, 0.02, 0.05)),
            "blue": _scaled(green, (0.5, 0.22, 1.6)),
        },
        airglow=_scaled(sky, (1.0, 1.1, 0.95)),
        moon=_scaled(1.5 * sky, _MOONLIGHT),
        twilight=_scaled(0.035 * sky, _DUSK),
        star=_scaled(star, (1.0, 1.0, 1.0)),
        town=_scaled(1.6 * sky, _LAMPS),
        dark=(dark, 1.4 * dark),
        noise=noise,
        ceiling=255,
        node_step=step,
        **more,
    )


DESIGNS: dict[str, Design] = {
    "themis_asi": Design(
        bands={"green": (0.72,), "red": (0.16,)},
        airglow=(620.0,),
        moon=(4100.0,),
        twilight=(22.0,),
        star=(7000.0,),
        town=(900.0,),
        dark=(2290.0, 3491.0),
        noise=(200.0, 1.75),
    ),
    "rego": Design(
        bands={"red": (0.42,)},
        airglow=(90.0,),
        moon=(330.0,),
        twilight=(2.0,),
        star=(1800.0,),
        town=(60.0,),
        dark=(225.0, 340.0),
        noise=(70.0, 1.1),
        psf_px=0.9,
    ),
    "trex_nir": Design(
        bands={"nir": (0.55,)},
        airglow=(95.0,),
        moon=(420.0,),
        twilight=(2.5,),
        star=(900.0,),
        town=(60.0,),
        dark=(285.0, 335.0),
        noise=(120.0, 1.05),
        diameter_px=196.0,
        aspect=1.15,
    ),
    "trex_blue": Design(
        bands={"blue": (2.4,)},
        airglow=(330.0,),
        moon=(1800.0,),
        twilight=(12.0,),
        star=(2500.0,),
        town=(150.0,),
        dark=(480.0, 640.0),
        noise=(3600.0, 0.35),
        psf_px=1.1,
        stripes=60.0,
        diameter_px=262.0,
    ),
    "trex_rgb": _colour_camera(14.0, 0.0095, 650.0, dark=5.0, noise=(3.0, 0.09), diameter_px=512.0),
    "rainbow": _colour_camera(17.0, 0.0110, 190.0, dark=7.0, noise=(4.0, 0.15)),
    "auroramax": _colour_camera(
        2.2, 0.0190, 110.0, dark=0.12, noise=(0.03, 0.012), gamma=2.0, diameter_px=520.0
    ),
    "kho": _colour_camera(
        1.8, 0.0180, 1500.0, dark=0.10, noise=(0.02, 0.01), gamma=2.0, psf_px=2.2, node_step=8
    ),
}  # fmt: skip


def design_of(array: str) -> Design:
    """Return the design of an array's cameras.

    Raises
    ------
    NotFound
        The array has no simulated cameras.
    """
    found = DESIGNS.get(array)
    if found is None:
        known = ", ".join(DESIGNS)
        raise NotFound(
            f"There are no simulated cameras of {array!r}.",
            hint=f"There are of {known}.",
            kind="array",
            key=array,
        )
    return found
