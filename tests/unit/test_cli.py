"""The command line as a user meets it."""

from __future__ import annotations

import subprocess
import sys

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
