from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.archive import Archive
from core.cli import main
from core.grids.definition import COLUMNS, ROWS
from core.grids.ingest import ingest_grids
from core.grids.store import GridStore
from core.settings import Settings
from tests.unit.grids import grid_files as files


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as made:
        yield made


def mos(folder: Path) -> Path:
    return files.mos_file(folder, np.ones((ROWS, COLUMNS, 2), np.float32))


def test_files_of_every_format_go_in(archive: Archive, tmp_path: Path) -> None:
    paths = [
        files.text_file(tmp_path / "a.txt", files.oval()),
        files.json_file(tmp_path / "b.json", np.zeros((181, 360))),
        mos(tmp_path),
    ]
    shown: list[tuple[str, float]] = []
    report = ingest_grids(archive, paths, lambda name, share: shown.append((name, share)))
    assert [file.outcome for file in report.files] == ["accepted"] * 3
    assert [file.rows for file in report.files] == [1, 1, 2]
    assert [share for _, share in shown] == [0, 1 / 3, 2 / 3, 1]
    store = GridStore(archive)
    assert store.series() == ["mos-themis-asi", "ovation"]
    values, attrs = store.read("ovation", np.datetime64("2019-11-26T21:25"))
    assert (values == files.oval()).all()
    assert attrs["provenance"] == "ingested"
    assert attrs["units"] == "percent"
    log = archive.catalogue.ingest_log.entries()
    assert {(line.kind, line.status) for line in log} == {("grid", "accepted")}
    assert all(len(line.sha256) == 64 for line in log)


def test_files_that_are_in_change_nothing(archive: Archive, tmp_path: Path) -> None:
    paths = [mos(tmp_path), files.text_file(tmp_path / "a.txt", files.oval())]
    ingest_grids(archive, paths)
    before = {p: p.stat().st_mtime_ns for p in archive.images_path.rglob("*")}
    again = ingest_grids(archive, paths)
    assert [file.outcome for file in again.files] == ["unchanged"] * 2
    assert "mos-themis-asi: 0 of 2 grids new or changed" in again.files[0].message
    assert {p: p.stat().st_mtime_ns for p in archive.images_path.rglob("*")} == before


def test_a_refused_file_stops_no_other(archive: Archive, tmp_path: Path) -> None:
    good, other = mos(tmp_path), tmp_path / "other"
    other.mkdir()
    bad = tmp_path / "bad.txt"
    bad.write_text("# no header\n", encoding="utf-8")
    # Of the same series and minute, and without the confidence that the others have.
    conflict = files.mos_file(other, np.zeros((ROWS, COLUMNS, 1), np.float32))
    import h5py

    with h5py.File(conflict, "r+") as file:
        del file["data/source_info/confidence"]
    report = ingest_grids(archive, [bad, good, conflict])
    assert [file.outcome for file in report.files] == ["refused", "accepted", "refused"]
    assert "no line 'Product Valid At'" in report.files[0].message
    assert "grids with variables" in report.files[2].message
    assert report.exit_status == 1


def test_a_turned_forecast_is_pointed_out(archive: Archive, tmp_path: Path) -> None:
    turned = np.roll(files.oval(), COLUMNS // 2, axis=1)
    report = ingest_grids(
        archive,
        [
            files.text_file(tmp_path / "a.txt", turned),
            files.text_file(tmp_path / "b", files.oval()),
        ],
    )
    assert "turned by 180 degrees" in report.files[0].message
    assert "turned by 180 degrees" not in report.files[1].message


def test_a_larger_file_than_the_setting_allows_is_refused(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = archive.settings.model_copy(update={"max_grid_file_bytes": 2**20})
    monkeypatch.setattr(archive, "settings", small)
    (file,) = ingest_grids(archive, [mos(tmp_path)]).files
    assert file.outcome == "refused"
    assert "ATLAS_MAX_GRID_FILE_BYTES raises the limit" in file.message


def test_the_command_says_what_became_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "archive"))
    good, bad = str(mos(tmp_path)), str(tmp_path / "none.h5")
    assert main(["ingest", "grid", "--quiet", good]) == 0
    out = capsys.readouterr().out
    assert "mos-themis-asi: 2 of 2 grids new or changed, 2023-03-24 06:00:00 to 06:00:03" in out
    assert "1 of 1 files are in the archive.\n" in out
    assert main(["ingest", "grid", "--quiet", good, bad]) == 1
    assert "refused    none.h5: there is no such file" in capsys.readouterr().out
    assert main(["ingest", "grid", "--quiet", bad]) == 2
