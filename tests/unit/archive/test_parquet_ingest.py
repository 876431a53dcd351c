from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import cli
from core.archive import Archive
from core.archive.parquet_ingest import Choices, ingest_parquet
from tests.unit.archive.batches import EVER, ephemeris


def saved(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def count(archive: Archive) -> int:
    return archive.ephemeris.read(None, *EVER).num_rows


def test_files_are_taken_whole_and_logged(archive: Archive, tmp_path: Path) -> None:
    good = saved(tmp_path / "good.parquet", ephemeris(3, range(90), 1.0, md_double_x=1.5))
    again = saved(tmp_path / "again.parquet", ephemeris(3, [89, 90], 2.0))
    shares: list[float] = []
    report = ingest_parquet(archive, [good, again], lambda _name, share: shares.append(share))
    assert [f.outcome for f in report.files] == ["accepted", "refused"]
    assert "1 of 2 rows are in the archive already" in report.files[1].message
    assert (report.records, report.exit_status, count(archive)) == (90, 1, 90)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    entry = archive.catalogue.ingest_log.entries()[1]
    assert (entry.kind, entry.status, entry.rows) == ("ephemeris", "accepted", 90)
    assert set(archive.ephemeris.read([3], *EVER)["provenance"].to_pylist()) == {"ingested"}


@pytest.mark.parametrize(("existing", "value"), [("replace", 2.0), ("keep", 1.0)])
def test_what_is_there_is_replaced_or_kept_by_choice(
    archive: Archive, tmp_path: Path, existing, value: float
) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0], 1.0))
    file = saved(tmp_path / "a.parquet", ephemeris(3, [0, 1], 2.0))
    report = ingest_parquet(archive, [file], choices=Choices(existing))
    assert report.exit_status == 0
    assert archive.ephemeris.read([3], *EVER)["geo_lat_deg"].to_pylist() == [value, 2.0]


def test_a_file_without_sources_is_that_of_the_named_one(archive: Archive, tmp_path: Path) -> None:
    file = saved(tmp_path / "a.parquet", ephemeris(3, [0, 1]).drop_columns(["source"]))
    assert ingest_parquet(archive, [file]).exit_status == 2
    assert ingest_parquet(archive, [file], choices=Choices(source=55)).records == 2
    assert archive.ephemeris.read([55], *EVER).num_rows == 2


def test_unfit_files_are_refused_with_the_reason(archive: Archive, tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole.parquet", ephemeris(3, range(5000)))
    half = tmp_path / "half.parquet"
    half.write_bytes(whole.read_bytes()[:-200])
    text = tmp_path / "text.parquet"
    text.write_text("PAR1 not at all")
    table = ephemeris(3, [0])
    files = {
        tmp_path / "none.parquet": "no such file",
        half: "no Parquet file, or a part",
        text: "no Parquet file",
        saved(tmp_path / "epoch.parquet", table.drop_columns(["epoch"])): "no column epoch",
        saved(tmp_path / "days.parquet", _with_text_epochs(table)): "a timestamp, with a zone",
        saved(tmp_path / "stranger.parquet", ephemeris(4, [0])): "no source 4",
        saved(tmp_path / "range.parquet", ephemeris(3, [0], 91.0)): "not within -90 to 90",
        saved(tmp_path / "column.parquet", ephemeris(3, [0], latitude=1.0)): "no column 'latitude'",
    }
    report = ingest_parquet(archive, list(files))
    for file, words in zip(report.files, files.values(), strict=True):
        assert file.outcome == "refused"
        assert words in file.message
    assert (report.exit_status, count(archive)) == (2, 0)


def _with_text_epochs(table: pa.Table) -> pa.Table:
    return table.set_column(1, "epoch", pa.array(["2020-01-01"] * table.num_rows))


def test_the_command_line_takes_files_and_says_so(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(archive.path))
    file = saved(tmp_path / "a.parquet", ephemeris(3, [0, 1]))
    assert cli.main(["ingest", "ephemeris", str(file), "--quiet"]) == 0
    assert "2 records and 0 data products were written" in capsys.readouterr().out
    assert cli.main(["ingest", "ephemeris", str(file), "--quiet"]) == 2
    assert cli.main(["ingest", "ephemeris", str(file), "--existing", "keep", "--quiet"]) == 0
