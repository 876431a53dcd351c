"""Laws between the fields of a request: a schema cannot state them, a request can keep them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Body = dict[str, Any]
_PICTURE_ONLY = ("width", "height", "vmin", "vmax", "percentile", "cmap", "log", "gamma")
_NUMBERS_ONLY = ("cadence", "alt_km")
DATASET = "swarm_swarma_footprint"
_BLOCKS = ("ground", "space", "events", "adhoc")


def query(path: str, parameters: Body, kind: str) -> Body:
    """Return query parameters that keep the laws."""
    _ordered(parameters, "vmin", "vmax", float)
    if path.startswith("/media/keogram"):
        other = _PICTURE_ONLY if kind in ("json", "bin") else _NUMBERS_ONLY
        parameters = {name: value for name, value in parameters.items() if name not in other}
    if path.startswith(("/media/mosaic", "/media/map")):
        parameters["size"] = 64
    for name in ("size", "width", "height"):  # large pictures would take most of the time
        if str(parameters.get(name, "")).isdigit():
            parameters[name] = int(parameters[name]) % 256 + 1
    if path.endswith("}/data"):
        _columns(path, parameters)
    if path.startswith("/hapi/"):
        _hapi(path, parameters)
    if "start" in parameters or "end" in parameters:
        if path.startswith("/api/v1/availability"):
            parameters |= {"start": "2019-01-01", "end": "2019-01-03"}
        elif path.startswith("/media/keogram"):  # no window is empty
            parameters |= {"start": "2019-01-01T05:00:00", "end": "2019-01-01T06:00:00"}
    return parameters


def _columns(path: str, parameters: Body) -> None:
    """Order and filters name columns of the result."""
    kind = path.split("/")[3]
    if parameters.get("order"):
        parameters["order"] = "-epoch" if kind == "ephemeris" else "-start,end"
    if parameters.get("where") and kind == "ephemeris":
        parameters["where"] = '{"epoch": {">=": "2019-01-01T06:00:00"}}'


def _hapi(path: str, parameters: Body) -> None:
    """A dataset that there is, in a time that it has; an empty text is no value."""
    for name in [name for name, value in parameters.items() if value in ("", None)]:
        del parameters[name]
    parameters.pop("parameters", None)
    if path in ("/hapi/info", "/hapi/data"):
        parameters["dataset"] = DATASET
    if path == "/hapi/data":
        times = sorted((parameters["start"], parameters["stop"]))
        if times[0] == times[1]:
            times = ["2019-01-01T06:00Z", "2019-01-01T07:00Z"]
        parameters["start"], parameters["stop"] = times


def body(label: str, sent: Any, places: Body) -> Any:
    """Return a body that keeps the laws; `label` is method and path."""
    method, path = label.split(" ")
    sent = _small(sent)
    if isinstance(sent, list):  # an upload
        return [_of_source(dict(entry), places) for entry in sent if isinstance(entry, dict)]
    sent = dict(sent)
    if "query" in sent and "search_synchronous" in path:
        sent["query"] = _query(path, dict(sent["query"]))
        return sent
    if path.startswith("/api/v1/data_sources/{identifier}/"):
        return _of_source(sent, places)
    if path.startswith("/api/v1/data_sources") and "search" not in path:
        return _source(method, sent)
    if path == "/media/movies":
        return _movie(sent)
    asks = path.endswith("/search") or "/describe/" in path
    return _query(path, sent) if asks and "start" in sent else sent


def _small(value: Any) -> Any:
    """Whole numbers of more than 64 bits are nothing that could be kept, wherever they stand."""
    if isinstance(value, dict):
        return {key: _small(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_small(item) for item in value]
    return value % 1000 if isinstance(value, int) and abs(value) >= 2**63 else value


def _query(path: str, sent: Body) -> Body:
    _window(sent, timedelta(days=1))
    if sent.get("request_id"):
        sent["request_id"] = str(uuid.uuid4())
    if "conjunction" in path or "cartesian" in path:
        return _blocks(sent)
    if "ephemeris" in path:
        sources = dict(sent["data_sources"])
        if not any(sources.get(name) for name in ("programs", "platforms", "instrument_types")):
            sources["programs"] = ["swarm"]
        sent["data_sources"] = sources
    return sent


def _blocks(sent: Body) -> Body:
    for kind in _BLOCKS:
        sent[kind] = list(sent.get(kind) or [])[:2]
    if sum(len(sent[kind]) for kind in _BLOCKS) < 2:
        sent["ground"] = [{"programs": ["themis-asi"]}]
        sent["space"] = [{"programs": ["swarm"]}]
    names = [f"{kind}{n + 1}" for kind in _BLOCKS for n in range(len(sent[kind]))]
    pairs = [f"{a}-{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    values = list(dict(sent["max_distances"]).values())
    sent["max_distances"] = dict(zip(pairs, values, strict=False))
    return sent


def _movie(sent: Body) -> Body:
    _window(sent, timedelta(hours=1))
    if _time(sent["start"]) == _time(sent["end"]):
        sent["start"], sent["end"] = "2019-01-01T06:00:00", "2019-01-01T06:10:00"
    _ordered(sent, "vmin", "vmax", float)
    return sent


def _source(method: str, sent: Body) -> Body:
    for name in ("ephemeris_metadata_schema", "data_product_metadata_schema"):
        if sent.get(name):
            fields = {entry["field_name"]: entry for entry in sent[name]}
            sent[name] = list(fields.values())
    if method != "POST":
        sent.pop("identifier", None)
    return sent


def _of_source(sent: Body, places: Body) -> Body:
    sent |= {
        "program": "spare",
        "platform": f"platform {places['identifier']}",
        "instrument_type": "camera",
    }
    if "start" in sent:
        _window(sent, timedelta(days=1))
    return sent


def _window(sent: Body, longest: timedelta) -> None:
    start, end = _time(sent.get("start")), _time(sent.get("end"))
    if start is None or end is None:
        return
    if end < start:
        sent["start"], sent["end"] = sent["end"], sent["start"]
        start, end = end, start
    if end - start > longest:
        sent["end"] = (start + longest).strftime("%Y-%m-%dT%H:%M:%S")


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _ordered(sent: Body, low: str, high: str, read: Callable[[Any], Any]) -> None:
    try:
        ends = sorted((read(sent[low]), read(sent[high])))
    except (KeyError, ValueError, TypeError):
        # One alone may lie beyond the other's default.
        sent.pop(low, None)
        sent.pop(high, None)
        return
    sent[low], sent[high] = ends[0], ends[1] + (1 if ends[0] == ends[1] else 0)
