"""Checks of single fields of uploaded records; each refusal names the row and the field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from core.errors import RecordError
from core.instruments.model import DataType

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?")
FIRST_YEAR, LAST_YEAR = 1900, 2199
_INT64_MAX = 2**63 - 1


def refuse(row: int, field: str, value: Any, message: str, hint: str = "") -> RecordError:
    """Return the error for one field of one row; rows are counted from 0."""
    return RecordError(
        f"Record {row}: {field} {message}.", hint=hint, row=row, field=field, value=value
    )


def text(record: Mapping[str, Any], name: str, row: int) -> str:
    """Return a required, non-empty string."""
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise refuse(row, name, value, "is missing or no text")
    return value


def time(value: Any, field: str, row: int, *, whole_minute: bool) -> datetime:
    """Return a time in UTC; one without a zone is UTC.

    Ephemeris is a record per minute, so its epochs are whole minutes; other times are whole
    seconds, because that is how the API delivers them.
    """
    when = _parse_time(value, field, row)
    try:
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:  # its offset leads out of the years that there are
        when = when.replace(tzinfo=UTC)
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise refuse(row, field, value, f"is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    if when.microsecond or (whole_minute and when.second):
        unit = "minute" if whole_minute else "second"
        raise refuse(row, field, value, f"is not a whole {unit}", f"Round it to the {unit}.")
    return when


def _parse_time(value: Any, field: str, row: int) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _TIME.fullmatch(value.strip()):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise refuse(row, field, value, "is no time", "Write 2020-01-01T00:00:00 (UTC).")


def location(value: Any, field: str, row: int) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees, or two nulls for a location that is not there."""
    if value is None:
        return None, None
    if not isinstance(value, Mapping):
        raise refuse(row, field, value, 'is no location {"lat", "lon"}')
    unknown = set(value) - {"lat", "lon"}
    if unknown:
        raise refuse(row, f"{field}.{min(map(str, unknown))}", None, "is not known")
    lat, lon = value.get("lat"), value.get("lon")
    if (lat is None) != (lon is None):
        raise refuse(row, field, dict(value), "has one of lat and lon", "Give both or neither.")
    if lat is None:
        return None, None
    return _degrees(lat, 90, f"{field}.lat", row), _degrees(lon, 180, f"{field}.lon", row)


def _degrees(value: Any, limit: int, field: str, row: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(row, field, value, "is no number")
    if not abs(value) <= limit:  # also true for NaN
        raise refuse(row, field, str(value), f"is not within -{limit} to {limit} degrees")
    return float(value)


def metadata_value(value: Any, data_type: DataType, field: str, row: int) -> Any:
    """Return a value of a declared metadata field in its type.

    A whole number serves for a double, a double without fraction for an int, and the words true
    and false, in any case, for a bool.
    """
    read = _READERS[data_type](value)
    if read is None:
        raise refuse(row, field, str(value), f"is no {data_type}", "That is its declared type.")
    return read


def _double(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _int(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _INT64_MAX:
        return None
    return value


def _bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False}
    return words.get(value.strip().lower()) if isinstance(value, str) else None


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and _encodable(value) else None


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


_READERS: dict[str, Any] = {"double": _double, "int": _int, "bool": _bool, "string": _string}


def as_json(values: Mapping[str, Any], row: int) -> str | None:
    """Return undeclared metadata as JSON text, null when there are none."""
    if not values:
        return None
    try:
        encoded = json.dumps(dict(values), sort_keys=True, allow_nan=False, ensure_ascii=False)
        encoded.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise refuse(row, "metadata", None, f"cannot be kept as JSON: {error}") from error
    return encoded
