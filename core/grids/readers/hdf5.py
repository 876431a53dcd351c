"""Reading an HDF5 file that somebody sent: no links out of it, no surprises in size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.imaging.readers.bounded import refused

if TYPE_CHECKING:
    import h5py

_LIMIT_HINT = "ATLAS_MAX_GRID_FILE_BYTES raises the limit."


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a file; what the library says of a damaged one becomes a refusal.

    Raises
    ------
    FileRefused
        The file is truncated or damaged.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            yield file
    # The library raises all of these where bytes are not what it expects.
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError) as error:
        raise refused(path, f"it is truncated or damaged ({str(error)[:200]})") from error


def find(file: h5py.File, name: str) -> Any:
    """Return a group or array that stands in the file itself, None where there is none.

    A link may lead to any other file of the machine, so only names of what is inside are followed.
    """
    import h5py

    found: Any = file
    for part in name.split("/"):
        inside = isinstance(found, h5py.Group) and part in found
        if not inside or not isinstance(found.get(part, getlink=True), h5py.HardLink):
            return None
        found = found[part]
    return found


def dataset(file: h5py.File, path: Path, name: str, max_bytes: int) -> h5py.Dataset:
    """Return an array whose values stand in the file itself and are not too many.

    Parameters
    ----------
    file : h5py.File
    path : Path
        Named in the refusal.
    name : str
        Groups and array, with slashes.
    max_bytes : int
        Most bytes of its values, and of any piece that it is packed in.

    Raises
    ------
    FileRefused
        It is not there, stands in another file, or is too large.
    """
    import h5py

    found = find(file, name)
    if not isinstance(found, h5py.Dataset) or found.is_virtual or found.external:
        raise refused(path, f"it has no array {name} with values of its own")
    pieces = [found.shape or (), found.chunks or ()]
    largest = max(int(np.prod(shape, dtype=object)) for shape in pieces) * found.dtype.itemsize
    if largest > max_bytes:
        raise refused(path, f"{name} has {largest} bytes, more than {max_bytes}", _LIMIT_HINT)
    return found


def texts(path: Path, array: h5py.Dataset) -> list[str]:
    """Return the texts of an array of one dimension.

    Raises
    ------
    FileRefused
        It holds something else.
    """
    if array.ndim != 1 or array.dtype.kind not in "SO":
        raise refused(path, f"{array.name} is no list of texts")
    words = [word.decode("ascii", "replace") if isinstance(word, bytes) else word for word in array]
    if not all(isinstance(word, str) for word in words):
        raise refused(path, f"{array.name} is no list of texts")
    return [str(word).rstrip("\0") for word in words]


def numbers(path: Path, array: h5py.Dataset) -> NDArray[Any]:
    """Return the values of an array of numbers.

    Raises
    ------
    FileRefused
        It holds something else.
    """
    if array.dtype.kind not in "fiu":
        raise refused(path, f"{array.name} holds {array.dtype}, no numbers")
    return np.asarray(array[...])
