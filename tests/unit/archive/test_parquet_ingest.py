from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import cli
from core.archive import Archive, bulk, parquet_ingest
from core.archive.parquet_ingest import Choices, ingest_parquet
from tests.unit.archive.batches import EVER, JANUARY, ephemeris


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
        saved(tmp_path / "stranger.parquet", ephemeris(4, [0])): "source 4 is none",
        saved(tmp_path / "range.parquet", ephemeris(3, [0], 91.0)): "not within -90 to 90",
        saved(tmp_path / "column.parquet", ephemeris(3, [0], latitude=1.0)): "no column 'latitude'",
    }
    report = ingest_parquet(archive, list(files))
    for file, words in zip(report.files, files.values(), strict=True):
        assert file.outcome == "refused"
        assert words in file.message
    assert (report.exit_status, count(archive)) == (2, 0)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("geo_lat_deg", float("inf"), "geo_lat_deg inf is infinite. Null stands for no value"),
        ("geo_lat_deg", float("nan"), "geo_lat_deg None and geo_lon_deg 0.0: one is there"),
        ("geo_lat_deg", -90.5, "geo_lat_deg -90.5 is not within -90 to 90"),
        ("geo_lon_deg", 200.0, "geo_lon_deg 200.0 is not within -180 to 180 degrees. -160 would"),
        ("source", None, "source is null"),
        ("source", 4, "source 4 is none that the archive knows"),
        ("epoch", None, "epoch is null"),
        ("epoch", JANUARY + timedelta(seconds=1), "is not a whole minute"),
        ("epoch", JANUARY.replace(year=1), "epoch 0001-01-01T00:00:00.000000 is not in the years"),
        ("metadata_json", "{", 'metadata_json { is no JSON object. It is an object such as {"'),
        ("md_double_x", "a", "md_double_x 'a' (string) does not fit double"),
    ],
)
def test_a_bad_row_is_told_with_its_place_in_the_file(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column, value, told: str
) -> None:
    monkeypatch.setattr(bulk, "CHUNK_ROWS", 10)
    monkeypatch.setattr(parquet_ingest, "CHUNK_ROWS", 7)
    table = ephemeris(3, range(50))
    table = table.append_column("metadata_json", pa.array(['{"a": 1}', None] * 25))
    table = table.append_column("md_double_x", pa.array(["1.5"] * 50))
    place = table.schema.get_field_index(column)
    values = table[column].to_pylist()
    values[37] = value
    kind = table.schema.field(place).type
    table = table.set_column(place, column, pa.array(values, kind))
    (file,) = ingest_parquet(archive, [saved(tmp_path / "bad.parquet", table)]).files
    assert file.outcome == "refused"
    assert file.message.startswith("Row 37: ")
    assert told in file.message
    assert count(archive) == 0


def test_a_zone_says_which_instant_is_meant(archive: Archive, tmp_path: Path) -> None:
    table = ephemeris(3, range(5))
    zoned = table["epoch"].cast(pa.timestamp("ms", "America/Edmonton"))
    plain = table["epoch"].cast(pa.timestamp("ns"))
    for number, epochs in enumerate((zoned, plain)):
        file = saved(tmp_path / f"{number}.parquet", table.set_column(1, "epoch", epochs))
        assert ingest_parquet(archive, [file], choices=Choices("replace")).records == 5
        assert archive.ephemeris.read([3], *EVER)["epoch"].to_pylist() == (
            table["epoch"].to_pylist()
        )


def test_a_column_that_is_there_twice_is_refused(archive: Archive, tmp_path: Path) -> None:
    table = ephemeris(3, [0])
    twice = pa.table([*table.columns, table["epoch"]], names=[*table.column_names, "epoch"])
    (file,) = ingest_parquet(archive, [saved(tmp_path / "twice.parquet", twice)]).files
    assert "the column epoch more than once" in file.message


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
