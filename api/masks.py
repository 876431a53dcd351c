"""Response-format masks: a tree of booleans that says which parts of a record are wanted.

The tree has the keys of the record. What it holds with true is delivered, what it holds with
false or does not hold is left out; a list is masked element by element. Latitude and longitude
go together: a client that asks for one of them is given both, because it could not read a
location with one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.errors import BadInput

LOCATIONS = ("location_geo", "location_gsm", "nbtrace", "sbtrace")

Mask = Mapping[str, Any]
Apply = Callable[[dict[str, Any]], dict[str, Any]]


def check(mask: Mask, path: str = "") -> None:
    """Refuse a mask whose leaves are not booleans.

    Raises
    ------
    core.errors.BadInput
        Naming the path of the leaf.
    """
    for key, value in mask.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            check(value, here)
        elif not isinstance(value, bool):
            raise BadInput(
                f"{here} is {value!r:.60}.",
                hint="A response format holds true, false or an object of those.",
                field=here,
                value=value,
            )


def wants(mask: Mask, *path: str) -> bool:
    """Tell whether `mask` asks for anything at or below `path`."""
    node: Any = mask
    for key in path:
        if node is True:
            return True
        node = node.get(key) if isinstance(node, Mapping) else None
    return _any(node)


def apply(mask: Mask, record: dict[str, Any]) -> dict[str, Any]:
    """Return the part of `record` that `mask` asks for."""
    return {
        key: _masked(_both(mask[key]) if key in LOCATIONS else mask[key], value)
        for key, value in record.items()
        if _any(mask.get(key))
    }


def _masked(mask: Any, value: Any) -> Any:
    if mask is True:
        return value
    if isinstance(value, list):
        return [_masked(mask, item) for item in value]
    if isinstance(value, dict):
        return apply(mask, value)
    return value


def _both(mask: Any) -> Any:
    return True if _any(mask) else mask


def _any(mask: Any) -> bool:
    if isinstance(mask, Mapping):
        return any(_any(item) for item in mask.values())
    return mask is True
