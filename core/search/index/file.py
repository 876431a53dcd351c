"""The file of a track index: one source, one year, mapped into memory and checked as it is used.

A header page names the arrays and their places; after it come one 64-bit sum a block of 64 KiB,
then the arrays, each at a multiple of 4096 bytes. Blocks that hold nothing but zeros take no
space on disk. A block is compared with its sum when something in it is first asked for.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.archive.durable import sync_folder
from core.errors import IndexDamaged
from core.search.index.mapping import map_file

MAGIC = b"ATLASIDX"
VERSION = 1
PAGE = 4096
BLOCK = 65_536
_WORDS = BLOCK // 8
_PREFIX = struct.Struct("<8sIIQ")  # magic, version, length of the JSON, sum over what follows
_SMALL = 2**20
_GOLDEN = 0x9E3779B97F4A7C15

Sums = npt.NDArray[np.uint64]


class IndexFile:
    """An index file that is open for reading.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    facts : dict
        What `write_index` was given to keep with the arrays.
    checked : bool[B]
        Blocks that were found to be whole; may be shared with a later opening of the same file.

    Raises
    ------
    IndexDamaged
        The file is no index or is not whole, as far as header and size tell.
    OSError
        It is not there or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as stream:
            found = os.fstat(stream.fileno())
            self.identity = (found.st_ino, found.st_mtime_ns, found.st_size)
            if found.st_size < PAGE:
                raise self._damaged("it is shorter than a header")
            self._bytes = map_file(stream.fileno(), found.st_size)
        header, self._sums, self._data = self._read_header()
        self.facts: dict[str, Any] = header["facts"]
        self._places: dict[str, Any] = header["arrays"]
        self.checked = np.zeros(len(self._sums), dtype=bool)
        self._all_checked = False
        self._wholes: dict[str, tuple[npt.NDArray[Any], int]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def columns(self, name: str) -> int:
        """Return how many elements the last axis of an array has."""
        return int(self._whole(name)[0].shape[-1])

    def array(self, name: str, first: int = 0, count: int | None = None) -> npt.NDArray[Any]:
        """Return elements of the last axis of an array, as a view of the file.

        Parameters
        ----------
        name : str
        first, count : int
            Part of the last axis; by default all of it.

        Raises
        ------
        IndexDamaged
            A block that holds some of it is not as it was written.
        """
        whole, offset = self._whole(name)
        columns = whole.shape[-1]
        count = columns - first if count is None else count
        if not self._all_checked:
            for row in range(whole.size // columns if columns else 0):
                start = offset + (row * columns + first) * whole.itemsize
                self._check(start, start + count * whole.itemsize)
        part: npt.NDArray[Any] = whole[..., first : first + count]
        return part

    def _whole(self, name: str) -> tuple[npt.NDArray[Any], int]:
        """Return a whole array, unchecked, and where in the data it begins."""
        found = self._wholes.get(name)
        if found is None:
            place = self._places[name]
            shape, dtype, offset = tuple(place["shape"]), np.dtype(place["dtype"]), place["offset"]
            octets = self._data[offset : offset + math.prod(shape) * dtype.itemsize]
            found = self._wholes[name] = (octets.view(dtype).reshape(shape), offset)
        return found

    def check_all(self) -> None:
        """Compare every block with its sum.

        Raises
        ------
        IndexDamaged
            One is not as it was written.
        """
        self._check(0, len(self._data))

    def _read_header(self) -> tuple[dict[str, Any], Sums, npt.NDArray[np.uint8]]:
        magic, version, length, expected = _PREFIX.unpack(self._bytes[: _PREFIX.size].tobytes())
        if magic != MAGIC or version != VERSION:
            raise self._damaged("it is no track index of this version")
        rest = self._bytes[_PREFIX.size :]
        try:
            text = rest[:length].tobytes()
            header = json.loads(text)
            blocks = int(header["blocks"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged("its header cannot be read") from error
        sums_at, data_at = _layout(length, blocks)
        if len(self._bytes) != data_at + blocks * BLOCK:
            raise self._damaged("its size is not what its header says")
        sums = self._bytes[sums_at : sums_at + 8 * blocks].view("<u8")
        if _short_sum(text + sums.tobytes()) != expected:
            raise self._damaged("its header does not match its sum")
        return header, sums, self._bytes[data_at:]

    def _check(self, start: int, end: int) -> None:
        first, last = start // BLOCK, -(-end // BLOCK)
        if self.checked[first:last].all():
            self._all_checked = bool(self.checked.all())
            return
        blocks = self._data[first * BLOCK : last * BLOCK].view("<u8").reshape(-1, _WORDS)
        wrong = np.flatnonzero(block_sums(blocks, first) != self._sums[first:last])
        if len(wrong):
            raise self._damaged(f"block {first + int(wrong[0])} does not match its sum")
        self.checked[first:last] = True

    def _damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(
            f"Track index {self.path.name}: {reason}.",
            hint="It is made anew from the table.",
            path=str(self.path),
            reason=reason,
        )


def write_index(
    path: Path,
    facts: Mapping[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]],
    room: Callable[[int], bool] = lambda size: True,
) -> int | None:
    """Write an index file whole or not at all: aside, forced to disk, renamed.

    Parameters
    ----------
    path : Path
    facts : mapping
        Kept in the header; values that JSON can hold.
    arrays : mapping of str to ndarray
        Of one or two axes; equal bitmaps are stored once.
    room : callable, optional
        Given the bytes that the file will take on disk, says whether it may.

    Returns
    -------
    int or None
        Bytes that the file takes on disk; None where it may not.

    Raises
    ------
    OSError
        The disk is full or the folder cannot be written; nothing is left behind.
    """
    places, data = _lay_out(arrays)
    blocks = data.view("<u8").reshape(-1, _WORDS)
    sums = block_sums(blocks, 0)
    header = {"facts": dict(facts), "arrays": places, "blocks": len(blocks)}
    text = json.dumps(header, separators=(",", ":")).encode()
    head = _PREFIX.pack(MAGIC, VERSION, len(text), _short_sum(text + sums.tobytes())) + text
    sums_at, data_at = _layout(len(text), len(blocks))
    filled = _filled(blocks)
    if not room(data_at + sum(last - first for first, last in filled) * BLOCK):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        with aside.open("wb") as stream:
            stream.truncate(data_at + data.nbytes)
            stream.write(head)
            stream.seek(sums_at)
            stream.write(sums.tobytes())
            for first, last in filled:
                stream.seek(data_at + first * BLOCK)
                stream.write(data[first * BLOCK : last * BLOCK].data)
            stream.flush()
            os.fsync(stream.fileno())
            size = os.fstat(stream.fileno()).st_blocks * 512
        aside.rename(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return size


def block_sums(blocks: Sums, first: int) -> Sums:
    """Return a 64-bit sum a block: words times odd weights, modulo 2**64, and the block's number.

    An odd weight is invertible, so that one changed word always changes the sum; several go
    unseen once in 2**64. The number tells blocks that were swapped.

    Parameters
    ----------
    blocks : uint64[N, 8192]
    first : int
        Number of the first of them.
    """
    numbers = np.arange(first + 1, first + 1 + len(blocks), dtype=np.uint64)
    sums: Sums = np.einsum("ij,j->i", blocks, _weights())
    return sums + numbers * np.uint64(_GOLDEN)


@cache
def _weights() -> Sums:
    x = np.arange(1, _WORDS + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)  # the mixer of Steele, Lea and Flood (2014)
    x ^= x >> np.uint64(27)
    weights: Sums = x | np.uint64(1)
    return weights


def _lay_out(
    arrays: Mapping[str, npt.NDArray[Any]],
) -> tuple[dict[str, dict[str, Any]], npt.NDArray[np.uint8]]:
    """Give every array a place and put them there; equal ones share theirs."""
    places: dict[str, dict[str, Any]] = {}
    seen: dict[bytes, int] = {}
    parts: list[tuple[int, npt.NDArray[Any]]] = []
    end = 0
    for name, array in arrays.items():
        stored = np.ascontiguousarray(array)
        key = stored.tobytes() if stored.nbytes < _SMALL else name.encode()
        if key not in seen:
            seen[key] = end
            parts.append((end, stored))
            end += -(-stored.nbytes // PAGE) * PAGE
        places[name] = {
            "offset": seen[key], "shape": list(stored.shape), "dtype": stored.dtype.str,
        }  # fmt: skip
    data = np.zeros(max(1, -(-end // BLOCK)) * BLOCK, dtype=np.uint8)
    for offset, stored in parts:
        data[offset : offset + stored.nbytes] = stored.reshape(-1).view(np.uint8)
    return places, data


def _layout(text: int, blocks: int) -> tuple[int, int]:
    """Return where the sums and where the data begin."""
    sums_at = -(-(_PREFIX.size + text) // 8) * 8
    return sums_at, -(-(sums_at + 8 * blocks) // PAGE) * PAGE


def _filled(blocks: Sums) -> list[tuple[int, int]]:
    """Return the runs of blocks that hold something else than zeros."""
    edges = np.flatnonzero(np.diff(blocks.any(axis=1).astype(np.int8), prepend=0, append=0))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _short_sum(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")
