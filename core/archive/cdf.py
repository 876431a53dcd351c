"""A small reader of CDF files that trusts no count, offset or length it finds in them.

Only what observatories' level 1 files use: z-variables in row-major order, numbers and characters,
plain or gzip-compressed. Everything else is refused by name. Every offset is checked against the
file's size, every chain of records against a loop, and a variable's size against the limit before
memory is taken, so that a damaged or hostile file costs neither memory nor time.

The layout is that of NASA's "CDF Internal Format Description", versions 2.6 and 3.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.errors import FileRefused

MAGIC = {b"\xcd\xf3\x00\x01": 3, b"\xcd\xf2\x60\x02": 2}
_BYTE_ORDER = {1: ">", 2: ">", 5: ">", 7: ">", 9: ">", 11: ">", 12: ">"} | dict.fromkeys(
    (4, 6, 13, 16, 17), "<"
)
_DTYPE = {
    1: "i1", 2: "i2", 4: "i4", 8: "i8", 11: "u1", 12: "u2", 14: "u4", 21: "f4", 22: "f8",
    31: "f8", 33: "i8", 41: "i1", 44: "f4", 45: "f8", 51: "S", 52: "S",
}  # fmt: skip
CDF_EPOCH = 31
_CDR, _GDR, _VXR, _VVR, _ZVDR, _CPR, _CVVR = 1, 2, 6, 7, 8, 11, 13
_GZIP = 5
_MAX_VARIABLES = 2_000
_MAX_INDEX_RECORDS = 100_000
_EPOCH_1970_MS = 62_167_219_200_000.0


@dataclass(frozen=True, slots=True)
class CdfVariable:
    """What the file says of one z-variable: `records` x `shape` values of `dtype`."""

    name: str
    data_type: int
    dtype: np.dtype[Any]
    records: int
    shape: tuple[int, ...]
    index_head: int
    compressed: bool
    readable: str  # why it cannot be read; empty when it can

    @property
    def record_bytes(self) -> int:
        """Bytes of one record."""
        count = 1
        for size in self.shape:
            count *= size
        return count * self.dtype.itemsize


class CdfFile:
    """One open CDF file; a context manager.

    Parameters
    ----------
    path : Path
        The file.
    max_bytes : int
        Most bytes that one variable may take in memory.

    Raises
    ------
    FileRefused
        Where the file is not a CDF, is cut off, or contradicts itself.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path, self.max_bytes = path, max_bytes
        self.size = path.stat().st_size
        self._file: BinaryIO = path.open("rb")
        try:
            self._version, self._order = self._read_descriptor()
            self.variables = {v.name: v for v in self._read_variables()}
        except FileRefused:
            self._file.close()
            raise

    def __enter__(self) -> CdfFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, name: str) -> NDArray[Any]:
        """Return the values of a variable, shape (records, *shape), in native byte order."""
        variable = self.variables.get(name)
        if variable is None:
            raise self._refuse(f"it has no variable {name}")
        if variable.readable:
            raise self._refuse(f"variable {name} {variable.readable}")
        total = variable.records * variable.record_bytes
        if total > self.max_bytes:
            raise self._refuse(
                f"variable {name} takes {total} bytes, {self.max_bytes} are allowed",
            )
        raw = np.zeros((variable.records, variable.record_bytes), dtype="u1")
        self._fill(variable, raw)
        values = raw.view(variable.dtype).reshape(variable.records, *variable.shape)
        return values.astype(variable.dtype.newbyteorder("="), copy=False)

    # -- records of the file -------------------------------------------------------------------

    def _refuse(self, reason: str) -> FileRefused:
        return FileRefused(
            f"{self.path.name} is refused: {reason}.", path=str(self.path), reason=reason
        )

    def _bytes(self, offset: int, count: int, what: str) -> bytes:
        if offset < 0 or count < 0 or offset + count > self.size:
            raise self._refuse(
                f"{what} should be at bytes {offset} to {offset + count}, "
                f"the file ends at {self.size}: it is truncated or damaged"
            )
        self._file.seek(offset)
        return self._file.read(count)

    def _unpack(self, layout: str, offset: int, what: str) -> tuple[Any, ...]:
        """Unpack big-endian fields; O in `layout` is an offset (8 bytes since version 3)."""
        layout = ">" + layout.replace("O", self._offset_code)
        return struct.unpack(layout, self._bytes(offset, struct.calcsize(layout), what))

    @property
    def _wide(self) -> bool:
        return self._version == 3

    def _record(self, offset: int, kinds: tuple[int, ...], what: str) -> tuple[int, int, int]:
        """Return (type, size, offset of the body) of a record of one of these kinds."""
        size, kind = self._unpack("Oi", offset, what)
        if kind not in kinds:
            raise self._refuse(f"{what} at byte {offset} is of type {kind}, not {kinds[0]}")
        head = 12 if self._wide else 8
        self._bytes(offset + size - 1, 1, what)
        return kind, size, offset + head

    def _read_descriptor(self) -> tuple[int, str]:
        magic = self._bytes(0, 8, "the magic number")
        version = MAGIC.get(magic[:4])
        if version is None:
            raise self._refuse(f"it begins with {magic[:4].hex()}, which is no CDF 2.6 or 3")
        if magic[4:] != b"\x00\x00\xff\xff":
            raise self._refuse("it is compressed as a whole; unpack it with NASA's cdfconvert")
        self._version = version
        _, _, body = self._record(8, (_CDR,), "the descriptor record")
        self._gdr, _, _, encoding, flags = self._unpack("Oiiii", body, "the descriptor record")
        if encoding not in _BYTE_ORDER:
            raise self._refuse(f"its data encoding {encoding} is not supported")
        if not flags & 1:
            raise self._refuse("its arrays are in column-major order, which is not supported")
        return version, _BYTE_ORDER[encoding]

    def _read_variables(self) -> Iterator[CdfVariable]:
        _, _, body = self._record(self._gdr, (_GDR,), "the global descriptor")
        _, offset, _, end = self._unpack("OOOO", body, "the global descriptor")
        if end > self.size:
            raise self._refuse(f"it should have {end} bytes and has {self.size}: it is truncated")
        seen: set[int] = set()
        while offset:
            if offset in seen or len(seen) >= _MAX_VARIABLES:
                raise self._refuse("its chain of variables does not end")
            seen.add(offset)
            offset, variable = self._read_variable(offset)
            yield variable

    def _read_variable(self, offset: int) -> tuple[int, CdfVariable]:
        what = "a variable's descriptor"
        _, _, body = self._record(offset, (_ZVDR,), what)
        fields = self._unpack("OiiOOiiiiiiiOi", body, what)
        following, data_type, last, index_head, _, flags, sparse = fields[:7]
        elements, compression = fields[10], fields[12]
        name_at = body + struct.calcsize(">" + "OiiOOiiiiiiiOi".replace("O", self._offset_code))
        name_size = 256 if self._wide else 64
        raw = self._bytes(name_at, name_size, what)
        name = raw.split(b"\0")[0].decode("latin-1").strip()
        (dims,) = self._unpack("i", name_at + name_size, what)
        if not 0 <= dims <= 10:
            raise self._refuse(f"variable {name} has {dims} dimensions")
        sizes = self._unpack(f"{2 * dims}i", name_at + name_size + 4, what)
        dtype, problem = self._dtype(data_type, elements)
        problem = problem or _why_not(flags, sparse, sizes, last)
        compressed = bool(flags & 4)
        if compressed and not problem:
            problem = self._why_not_compression(compression)
        return following, CdfVariable(
            name, data_type, dtype, max(last + 1, 0), tuple(sizes[:dims]), index_head,
            compressed, problem,
        )  # fmt: skip

    @property
    def _offset_code(self) -> str:
        return "q" if self._wide else "i"

    def _dtype(self, data_type: int, elements: int) -> tuple[np.dtype[Any], str]:
        code = _DTYPE.get(data_type)
        if code is None:
            return np.dtype("u1"), f"has data type {data_type}, which is not supported"
        if code != "S":
            problem = "" if elements == 1 else f"has {elements} elements a value, not 1"
            return np.dtype(self._order + code), problem
        if not 0 < elements <= 4096:
            return np.dtype("u1"), f"has strings of {elements} characters"
        return np.dtype(f"S{elements}"), ""

    def _why_not_compression(self, offset: int) -> str:
        _, _, body = self._record(offset, (_CPR,), "a compression record")
        (method,) = self._unpack("i", body, "a compression record")
        return "" if method == _GZIP else f"is compressed by method {method}, not by gzip"

    # -- values --------------------------------------------------------------------------------

    def _fill(self, variable: CdfVariable, rows: NDArray[Any]) -> None:
        covered = 0
        for first, last, offset in self._blocks(variable.index_head, set()):
            if first >= variable.records:
                break  # room that was reserved and not used
            if first != covered or last < first:
                raise self._refuse(
                    f"variable {variable.name} goes on with record {first} "
                    f"after {covered} of {variable.records}"
                )
            stop = min(last + 1, variable.records)
            data = self._block(variable, offset, (stop - first) * variable.record_bytes)
            rows[first:stop].reshape(-1)[:] = np.frombuffer(data, "u1")
            covered = stop
        if covered != variable.records:
            raise self._refuse(
                f"variable {variable.name} has {covered} of its {variable.records} records"
            )

    def _blocks(self, offset: int, seen: set[int]) -> Iterator[tuple[int, int, int]]:
        """Yield (first record, last record, offset) of a variable's blocks of values."""
        while offset:
            if offset in seen or len(seen) >= _MAX_INDEX_RECORDS:
                raise self._refuse("an index of values does not end")
            seen.add(offset)
            _, size, body = self._record(offset, (_VXR,), "an index of values")
            following, entries, used = self._unpack("Oii", body, "an index of values")
            if not 0 <= used <= entries or entries * 8 > size:
                raise self._refuse(f"the index of values at byte {offset} contradicts itself")
            at = body + (16 if self._wide else 12)
            table = self._unpack(f"{2 * entries}i{entries}O", at, "an index of values")
            for i in range(used):
                first, last, block = table[i], table[entries + i], table[2 * entries + i]
                if self._unpack("Oi", block, "a block of values")[1] == _VXR:
                    yield from self._blocks(block, seen)
                else:
                    yield first, last, block
            offset = following

    def _block(self, variable: CdfVariable, offset: int, count: int) -> bytes:
        what = f"values of {variable.name}"
        kind, _, body = self._record(offset, (_VVR, _CVVR), what)
        if kind == _VVR:
            return self._bytes(body, count, what)
        _, packed = self._unpack("iO", body, what)
        raw = self._bytes(body + (12 if self._wide else 8), packed, what)
        try:
            data = zlib.decompressobj(wbits=31).decompress(raw, count + 1)
        except zlib.error as error:
            raise self._refuse(f"{what} at byte {offset} do not decompress ({error})") from error
        if len(data) < count:
            raise self._refuse(f"{what} at byte {offset}: {len(data)} bytes instead of {count}")
        return data[:count]


def _why_not(flags: int, sparse: int, sizes: tuple[int, ...], last: int) -> str:
    dims = sizes[: len(sizes) // 2]
    if any(size < 1 for size in dims) or any(v == 0 for v in sizes[len(dims) :]):
        return "has dimensions that do not vary"
    if sparse:
        return "has sparse records"
    if last < -1:
        return f"has {last + 1} records"
    return "" if flags & 1 or last <= 0 else "does not vary by record and has several"


def epochs_to_datetime64(milliseconds: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Convert CDF_EPOCH (milliseconds since 0000-01-01) to datetime64[us], UTC; NaT where unset."""
    good = np.isfinite(milliseconds) & (milliseconds > 0) & (milliseconds < 3e14)
    since_1970_us = np.where(good, (milliseconds - _EPOCH_1970_MS) * 1e3, 0).round()
    stamps = since_1970_us.astype("int64").astype("datetime64[us]")
    stamps[~good] = np.datetime64("NaT")
    return np.asarray(stamps)
