"""Bitmaps of filters against a reading of the rules record by record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive import Archive
from core.errors import BadInput, SearchCancelled
from core.search import conjunctions
from core.search.filters import block_filters
from core.search.filters.block_filters import KEPT, BlockFilters
from core.search.filters.derived import DerivedRows
from core.search.index.store import store_of
from core.search.index.tracks import unpack
from core.search.plan import Partition
from core.search.query import ConjunctionQuery
from core.search.sources import block_sources
from core.settings import Settings
from tests.oracle.small_archive import make_archive, records, source

START = datetime(2019, 1, 31, 21, 0, tzinfo=UTC)
FIRST = int(START.timestamp()) // 60
MINUTES = 240
PIECE = Partition(FIRST, FIRST + MINUTES - 1)
KP = {0: 2.0, 180: 5.3333}  # by minute of the piece
KINDS = {"nbtrace": "nb", "sbtrace": "sb", "geographic": "geo"}
KP_GROUP = [{"key": "derived.kp", "operator": ">=", "values": [5]}]


def world() -> dict[int, dict[int, dict[str, Any]]]:
    """Records by source and minute of the piece, as plain Python."""
    rng = np.random.default_rng(3)
    out: dict[int, dict[int, dict[str, Any]]] = {}
    for number in (1, 2, 3):
        out[number] = {}
        for minute in np.flatnonzero(rng.random(MINUTES) < 0.5).tolist():
            record: dict[str, Any] = {}
            for prefix in ("nb", "sb", "geo"):
                known = rng.random() < 0.9
                moving = number > 1
                lat = float(rng.uniform(-80, 80)) if moving else {"sb": -70.0}.get(prefix, 60.0)
                lon = float(rng.uniform(-180, 180)) if moving else -100.0
                record[prefix] = (lat, lon) if known else (None, None)
            metadata: dict[str, Any] = {}
            for key, drawn in (
                ("region", ("cap", "oval")), ("confidence", (0.95, 1.0, 40.0)),
                ("quality", (1, 2)), ("on", (True, False)), ("note", ("a", 7, None)),
            ):  # fmt: skip
                # Source 3 has declared fields alone.
                if rng.random() < 0.7 and (key != "note" or number < 3):
                    metadata[key] = drawn[rng.integers(len(drawn))]
            out[number][minute] = record | {"metadata": metadata}
    return out


WORLD = world()
TYPES = {"region": "string", "confidence": "double", "quality": "int", "on": "bool"}


def tables() -> list[pa.Table]:
    out = []
    for number, found in WORLD.items():
        rows = list(found.values())
        columns: dict[str, Any] = {
            prefix: tuple([r[prefix][part] for r in rows] for part in (0, 1))
            for prefix in ("nb", "sb", "geo")
        }
        for key, data_type in TYPES.items():
            kind = {"string": pa.string(), "double": pa.float64(), "int": pa.int64(),
                    "bool": pa.bool_()}[data_type]  # fmt: skip
            values = [r["metadata"].get(key) for r in rows]
            columns[f"md_{data_type}_{key}"] = pa.array(values, kind)
        loose = [{k: v for k, v in r["metadata"].items() if k not in TYPES} for r in rows]
        columns["metadata_json"] = pa.array([json.dumps(r) if r else None for r in loose])
        out.append(records(number, [FIRST + m for m in found], **columns))
    return out


def indices(name: str, values: dict[int, float]) -> pa.Table:
    epochs = [START + timedelta(minutes=m) for m in values]
    return pa.table(
        {
            "name": [name] * len(values),
            "epoch": pa.array(epochs, pa.timestamp("us", "UTC")),
            "value": list(values.values()),
            "provenance": ["simulated"] * len(values),
        }
    )


@pytest.fixture(scope="module", params=[True, False], ids=["columns", "tables"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    sources = [source(1, "ground"), source(2, "leo"), source(3, "heo", frame="geocentric")]
    folder = tmp_path_factory.mktemp("filters")
    with make_archive(folder, sources, tables(), track_index=request.param) as made:
        made.indices.replace(indices("kp", KP))
        made.indices.replace(indices("sml_nt", {m: -10.0 * m for m in range(0, MINUTES, 7)}))
        yield made


def query(archive: Archive, group: Any, **more: Any) -> ConjunctionQuery:
    space = [{"ephemeris_metadata_filters": group}]
    return ConjunctionQuery.from_dict(
        {"start": "2019-01-31T00:00:00", "end": "2019-02-02T00:00:00", "ground": [{}],
         "space": space, "max_distances": {"ground1-space1": 500}} | more,
        archive.settings,
    )  # fmt: skip


def filters(archive: Archive, group: Any, **more: Any) -> BlockFilters:
    read = query(archive, group, ground=[{"ephemeris_metadata_filters": group}], **more)
    return BlockFilters(archive, read, block_sources(archive, read))


def bits(found: BlockFilters, piece: Partition = PIECE, kind: str = "nbtrace") -> dict[int, set]:
    count = piece.last_minute - piece.first_minute + 1
    out: dict[int, set] = {}
    for block, numbers in ((0, [1]), (1, [2, 3])):
        members = [n for n in numbers if n in found.by_id]
        for number, words in found.passing(block, members, piece, kind).items():
            hits = np.flatnonzero(unpack(words, count)) + piece.first_minute - FIRST
            out[number] = set(hits.tolist())
    return out


# The rules, in Python.
def derived_value(archive: Archive, number: int, minute: int, key: str, kind: str) -> float | None:
    if key == "derived.kp":
        bins = [value for start, value in KP.items() if start <= minute < start + 180]
        return bins[0] if bins else None
    if key == "derived.sml_nt":
        return -10.0 * minute if minute % 7 == 0 else None
    lat, lon = WORLD[number][minute][KINDS[kind]]
    if lat is None:
        return None
    frame = "geocentric" if number > 1 else "geodetic"
    one = DerivedRows(
        block_filters.Moments(archive, FIRST, MINUTES), np.array([minute]),
        np.array([lat]), np.array([lon]), frame,
    )  # fmt: skip
    value = float(one.values(key, np.array([0]))[0])
    return None if np.isnan(value) else value


def meets(entry: dict[str, Any], have: Any) -> bool:
    if have is None:
        return False
    values = [_like(have, v) for v in entry["values"]]
    word = entry["operator"]
    if word in ("=", "in"):
        return have in [v for v in values if v is not None]
    if word in ("!=", "not in"):
        return have not in [v for v in values if v is not None]
    if None in values:
        return False
    if word == "between":
        if entry["key"] == "derived.mlt_h" and values[0] > values[1]:
            return have >= values[0] or have <= values[1]
        return values[0] <= have <= values[1]
    return {"<": have < values[0], "<=": have <= values[0],
            ">": have > values[0], ">=": have >= values[0]}[word]  # fmt: skip


def _like(have: Any, value: Any) -> Any:
    if isinstance(have, bool):
        return {"true": True, "false": False}.get(str(value).lower())
    if isinstance(have, int | float):
        try:
            return None if isinstance(value, bool) else float(value)
        except ValueError:
            return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def passes(archive: Archive, group: dict, number: int, minute: int, kind: str) -> bool:
    if "key" in group:
        key = group["key"]
        if key.startswith("derived."):
            return meets(group, derived_value(archive, number, minute, key, kind))
        return meets(group, WORLD[number][minute]["metadata"].get(key))
    said = [passes(archive, m, number, minute, kind) for m in group["expressions"]]
    word = group.get("logical_operator", "AND")
    return not said[0] if word == "NOT" else any(said) if word == "OR" else all(said)


def expected(archive: Archive, group: dict, kind: str) -> dict[int, set]:
    found = {
        number: {m for m in minutes if passes(archive, group, number, m, kind)}
        for number, minutes in WORLD.items()
    }
    return {number: minutes for number, minutes in found.items() if minutes}


def comparison(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between"]).flatmap(
        lambda word: st.fixed_dictionaries(
            {"key": st.just(key), "operator": st.just(word), "values": st.lists(
                values, min_size=2 if word == "between" else 1,
                max_size={"between": 2, "in": 3, "not in": 3}.get(word, 1))}
        )
    )  # fmt: skip


LEAVES = st.one_of(
    comparison("region", st.sampled_from(["cap", "oval", "x"])),
    comparison("confidence", st.sampled_from([0.95, "0.95", 1, "40", 3])),
    comparison("on", st.sampled_from([True, "False"])),
    comparison("note", st.sampled_from(["a", 7, "7", True])),
    comparison("nothing", st.sampled_from(["a", 7])),
    comparison("derived.kp", st.sampled_from([2, "5", 5.3333])),
    comparison("derived.sml_nt", st.sampled_from([-70, -700, 0])),
    comparison("derived.mlt_h", st.floats(0, 24)),
    comparison("derived.mlat_deg", st.floats(-90, 90)),
    comparison("derived.sun_elevation_deg", st.floats(-60, 60)),
    comparison("derived.moon_elevation_deg", st.floats(-60, 60)),
)


def joined(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.fixed_dictionaries(
        {"logical_operator": st.sampled_from(["AND", "OR"]),
         "expressions": st.lists(members, min_size=1, max_size=4)}
    )  # fmt: skip
    return several | members.map(lambda m: {"logical_operator": "NOT", "expressions": [m]})


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(group=joined(st.recursive(LEAVES, joined, max_leaves=6)), kind=st.sampled_from(list(KINDS)))
def test_bitmaps_say_what_the_rules_say(archive: Archive, group: dict, kind: str) -> None:
    assert bits(filters(archive, group), kind=kind) == expected(archive, group, kind)


def test_columns_are_used_where_they_tell_everything(archive: Archive) -> None:
    KEPT.clear()
    group = [{"key": "confidence", "operator": ">", "values": [0]}]
    assert bits(filters(archive, group)).keys() == {1, 2, 3}
    kept = {path.parent.name for path in (archive.path / "index").glob("*/*.column")}
    assert kept == ({"1", "2", "3"} if archive.settings.track_index else set())


def test_a_search_makes_columns_for_a_while_only(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = [{"key": "confidence", "operator": "<", "values": [50]}]
    expected = bits(filters(archive, group))
    store = store_of(archive)
    if store is not None:
        store.drop()
    monkeypatch.setattr("core.search.filters.record_rows.MAKING_S", 0.0)
    KEPT.clear()
    assert bits(filters(archive, group)) == expected
    assert not list((archive.path / "index").glob("*/*.column"))


def test_a_missing_value_meets_no_comparison_and_every_not(archive: Archive) -> None:
    sml = {"key": "derived.sml_nt", "operator": "!=", "values": [1]}
    found = bits(filters(archive, [sml]))
    every = {n: set(minutes) for n, minutes in WORLD.items()}
    assert found == {n: {m for m in ms if m % 7 == 0} for n, ms in every.items()}
    rest = bits(filters(archive, {"logical_operator": "NOT", "expressions": [sml]}))
    assert {n: found[n] | rest[n] for n in every} == every
    assert all(not found[n] & rest[n] for n in every)


def test_a_piece_of_a_piece_has_the_same_bits(archive: Archive) -> None:
    group = [{"key": "derived.moon_elevation_deg", "operator": ">", "values": [0]}]
    whole = bits(filters(archive, group))
    for first, last in ((0, 0), (1, 63), (64, 130), (131, MINUTES - 1)):
        part = bits(filters(archive, group), Partition(FIRST + first, FIRST + last))
        for number, minutes in whole.items():
            assert part.get(number, set()) == {m for m in minutes if first <= m <= last}


def test_only_filters_on_the_position_depend_on_the_type(archive: Archive) -> None:
    sun = [{"key": "derived.sun_elevation_deg", "operator": "<", "values": [-20]}]
    assert not filters(archive, KP_GROUP).by_type(1)
    assert filters(archive, sun).by_type(1)
    assert not BlockFilters(archive, query(archive, sun), ((), ())).has(0)
    by_kind = [bits(filters(archive, sun), kind=kind) for kind in KINDS]
    assert by_kind[0] != by_kind[1] != by_kind[2]


def test_new_records_and_new_indices_are_seen_at_once(archive_of: Any) -> None:
    archive = archive_of([source(1, "ground"), source(2, "leo")],
                         [records(2, [FIRST], md_string_region=["cap"])])  # fmt: skip
    cap = [{"key": "region", "operator": "=", "values": ["cap"]}]
    assert bits(filters(archive, cap)) == {2: {0}}
    assert bits(filters(archive, KP_GROUP)) == {}
    archive.ephemeris.upsert(records(2, [FIRST + 1], md_string_region=["cap"]))
    archive.indices.replace(indices("kp", {0: 6.0}))
    assert bits(filters(archive, cap)) == {2: {0, 1}}
    assert bits(filters(archive, KP_GROUP)) == {2: {0, 1}}
    archive.ephemeris.delete_range(2, START, START)
    assert bits(filters(archive, cap)) == {2: {1}}


def test_values_that_python_takes_for_equal_are_told_apart(archive: Archive) -> None:
    one, true = ([{"key": "note", "operator": "=", "values": [v]}] for v in (7, "7"))
    assert bits(filters(archive, one)) == bits(filters(archive, true)) != {}
    quality = [{"key": "quality", "operator": "in", "values": [1]}]
    on = [{"key": "on", "operator": "in", "values": [True]}]
    assert bits(filters(archive, quality)) != bits(filters(archive, on)) != {}


def test_the_memory_of_bitmaps_is_bounded(archive: Archive, monkeypatch: Any) -> None:
    KEPT.clear()
    for limit in range(1, 6):
        group = [{"key": "quality", "operator": "<=", "values": [limit]}]
        found = filters(archive, group)
        KEPT.most_bytes = 100
        bits(found)
        assert KEPT.bytes <= 100
    KEPT.clear()
    with_none = Settings(archive=archive.settings.archive, max_filter_cache_bytes=0)
    with Archive.open(with_none) as other:
        assert bits(filters(other, [{"key": "on", "operator": "=", "values": ["true"]}]))
    assert KEPT.bytes == 0


def test_a_cancelled_search_ends_between_reads(archive: Archive) -> None:
    KEPT.clear()
    read = query(archive, KP_GROUP)

    def cancelled() -> None:
        raise SearchCancelled("The search was cancelled.")

    found = BlockFilters(archive, read, block_sources(archive, read), check=cancelled)
    with pytest.raises(SearchCancelled):
        found.passing(1, [2, 3], PIECE, "nbtrace")


def test_a_value_of_the_wrong_type_is_named_beside_derived_fields(archive: Archive) -> None:
    wrong = {"key": "confidence", "operator": ">", "values": ["high"]}
    group = {"logical_operator": "OR", "expressions": [*KP_GROUP, wrong]}
    with pytest.raises(BadInput) as caught:
        filters(archive, group)
    place = "ground[0].ephemeris_metadata_filters.expressions[1].values[0]"
    assert caught.value.details["field"] == place


def test_a_search_compares_the_footprint_of_its_type(archive_of: Any) -> None:
    minutes = [FIRST, FIRST + 1]
    where = {"nb": ([60.0] * 2, [-100.0] * 2), "sb": ([-60.0] * 2, [80.0] * 2)}
    archive = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [records(1, minutes, **where), records(2, minutes, **where)],
    )
    # 21 h UT: day at 100 degrees west; the southern trace has the Sun below the horizon too.
    sun = [{"key": "derived.sun_elevation_deg", "operator": ">", "values": [0]}]
    found = {}
    for name, group in (("up", sun), ("down", {"logical_operator": "NOT", "expressions": sun})):
        table = conjunctions.run(
            archive,
            query(archive, group, conjunction_types=["nbtrace", "sbtrace"]),
            lambda done, count: None, lambda: False,
        )  # fmt: skip
        found[name] = sorted(table["conjunction_type"].to_pylist())
    assert found == {"up": ["nbtrace"], "down": ["sbtrace"]}
