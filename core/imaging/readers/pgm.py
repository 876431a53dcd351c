"""Reader of the University of Calgary's raw files: PGM images one after the other, often in gzip.

Each image is ``P5``, comment lines ``#"Key" value``, ``width height``, ``65535`` and big-endian
16-bit counts. The first image's comments describe the camera, the later ones only what changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.imaging.frames import FULL, Frames, make_frames
from core.imaging.readers.bounded import BoundedStream, refused, sha256_of
from core.imaging.readers.identify import check_shape, check_site, find_array, from_north_east
from core.instruments.array import ImagerArray

_COMMENT = re.compile(r'#\s*"([^"]+)"\s*(.*?)\s*$')
_EXPOSURE = re.compile(r"\bMSEC=(\d+(?:\.\d+)?)")
_SIZE = re.compile(rb"(\d{1,5})[ \t]+(\d{1,5})[ \t\r]*$")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: UTC)?$")
_LONGEST_HEADER = 300
_LONGEST_EXPOSURE_S = 600.0

Header = dict[str, str]


@dataclass(slots=True)
class _Image:
    header: Header
    width: int
    height: int
    counts: NDArray[np.uint16]


def read_pgm(path: Path, max_bytes: int) -> Frames:
    """Read all images of a file.

    Parameters
    ----------
    path : Path
        A ``.pgm`` or ``.pgm.gz`` file of THEMIS, REGO or TREx (all but RGB).
    max_bytes : int
        Most decompressed bytes.

    Returns
    -------
    Frames
        images (time, y, x) uint16, time in the middle of each exposure.

    Raises
    ------
    FileRefused
        A truncated or damaged file, an image of another size, two cameras in one file, times that
        do not rise, a camera that the registry does not know.
    """
    with BoundedStream(path, max_bytes) as stream:
        images, array = _read_images(stream)
    first = images[0].header
    start = np.array([_start(path, i, im.header) for i, im in enumerate(images)])
    _check_rising(path, start)
    exposure = np.array([_exposure_s(im.header, first, array) for im in images])
    site = first.get("site unique id", "").lower()
    position = _position(first)
    check_site(path, array, site, position)
    attributes: dict[str, Any] = {
        "array": array.key,
        "site": site,
        "camera": first.get("imager unique id", ""),
        "mode": first.get("mode unique id", ""),
        "layer": FULL,
        "cadence_s": array.cadence_s,
        "source_file": path.name,
        "sha256": sha256_of(path),
        **_calibration(first),
    }
    stack = from_north_east(np.stack([im.counts for im in images]), array)
    return make_frames(stack, start, exposure, attributes)


def _read_images(stream: BoundedStream) -> tuple[list[_Image], ImagerArray]:
    images: list[_Image] = []
    array: ImagerArray | None = None
    while magic := stream.upto(3, f"image {len(images)}"):
        what = f"image {len(images)}"
        if magic != b"P5\n":
            at = stream.position - len(magic)
            raise refused(stream.path, f"{what} begins with {magic!r} at byte {at}, not with P5")
        header, width, height = _read_header(stream, what)
        if array is None:
            array = find_array(
                stream.path,
                header.get("site unique id", "").lower(),
                header.get("imager unique id", "").lower(),
                header.get("mode unique id", "").lower(),
            )
        else:
            _check_same_camera(stream.path, what, header, images[0].header)
        # The size is compared before any memory is taken for the image.
        check_shape(stream.path, what, array, (height, width))
        raw = stream.exactly(2 * width * height, f"{what} ({width} x {height})")
        counts = np.frombuffer(raw, dtype=">u2").astype(np.uint16).reshape(height, width)
        images.append(_Image(header, width, height, counts))
    if array is None:
        raise refused(stream.path, "it is empty")
    return images, array


def _read_header(stream: BoundedStream, what: str) -> tuple[Header, int, int]:
    header: Header = {}
    for _ in range(_LONGEST_HEADER):
        line = stream.line(f"the header of {what}")
        if not line.startswith(b"#"):
            break
        if match := _COMMENT.match(line.decode("latin-1")):
            header[match[1].lower()] = match[2]
    else:
        raise refused(stream.path, f"{what} has more than {_LONGEST_HEADER} header lines")
    size = _SIZE.match(line)
    if size is None:
        raise refused(stream.path, f"{what}: {line[:40]!r} stands where width and height should")
    depth = stream.line(f"the header of {what}").strip()
    if depth != b"65535":
        raise refused(
            stream.path, f"{what}: its largest value is {depth[:20]!r}, not 65535 (16 bits)"
        )
    return header, int(size[1]), int(size[2])


def _check_same_camera(path: Path, what: str, header: Header, first: Header) -> None:
    for key in ("site unique id", "imager unique id"):
        if header.get(key, first.get(key)) != first.get(key):
            raise refused(path, f"{what} has {key} {header[key]!r}, image 0 has {first.get(key)!r}")


def _start(path: Path, index: int, header: Header) -> np.datetime64:
    text = header.get("image request start", "")
    match = _DATE.match(text)
    try:
        if match is not None:
            return np.datetime64(f"{match[1]}T{match[2]}", "us")
    except ValueError:
        pass  # the 31st of February, for example
    raise refused(path, f"image {index} has no readable Image request start ({text[:40]!r})")


def _check_rising(path: Path, start: NDArray[Any]) -> None:
    wrong = np.flatnonzero(np.diff(start) <= np.timedelta64(0, "us"))
    if wrong.size:
        i = int(wrong[0])
        raise refused(path, f"times do not rise: image {i + 1} at {start[i + 1]} after {start[i]}")


def _exposure_s(header: Header, first: Header, array: ImagerArray) -> float:
    """Exposure asked for; the array's usual one where the header does not say."""
    for source in (header, first):
        if match := _EXPOSURE.search(source.get("exposure options", "")):
            seconds = float(match[1]) / 1e3
            if 0 < seconds <= _LONGEST_EXPOSURE_S:
                return seconds
    return float(array.exposure_s)


def _position(header: Header) -> tuple[float, float] | None:
    """Latitude and longitude that the header states, degrees; THEMIS calls them geodetic."""
    for kind in ("geodetic", "geographic"):
        try:
            return float(header[f"{kind} latitude"]), float(header[f"{kind} longitude"])
        except (KeyError, ValueError):
            continue
    return None


def _calibration(header: Header) -> dict[str, Any]:
    """Wavelength of a spectrograph's rows: polynomial coefficients in nm, where they are given."""
    words = header.get("calibration unwarping alpha0", "").split()
    try:
        coefficients = [float(word) for word in words]
    except ValueError:
        return {}
    usable = len(coefficients) == 3 and bool(np.all(np.isfinite(coefficients)))
    return {"wavelength_coefficients_nm": coefficients} if usable else {}
