"""Reader of TREx colour pictures: PNG of one exposure, 8 bits a channel.

``20211030_060500_149606_gill_rgb-04_320ms_burst.png``: a picture has no header, so time, site,
camera and exposure are those of its name.
"""

from __future__ import annotations

import re
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.imaging.frames import FULL, Frames, make_frames
from core.imaging.readers.bounded import refused, sha256_of
from core.imaging.readers.identify import check_shape, check_site, from_north_east
from core.instruments.array import ImagerArray
from core.instruments.registry import array_for

_NAME = re.compile(
    r"(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_(\d{6})_([a-z]{4})_(rgb-\d\d)_(\d{1,6})ms_(burst|full)\.png"
)
_LONGEST_EXPOSURE_MS = 60_000


def read_png(path: Path, max_bytes: int) -> Frames:
    """Read one colour picture.

    Parameters
    ----------
    path : Path
        A file with the name its provider gave it.
    max_bytes : int
        Most bytes of the file, and of its picture.

    Returns
    -------
    Frames
        One time; images (time, y, x, channel) uint8.

    Raises
    ------
    FileRefused
        A name that does not tell the camera and time, a picture of another size or kind, a damaged
        or truncated file.
    """
    name = _NAME.fullmatch(path.name)
    if name is None:
        raise refused(
            path,
            "it is a PNG without a header, and its name does not tell camera and time",
            "Names are YYYYMMDD_HHMMSS_ffffff_<site>_rgb-NN_<ms>ms_burst.png.",
        )
    array, site = array_for("trex_rgb"), name[8]
    check_site(path, array, site, None)
    start, exposure_ms = _start(path, name), int(name[10])
    if not 0 < exposure_ms <= _LONGEST_EXPOSURE_MS:
        raise refused(path, f"its name tells an exposure of {exposure_ms} ms")
    picture = from_north_east(_picture(path, max_bytes, array), array, axis=1)
    attributes: dict[str, Any] = {
        "array": array.key,
        "site": site,
        "camera": name[9],
        "mode": name[11],
        "layer": FULL,
        "cadence_s": array.cadence_s,
        "source_file": path.name,
        "sha256": sha256_of(path),
    }
    return make_frames(
        picture[np.newaxis],
        np.array([start]),
        np.array([exposure_ms / 1e3]),
        attributes,
    )


def _start(path: Path, name: re.Match[str]) -> np.datetime64:
    year, month, day, hour, minute, second, fraction = name.groups()[:7]
    text = f"{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction}"
    try:
        return np.datetime64(text, "us")
    except ValueError as error:
        raise refused(path, f"its name tells the time {text}, which there is not") from error


def _picture(path: Path, max_bytes: int, array: ImagerArray) -> NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    size = path.stat().st_size
    if size > max_bytes:
        raise refused(
            path,
            f"it has {size} bytes, more than the {max_bytes} that are allowed",
            "ATLAS_MAX_FRAME_FILE_BYTES raises the limit.",
        )
    try:
        with warnings.catch_warnings(), Image.open(path, formats=("PNG",)) as image:
            warnings.simplefilter("error")  # a size that looks like a bomb
            if image.mode != "RGB":
                raise refused(path, f"its pixels are of kind {image.mode}, not RGB of 8 bits")
            # The size is compared before any memory is taken for the picture.
            check_shape(path, "the picture", array, (image.height, image.width))
            return np.asarray(image, dtype=np.uint8)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, zlib.error) as error:
        raise refused(path, f"its picture is truncated or damaged ({error})") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refused(path, f"its picture is too large ({error})") from error
