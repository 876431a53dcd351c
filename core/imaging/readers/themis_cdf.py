"""Reader of the THEMIS ground-based imagers' level 1 CDF files.

``thg_l1_asf_<site>_YYYYMMDDHH_vNN.cdf`` holds an hour of full images (256 x 256),
``thg_l1_ast_<site>_YYYYMMDD_vNN.cdf`` a day of thumbnails. A thumbnail is stored as 32 x 32 numbers
but is no picture: it lists 1024 superpixels from the zenith outwards, in the order of the array
FULL_BIN of the site's skymap. Thumbnails are a layer of their own and never mixed with full images.
Times are the starts of exposures in seconds since 1970; full images have their ends as well.

Full images are stored turned by half a circle against the raw files: row 0 is the southern edge,
column 0 the western one. So say 40 stars, the glow of dawn and the edge of the sky in the images of
Gakona of 2011-01-06 beside the skymap of its camera. They are turned here, once, so that all frames
have one orientation.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.archive.cdf import CdfFile
from core.imaging.frames import FULL, THUMBNAIL, Frames, make_frames
from core.imaging.readers.bounded import refused, sha256_of
from core.imaging.readers.identify import check_shape, check_site
from core.instruments.array import ImagerArray
from core.instruments.registry import array_for

_IMAGES = re.compile(r"thg_(asf|ast)_([a-z]{4})$")
_THUMBNAIL_SHAPE = (32, 32)
_EARLIEST_S, _LATEST_S = 1.0e9, 4.1e9  # 2001 to 2099


def read_themis_cdf(path: Path, max_bytes: int) -> Frames:
    """Read the images of a ``thg_l1_asf`` or ``thg_l1_ast`` file.

    Parameters
    ----------
    path : Path
        The CDF file.
    max_bytes : int
        Most bytes of images.

    Returns
    -------
    Frames
        images (time, y, x) uint16 with attribute layer "full" or "thumbnail"; full images with
        row 0 north and column 0 east.

    Raises
    ------
    FileRefused
        A damaged or truncated CDF, one with other variables, images of another size, times that
        are missing or do not rise, an unknown site.
    """
    array = array_for("themis_asi")
    with CdfFile(path, max_bytes) as cdf:
        name, kind, site = _find_images(path, cdf)
        layer = FULL if kind == "asf" else THUMBNAIL
        _check_images(path, cdf, name, layer, array)
        check_site(path, array, site, None)
        start_s = _times(path, cdf, f"{name}_time")
        images = cdf.read(name)
        exposure = _exposures(cdf, f"{name}_tend", start_s, array)
    if layer == FULL:
        images = np.ascontiguousarray(images[:, ::-1, ::-1])
    if len(start_s) != len(images):
        raise refused(path, f"it has {len(images)} images and {len(start_s)} times")
    start = np.rint(start_s * 1e6).astype("int64").astype("datetime64[us]")
    return make_frames(
        images,
        start,
        exposure,
        {
            "array": array.key,
            "site": site,
            "camera": "",
            "mode": kind,
            "layer": layer,
            "cadence_s": array.cadence_s,
            "source_file": path.name,
            "sha256": sha256_of(path),
        },
    )


def _find_images(path: Path, cdf: CdfFile) -> tuple[str, str, str]:
    found = [match for name in cdf.variables if (match := _IMAGES.match(name))]
    if not found:
        some = ", ".join(list(cdf.variables)[:5]) or "none"
        raise refused(
            path,
            f"it has no variable thg_asf_<site> or thg_ast_<site> (its variables: {some}, "
            f"{len(cdf.variables)} in all)",
            hint="A spacecraft's track goes in by `ingest track`.",
        )
    if len(found) > 1:
        raise refused(path, f"it mixes {' and '.join(match[0] for match in found)}")
    return found[0][0], found[0][1], found[0][2]


def _check_images(path: Path, cdf: CdfFile, name: str, layer: str, array: ImagerArray) -> None:
    variable = cdf.variables[name]
    if variable.dtype.newbyteorder("=") != np.dtype("u2"):
        raise refused(path, f"{name} is of type {variable.dtype}, not of 16-bit counts")
    if variable.records == 0:
        raise refused(path, f"{name} has no images")
    if layer == FULL and len(variable.shape) == 2:
        check_shape(path, name, array, (variable.shape[0], variable.shape[1]))
    elif variable.shape != _THUMBNAIL_SHAPE:
        raise refused(path, f"{name} has images of shape {variable.shape}")


def _times(path: Path, cdf: CdfFile, name: str) -> NDArray[np.float64]:
    seconds = cdf.read(name).astype("f8")
    bad = np.flatnonzero(~((seconds > _EARLIEST_S) & (seconds < _LATEST_S)))
    if seconds.ndim != 1 or bad.size:
        at = f" (record {bad[0]} of {len(seconds)} is {seconds[bad[0]]})" if bad.size else ""
        raise refused(path, f"{name} is no list of times between 2001 and 2099{at}")
    wrong = np.flatnonzero(np.diff(seconds) <= 0)
    if wrong.size:
        raise refused(
            path, f"times do not rise: image {int(wrong[0]) + 1} is not after the one before it"
        )
    return np.asarray(seconds)


def _exposures(
    cdf: CdfFile, name: str, start_s: NDArray[Any], array: ImagerArray
) -> NDArray[np.float64]:
    usual = np.full(len(start_s), float(array.exposure_s))
    if name not in cdf.variables or cdf.variables[name].records != len(start_s):
        return usual
    length = cdf.read(name).astype("f8") - start_s
    return np.where((length > 0) & (length < 60), length, usual)
