"""`aurorax-cli`, PyAuroraX's command line, at our address: what it prints and saves is checked."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pyaurorax.cli.cli import cli

from core.archive import Archive
from core.search.examples import EXAMPLES
from tests.clients.conftest import TIMEOUT_S
from tests.clients.rows import engine_rows, json_rows, stamp, stored

Run = Callable[..., Result]
CONJUNCTIONS = EXAMPLES[0].query
EPHEMERIS = {
    "start": "2019-01-02T05:00:00", "end": "2019-01-02T05:09:00",
    "data_sources": {
        "programs": ["swarm"], "platforms": ["swarma"], "instrument_types": ["footprint"],
        "ephemeris_metadata_filters": {
            "logical_operator": "AND",
            "expressions": [{"key": "tii_on", "operator": "in", "values": ["true", "false"]}],
        },
    },
}  # fmt: skip
PRODUCTS = {
    "start": "2019-01-01T00:00:00", "end": "2019-01-31T23:59:59",
    "data_sources": {
        "programs": ["rego"], "platforms": [], "instrument_types": [],
        "data_product_metadata_filters": {},
    },
    "data_product_type_filters": ["keogram"],
}  # fmt: skip
QUERIES = {"conjunctions": CONJUNCTIONS, "ephemeris": EPHEMERIS, "data_products": PRODUCTS}
KINDS = sorted(QUERIES)


@pytest.fixture
def run(url: str) -> Run:
    """Run the command line in this process: loading the program takes seconds each time."""
    return at(url)


def at(url: str) -> Run:
    def call(*words: str, status: int = 0) -> Result:
        address = [f"--api-base-url={url}", f"--api-timeout={TIMEOUT_S}"]
        done = CliRunner().invoke(cli, [*address, *words])
        assert done.exit_code == status, (done.output, done.exception)
        return done

    return call


@pytest.fixture
def searched(run: Run, tmp_path: Path) -> Callable[[str], tuple[str, list[dict[str, Any]]]]:
    """Search by the command line; give the id that it tells and the rows that it saves."""

    def search(kind: str) -> tuple[str, list[dict[str, Any]]]:
        query, out = tmp_path / "query.json", tmp_path / "out.json"
        query.write_text(json.dumps(QUERIES[kind]))
        done = run("search", kind, "search", str(query), "--poll-interval=0.05",
                   "--outfile", str(out))  # fmt: skip
        told = next(line for line in done.output.splitlines() if "Request ID:" in line)
        return told.rsplit(" ", 1)[1], json.loads(out.read_text())

    return search


def expected(kind: str, archive: Archive) -> Any:
    """What the archive says to the query of a kind."""
    start, end = (
        datetime.fromisoformat(QUERIES[kind][key]).replace(tzinfo=UTC) for key in ("start", "end")
    )
    if kind == "conjunctions":
        return engine_rows(archive, CONJUNCTIONS)
    if kind == "ephemeris":
        return sorted(stored(archive, [3], start, end))
    rego = {s.identifier for s in archive.catalogue.sources.list(program="rego")}
    rows = archive.products.read(None, start, end).to_pylist()
    return sorted((r["source"], stamp(r["start"])) for r in rows if r["source"] in rego)


def told(kind: str, rows: list[dict[str, Any]]) -> Any:
    """The saved rows of a search, in the same form."""
    if kind == "conjunctions":
        return json_rows(rows)
    time = {"ephemeris": "epoch", "data_products": "start"}[kind]
    return sorted((row["data_source"]["identifier"], row[time]) for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_search_and_all_that_can_be_asked_of_it(
    run: Run, searched: Any, archive: Archive, tmp_path: Path, kind: str
) -> None:
    request_id, rows = searched(kind)
    assert told(kind, rows) == expected(kind, archive)
    assert len(rows) > 3

    status = run("search", kind, "get_status", request_id, "--show-logs", "--show-query").output
    assert "Completed:\t\tTrue" in status
    assert f"Result count:\t\t{len(rows)}" in status
    assert f"/api/v1/{kind}/requests/{request_id}/data" in status
    assert ast.literal_eval(status.rsplit("==================\n", 1)[1]) == QUERIES[kind]

    assert ast.literal_eval(run("search", kind, "get_query", request_id).output) == QUERIES[kind]
    logs = run("search", kind, "get_logs", request_id, "--table-max-width=300").output
    assert "Found" in logs.splitlines()[-1]
    assert str(len(rows)) in logs.splitlines()[-1]

    saved = tmp_path / "again.json"
    run("search", kind, "get_data", request_id, "--outfile", str(saved), "--minify")
    assert told(kind, json.loads(saved.read_text())) == expected(kind, archive)
    objects = run("search", kind, "get_data", request_id, "--output-to-terminal=objects").output
    assert objects.count("(") >= len(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_resubmitting_asks_the_same(run: Run, searched: Any, kind: str) -> None:
    first, _ = searched(kind)
    again = run("search", kind, "search_resubmit", first).output.rsplit(" ", 1)[1].strip()
    assert again != first
    queries = [run("search", kind, "get_query", one).output for one in (first, again)]
    if kind != "conjunctions":  # there the client adds keys that the first had not
        assert queries[0] == queries[1]
    assert ast.literal_eval(queries[1]).items() >= QUERIES[kind].items()


@pytest.mark.parametrize("kind", KINDS)
def test_templates_can_be_searched(run: Run, archive: Archive, tmp_path: Path, kind: str) -> None:
    """The template as it is names sources that there are not; filled in, it finds rows."""
    file, out = tmp_path / "template.json", tmp_path / "out.json"
    run("search", kind, "search_template", "--outfile", str(file))
    template = json.loads(file.read_text())
    if kind == "conjunctions":  # its distances name blocks that it does not have
        template["max_distances"] = {"ground1-space1": 500}
        template["events"] = []
    words = ("search", kind, "search", str(file), "--poll-interval=0.05", "--outfile", str(out))
    file.write_text(json.dumps(template))
    run(*words)
    assert json.loads(out.read_text()) == []
    file.write_text(json.dumps(template | QUERIES[kind]))
    run(*words)
    assert told(kind, json.loads(out.read_text())) == expected(kind, archive)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("conjunctions", ["Find conjunctions", "program in (themis-asi)", "one-minute precision"]),
        ("ephemeris", ["Find ephemeris", "platform in (swarma)"]),
        ("data_products", ["Find data_products", "program in (rego)"]),
    ],
)
def test_describe(run: Run, tmp_path: Path, kind: str, words: list[str]) -> None:
    file = tmp_path / "query.json"
    file.write_text(json.dumps(QUERIES[kind]))
    text = run("search", kind, "describe", str(file)).output
    assert all(word in text for word in words)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_search(run: Run, kind: str) -> None:
    for verb in ("get_status", "get_logs", "get_query", "search_resubmit"):
        done = run("search", kind, verb, "00000000-0000-4000-8000-000000000000", status=1)
        assert "request ID not found" in done.output


@pytest.mark.parametrize("kind", ["conjunctions", "ephemeris"])
def test_the_status_of_a_cancelled_search(
    queueing_url: str, url: str, tmp_path: Path, kind: str
) -> None:
    """The command line writes numbers of whatever has ended, so there have to be numbers."""
    import requests

    answer = requests.post(f"{queueing_url}/api/v1/{kind}/search", json=QUERIES[kind], timeout=60)
    address = answer.headers["Location"]
    request_id = address.rsplit("/", 1)[1]
    waiting = at(queueing_url)("search", kind, "get_status", request_id).output
    assert "Completed:\t\tFalse" in waiting
    assert "not done yet" in at(url)("search", kind, "get_data", request_id, status=1).output
    requests.delete(address, timeout=60)
    status = at(url)("search", kind, "get_status", request_id, "--show-logs").output
    assert "Error condition:\tTrue" in status
    assert "Result count:\t\t0" in status
    assert "cancelled" in status
    refused = at(url)("search", kind, "get_data", request_id, status=1).output
    assert "Error downloading data: Conflict" in refused


# ------------------------------------------------------------------- sources and availability
def rows_of(table: str) -> list[list[str]]:
    """The cells of a table that the command line prints."""
    lines = [line for line in table.splitlines() if line.strip()]
    body = lines[next(i for i, line in enumerate(lines) if set(line.strip()) <= set("=+-")) + 1 :]
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in body]


def test_sources_list_and_search(run: Run, archive: Archive) -> None:
    known = {s.identifier: s.display_name for s in archive.catalogue.sources.list()}
    listed = rows_of(run("search", "sources", "list").output)
    shown = {int(row[0]): row[1] for row in listed}
    assert shown == {key: name for key, name in known.items() if key >= 0}
    found = run("search", "sources", "search", "--programs", "swarm,themis-asi",
                "--platforms", "gillam, swarmb", "--reversed").output  # fmt: skip
    assert [row[0] for row in rows_of(found)] == ["46", "29"]


def test_sources_with_statistics(run: Run, archive: Archive) -> None:
    every = archive.ephemeris.read([3], datetime(1990, 1, 1, tzinfo=UTC),
                                   datetime(2100, 1, 1, tzinfo=UTC))  # fmt: skip
    out = run("search", "sources", "list", "--program=swarm", "--include-stats").output
    assert f"{every.num_rows:,} records (2019-01-02T00:00 to 2020-01-02T23:59)" in out
    one = run("search", "sources", "get", "swarm", "swarma", "footprint", "--include-stats").output
    assert f"Ephemeris Stats:\t{every.num_rows:,} (2019-01-02T00:00 to 2020-01-02T23:59)" in one
    assert "Data Product Stats:\t0 records" in one


@pytest.mark.parametrize("form", ["basic_info", "with_metadata", "identifier_only", "full_record"])
def test_a_source_in_every_format(run: Run, archive: Archive, form: str) -> None:
    source = archive.catalogue.sources.get(46)
    shown = run("search", "sources", "get_using_identifier", "46", f"--format={form}").output
    assert "Identifier:\t\t46" in shown
    assert (source.display_name in shown) is (form != "identifier_only")
    assert ("Owner:" in shown) is (form == "full_record")
    if form == "full_record":
        for field in (*source.ephemeris_metadata_schema, *source.data_product_metadata_schema):
            assert field.field_name in shown
    assert "404" in run("search", "sources", "get_using_identifier", "12345678", status=1).output


def test_availability(run: Run, archive: Archive) -> None:
    for start, end in (("2019-01-02", "2019-01-04"), ("20190102", "20190104")):
        out = run("search", "availability", "ephemeris", start, end, "--program=swarm").output
        rows = [(row[0], row[-2], row[-1]) for row in rows_of(out)]
        assert rows == [
            (source, day, "1,440")
            for source in ("3", "29", "30")
            for day in ("2019-01-02", "2019-01-04")
        ]
    out = run("search", "availability", "data_products", "2019-01-01", "2019-01-31",
              "--program=rego").output  # fmt: skip
    found = sorted((int(row[0]), row[-2]) for row in rows_of(out))
    assert found == sorted({(s, day[:10]) for s, day in expected("data_products", archive)})
    nothing = run("search", "availability", "ephemeris", "1999-01-01", "1999-01-02").output
    assert nothing.strip() == "No ephemeris availability information found!"


def test_the_program_itself(url: str) -> None:
    """As a process of its own, started as users start it."""
    program = Path(sys.executable).with_name("aurorax-cli")
    words = [str(program), f"--api-base-url={url}", "--api-timeout=60"]
    done = subprocess.run(
        [*words, "--test-connectivity"], capture_output=True, text=True, check=True, timeout=120
    )
    assert "Connectivity to the AuroraX API looks good!" in done.stdout
    listed = subprocess.run(
        [*words, "search", "sources", "list", "--program=swarm"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert [row[0] for row in rows_of(listed.stdout)] == ["3", "29", "30"]
