"""The command line as a user meets it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core import __version__
from core.cli import VERBS, main


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for verb in VERBS:
        assert verb.name in out
        assert verb.summary in out


def test_an_unknown_verb_is_named_and_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conjure"]) == 2
    assert "there is no verb 'conjure'" in capsys.readouterr().err


def test_no_verb_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage:" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_help_of_the_program_imports_nothing_heavy() -> None:
    code = (
        "import sys, core.cli; core.cli.main(['--help']);"
        "heavy = {'pandas', 'duckdb', 'deltalake', 'spacepy', 'dash'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("PORT", "abc", "valid integer"),
        ("PORT", "99999", "less than or equal to 65535"),
        ("ATLAS_PORT", "abc", "valid integer"),
        ("ATLAS_THREADS", "0", "greater than or equal to 1"),
        ("ATLAS_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_its_variable(
    variable: str,
    value: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)
    assert main(["archive", "--days", "2019-01-01"]) == 2
    told_lines = capsys.readouterr().err.splitlines()
    assert len(told_lines) == 1
    assert told_lines[0].startswith(f"error: {variable} is {value!r}")
    assert told in told_lines[0]


def test_days_that_are_none_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "--days", "nonsense"]) == 2
    assert capsys.readouterr().err == (
        "error: 'nonsense' names no days. Write 2019-01-01 or 2019-01-01:2019-01-03.\n"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["up", "--port", "0"], "'0' is no port"),
        (["serve", "--port", "99999"], "'99999' is no port"),
        (["archive", "--processes", "0"], "'0' is no number of processes"),
    ],
)
def test_numbers_that_cannot_be_are_wrong_usage(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert told in capsys.readouterr().err


def _file(folder: Path) -> Path:
    (folder / "file").write_text("no archive\n")
    return folder / "file"


@pytest.mark.parametrize("words", [["archive", "--days", "2019-01-01"], ["ingest", "asi", "x.pgm"]])
@pytest.mark.parametrize("place", [lambda _: Path("/proc/x"), _file], ids=["proc", "file"])
def test_an_archive_folder_that_cannot_be_made_is_named(
    words: list[str],
    place: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert callable(place)
    folder = place(tmp_path)
    monkeypatch.setenv("ATLAS_ARCHIVE", str(folder))
    assert main(words) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert f"error: {folder} cannot be made: " in told
    assert "ATLAS_ARCHIVE names the archive's folder" in told


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_archive_that_may_only_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    folder.chmod(0o555)
    monkeypatch.setenv("ATLAS_ARCHIVE", str(folder))
    assert main(["ingest", "asi", "x.pgm"]) == 1
    assert f"error: {folder}/tables cannot be made: permission denied." in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["serve", "worker"])
def test_a_missing_archive_is_one_line(
    verb: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "none"))
    port = [] if verb == "worker" else ["--port", str(_free_port())]
    assert main([verb, *port]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith(f"error: There is no archive in {tmp_path / 'none'}.")


@pytest.mark.parametrize("verb", ["up", "serve"])
@pytest.mark.parametrize("host", ["192.0.2.7", "::g"])
def test_a_host_of_another_machine_is_named(
    verb: str, host: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOST", host)
    assert main([verb, "--port", str(_free_port())]) == 2
    assert capsys.readouterr().err == (
        f"error: HOST is {host!r}, which is no address of this machine. "
        "127.0.0.1 serves this machine alone, 0.0.0.0 all that reach it.\n"
    )


def test_a_taken_port_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--host", "127.0.0.1", "--port", str(port)]) == 1
    assert f"The address 127.0.0.1:{port} is in use." in capsys.readouterr().err


def test_ingest_says_of_each_file_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "archive"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.pgm").touch()
    (tmp_path / "text.pgm").write_text("hello world\n")
    names = ["folder", "empty.pgm", "text.pgm", "missing.pgm"]
    assert main(["ingest", "asi", "--quiet", *(str(tmp_path / name) for name in names)]) == 2
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "refused    folder: it is a folder; name the files in it"
    assert "empty.pgm: it is empty" in told[1]
    assert "text.pgm: it begins with b'hello wo', which is no format" in told[2]
    assert told[3] == "refused    missing.pgm: there is no such file"
    assert told[4].startswith("0 of 4 files are in the archive")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("nonsense:secret", 2, "ATLAS_CATALOGUE_URL is no URL of a database"),
        ("oracle9://user:secret@host/x", 2, "ATLAS_CATALOGUE_URL is no URL of a database"),
        ("sqlite:////proc/x/catalogue", 1, "The catalogue cannot be used: unable to open"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", 1, "The catalogue cannot be used: conn"),
    ],
)
def test_a_catalogue_that_cannot_be_is_one_line_without_its_password(
    url: str,
    status: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ATLAS_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("ATLAS_CATALOGUE_URL", url)
    assert main(["ingest", "asi", "x.pgm"]) == status
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"error: {told}")
    assert "secret" not in lines[0]
