"""Remembers in the archive which days were simulated, with which seed, and how far a build came."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from core.settings import Settings
from core.simulation.seeds import SEED

_NAME = "simulation.json"
# Raised when products of simulated keograms are to be written again for all days.
PRODUCTS = 1


@dataclass(frozen=True, slots=True)
class Build:
    """What builds have written: their seed and the UT days (datetime64[D]) that are finished."""

    seed: int = SEED
    days: frozenset[np.datetime64] = frozenset()


_lock = threading.Lock()
_last: dict[Path, tuple[tuple[int, int], Build]] = {}


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


def read_build(settings: Settings) -> Build:
    """Return what builds have written; it is read again only when it has changed."""
    path = _path(settings)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return Build()
    stamp = (stat.st_mtime_ns, stat.st_ino)
    with _lock:
        known = _last.get(path)
        if known is None or known[0] != stamp:
            content = _read(settings)
            days = frozenset(np.datetime64(day, "D") for day in content.get("days", []))
            known = _last[path] = (stamp, Build(int(content.get("seed", SEED)), days))
        return known[1]


def days_without_products(settings: Settings) -> list[date]:
    """Return the finished days whose simulated keograms are not in the table of products yet."""
    content = _read(settings)
    known = set(content.get("products", [])) if content.get("products_of") == PRODUCTS else set()
    return [date.fromisoformat(day) for day in content.get("days", []) if day not in known]


def note_products(settings: Settings, days: Sequence[date]) -> None:
    """Note that the products of simulated keograms are written for these days."""
    content = _read(settings)
    known = content.get("products", []) if content.get("products_of") == PRODUCTS else []
    done = sorted({*known, *(day.isoformat() for day in days)})
    _write(settings, content | {"products": done, "products_of": PRODUCTS})


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
