"""Counts per day over HTTP, against counts of the records that the archive gives out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.instruments.model import DataSource
from tests.records.conftest import Site, names, product, record


def ask(site: Site, source: DataSource, kind: str, **params: Any) -> Any:
    asked = {"platform": source.platform} | params
    return site.ask("GET", f"/availability/{kind}", key=None, params=asked)


@pytest.fixture(scope="module")
def source(site: Site) -> DataSource:
    """A source with records on odd days of two months, also at their edges, and products."""
    made = site.new_source()
    times = ["00:00:00", "12:30:00", "23:59:00"]
    rows = [
        record(made, f"2020-{month:02d}-{day:02d}T{time}")
        for month in (1, 2) for day in range(1, 29, 2) for time in times[: 1 + day % 3]
    ]  # fmt: skip
    products = [
        product(made, f"u{n}", data_product_type=("keogram", "movie")[n % 2],
                start=f"2020-01-{1 + n // 2:02d}T00:00:00", end="2020-02-20T00:00:00")
        for n in range(20)
    ]  # fmt: skip
    path = f"/data_sources/{made.identifier}"
    assert site.ask("POST", f"{path}/ephemeris", rows).status_code == 202
    assert site.ask("POST", f"{path}/data_products", products).status_code == 202
    return made


@pytest.mark.parametrize("slow", ["true", "False", None])
@pytest.mark.parametrize(
    ("start", "end"),
    [("2020-01-01", "2020-01-01"), ("2020-01-15", "2020-02-03"), ("2019-01-01", "2021-01-01")],
)
def test_ephemeris_per_day(
    site: Site, source: DataSource, start: str, end: str, slow: str | None
) -> None:
    days = Counter(row["epoch"][:10] for row in site.ephemeris(source.identifier))
    answer = ask(site, source, "ephemeris", start=start, end=end, slow=slow)
    assert answer.headers["Content-Type"] == "application/json"
    (row,) = answer.json()
    assert row.keys() == {"data_source", "available_ephemeris"}
    assert row["available_ephemeris"] == {d: n for d, n in days.items() if start <= d <= end}


@pytest.mark.parametrize("slow", ["True", "false"])
@pytest.mark.parametrize("kind", [None, "keogram", "movie", "montage"])
def test_products_per_day_and_type(
    site: Site, source: DataSource, kind: str | None, slow: str
) -> None:
    rows = [
        row for row in site.products(source.identifier)
        if kind in (None, row["data_product_type"]) and row["start"][:10] >= "2020-01-03"
    ]  # fmt: skip
    params = {"start": "2020-01-03", "end": "2020-12-31", "data_product_type": kind, "slow": slow}
    found = ask(site, source, "data_products", **params).json()
    days = dict(Counter(row["start"][:10] for row in rows))
    assert [row["available_data_products"] for row in found] == ([days] if days else [])


def test_days_by_default(site: Site) -> None:
    """From January 1st of this year, and for a year."""
    source = site.new_source()
    first = datetime.now(UTC).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    year = first.replace(year=first.year + 1)
    edges = [first - timedelta(minutes=1), first, year, year + timedelta(days=1)]
    rows = [record(source, edge.strftime("%Y-%m-%dT%H:%M:%S")) for edge in edges]
    assert site.ask("POST", f"/data_sources/{source.identifier}/ephemeris", rows).status_code == 202
    (found,) = ask(site, source, "ephemeris").json()
    assert list(found["available_ephemeris"]) == [f"{first:%Y-%m-%d}", f"{year:%Y-%m-%d}"]
    before = ask(site, source, "ephemeris", start=f"{first - timedelta(days=366):%Y-%m-%d}")
    assert f"{edges[0]:%Y-%m-%d}" in before.json()[0]["available_ephemeris"]


def test_uploads_and_deletions_are_counted_at_once(site: Site) -> None:
    source = site.new_source()
    path = f"/data_sources/{source.identifier}/ephemeris"
    asked = {"start": "2020-01-01", "end": "2020-01-31"}
    for minute in range(3):
        site.ask("POST", path, [record(source, f"2020-01-05T00:{minute:02d}:00")])
        for slow in ("true", "false"):
            (found,) = ask(site, source, "ephemeris", slow=slow, **asked).json()
            assert found["available_ephemeris"] == {"2020-01-05": minute + 1}
    span = {"start": "2020-01-05T00:00:00", "end": "2020-01-05T00:02:00"}
    assert site.ask("DELETE", path, names(source) | span).status_code == 202
    assert ask(site, source, "ephemeris", **asked).json() == []


@pytest.mark.parametrize(
    "params",
    [{"start": "2020-13-01"}, {"end": "tomorrow"}, {"start": "2020-01-02", "end": "2020-01-01"},
     {"slow": "perhaps"}, {"format": "long"}, {"start": "2020-01-01Q"}],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["ephemeris", "data_products"])
def test_bad_parameters(site: Site, source: DataSource, kind: str, params: dict[str, str]) -> None:
    answer = ask(site, source, kind, **params)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "AssertionError")
    assert any(name in answer.json()["error_message"] for name in params)
