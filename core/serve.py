"""`python -m core serve`: the web server alone.

gunicorn with threads, started by exec so that signals reach it directly. The application is
loaded in its worker process, after the fork: a table opened before one would not survive it.
"""

from __future__ import annotations

import argparse
import os
import sys

from core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("--host", help="address to bind to (default: ATLAS_HOST)")
    parser.add_argument("--port", type=int, help="port to bind to (default: ATLAS_PORT)")


def command(host: str, port: int, settings: Settings) -> list[str]:
    """Return the argument list that starts the web server."""
    return [
        *(sys.executable, "-m", "gunicorn", "app:server"),
        *("--bind", f"{host}:{port}"),
        *("--worker-class", "gthread", "--workers", str(settings.web_processes)),
        *("--threads", str(settings.threads)),
        *("--timeout", "120", "--graceful-timeout", "10", "--log-level", "warning"),
        "--no-control-socket",
    ]


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Become the web server; does not return."""
    words = command(args.host or settings.host, args.port or settings.port, settings)
    os.execv(words[0], words)  # noqa: S606  # no shell: a fixed argument list
