"""Structured logs: one event a line, for people on a terminal or as JSON for machines.

Everything that the program and its libraries say goes through one handler on standard error.
What is bound to the context (`request_id` of an HTTP request, `job_id` in a worker) appears in
every line that is written while it is bound, also in lines of libraries.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from core.errors import BadInput
from core.settings import Settings

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("console", "json")
# Libraries whose INFO lines repeat what our own line of a request says.
QUIET = ("werkzeug", "gunicorn.access", "alembic", "sqlalchemy.engine")


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all logs of this process to one place. May be called again; the last call holds.

    Parameters
    ----------
    settings : Settings
        `log_level` and `log_format` are read.
    stream : TextIO, optional
        Where lines go; standard error by default.

    Raises
    ------
    core.errors.BadInput
        When the level or the format is none of those there are.
    """
    level = _one_of(settings.log_level.upper(), LEVELS, "log_level")
    form = _one_of(settings.log_format.lower(), FORMATS, "log_format")
    target = stream or sys.stderr
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.set_name("atlas")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(), processors=_rendering(form, target)
        )
    )
    root = logging.getLogger()
    for old in [h for h in root.handlers if h.get_name() == "atlas"]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def get_logger(name: str) -> FilteringBoundLogger:
    """Return the logger of a module; it can be had before `configure` is called."""
    return cast(FilteringBoundLogger, structlog.get_logger(name))


def _one_of(value: str, allowed: tuple[str, ...], field: str) -> str:
    if value not in allowed:
        raise BadInput(
            f"ATLAS_{field.upper()} is {value!r}.",
            hint=f"It is one of {', '.join(allowed)}.",
            field=field,
            value=value,
            expected=allowed,
        )
    return value


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _rendering(form: str, target: TextIO) -> list[Processor]:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if form == "json":
        # Every value that is not JSON is written as its text, so that a log line never fails.
        return [
            remove,
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
        ]
    plain = structlog.dev.ConsoleRenderer(
        colors=target.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [remove, plain]
