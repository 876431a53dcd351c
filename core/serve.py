"""`python -m core serve`: the web server alone.

gunicorn with threads, started by exec so that signals reach it directly. The application is
loaded in its worker process, after the fork: a table opened before one would not survive it.
"""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys

from core.errors import AtlasError, BadInput, Conflict
from core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("--host", help="address to bind to (default: HOST or 127.0.0.1)")
    parser.add_argument("--port", type=port_number, help="port to bind to (default: PORT or 8050)")


def port_number(text: str) -> int:
    """Return the port that a word of the command line names; argparse reports what is none."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: it is a number from 1 to 65535")
    return int(text)


def check_address(host: str, port: int) -> None:
    """Raise unless a server can be bound to `host` and `port`.

    Raises
    ------
    core.errors.Conflict
        The port is in use, or may not be used by this user.
    core.errors.BadInput
        The host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _unbound(host, port, error) from error


def _unbound(host: str, port: int, error: OSError) -> AtlasError:
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return BadInput(
            f"HOST is {host!r}, which is no address of this machine.",
            hint="127.0.0.1 serves this machine alone, 0.0.0.0 all that reach it.",
            field="HOST",
            value=host,
        )
    reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
    return Conflict(
        f"The address {host}:{port} {reason}.",
        hint="PORT=8051 make run would take another port.",
        host=host,
        port=port,
    )


def command(host: str, port: int, settings: Settings) -> list[str]:
    """Return the argument list that starts the web server."""
    return [
        *(sys.executable, "-m", "gunicorn", "app:server"),
        *("--bind", f"{host}:{port}"),
        *("--worker-class", "gthread", "--workers", str(settings.web_processes)),
        *("--threads", str(settings.threads)),
        *("--timeout", "120", "--graceful-timeout", "10", "--log-level", "warning"),
        # Longer than any address that the application takes, so that it says so itself.
        *("--limit-request-line", "8190"),
        "--no-control-socket",
    ]


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Become the web server; does not return, or raises what would keep it from serving."""
    from core.archive import Archive  # imported late: it takes a second

    host, port = args.host or settings.host, args.port or settings.port
    check_address(host, port)
    Archive.open(settings).close()
    words = command(host, port, settings)
    # The threads of the server share the cores; those of a library would only get in their way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.execv(words[0], words)  # noqa: S606  # no shell: a fixed argument list
