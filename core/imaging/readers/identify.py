"""Which array and site a file belongs to, by what its header says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.imaging.readers.bounded import refused
from core.instruments.array import ImagerArray
from core.instruments.registry import arrays, find_site

_T = TypeVar("_T", bound=np.generic)
_SITE_TOLERANCE_DEG = 0.5
# Arrays whose files begin in the north-west, as stars in images of Gillam say: near-infrared,
# 2022-03-07 (27 of the 65 brightest are there; at best 12 with east to the left), and colour,
# 2021-10-30 (25 of 30; 8). Files of the others begin in the north-east.
_MIRRORED = ("trex_nir", "trex_rgb")


def from_north_east(values: NDArray[_T], array: ImagerArray, axis: int = -1) -> NDArray[_T]:
    """Return arrays of a provider in the order of all frames, column 0 the eastern edge.

    Parameters
    ----------
    values : array
        Images, or the arrays of a skymap, in the order of the array's raw files.
    array : ImagerArray
        The array that they are of.
    axis : int
        Axis of the columns.
    """
    if array.key not in _MIRRORED:
        return values
    return np.ascontiguousarray(np.flip(values, axis))


def find_array(path: Path, site: str, camera: str, mode: str) -> ImagerArray:
    """Return the array whose files are named as the header's site, camera and mode would be.

    The header decides, whatever the file is called now; only a header without camera or mode
    leaves it to the file's own name. Arrays come from the registry, so that a new one needs no
    entry here.
    """
    by_header = f"20000101_0000_{site}_{camera}_{mode}.pgm"
    name = by_header if camera and mode else path.name
    for array in arrays():
        if any(re.fullmatch(pattern, name) for pattern in array.file_patterns):
            return array
    known = ", ".join(array.name for array in arrays() if array.file_patterns)
    raise refused(
        path,
        f"its imager {camera!r} (site {site!r}, mode {mode!r}) is not of an array that is known",
        hint=f"Known are {known}.",
    )


def check_shape(path: Path, what: str, array: ImagerArray, shape: tuple[int, int]) -> None:
    """Refuse an image whose rows and columns are not those of its array."""
    expected = array.image_shape[: len(shape)]
    if shape != expected:
        raise refused(
            path,
            f"{what} has {shape[0]} rows of {shape[1]}, images of {array.name} have "
            f"{' x '.join(str(size) for size in expected)}",
        )


def check_site(
    path: Path, array: ImagerArray, code: str, position: tuple[float, float] | None
) -> None:
    """Refuse a site that the array does not have, or a header that puts it elsewhere.

    Headers of older files round the position, so half a degree is let pass; records get the
    position of the registry.
    """
    try:
        site = find_site(array.key, code)
    except NotFound as error:
        raise refused(path, f"{array.name} have no site {code!r}", hint=error.hint) from error
    if position is None:
        return
    off = max(abs(position[0] - site.lat_deg), abs(position[1] - site.lon_deg))
    if not off <= _SITE_TOLERANCE_DEG:
        raise refused(
            path,
            f"its header puts {code} at {position[0]:g}, {position[1]:g}, the site is at "
            f"{site.lat_deg:g}, {site.lon_deg:g}",
        )
