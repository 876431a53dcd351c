"""Requests as HAPI has them, read strictly: what is not known is refused, and never repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from core.hapi.codes import refusal
from core.hapi.model import Dataset, Parameter
from core.hapi.times import read_time

Format = Literal["csv", "binary", "json"]
FORMATS: tuple[Format, ...] = ("csv", "binary", "json")
DEPTHS = ("dataset", "all")
Given = Mapping[str, Sequence[str]]
_BOOLEANS = ("true", "false")
# Names since HAPI 3 and those before.
_OLD = {"id": "dataset", "time.min": "start", "time.max": "stop"}


@dataclass(frozen=True, slots=True)
class InfoRequest:
    """A request for the description of a dataset; no `names` mean all parameters."""

    dataset: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A request for records; times are seconds since 1970."""

    dataset: str
    names: tuple[str, ...]
    start: Fraction
    stop: Fraction
    format: Format
    header: bool


def read_nothing(given: Given) -> None:
    """Refuse every request parameter."""
    _single(given, ())


def read_catalog(given: Given) -> str:
    """Return the depth of a catalogue; both values of resolve_references are the same here."""
    values = _single(given, ("depth", "resolve_references"))
    _references(values)
    depth = values.get("depth", "dataset")
    if depth not in DEPTHS:
        raise refusal(1413, f"one of {', '.join(DEPTHS)} would be right")
    return depth


def read_info(given: Given) -> InfoRequest:
    """Return a request for a description."""
    values = _single(given, ("dataset", "parameters", "resolve_references"))
    _references(values)
    return InfoRequest(_required(values, "dataset"), _names(values))


def read_data(given: Given) -> DataRequest:
    """Return a request for records."""
    allowed = ("dataset", "parameters", "start", "stop", "include", "format")
    values = _single(given, allowed)
    dataset = _required(values, "dataset")
    start, stop = (read_time(_required(values, name)) for name in ("start", "stop"))
    if start is None:
        raise refusal(1402, "times are like 2019-01-01T00:00:00Z or 2019-001")
    if stop is None:
        raise refusal(1403, "times are like 2019-01-01T00:00:00Z or 2019-001")
    if start >= stop:
        raise refusal(1404)
    chosen = values.get("format", "csv")
    if chosen not in FORMATS:
        raise refusal(1409, f"one of {', '.join(FORMATS)} would be right")
    include = values.get("include")
    if include not in (None, "header"):
        raise refusal(1410, "header would be right")
    return DataRequest(dataset, _names(values), start, stop, chosen, include == "header")


def subset(dataset: Dataset, names: Sequence[str]) -> tuple[Parameter, ...]:
    """Return the parameters of these names, the time before all; every one where there is none.

    Raises
    ------
    core.errors.HapiRefused
        A name is not known (1407), is there twice or out of order (1411).
    """
    if not names:
        return dataset.parameters
    places = {parameter.name: place for place, parameter in enumerate(dataset.parameters)}
    if any(name not in places for name in names):
        raise refusal(1407)
    wanted = [places[name] for name in names]
    if any(later <= earlier for earlier, later in pairwise(wanted)):
        raise refusal(1411)
    return tuple(dataset.parameters[place] for place in sorted({0, *wanted}))


def _single(given: Given, allowed: Sequence[str]) -> dict[str, str]:
    """Return the values by their newer names; each may be there once."""
    values: dict[str, str] = {}
    for name, texts in given.items():
        known = _OLD.get(name, name)
        if known not in allowed:
            right = f"known here: {', '.join(allowed)}" if allowed else "none is known here"
            raise refusal(1401, right)
        if known in values or len(texts) != 1:
            raise refusal(1400, f"{known} is there more than once")
        values[known] = texts[0]
    return values


def _required(values: Mapping[str, str], name: str) -> str:
    if name not in values:
        raise refusal(1400, f"{name} is missing")
    return values[name]


def _names(values: Mapping[str, str]) -> tuple[str, ...]:
    text = values.get("parameters", "")
    return tuple(text.split(",")) if text else ()


def _references(values: Mapping[str, str]) -> None:
    if values.get("resolve_references", "true") not in _BOOLEANS:
        raise refusal(1412, "true or false would be right")
