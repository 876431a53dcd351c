"""Series of grids: what is shown minute by minute, by name, with its units and colours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.grids.definition import Kind
from core.instruments.array import ImagerArray

__all__ = ["Kind", "Series", "array_key", "series_of_array"]

# Counts above the dark level. The limits of the arrays are those of raw counts, of which the dark
# level is a third; twilight and moonlight may pass these.
_LIMITS = {
    "themis_asi": (400.0, 5000.0),
    "rego": (0.0, 1000.0),
    "trex_nir": (0.0, 2500.0),
    "trex_blue": (0.0, 5000.0),
    "trex_rgb": (0.0, 80.0),
    "rainbow": (0.0, 120.0),
    "auroramax": (0.0, 120.0),
    "kho": (0.0, 120.0),
}
_COLOURS = {"rego": "red", "trex_rgb": "gray", "rainbow": "gray", "auroramax": "gray"}
# Spectrographs have a slit and no image.
_WITHOUT_IMAGES = ("trex_spectrograph",)
_MOST_VALUES = 4_000_000


@dataclass(frozen=True, slots=True)
class Series:
    """One series of grids.

    Attributes
    ----------
    key : str
        Its name in addresses: letters, digits and dashes.
    title : str
        What it shows, for people.
    kind : {"counts", "probability"}
        Light that was measured, or the probability of aurora from a model: never on one scale.
    units : str
        Of the values.
    limits : (float, float)
        Values at the ends of the colour scale unless the user says otherwise.
    cadence_s : float
        Seconds between two grids.
    alt_km : float
        Altitude that images are mapped to; of a model, where its aurora is.
    colour_map : str
        Of `core.imaging.colour.COLOUR_MAPS`, unless the user says otherwise.
    provenance : str
        "simulated", "ingested" or "mixed".
    array : str or None
        Key of the imager array that the series is made of as it is asked for.
    """

    key: str
    title: str
    kind: Kind
    units: str
    limits: tuple[float, float]
    cadence_s: float
    alt_km: float
    colour_map: str
    provenance: str
    array: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON says of it."""
        return {**asdict(self), "limits": list(self.limits)}


def series_of_array(array: ImagerArray, provenance: str) -> Series | None:
    """Return the series of an imager array, None where its images are not for a world's grid.

    Spectrographs have no images, and cameras of more than four million values an image take
    longer than a minute's look may.

    Parameters
    ----------
    array : ImagerArray
    provenance : str
        Of its frames.
    """
    values = 1
    for size in array.image_shape:
        values *= size
    if array.key in _WITHOUT_IMAGES or values > _MOST_VALUES:
        return None
    low, high = array.scale_limits
    what = "brightness above the dark level" if len(array.image_shape) > 2 else "above dark level"
    return Series(
        key=array_key(array),
        title=f"{array.name}, {what}",
        kind="counts",
        units=array.intensity_unit,
        limits=_LIMITS.get(array.key, (0.0, high - low)),
        cadence_s=array.cadence_s,
        alt_km=array.emission_alt_km,
        colour_map=_COLOURS.get(array.key, "viridis"),
        provenance=provenance,
        array=array.key,
    )


def array_key(array: ImagerArray) -> str:
    """Return the key of an array's series: the array's own with dashes."""
    return array.key.replace("_", "-")
