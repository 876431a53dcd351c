from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.archive import Archive
from core.cli import main
from core.errors import BadInput, FileRefused, NotFound, SkymapRefused
from core.imaging.lens import equidistant
from core.imaging.skymap import model_skymap
from core.imaging.skymap_ingest import ingest_skymaps
from core.imaging.skymap_sav import read_skymap
from core.imaging.skymap_store import SkymapStore
from core.settings import Settings
from tests.unit.imaging.sav_writer import write_skymap

NOON = np.datetime64("2012-01-01T12", "s")


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as opened:
        yield opened


def dated(folder: Path, start: str, stop: str = "+", camera: str = "themis20") -> Path:
    info = {"VALID_INTERVAL_START": start, "VALID_INTERVAL_STOP": stop}
    name = folder / f"{camera}_{start}.sav"
    return write_skymap(name, GENERATION_INFO=info, IMAGER_UID=camera)


def test_what_was_taken_in_is_found_by_another_process(archive: Archive, tmp_path: Path) -> None:
    path = dated(tmp_path, "2011030508")
    store = SkymapStore(archive)
    assert store.all() == []
    assert store.add(read_skymap(path), path)
    assert not store.add(read_skymap(path), path)
    path.unlink()  # the archive has a copy
    (found,) = SkymapStore(archive).all("themis_asi", "GAKO")
    assert found.source == "themis20_2011030508.sav"
    assert found.valid_from == np.datetime64("2011-03-05T08:00:00")
    (stored,) = store.all()
    assert stored.key == found.key
    assert store.all()[0] is stored  # kept, not read again
    assert store.all("rego") == []
    assert store.all(site="gill") == []


def test_the_newest_that_holds_is_chosen_without_reading_the_others(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [dated(tmp_path, start) for start in ("2008010100", "2011030508", "2015010100")]
    ingest_skymaps(archive, paths)
    store, read = SkymapStore(archive), []
    monkeypatch.setattr(
        "core.imaging.skymap_store.read_skymap",
        lambda path, limit: read.append(path) or read_skymap(path, limit),
    )
    chosen = store.choose("themis_asi", "gako", "themis20", NOON)
    assert chosen.source == "themis20_2011030508.sav"
    assert len(read) == 1
    assert store.use("themis_asi", "gako", "", NOON).skymap is chosen


def test_refusals(archive: Archive, tmp_path: Path) -> None:
    ingest_skymaps(archive, [dated(tmp_path, "2011030508")])
    store, before = SkymapStore(archive), np.datetime64("2011-01-06T17", "s")
    with pytest.raises(SkymapRefused, match=r"themis20_2011030508\.sav .* 58 days before"):
        store.choose("themis_asi", "gako", "", before)
    use = store.use("themis_asi", "gako", "", before, accept=True)
    assert use.forced
    with pytest.raises(NotFound, match="no skymap of themis_asi at gill"):
        store.choose("themis_asi", "gill", "", NOON)


def test_only_official_skymaps_are_kept(archive: Archive, tmp_path: Path) -> None:
    model = model_skymap(
        "gako", equidistant((8, 8), 8), (8, 8), array="rego", lat_deg=62, lon_deg=0, alt_m=0
    )
    with pytest.raises(BadInput, match="computed, not kept"):
        SkymapStore(archive).add(model, tmp_path / "a.sav")
    path = dated(tmp_path, "2011030508")
    skymap = read_skymap(path)
    path.unlink()
    with pytest.raises(FileRefused, match="cannot be copied"):
        SkymapStore(archive).add(skymap, path)
    assert SkymapStore(archive).all() == []


def test_a_damaged_copy_is_refused_and_mended_by_taking_it_in_again(
    archive: Archive, tmp_path: Path
) -> None:
    path = dated(tmp_path, "2011030508")
    ingest_skymaps(archive, [path])
    (copy,) = (archive.images_path / "skymaps").iterdir()
    content = copy.read_bytes()
    for damaged in (content[:1000], None):
        copy.unlink() if damaged is None else copy.write_bytes(damaged)
        with pytest.raises(FileRefused, match="archive's copy of themis20") as caught:
            SkymapStore(archive).choose("themis_asi", "gako", "", NOON)
        assert "ingest skymap" in caught.value.hint
        report = ingest_skymaps(archive, [path])
        assert [file.outcome for file in report.files] == ["accepted"]
        assert SkymapStore(archive).choose("themis_asi", "gako", "", NOON).camera == "themis20"
        assert copy.read_bytes() == content


def test_ingest_reports_logs_and_is_idempotent(archive: Archive, tmp_path: Path) -> None:
    good = dated(tmp_path, "2011030508", "2012010100")
    bad = tmp_path / "bad.sav"
    bad.write_bytes(good.read_bytes()[:5000])
    seen: list[tuple[str, float]] = []
    report = ingest_skymaps(archive, [bad, good], lambda *step: seen.append(step))
    assert seen == [("bad.sav", 0.0), (good.name, 0.5), ("", 1.0)]
    assert [file.outcome for file in report.files] == ["refused", "accepted"]
    assert report.exit_status == 1
    assert "truncated" in report.files[0].message
    assert report.files[1].message == (
        "skymap of THEMIS-ASI GAKO (themis20), 256 x 256, from 2011-03-05 08:00 to 2012-01-01 00:00"
    )
    log = archive.catalogue.ingest_log.entries()
    assert [(entry.kind, entry.status) for entry in reversed(log)] == [
        ("skymap", "refused"),
        ("skymap", "accepted"),
    ]
    before = sorted(p.name for p in (archive.images_path / "skymaps").iterdir())
    assert [f.outcome for f in ingest_skymaps(archive, [good]).files] == ["unchanged"]
    assert sorted(p.name for p in (archive.images_path / "skymaps").iterdir()) == before
    assert len(SkymapStore(archive).entries()) == 1


def test_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "archive"))
    path = dated(tmp_path, "2011030508")
    assert main(["ingest", "skymap", "--quiet", str(path)]) == 0
    out = capsys.readouterr().out
    assert "accepted   themis20_2011030508.sav: skymap of THEMIS-ASI GAKO" in out
    assert out.endswith("1 of 1 files are in the archive.\n")
    assert main(["ingest", "skymap", "--quiet", str(tmp_path / "nowhere.sav")]) == 2
    monkeypatch.setenv("ATLAS_MAX_SKYMAP_FILE_BYTES", str(2**20))
    assert main(["ingest", "skymap", "--quiet", str(path)]) == 2
    assert "ATLAS_MAX_SKYMAP_FILE_BYTES raises the limit" in capsys.readouterr().out


@pytest.mark.realdata
def test_the_real_skymap_of_gakona(archive: Archive, test_data: Path) -> None:
    (path,) = (test_data / "themis").glob("*.sav")
    assert [f.outcome for f in ingest_skymaps(archive, [path]).files] == ["accepted"]
    chosen = SkymapStore(archive).choose("themis_asi", "gako", "themis20", NOON)
    assert (chosen.source, chosen.shape) == (path.name, (256, 256))
