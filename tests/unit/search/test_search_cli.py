"""The verb ``search``: a query from a file to rows in a file, as a user meets it."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from core.archive import Archive, duck
from core.cli import main
from core.search import conjunctions
from core.search.results.result_set import ResultSet
from core.search.search_cli import kind_of
from core.search.service import SearchService
from tests.oracle.small_archive import records, source

FIRST = int(np.datetime64("2019-01-01", "m").astype(np.int64))
MINUTES = [FIRST + m for m in range(60) if m % 4]
QUERY: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T01:00:00",
    "ground": [{}],
    "space": [{}],
    "max_distances": {"ground1-space1": 500},
}
RECORDS: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T00:03:00",
    "data_sources": {"programs": ["leo"]},
}
LONG = "SELECT count(*) FROM range(4000000) a, range(4000000) b WHERE (a.range * b.range) % 7 = 3"


@pytest.fixture
def archive(archive_of: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch) -> Archive:
    place = ([60.0] * len(MINUTES), [-100.0] * len(MINUTES))
    made = archive_of(
        [source(1, "ground"), source(2, "leo")],
        [records(1, MINUTES, nb=place), records(2, MINUTES, nb=place)],
    )
    monkeypatch.setenv("ATLAS_ARCHIVE", str(made.path))
    return made


def written(tmp_path: Path, query: Any) -> str:
    path = tmp_path / "query.json"
    path.write_text(query if isinstance(query, str) else json.dumps(query))
    return str(path)


def test_all_three_forms_hold_what_the_service_finds(archive: Archive, tmp_path: Path) -> None:
    service = SearchService(archive)
    expected = service.results(service.submit("conjunction", QUERY))
    assert expected.count == 15
    query = written(tmp_path, QUERY)
    for form in ("csv", "parquet", "json"):
        assert main(["search", query, "--quiet", "-o", str(tmp_path / f"out.{form}")]) == 0
    stream = io.BytesIO()
    expected.to_csv(stream)
    assert (tmp_path / "out.csv").read_bytes() == stream.getvalue()
    assert pq.read_table(tmp_path / "out.parquet").equals(expected.table())
    assert ResultSet(tmp_path / "out.parquet").header == expected.header
    assert json.loads((tmp_path / "out.json").read_text()) == list(expected.records())
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {
        "query.json", "out.csv", "out.parquet", "out.json",
    }  # fmt: skip


def test_rows_go_to_the_standard_output_and_words_to_the_other(
    archive: Archive, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["search", written(tmp_path, QUERY)]) == 0
    out, err = capfdbinary.readouterr()
    assert pa_csv.read_csv(io.BytesIO(out)).num_rows == 15
    assert b"Price: 45 pair minutes of 1 pair of sources" in err
    assert b"15 found in" in err


def test_a_query_comes_from_the_standard_input_too(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(RECORDS)))
    out = tmp_path / "out.json"
    assert main(["search", "-", "--quiet", "-o", str(out)]) == 0
    assert [row["epoch"][14:16] for row in json.loads(out.read_text())] == ["01", "02", "03"]


def test_the_status_document_of_a_search_is_a_query(archive: Archive, tmp_path: Path) -> None:
    service = SearchService(archive)
    status = service.status(service.submit("conjunction", QUERY))
    out = tmp_path / "out.json"
    assert main(["search", written(tmp_path, status), "--quiet", "-o", str(out)]) == 0
    assert len(json.loads(out.read_text())) == 15


def test_nothing_found_is_no_error(archive: Archive, tmp_path: Path) -> None:
    nothing = QUERY | {"ground": [{"programs": ["none"]}]}
    for form in ("csv", "json", "parquet"):
        out = tmp_path / f"out.{form}"
        assert main(["search", written(tmp_path, nothing), "--quiet", "-o", str(out)]) == 0
    assert json.loads((tmp_path / "out.json").read_text()) == []
    assert (tmp_path / "out.csv").read_text().count("\n") == 1


@pytest.mark.parametrize("kernel", ["numba", "numpy"])
def test_the_kernel_can_be_chosen(archive: Archive, tmp_path: Path, kernel: str) -> None:
    out = tmp_path / "out.csv"
    words = ["search", written(tmp_path, QUERY), "--quiet", "--kernel", kernel, "-o", str(out)]
    assert main(words) == 0
    assert out.read_text().count("\n") == 16


@pytest.mark.parametrize(
    ("query", "output", "status", "told"),
    [
        ("{", "out.csv", 2, "is no JSON"),
        ('{\n "start": "2019",\n "end": ,\n}', "out.csv", 2, "line 3 column 9"),
        ("[" * 100_000, "out.csv", 2, "nested too deeply"),
        ("[]", "out.csv", 2, "holds no JSON object"),
        (QUERY | {"max_distances": 3}, "out.csv", 2, "max_distances"),
        (QUERY | {"end": "2009-01-01"}, "out.csv", 2, "end is before start"),
        (QUERY, "out.xlsx", 2, "ends with .csv, .parquet, .json"),
        (QUERY, "nowhere/out.csv", 2, "cannot be written"),
        (None, "out.csv", 2, "cannot be read: no such file"),
    ],
)
def test_what_is_wrong_is_one_line(
    archive: Archive,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    query: Any,
    output: str,
    status: int,
    told: str,
) -> None:
    name = str(tmp_path / "missing.json") if query is None else written(tmp_path, query)
    assert main(["search", name, "-o", str(tmp_path / output)]) == status
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert told in err
    assert not (tmp_path / output).exists()


def test_limits_hold_without_a_server_too(
    archive: Archive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ATLAS_MAX_PAIR_MINUTES", "44")
    assert main(["search", written(tmp_path, QUERY), "-o", str(tmp_path / "out.csv")]) == 2
    assert "would compare 45 pair minutes, more than 44" in capsys.readouterr().err


def test_no_archive_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "none"))
    assert main(["search", written(tmp_path, QUERY)]) == 1
    assert "There is no archive" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_it_and_leaves_nothing(
    archive: Archive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
    status: int,
) -> None:
    before = signal.getsignal(number)
    monkeypatch.setattr(conjunctions, "run", lambda *_: duck.query(LONG))
    out = tmp_path / "out.csv"
    timer = threading.Timer(3.0, os.kill, (os.getpid(), number))
    timer.start()
    assert main(["search", written(tmp_path, QUERY), "-o", str(out)]) == status
    assert capsys.readouterr().err.endswith("Interrupted.\n")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["query.json"]
    assert signal.getsignal(number) is before


def test_the_kind_is_told_from_the_query() -> None:
    assert kind_of(QUERY) == "conjunction"
    assert kind_of(RECORDS) == "ephemeris"
    assert kind_of({"data_sources": {"data_product_metadata_filters": {}}}) == "data_product"
    assert kind_of(RECORDS | {"data_product_type_filters": []}) == "data_product"
