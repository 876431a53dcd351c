"""What was uploaded comes back exactly, and a deletion takes exactly its range."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive.storable import problems
from core.instruments.model import DataSource
from tests.records.conftest import Site, names, product, record, search

FIRST = datetime(2020, 1, 30, tzinfo=UTC)
FORM = "%Y-%m-%dT%H:%M:%S"
START, END = "2020-01-01T00:00:00", "2020-01-31T23:59:59"
MINUTES = 3 * 1440
LIVE = settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63) + 1, 2**63 - 1)
places = st.none() | st.fixed_dictionaries(
    {"lat": st.floats(-90, 90), "lon": st.floats(-180, 180)}
) | st.just({"lat": None, "lon": None})  # fmt: skip
own = st.recursive(
    st.none() | st.booleans() | integers | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
declared = st.fixed_dictionaries(
    {},
    optional={
        "region": text | st.none(),
        "radius": numbers | st.none(),
        "quality": integers | st.none(),
        "on": st.booleans() | st.none(),
    },
)
undeclared = st.dictionaries(text, own, max_size=3)
metadata = st.builds(lambda rest, known: rest | known, undeclared, declared)


def stamp(minute: int) -> str:
    return (FIRST + timedelta(minutes=minute)).strftime(FORM)


@st.composite
def uploads(draw: Any) -> list[dict[str, Any]]:
    minutes = draw(st.lists(st.integers(0, MINUTES), unique=True, min_size=1, max_size=12))
    keys = ("location_geo", "location_gsm", "nbtrace", "sbtrace")
    return [
        {"epoch": stamp(minute), "metadata": draw(st.none() | metadata)}
        | {key: draw(places) for key in keys}
        for minute in minutes
    ]


def delivered(source: DataSource, sent: dict[str, Any]) -> dict[str, Any]:
    """An uploaded record as a search has to answer it."""
    basic = ("identifier", "program", "platform", "instrument_type", "source_type", "display_name")
    nowhere = {"lat": None, "lon": None}
    rest = {k: v for k, v in sent.items() if k not in names(source)}
    filled = {k: v or nowhere if k.startswith(("loc", "nb", "sb")) else v for k, v in rest.items()}
    return filled | {
        "data_source": {name: getattr(source, name) for name in basic},
        "metadata": sent["metadata"] or {},
    }


def by_epoch(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["epoch"])


@pytest.fixture(scope="module")
def target(site: Site) -> DataSource:
    return site.new_source()


def empty(site: Site, source: DataSource) -> None:
    site.archive.ephemeris.delete_range(source.identifier, FIRST, FIRST + timedelta(days=60))


@LIVE
@given(rows=uploads())
def test_what_was_uploaded_is_found(
    site: Site, target: DataSource, rows: list[dict[str, Any]]
) -> None:
    empty(site, target)
    sent = [names(target) | row for row in rows]
    assert not list(problems(sent))
    path = f"/data_sources/{target.identifier}/ephemeris"
    for _ in range(2):  # the same again changes nothing
        answer = site.ask("POST", path, sent)
        assert answer.status_code == 202, answer.text
        found = search(site, "ephemeris", target, "2020-01-30T00:00:00", "2020-02-10T00:00:00")
        assert by_epoch(found) == by_epoch([delivered(target, row) for row in sent])
        # Equal to the type as well: true is 1 to Python, and 1.0 is 1.
        assert repr(by_epoch(found)[0]["location_geo"]["lat"]) == repr(
            (by_epoch(sent)[0]["location_geo"] or {"lat": None})["lat"]
        )


@LIVE
@given(rows=uploads(), again=st.data())
def test_a_record_that_comes_again_takes_the_place(
    site: Site, target: DataSource, rows: list[dict[str, Any]], again: st.DataObject
) -> None:
    empty(site, target)
    path = f"/data_sources/{target.identifier}/ephemeris"
    sent = [names(target) | row for row in rows]
    other = copy.deepcopy(sent[: len(sent) // 2 + 1])
    for row in other:
        row["metadata"] = again.draw(metadata)
        row["nbtrace"] = again.draw(places)
    for batch in (sent, other):
        assert site.ask("POST", path, batch).status_code == 202
    expected = {row["epoch"]: delivered(target, row) for row in (*sent, *other)}
    assert by_epoch(site.ephemeris(target.identifier)) == by_epoch(list(expected.values()))


@LIVE
@given(
    minutes=st.sets(st.integers(0, MINUTES), min_size=1, max_size=30),
    start=st.integers(-10, MINUTES + 10),
    length_s=st.integers(0, MINUTES * 60),
)
def test_a_deletion_takes_exactly_its_range(
    site: Site, target: DataSource, minutes: set[int], start: int, length_s: int
) -> None:
    empty(site, target)
    path = f"/data_sources/{target.identifier}/ephemeris"
    sent = [record(target, stamp(minute)) for minute in sorted(minutes)]
    assert site.ask("POST", path, sent).status_code == 202
    end = (FIRST + timedelta(minutes=start, seconds=length_s)).strftime(FORM)
    body = names(target) | {"start": stamp(start), "end": end}
    answer = site.ask("DELETE", path, body)
    assert answer.status_code == 202, answer.text
    inside = [row for row in sent if stamp(start) <= row["epoch"] <= end]
    left = [row["epoch"] for row in sent if row not in inside]
    assert answer.json()["deleted"] == len(inside)
    assert [row["epoch"] for row in site.ephemeris(target.identifier)] == left
    found = search(site, "ephemeris", target, "2020-01-30T00:00:00", "2020-02-10T00:00:00")
    assert [row["epoch"] for row in found] == left
    assert site.ask("DELETE", path, body).json()["deleted"] == 0


@LIVE
@given(
    urls=st.lists(
        text.filter(str.strip).map(lambda t: f"https://example.org/{t}"),
        unique=True, min_size=1, max_size=6,
    ),
    taken=st.data(),
    values=st.lists(st.none() | st.dictionaries(text, own, max_size=2), min_size=6, max_size=6),
)  # fmt: skip
def test_products_come_back_and_go_by_url(
    site: Site, urls: list[str], taken: st.DataObject, values: list[Any]
) -> None:
    source = site.new_source()
    path = f"/data_sources/{source.identifier}/data_products"
    sent = [product(source, url, metadata=value) for url, value in zip(urls, values, strict=False)]
    for _ in range(2):
        assert site.ask("POST", path, sent).status_code == 202
    found = search(site, "data_products", source, START, END)
    assert {row["url"]: row["metadata"] for row in found} == {
        row["url"]: row["metadata"] or {} for row in sent
    }
    assert {(row["start"], row["end"], row["data_product_type"]) for row in found} == {
        ("2020-01-01T00:00:00", "2020-01-01T23:59:00", "keogram")
    }
    gone = taken.draw(st.lists(st.sampled_from([*urls, "https://example.org/none/"])))
    answer = site.ask("DELETE", path, names(source) | {"urls": gone})
    assert answer.status_code == 200
    left = {url for url in urls if url not in gone}
    assert answer.json() == {"deleted": len(urls) - len(left)}
    assert {row["url"] for row in site.products(source.identifier)} == left
