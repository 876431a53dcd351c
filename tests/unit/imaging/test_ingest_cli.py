from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.cli import main
from tests.unit.imaging import files


@pytest.fixture(autouse=True)
def _archive_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "archive"))


def test_status_and_words_tell_what_became_of_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(files.minute_file(tmp_path))
    bad = tmp_path / "bad.pgm"
    bad.write_bytes(b"P5\nnonsense\n")
    assert main(["ingest", "asi", "--quiet", good]) == 0
    assert "1 of 1 files are in the archive; 1 records and 1 data products" in _out(capsys)
    assert main(["ingest", "asi", "--quiet", good, str(bad)]) == 1
    out = _out(capsys)
    assert "unchanged  20140310_0600_gill_themis19_full.pgm.gz" in out
    assert "refused    bad.pgm: image 0: b'nonsense' stands where" in out
    assert main(["ingest", "asi", "--quiet", str(bad)]) == 2


def test_tracks_go_in_by_their_own_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = np.arange(0, 300, 10.0)
    path = files.track_cdf(tmp_path / "t.cdf", seconds, seconds / 16, 0 * seconds)
    assert main(["ingest", "track", "--quiet", str(path)]) == 0
    assert "5 minutes of Swarm A" in _out(capsys)
    assert main(["ingest", "asi", "--quiet", str(path)]) == 2
    assert "`ingest track`" in _out(capsys)


def test_wrong_usage_is_status_2() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["ingest", "asi"])
    assert caught.value.code == 2


def _out(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out
