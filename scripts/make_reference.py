"""Write the reference pages that are made from the code: settings and the command line.

`make docs` runs it; a test fails when a page no longer says what the code says.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pydantic import AliasChoices  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from api.searches import Searches  # noqa: E402
from core.cli import VERBS  # noqa: E402
from core.settings import Settings  # noqa: E402

NOTE = "<!-- Made by `make docs` from the code; edit the code. -->\n"


def settings_page() -> str:
    """Return docs/reference/settings.md."""
    lines = [
        "# Settings",
        NOTE,
        "Set them in the environment before `make run`; they are checked when it starts.",
        "",
        "| variable | default | what it does |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default if field.default != "" else "(empty)"
        lines.append(f"| `{_variable(name, field)}` | `{default}` | {field.description} |")
    return "\n".join(lines) + "\n"


def _variable(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return "` or `".join(str(choice) for choice in alias.choices)
    return f"ATLAS_{name.upper()}"


def command_page() -> str:
    """Return docs/reference/command_line.md."""
    os.environ["COLUMNS"] = "98"  # argparse breaks lines by the terminal's width otherwise
    lines = ["# Command line", NOTE, "`python -m core VERB`, with the Python of `.venv`.", ""]
    for verb in VERBS:
        parser = argparse.ArgumentParser(
            prog=f"python -m core {verb.name}", description=verb.summary
        )
        importlib.import_module(verb.module).add_arguments(parser)
        lines += [f"## {verb.name}", "", "```text", parser.format_help().rstrip(), "```", ""]
        for name, kind in _kinds(parser).items():
            lines += [f"### {verb.name} {name}", "", "```text"]
            lines += [kind.format_help().rstrip(), "```", ""]
    return "\n".join(lines)


def _kinds(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a verb's second words."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def rows_so_far_page() -> str:
    """Return docs/reference/rows_so_far.md, from the words beside the route itself."""
    said = inspect.getdoc(Searches.data_so_far) or ""
    lines = [
        "# Rows so far",
        NOTE,
        "`GET /api/v1/{k}/requests/<request_id>/data/so_far`",
        "",
    ]
    lines += _as_lists(said.split("\n"))
    lines += [
        "",
        "A search that failed or was cancelled answers as `/data` does. A search for ephemeris or",
        "data products has no rows before it is done.",
    ]
    return "\n".join(lines) + "\n"


def _as_lists(lines: list[str]) -> Iterator[str]:
    """Turn numpydoc's sections into headings and items."""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if after.startswith("---"):
            yield f"## {line}"
            yield ""
        elif line.startswith("---"):
            continue
        elif " : " in line and not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            yield f"- `{name}` ({kind}):"
        else:
            yield line.replace("    ", "  ", 1)


PAGES = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/command_line.md": command_page,
    "docs/reference/rows_so_far.md": rows_so_far_page,
}


def main() -> int:
    """Write the pages."""
    for name, page in PAGES.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page())
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
