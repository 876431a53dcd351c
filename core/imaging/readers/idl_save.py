"""A reader of IDL save files that trusts no count, offset or length it finds in them.

Numbers, strings, arrays and structures, in plain or compressed files; classes of objects are
refused by name, what a pointer points to is not followed. Every length is compared with the bytes
that are there before memory is taken, and every element takes at least four bytes, so that neither
memory nor time can exceed what the file's size allows.

The layout: C. Marquardt, "IDL save file format" (2009), http://www.physics.wisc.edu/~craigm/idl/.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.imaging.readers.bounded import refused

_PLAIN, _COMPRESSED = b"SR\x00\x04", b"SR\x00\x06"
_VARIABLE, _END = 2, 6
_RECORDS = frozenset(range(21))
_BYTE, _STRING, _STRUCTURE = 1, 7, 8
_NUMBERS = {
    _BYTE: ">u1", 2: ">i2", 3: ">i4", 4: ">f4", 5: ">f8", 6: ">c8", 9: ">c16", 10: ">i4",
    11: ">i4", 12: ">u2", 13: ">u4", 14: ">i8", 15: ">u8",
}  # fmt: skip
_IN_WORDS = (2, 12)  # two-byte numbers are stored in four
_IS_ARRAY, _IS_STRUCTURE = 4, 32
_IS_KNOWN, _IS_CLASS = 1, 2 | 4
_ARRAY_START, _STRUCTURE_START, _DATA_START = 8, 9, 7
_MAX_DIMENSIONS, _MAX_DEPTH, _MAX_TAGS = 8, 8, 1000


@dataclass(frozen=True, slots=True)
class _Array:
    count: int
    bytes: int
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    type: int
    array: _Array | None
    structure: tuple[_Tag, ...] | None


class _Fault(Exception):
    """What is wrong with the bytes; the caller adds the file's name."""


def read_idl_save(path: Path, max_bytes: int, limit_setting: str = "") -> dict[str, Any]:
    """Read the variables of a save file.

    Parameters
    ----------
    path : Path
        The file.
    max_bytes : int
        Most bytes of the file, and of its content when unpacked.
    limit_setting : str
        Name of the setting that raises the limit, for the hint.

    Returns
    -------
    dict
        By name in upper case: numpy scalars and arrays in native byte order (dimensions reversed:
        the one that varies fastest is last), str, lists of str, and structures as dicts, lists of
        dicts where there are several.

    Raises
    ------
    FileRefused
        No save file, larger than allowed, cut off, damaged, or with something that is not read.
    """
    hint = f"{limit_setting} raises the limit." if limit_setting else ""
    try:
        size = path.stat().st_size
        if size > max_bytes:
            reason = f"it has {size} bytes, more than the {max_bytes} that are allowed"
            raise refused(path, reason, hint)
        with path.open("rb") as file:
            data = file.read(size)
    except OSError as error:
        raise refused(path, f"it cannot be read ({error.strerror or error})") from error
    try:
        return _variables(data, max_bytes)
    except _Fault as fault:
        raise refused(path, str(fault)) from fault


def _variables(data: bytes, max_bytes: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known: dict[str, tuple[_Tag, ...]] = {}
    for payload in _payloads(data, max_bytes):
        reader = _Payload(payload, known)
        name = reader.text("the name of a variable").upper()
        found[name] = reader.variable(name)
    return found


def _payloads(data: bytes, max_bytes: int) -> Iterator[bytes]:
    """Yield what is in each record that holds a variable, up to the end marker."""
    if data[:4] not in (_PLAIN, _COMPRESSED):
        raise _Fault(f"it begins with {data[:4]!r}, which is no IDL save file")
    at, room = 4, max_bytes
    while True:
        if at + 16 > len(data):
            raise _Fault(f"it ends at byte {len(data)} without an end marker: it is truncated")
        kind, low, high = struct.unpack_from(">iII", data, at)
        if kind == _END:
            return
        following = low + (high << 32)
        if kind not in _RECORDS or not at + 16 <= following <= len(data):
            raise _Fault(
                f"the record at byte {at} is of type {kind} and ends at byte {following} of "
                f"{len(data)}: it is truncated or damaged"
            )
        if kind == _VARIABLE:
            payload = data[at + 16 : following]
            if data[:4] == _COMPRESSED:
                payload = _unpacked(payload, room, at)
            room -= len(payload)
            yield payload
        at = following


def _unpacked(packed: bytes, room: int, at: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, room + 1)
    except zlib.error as error:
        raise _Fault(f"the record at byte {at} does not decompress ({error})") from error
    if len(data) > room:
        raise _Fault("it holds more than the bytes that are allowed when unpacked")
    if not stream.eof:
        raise _Fault(f"the record at byte {at} ends before its compressed data do")
    return data


class _Payload:
    """The bytes of one record, read from the front."""

    def __init__(self, data: bytes, known: dict[str, tuple[_Tag, ...]]) -> None:
        self.data, self.at, self.known = data, 0, known

    # -- bytes ---------------------------------------------------------------------------------

    def take(self, count: int, what: str) -> bytes:
        left = len(self.data) - self.at
        if not 0 <= count <= left:
            raise _Fault(f"{what} should take {count} bytes, {left} are left of its record")
        raw = self.data[self.at : self.at + count]
        # Everything begins at a multiple of four bytes.
        self.at = min(-4 * (-(self.at + count) // 4), len(self.data))
        return raw

    def integer(self, what: str) -> int:
        return int.from_bytes(self.take(4, what), "big", signed=True)

    def text(self, what: str) -> str:
        return self.take(self.integer(what), what).decode("latin-1")

    # -- descriptions --------------------------------------------------------------------------

    def variable(self, name: str) -> Any:
        kind, flags = self.integer(name), self.integer(name)
        tag = self._tag(name, kind, flags, 0) if kind else _Tag(name, 0, None, None)
        if not kind:
            return None  # a variable that was never set
        if self.integer(name) != _DATA_START:
            raise _Fault(f"the data of {name} do not begin where they should: it is damaged")
        return self.value(tag)

    def _tag(self, name: str, kind: int, flags: int, depth: int) -> _Tag:
        is_structure = bool(flags & _IS_STRUCTURE)
        array = self._array(name) if is_structure or flags & _IS_ARRAY else None
        tags = self._structure(name, depth) if is_structure else None
        return _checked(_Tag(name, kind, array, tags))

    def _array(self, name: str) -> _Array:
        start = self.integer(name)
        if start != _ARRAY_START:
            raise _Fault(f"{name} is described as an array of kind {start}, which is not read")
        _, size, count, dimensions, _, _, slots = (self.integer(name) for _ in range(7))
        if not (1 <= dimensions <= _MAX_DIMENSIONS and dimensions <= slots <= _MAX_DIMENSIONS):
            raise _Fault(f"{name} has {dimensions} dimensions in {slots} places")
        sizes = [self.integer(name) for _ in range(slots)][:dimensions]
        if min(sizes) < 1 or math.prod(sizes) != count:
            raise _Fault(f"{name} has {count} elements in dimensions {sizes}")
        return _Array(count, size, tuple(reversed(sizes)))

    def _structure(self, name: str, depth: int) -> tuple[_Tag, ...]:
        if self.integer(name) != _STRUCTURE_START or depth >= _MAX_DEPTH:
            raise _Fault(f"{name} is described as no structure, or nested too deep")
        own_name, flags = self.text(name), self.integer(name)
        count, _ = self.integer(name), self.integer(name)
        if flags & _IS_KNOWN:
            if own_name not in self.known:
                raise _Fault(f"{name} is a structure {own_name!r} that is not described")
            return self.known[own_name]
        if flags & _IS_CLASS or not 1 <= count <= _MAX_TAGS:
            raise _Fault(f"{name} is a structure of {count} fields with flags {flags}")
        tags = self._fields(name, count, depth)
        self.known[own_name] = tags
        return tags

    def _fields(self, name: str, count: int, depth: int) -> tuple[_Tag, ...]:
        """Read a structure's tables: types first, then names, arrays, structures within."""
        heads = []
        for _ in range(count):
            if self.integer(name) == -1:  # an offset that does not fit; eight bytes follow
                self.take(8, name)
            heads.append((self.integer(name), self.integer(name)))
        names = [self.text(name).upper() for _ in heads]
        types, flags = zip(*heads, strict=True)
        pairs = list(zip(names, flags, strict=True))
        arrays = [self._array(n) if f & _IS_ARRAY else None for n, f in pairs]
        inner = [self._structure(n, depth + 1) if f & _IS_STRUCTURE else None for n, f in pairs]
        parts = zip(names, types, arrays, inner, strict=True)
        return tuple(_checked(_Tag(*part)) for part in parts)

    # -- values --------------------------------------------------------------------------------

    def value(self, tag: _Tag) -> Any:
        if tag.structure is not None:
            return self._structures(tag)
        if tag.type == _STRING:
            return self._strings(tag)
        return self._numbers(tag)

    def _structures(self, tag: _Tag) -> Any:
        count, fields = tag.array.count if tag.array else 1, tag.structure or ()
        if 4 * count * len(fields) > len(self.data) - self.at:
            raise _Fault(f"{tag.name} has {count} structures, more than its bytes hold")
        items = [{field.name: self.value(field) for field in fields} for _ in range(count)]
        return items[0] if len(items) == 1 else items

    def _strings(self, tag: _Tag) -> Any:
        count = tag.array.count if tag.array else 1
        if 4 * count > len(self.data) - self.at:
            raise _Fault(f"{tag.name} has {count} strings, more than its bytes hold")
        words = [self._string(tag.name) for _ in range(count)]
        return words if tag.array else words[0]

    def _string(self, name: str) -> str:
        # The length is written twice, and not a second time where it is 0.
        return self.text(name) if self.integer(name) else ""

    def _numbers(self, tag: _Tag) -> Any:
        kind = np.dtype(_NUMBERS[tag.type])
        count = tag.array.count if tag.array else 1
        # Bytes are preceded by their number; IDL 8 writes 0 there within structures.
        if tag.type == _BYTE and self.integer(tag.name) not in (count, 0 if tag.array else 1):
            raise _Fault(f"{tag.name} has another number of bytes than it says")
        words = tag.type in _IN_WORDS
        raw = self.take(count * (4 if words else kind.itemsize), tag.name)
        values = np.frombuffer(raw, kind)
        if words:
            values = values[1::2]
        values = values.astype(kind.newbyteorder("="))
        return values.reshape(tag.array.shape) if tag.array else values[0]


def _checked(tag: _Tag) -> _Tag:
    """Refuse a field whose type is not read or contradicts its description."""
    is_structure = tag.type == _STRUCTURE
    if is_structure != (tag.structure is not None) or (is_structure and tag.array is None):
        raise _Fault(f"{tag.name} is of type {tag.type} and described otherwise")
    if not is_structure and tag.type not in (*_NUMBERS, _STRING):
        raise _Fault(f"{tag.name} is of type {tag.type}, which is not read")
    return tag
