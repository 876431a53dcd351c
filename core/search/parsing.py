"""Small readers for the parts of a query, each naming the place where something is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import BadInput, LimitExceeded

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"


def read_object(value: Any, path: str) -> Mapping[str, Any]:
    """Return `value` when it is a JSON object."""
    if not isinstance(value, Mapping):
        raise BadInput(f"{path} is not an object.", field=path, value=value, expected="object")
    return value


def read_list(value: Any, path: str) -> list[Any]:
    """Return `value` when it is a list; null and absent count as empty."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise BadInput(f"{path} is not a list.", field=path, value=value, expected="list")
    return list(value)


def read_strings(value: Any, path: str) -> tuple[str, ...]:
    """Return a list of strings, without repetitions, in the order given."""
    items = read_list(value, path)
    for number, item in enumerate(items):
        if not isinstance(item, str):
            place = f"{path}[{number}]"
            raise BadInput(f"{place} is not a string.", field=place, value=item, expected="string")
    return tuple(dict.fromkeys(items))


def read_choices(value: Any, path: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list of strings out of `allowed`, whatever their case."""
    chosen = tuple(dict.fromkeys(item.strip().lower() for item in read_strings(value, path)))
    for item in chosen:
        if item not in allowed:
            raise BadInput(
                f"{path} holds {item!r}.",
                hint=f"It may hold: {', '.join(allowed)}.",
                field=path,
                value=item,
                expected=list(allowed),
            )
    return chosen


def read_time(value: Any, path: str) -> datetime:
    """Read an ISO 8601 time; one without an offset is UTC. Fractions of a second are kept."""
    hint = "A time looks like 2019-01-01T00:00:00 and is UTC."
    if not isinstance(value, str):
        raise BadInput(f"{path} is not a time.", hint=hint, field=path, value=value)
    try:
        time = datetime.fromisoformat(value.strip())
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(
            f"{path} is not a time: {value!r}.", hint=hint, field=path, value=value
        ) from None
    if not 1900 <= time.year <= 2199:
        raise BadInput(f"{path} is not between 1900 and 2199.", field=path, value=value)
    return time


def read_window(query: Mapping[str, Any], max_days: int) -> tuple[datetime, datetime]:
    """Read `start` and `end` (both inclusive), in order and no further apart than allowed."""
    for name in ("start", "end"):
        if query.get(name) is None:
            raise BadInput(f"{name} is missing.", field=name, value=None, expected="time")
    start, end = read_time(query["start"], "start"), read_time(query["end"], "end")
    if end < start:
        raise BadInput("end is before start.", field="end", value=query["end"])
    check_span(start, end, max_days, "Ask for a shorter window, or for several in turn.")
    return start, end


def check_span(
    start: datetime, end: datetime, max_days: int, advice: str, field: str = "end"
) -> None:
    """Refuse a window of more than `max_days` days, and say which one would be allowed."""
    allowed = timedelta(days=max_days)
    if end - start <= allowed:
        return
    days = (end - start) / timedelta(days=1)
    raise LimitExceeded(
        f"{field}: the window from start to end has {_days(days)} days; a window of at most "
        f"{max_days} days is allowed.",
        hint=f"With start {format_time(start)}, end may be {format_time(start + allowed)} at the "
        f"latest. {advice}",
        field=field,
        limit="days",
        asked=days,
        allowed=max_days,
    )


def _days(days: float) -> str:
    """Write a number of days to the minute, so that one more than allowed can be seen."""
    return f"{days:,.4f}".rstrip("0").rstrip(".")


def read_number(value: Any, path: str, low: float, high: float) -> float:
    """Return a finite number between `low` and `high`."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not low <= value <= high:
        raise BadInput(f"{path} is not a number from {low:g} to {high:g}.", field=path, value=value)
    return float(value)


def read_bool(value: Any, path: str) -> bool:
    """Return a truth value; null counts as false."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise BadInput(f"{path} is neither true nor false.", field=path, value=value)


def unknown_keys(found: Mapping[str, Any], known: tuple[str, ...], path: str) -> tuple[str, ...]:
    """Name the keys that mean nothing here; a search logs them as ignored."""
    prefix = f"{path}." if path else ""
    return tuple(f"{prefix}{key}" for key in found if key not in known)


def format_time(time: datetime) -> str:
    """Write a time as the API does, with a fraction only where there is one."""
    text = time.astimezone(UTC).strftime(TIME_FORMAT)
    return f"{text}.{time.microsecond:06d}" if time.microsecond else text
