"""The values of a filter, read as numbers, booleans or text."""

from __future__ import annotations

import re

Scalar = str | bool | int | float
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INT64_MAX = 2**63 - 1


def as_number(value: Scalar) -> float | int | None:
    """Return a filter value as a number, None if it is none; booleans are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) <= _INT64_MAX else _finite(value)
    if isinstance(value, float):
        return value
    text = value.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return as_number(int(text))
    except ValueError:
        number = float(text)
        return number if abs(number) != float("inf") else None


def _finite(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def as_boolean(value: Scalar) -> bool | None:
    """Return a filter value as a boolean ("true" and "False" in any case), None if it is none."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())


def as_text(value: Scalar) -> str:
    """Return a filter value as the text that a string field is compared with."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def as_whole(value: object) -> int | None:
    """Return a whole number, which JSON may write with a fraction (``60.0``); None for others."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
