"""The documentation says what the code says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from core.cli import VERBS
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts/make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["docs/reference/settings.md", "docs/reference/command_line.md"])
def test_made_pages_are_current(name: str) -> None:
    assert (ROOT / name).read_text() == reference().PAGES[name](), "run `make docs`"


def test_every_setting_has_a_sentence() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_every_verb_of_make_is_listed_by_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    declared = set(re.search(r"^\.PHONY: (.+)$", makefile, re.M)[1].split())  # type: ignore[index]
    helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))
    assert declared == helped


def test_every_command_line_verb_is_named_in_the_overview() -> None:
    from core.cli import _overview

    assert _overview(["--help"]) == 0
    assert {verb.name for verb in VERBS} >= {"up", "serve", "worker", "archive", "ingest"}


def markdown_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return [ROOT / name for name in listed]


def test_links_inside_the_documentation_lead_somewhere() -> None:
    broken = []
    for page in markdown_files():
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken
