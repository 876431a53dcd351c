"""The command line: one verb a line, each kept by the package that does the work.

A verb's module offers ``add_arguments(parser)`` and ``run(args, settings) -> int``; it is imported
only when its verb is called, because some of them take a second to import.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from core import __version__, logs
from core.errors import AtlasError, BadInput
from core.settings import read_settings


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: its name, the module that keeps it, and a line of help."""

    name: str
    module: str
    summary: str


VERBS = (
    Verb("up", "core.launch", "start everything: archive if there is none, worker, web server"),
    Verb("serve", "core.serve", "start the web server alone"),
    Verb("worker", "core.work", "run searches and make movies from the queue"),
    Verb("search", "core.search.search_cli", "run a search from a file, without a server"),
    Verb("jobs", "core.search.jobs.cli", "list, cancel or clear away searches and movies"),
    Verb("index", "core.search.index.cli", "make, delete or look at the track index"),
    Verb("archive", "core.simulation.cli", "build the embedded archive, or more days of it"),
    Verb("ingest", "core.ingest_cli", "take real files into the archive"),
    Verb("key", "core.archive.cli.key", "make, list or revoke keys of the API"),
    Verb("account", "core.archive.cli.account", "add, list or disable accounts, set passwords"),
    Verb("check", "core.archive.cli.check", "look the archive over, and repair it"),
    Verb("compact", "core.archive.cli.compact", "join small data files of other programs"),
    Verb("vacuum", "core.archive.cli.vacuum", "remove data files that nothing needs any more"),
    Verb("delete", "core.archive.cli.delete", "delete ephemeris records in a span of time"),
    Verb("image", "core.media_cli.image", "draw one frame of a camera, as seen or on a map"),
    Verb("keogram", "core.media_cli.keogram", "draw a keogram, or write its values"),
    Verb("movie", "core.media_cli.movie", "make a movie of frames or maps"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb.

    Returns
    -------
    int
        Exit status: 0 done, 1 some of the work was refused or failed, 2 wrong usage or settings.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    verb = next((v for v in VERBS if words and v.name == words[0]), None)
    if verb is None:
        return _overview(words)
    module = importlib.import_module(verb.module)
    parser = argparse.ArgumentParser(prog=f"python -m core {verb.name}", description=verb.summary)
    module.add_arguments(parser)
    args = parser.parse_args(words[1:])
    try:
        settings = read_settings()
        logs.configure(settings)
        return cast(int, module.run(args, settings))
    except AtlasError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, BadInput) else 1
    except KeyboardInterrupt:
        return 130


def _overview(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        print(__version__)
        return 0
    asked_for_help = words in (["--help"], ["-h"])
    lines = ["usage: python -m core VERB [options]", "", "verbs:"]
    lines += [f"  {verb.name:<9} {verb.summary}" for verb in VERBS]
    lines += ["", "python -m core VERB --help tells the options of a verb."]
    if words and not asked_for_help:
        lines.insert(0, f"there is no verb {words[0]!r}")
    print("\n".join(lines), file=sys.stdout if asked_for_help else sys.stderr)
    return 0 if asked_for_help else 2
