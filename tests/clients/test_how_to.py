"""The how-to page of PyAuroraX says what works: its code and its commands are run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyaurorax.cli.cli import cli

PAGES = Path(__file__).resolve().parents[2] / "docs/how_to"
ADDRESS = "http://127.0.0.1:8050"


def blocks(page: str, language: str) -> list[str]:
    text = (PAGES / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_the_code_runs_as_it_stands(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    names: dict[str, Any] = {}
    for block in blocks("pyaurorax.md", "python"):
        exec(compile(block.replace(ADDRESS, url), "pyaurorax.md", "exec"), names)
    said = capsys.readouterr().out.splitlines()
    assert re.match(r"2019-01-02 .*THEMIS-ASI \w+ and Swarm [ABC] \d+ km", said[0])
    assert said[3].startswith("60 ")
    assert said[3].endswith("{'2019-01-02': 1440}")
    assert said[4].startswith("Find conjunctions of type (nbtrace)")
    assert set(names["feet"].data[0]) == {"epoch", "nbtrace"}


def test_the_commands_run_as_they_stand(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (PAGES / "pyaurorax.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("aurorax-cli ")]
    assert len(lines) == 4
    for line in lines:
        done = CliRunner().invoke(cli, shlex.split(line.replace(ADDRESS, url))[1:])
        assert done.exit_code == 0, (line, done.output)
    assert (tmp_path / "found.json").read_text() == "[]"
