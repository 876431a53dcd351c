"""Remembers in the archive which days were simulated, so that an interrupted build is noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from core.settings import Settings

_NAME = "simulation.json"


def begin(settings: Settings, days: Sequence[date], seed: int) -> None:
    """Note that a build of all sources has begun; `finish` takes the note away."""
    known = _read(settings)
    begun = sorted({*known.get("begun", []), *(day.isoformat() for day in days)})
    _write(settings, known | {"seed": seed, "begun": begun})


def finish(settings: Settings, days: Sequence[date]) -> None:
    """Note that the records of all sources are written for these days."""
    known = _read(settings)
    ours = {day.isoformat() for day in days}
    done = sorted(ours | set(known.get("days", [])))
    _write(settings, known | {"days": done, "begun": sorted(set(known.get("begun", [])) - ours)})


def built_days(settings: Settings) -> list[date]:
    """Return the days that builds have finished, in order; empty where there is no archive."""
    return [date.fromisoformat(day) for day in _read(settings).get("days", [])]


def interrupted_days(settings: Settings) -> list[date]:
    """Return the days of builds that began and have not finished, in order."""
    return [date.fromisoformat(day) for day in _read(settings).get("begun", [])]


def _read(settings: Settings) -> dict[str, Any]:
    path = _path(settings)
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def _write(settings: Settings, content: dict[str, Any]) -> None:
    path = _path(settings)
    scratch = path.with_suffix(".tmp")
    scratch.write_text(json.dumps(content) + "\n", encoding="utf-8")
    scratch.replace(path)


def _path(settings: Settings) -> Path:
    return settings.archive / _NAME
