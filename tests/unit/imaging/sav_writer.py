"""Skymap files as IDL writes them, by code that shares nothing with the reader."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from core.geo.sightline import map_to_altitude
from core.imaging.lens import equidistant

CODES = {"u1": 1, "i2": 2, "i4": 3, "f4": 4, "f8": 5, "u2": 12, "u4": 13, "i8": 14, "u8": 15}
GAKONA = (62.41, -145.16, 585.0)
GILLAM = (56.38, -94.64, 135.0)
ALTITUDES_M = (90e3, 110e3, 150e3)


def skymap_fields(
    shape: tuple[int, int] = (256, 256),
    place: tuple[float, float, float] = GAKONA,
    **changed: Any,
) -> dict[str, Any]:
    """Return what a skymap of Gakona holds: north up, equal angles equal distances."""
    lens = equidistant(shape, 0.97 * min(shape))
    y, x = np.mgrid[: shape[0] + 1, : shape[1] + 1].astype(float)
    azimuth, elevation = lens.direction_of(x[:-1, :-1] + 0.5, y[:-1, :-1] + 0.5)
    corners = [map_to_altitude(*lens.direction_of(x, y), *place, m / 1e3) for m in ALTITUDES_M]
    fields: dict[str, Any] = {
        "GENERATION_INFO": {
            "AUTHOR": "",
            "VALID_INTERVAL_START": "2011030508",
            "VALID_INTERVAL_STOP": "+",
            "IMG_FLIP": np.array([1, 0], "u1"),
            "CCD_CENTER": np.array([378.7, 153.1]),
        },
        "SITE_UID": "gako",
        "IMAGER_UID": "themis20",
        "PROJECT_UID": "themis",
        "SITE_MAP_LATITUDE": np.float32(place[0]),
        "SITE_MAP_LONGITUDE": np.float32(place[1] + 360),
        "SITE_MAP_ALTITUDE": np.float32(place[2]),
        "FULL_ROW": np.zeros((2, 3), "u2"),
        "FULL_AZIMUTH": azimuth.astype("f4"),
        "FULL_ELEVATION": elevation.astype("f4"),
        "FULL_MAP_ALTITUDE": np.array(ALTITUDES_M, "f4"),
        "FULL_MAP_LATITUDE": np.stack([lat for lat, _ in corners]).astype("f4"),
        "FULL_MAP_LONGITUDE": np.stack([lon % 360 for _, lon in corners]).astype("f4"),
    }
    return fields | changed


def write_skymap(path: Path, fields: dict[str, Any] | None = None, **changed: Any) -> Path:
    path.write_bytes(sav_bytes({"skymap": fields or skymap_fields(**changed)}))
    return path


def sav_bytes(variables: dict[str, Any], *, compressed: bool = False) -> bytes:
    """Return a save file of structures, arrays, numbers and strings."""
    out = b"SR\x00\x06" if compressed else b"SR\x00\x04"
    for name, value in variables.items():
        flags = 0x24 if isinstance(value, dict) else 4 if _is_array(value) else 0
        body = _text(name.upper()) + struct.pack(">ii", _code(value), flags)
        body += _description(value) + struct.pack(">i", 7) + _data(value)
        out += _record(len(out), 2, zlib.compress(body) if compressed else body)
    return out + _record(len(out), 6, b"")


def _record(at: int, kind: int, body: bytes) -> bytes:
    return struct.pack(">iIII", kind, at + 16 + len(body), 0, 0) + body


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % 4)


def _text(text: str) -> bytes:
    return struct.pack(">i", len(text)) + _padded(text.encode())


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _code(value: Any) -> int:
    if isinstance(value, dict):
        return 8
    return 7 if isinstance(value, str) else CODES[value.dtype.str[1:]]


def _array(count: int, size: int, shape: tuple[int, ...]) -> bytes:
    dims = [*reversed(shape), *[1] * (8 - len(shape))]
    return struct.pack(">8i8i", 8, 0, size, count, len(shape), 0, 0, 8, *dims)


def _description(value: Any) -> bytes:
    if _is_array(value):
        return _array(value.size, value.nbytes, value.shape)
    if not isinstance(value, dict):
        return b""
    return _array(1, 0, (1,)) + _structure(value)


def _structure(fields: dict[str, Any]) -> bytes:
    out = struct.pack(">i", 9) + _text("") + struct.pack(">iii", 0, len(fields), 0)
    for value in fields.values():
        flags = 0x24 if isinstance(value, dict) else 4 if _is_array(value) else 0
        out += struct.pack(">iii", 0, _code(value), flags)
    out += b"".join(_text(name.upper()) for name in fields)
    for value in fields.values():
        if _is_array(value):
            out += _array(value.size, value.nbytes, value.shape)
        elif isinstance(value, dict):
            out += _array(1, 0, (1,))
    return out + b"".join(_structure(v) for v in fields.values() if isinstance(v, dict))


def _data(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"".join(_data(field) for field in value.values())
    if isinstance(value, str):
        return struct.pack(">i", len(value)) + (_text(value) if value else b"")
    values = np.atleast_1d(value)
    if values.dtype.itemsize == 2:
        values = values.astype(values.dtype.kind + "4")
    raw = values.astype(values.dtype.newbyteorder(">")).tobytes()
    if values.dtype == np.dtype("u1"):
        raw = struct.pack(">i", len(raw)) + raw
    return _padded(raw)
