"""Remembers in the archive which days were simulated, so that an interrupted build is noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from core.settings import Settings

_NAME = "simulation.json"


def write(settings: Settings, days: Sequence[date], seed: int, *, complete: bool) -> None:
    """Add days whose records of all sources are written; a partial build leaves no mark."""
    if not complete:
        return
    known = set(built_days(settings)) | set(days)
    path = _path(settings)
    text = json.dumps({"seed": seed, "days": sorted(day.isoformat() for day in known)})
    scratch = path.with_suffix(".tmp")
    scratch.write_text(text + "\n", encoding="utf-8")
    scratch.replace(path)


def built_days(settings: Settings) -> list[date]:
    """Return the days that builds have finished, in order; empty where there is no archive."""
    path = _path(settings)
    if not path.exists():
        return []
    return [date.fromisoformat(day) for day in json.loads(path.read_text("utf-8"))["days"]]


def _path(settings: Settings) -> Path:
    return settings.archive / _NAME
