"""Conjunctions by brute force, as an oracle: written from the documentation of the search alone.

It shares no code with the observatory (this module must import nothing of `core`). It reads
records from a Parquet file that the archive was exported to, goes through every tuple of sources
and every epoch, and has its own readings of JSON, latitudes, distances, filters and runs.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

RADIUS_KM = 6371.2
POLAR_OVER_EQUATORIAL = 6356.752314245179 / 6378.137
COLUMNS = {"nbtrace": "nbtrace", "sbtrace": "sbtrace", "geographic": "geo"}
ORDER = ("ground", "space", "events", "adhoc")
SPACE_TYPES = {"leo", "heo", "lunar", "not_applicable"}
TYPES_OF = {
    "ground": {"ground", "not_applicable"},
    "space": SPACE_TYPES,
    "events": {"event_list"},
}


@dataclass
class Found:
    """One conjunction: epochs in seconds since 1970, distances in km."""

    type: str
    sources: tuple[int, ...]
    start: int
    end: int
    distances: dict[int, float]
    pairs: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    @property
    def low(self) -> float:
        return min(self.distances.values())

    @property
    def high(self) -> float:
        return max(self.distances.values())


@dataclass
class Answer:
    """All conjunctions, and how near a distance came to its limit without being equal to it."""

    found: list[Found]
    margin_km: float


class Series:
    """Records of one source: sorted epochs in seconds, and columns."""

    def __init__(
        self, epochs: np.ndarray, columns: dict[str, np.ndarray], rows: list[dict]
    ) -> None:
        self.epochs, self.columns, self.rows = epochs, columns, rows


def search(ephemeris: Path, sources: Path, query: dict[str, Any]) -> Answer:
    """Answer a conjunction query from exported records."""
    return _Search(ephemeris, json.loads(sources.read_text()), query).run()


class _Search:
    def __init__(self, ephemeris: Path, sources: list[dict], query: dict[str, Any]) -> None:
        self.query = query
        self.sources = {item["identifier"]: dict(item) for item in sources}
        self.blocks = [
            (kind, n + 1, b) for kind in ORDER for n, b in enumerate(query.get(kind, []))
        ]
        self.start, self.end = _seconds(query["start"]), _seconds(query["end"])
        fine = query.get("subminute_precision") or query.get("epoch_search_precision", 60) < 60
        self.step = 30 if fine else 60
        self.frame = query.get("latitude_frame", "geocentric")
        self.members = self._members()
        wanted = {i for block in self.members for i in block if i > 0}
        self.series = _read(ephemeris, wanted, self.start - 60, self.end + 60)
        self.margin = math.inf

    def run(self) -> Answer:
        limits = self._limits()
        found: list[Found] = []
        passing = [
            {i: self._passing(kind, block, i) for i in members}
            for (kind, _, block), members in zip(self.blocks, self.members, strict=True)
        ]
        for name in self.query.get("conjunction_types") or ["nbtrace"]:
            near: dict[Any, Any] = {}
            for chosen in itertools.product(*self.members):
                if len(set(chosen)) == len(chosen):
                    found += self._tuple(name, chosen, limits, passing, near)
        return Answer(found, self.margin)

    def _members(self) -> list[list[int]]:
        out, virtual = [], 0
        for kind, _, block in self.blocks:
            if kind == "adhoc":
                ids = []
                for point in block["locations"]:
                    virtual -= 1
                    ids.append(virtual)
                    self.sources[virtual] = {"point": (point["lat"], point["lon"]), "metadata": {}}
                out.append(ids)
                continue
            programs = block.get("programs") or (["events"] if kind == "events" else [])
            out.append(
                [
                    i
                    for i, s in self.sources.items()
                    if i > 0
                    and s["source_type"] in TYPES_OF[kind]
                    and (not programs or s["program"] in programs)
                    and (not block.get("platforms") or s["platform"] in block["platforms"])
                    and (
                        not block.get("instrument_types")
                        or s["instrument_type"] in block["instrument_types"]
                    )
                ]
            )
        return out

    def _limits(self) -> dict[tuple[int, int], float]:
        given = self.query["max_distances"]
        out: dict[tuple[int, int], float | None] = {}
        for i, j in itertools.combinations(range(len(self.blocks)), 2):
            first, second = (f"{self.blocks[k][0]}{self.blocks[k][1]}" for k in (i, j))
            both_ground = self.blocks[i][0] == self.blocks[j][0] == "ground"
            default = 0.0 if both_ground else None
            value = given.get(f"{first}-{second}", given.get(f"{second}-{first}", default))
            out[i, j] = value
        if all(value is None for value in out.values()):
            return dict.fromkeys(out, math.inf)
        return {pair: float(value) for pair, value in out.items() if value is not None}

    def _passing(self, kind: str, block: dict, source: int) -> set[int]:
        """Epochs at which a source may stand in a block."""
        if source < 0:
            first = self.start // 60 * 60
            return set(range(first, self.end + 61, self.step))
        series = self.series.get(source)
        if series is None:
            return set()
        wanted = block.get("hemisphere") or []
        group = block.get("ephemeris_metadata_filters") or {}
        minutes = set()
        for epoch, lat, row in zip(
            series.epochs.tolist(), series.columns["geo_lat_deg"].tolist(), series.rows, strict=True
        ):
            if kind == "space" and len(wanted) == 1:
                side = "northern" if lat >= 0 else "southern"
                if math.isnan(lat) or side != wanted[0].lower():
                    continue
            if matches(group, row):
                minutes.add(epoch)
        if self.step == 60:
            return minutes
        return minutes | {e + 30 for e in minutes if e + 60 in minutes}

    def _tuple(
        self, name: str, chosen: tuple[int, ...], limits: dict, passing: list, near: dict
    ) -> list[Found]:
        epochs = set.intersection(*(passing[k][i] for k, i in enumerate(chosen)))
        if not epochs:
            return []
        measured: dict[tuple[int, int], dict[int, float]] = {}
        unsure: set[int] = set()
        for pair, limit in limits.items():
            a, b = chosen[pair[0]], chosen[pair[1]]
            key = (min(a, b), max(a, b), limit, self._zero(pair, limit))
            if key not in near:
                near[key] = self._near(name, a, b, limit, self._zero(pair, limit))
            measured[pair], vague = near[key]
            unsure |= vague
            epochs = epochs & (measured[pair].keys() | vague)
        # A half minute that is not known joins the minutes around it, and nothing else.
        window = {e for e in epochs if self.start <= e <= self.end}
        good = {e for e in window if e not in unsure or (e - 30 in window and e + 30 in window)}
        return [self._found(name, chosen, run, measured, unsure) for run in _runs(good, self.step)]

    def _zero(self, pair: tuple[int, int], limit: float) -> bool:
        return limit == 0 and all(self.blocks[k][0] == "ground" for k in pair)

    def _near(
        self, name: str, a: int, b: int, limit: float, same_site: bool
    ) -> tuple[dict[int, float], set[int]]:
        """Distances at the epochs within the limit; half minutes at which one is not known."""
        one, two = self._positions(name, a), self._positions(name, b)
        common = np.array(sorted(one[0].keys() & two[0].keys()), dtype=np.int64)
        unsure = one[1] | two[1]
        if not len(common):
            return {}, unsure
        p = np.array([one[0][e] for e in common.tolist()])
        q = np.array([two[0][e] for e in common.tolist()])
        km = sphere_km(p[:, 0], p[:, 1], q[:, 0], q[:, 1])
        if same_site:
            codes = [
                str(self.sources[i]["metadata"].get("site") or "").strip().lower() for i in (a, b)
            ]
            keep = km < 1.0
            if codes[0] and codes[0] == codes[1]:
                keep = np.ones(len(km), dtype=bool)
            else:
                self._note(km, 1.0)
        else:
            keep = km <= limit
            self._note(km, limit)
        return dict(zip(common[keep].tolist(), km[keep].tolist(), strict=True)), unsure

    def _note(self, km: np.ndarray, limit: float) -> None:
        off = np.abs(km - limit)
        off = off[off > 0]
        if len(off) and math.isfinite(limit):
            self.margin = min(self.margin, float(off.min()))

    def _positions(self, name: str, source: int) -> tuple[dict[int, tuple], set[int]]:
        """Compared positions by epoch, and the half minutes that could not be interpolated."""
        places = self._minutes(name, source)
        if self.step == 60:
            return {e: p[:2] for e, p in places.items()}, set()
        out = {e: p[:2] for e, p in places.items()}
        unsure = set()
        for epoch in self._epochs(source):
            if epoch + 60 not in self._epochs(source):
                continue
            before, after = places.get(epoch), places.get(epoch + 60)
            if before is None or after is None or not _smooth(before, after):
                unsure.add(epoch + 30)
            else:
                out[epoch + 30] = _midpoint(before[:2], after[:2])
        return out, unsure

    def _epochs(self, source: int) -> set[int]:
        if source < 0:
            return set(range(self.start // 60 * 60, self.end + 61, 60))
        series = self.series.get(source)
        if series is None:
            return set()
        if not hasattr(series, "known"):
            series.known = set(series.epochs.tolist())
        return series.known

    def _minutes(self, name: str, source: int) -> dict[int, tuple[float, float, float]]:
        """Latitude (in the frame of the search), longitude and geographic latitude by minute."""
        if source < 0:
            lat, lon = self.sources[source]["point"]
            if (name == "nbtrace" and lat < 0) or (name == "sbtrace" and lat >= 0):
                raise NotImplementedError("the mirror of a custom location")
            shown = geocentric(lat) if self.frame == "geocentric" else lat
            return {e: (float(shown), lon, lat) for e in self._epochs(source)}
        series = self.series.get(source)
        if series is None:
            return {}
        lat = series.columns[f"{COLUMNS[name]}_lat_deg"]
        lon = series.columns[f"{COLUMNS[name]}_lon_deg"]
        if self.frame == "geocentric" and _frame_of(self.sources[source]) == "geodetic":
            lat = geocentric(lat)
        rows = zip(
            series.epochs.tolist(),
            lat.tolist(),
            lon.tolist(),
            series.columns["geo_lat_deg"].tolist(),
            strict=True,
        )
        return {e: (y, x, g) for e, y, x, g in rows if not math.isnan(y) and not math.isnan(x)}

    def _found(
        self, name: str, chosen: tuple[int, ...], run: list[int], measured: dict, unsure: set[int]
    ) -> Found:
        sure = [e for e in run if e not in unsure]
        distances = {e: max(table[e] for table in measured.values()) for e in sure}
        pairs = {
            pair: (min(table[e] for e in sure), max(table[e] for e in sure))
            for pair, table in measured.items()
        }
        return Found(name, chosen, run[0], run[-1], distances, pairs)


def matches(group: dict | list, metadata: dict[str, Any]) -> bool:
    """Say whether a record's metadata pass a group of filters, nested or flat."""
    if isinstance(group, list):
        group = {"expressions": group}
    tests = [
        matches(e, metadata) if "expressions" in e else _passes(e, metadata)
        for e in group.get("expressions") or []
    ]
    if not tests:
        return True
    if group.get("logical_operator") == "NOT":
        return not tests[0]
    return any(tests) if str(group.get("logical_operator") or "AND").upper() == "OR" else all(tests)


def _passes(expression: dict, metadata: dict[str, Any]) -> bool:
    have = metadata.get(expression["key"])
    if have is None:
        return False
    values = expression["values"]
    values = values if isinstance(values, list) else [values]
    values = [v for v in (_like(have, v) for v in values) if v is not None]
    operator = expression.get("operator", "in")
    if operator in ("in", "="):
        return have in values
    if operator in ("not in", "!="):
        return have not in values
    if operator == "between":
        return len(values) == 2 and values[0] <= have <= values[1]
    if not values:
        return False
    return {
        "<": have < values[0],
        "<=": have <= values[0],
        ">": have > values[0],
        ">=": have >= values[0],
    }[operator]


def _like(have: Any, value: Any) -> Any:
    """Read a filter's value as the type that the record has."""
    if isinstance(have, bool):
        return {"true": True, "false": False}.get(str(value).strip().lower())
    if isinstance(have, int | float):
        if isinstance(value, bool):
            return None
        try:
            return float(value)
        except ValueError:
            return None
    return str(value)


def geocentric(lat_deg: Any) -> Any:
    """Geocentric latitude of a point on the ellipsoid: tan b' = (b/a)^2 tan b."""
    lat = np.radians(np.asarray(lat_deg, dtype=float))
    return np.degrees(np.arctan2(POLAR_OVER_EQUATORIAL**2 * np.sin(lat), np.cos(lat)))


def sphere_km(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> np.ndarray:
    """Great-circle distance from latitudes and longitudes (Vincenty's formula on a sphere)."""
    a, b = np.radians(lat1), np.radians(lat2)
    turn = np.radians(np.asarray(lon2) - np.asarray(lon1))
    up = np.hypot(
        np.cos(b) * np.sin(turn), np.cos(a) * np.sin(b) - np.sin(a) * np.cos(b) * np.cos(turn)
    )
    return RADIUS_KM * np.arctan2(up, np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(turn))


def _smooth(before: tuple[float, float, float], after: tuple[float, float, float]) -> bool:
    for one, two in ((before[0], after[0]), (before[2], after[2])):
        if not math.isnan(one) and not math.isnan(two) and (one >= 0) != (two >= 0):
            return False
    return float(sphere_km(before[0], before[1], after[0], after[1])) < 1000.0


def _midpoint(p: tuple[float, float], q: tuple[float, float]) -> tuple[float, float]:
    """Half way along the great circle, by the usual formula in latitude and longitude."""
    a, b, turn = math.radians(p[0]), math.radians(q[0]), math.radians(q[1] - p[1])
    x, y = math.cos(b) * math.cos(turn), math.cos(b) * math.sin(turn)
    lat = math.atan2(math.sin(a) + math.sin(b), math.hypot(math.cos(a) + x, y))
    lon = math.radians(p[1]) + math.atan2(y, math.cos(a) + x)
    return math.degrees(lat), math.degrees(lon)


def _runs(epochs: Iterable[int], step: int) -> list[list[int]]:
    out: list[list[int]] = []
    for epoch in sorted(epochs):
        if out and epoch - out[-1][-1] == step:
            out[-1].append(epoch)
        else:
            out.append([epoch])
    return out


def _frame_of(source: dict) -> str:
    declared = source["metadata"].get("latitude_frame")
    if declared:
        return declared
    return "geocentric" if source["source_type"] in ("leo", "heo", "lunar") else "geodetic"


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=UTC).timestamp())


def _read(path: Path, wanted: set[int], start: int, end: int) -> dict[int, Series]:
    table = pq.read_table(path, filters=[("source", "in", sorted(wanted))]) if wanted else None
    if table is None:
        return {}
    epochs = np.array(table["epoch"].cast("int64").to_numpy()) // 1_000_000
    sources = table["source"].to_numpy()
    inside = (epochs >= start) & (epochs <= end)
    positions = [n for n in table.column_names if n.endswith("_deg")]
    out = {}
    for source in sorted(set(sources[inside].tolist())):
        picked = np.flatnonzero(inside & (sources == source))
        picked = picked[np.argsort(epochs[picked])]
        part = table.take(picked)
        columns = {
            n: np.array([math.nan if v is None else v for v in part[n].to_pylist()], dtype=float)
            for n in positions
        }
        out[source] = Series(epochs[picked], columns, _metadata(part))
    return out


def _metadata(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in range(table.num_rows)]
    for name in table.column_names:
        if name.startswith("md_"):
            key = re.sub(
                r"~([0-9a-f]+)~", lambda m: chr(int(m.group(1), 16)), name.split("_", 2)[2]
            )
            for row, value in zip(rows, table[name].to_pylist(), strict=True):
                if value is not None:
                    row[key] = value
    for row, text in zip(rows, table["metadata_json"].to_pylist(), strict=True):
        if text:
            row |= json.loads(text)
    return rows
