"""What the search benchmark prints and writes."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.search_modes import Answer
from benchmarks.search_queries import AIMS_S, TITLES

Answers = dict[str, list[Answer]]
MOST_RSS_MB = 3000.0
LEAST_RATIO = 20.0  # of DuckDB to the engine in Q4
SPIKE_DUCKDB_Q4_S = 4.0
_COLUMNS = ("engine", "engine_cold", "engine_noindex", "numpy", "duckdb")
_PACKAGES = ("numpy", "numba", "duckdb", "pyarrow", "deltalake")


def seconds(answers: Answers, mode: str) -> float | None:
    """Return the least seconds of a way, or None where it was not measured."""
    return min((a.seconds for a in answers.get(mode, [])), default=None)


def summary(answers: Answers) -> dict[str, Any]:
    """Return one question's part of the JSON; seconds are minima, bytes and memory maxima."""
    every = [answer for found in answers.values() for answer in found]
    first = next(iter(answers.values()))[0]
    out: dict[str, Any] = {f"{mode}_s": _rounded(seconds(answers, mode)) for mode in _COLUMNS}
    engine = answers.get("engine", every)
    out["runs"], out["minutes"] = first.runs, first.minutes
    out["peak_rss_mb"] = round(max(a.peak_rss_mb for a in engine))
    out["peak_rss_mb_by_way"] = _most(answers, "peak_rss_mb")
    out["read_bytes_by_way"] = _most(answers, "read_bytes")
    out["disk_bytes_cold"] = _most(answers, "disk_bytes").get("engine_cold")
    out["all_s"] = {m: [round(a.seconds, 5) for a in found] for m, found in answers.items()}
    out["equal"] = True  # the benchmark ends otherwise
    return out


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
    }


def print_tables(results: dict[str, dict[str, Any]], years: int) -> None:
    """Print seconds and ratios, then bytes and memory, then which aims are met."""
    print(f"\n{'seconds, least':<28}" + "".join(f"{name:>15}" for name in _COLUMNS), end="")
    print(f"{'duckdb/engine':>15}{'numpy/engine':>14}{'runs':>9}")
    for name, found in results.items():
        cells = "".join(f"{_shown(found[f'{mode}_s']):>15}" for mode in _COLUMNS)
        ratios = [_ratio(found, other) for other in ("duckdb", "numpy")]
        beside = f"{_times(ratios[0]):>15}{_times(ratios[1]):>14}{found['runs']:>9}"
        print(f"{_title(name, years):<28}{cells}{beside}")
    print(f"\n{'MB':<28}{'from disk, cold':>16}", end="")
    print(f"{'read, no index':>16}{'read, duckdb':>14}{'peak RSS: ':>12}", end="")
    print("".join(f"{mode:>15}" for mode in _COLUMNS))
    for name, found in results.items():
        read, peak = found["read_bytes_by_way"], found["peak_rss_mb_by_way"]
        cells = f"{_mb(found['disk_bytes_cold']):>16}{_mb(read.get('engine_noindex')):>16}"
        cells += f"{_mb(read.get('duckdb')):>14}{'':>12}"
        print(f"{_title(name, years):<28}{cells}", end="")
        print("".join(f"{_whole(peak.get(mode)):>15}" for mode in _COLUMNS))


def aims(results: dict[str, dict[str, Any]], years: int) -> dict[str, dict[str, Any]]:
    """Say of each aim what was found and whether it is met (None where it was not measured)."""
    out = {
        f"{name} under {AIMS_S[name]:g} s": _under(found["engine_s"], AIMS_S[name])
        for name, found in results.items()
    }
    if "Q4" in results:
        ratio = _ratio(results["Q4"], "duckdb")
        met = None if ratio is None else ratio >= LEAST_RATIO
        out[f"Q4 {LEAST_RATIO:g} times faster than DuckDB"] = {"found": _rounded(ratio), "met": met}
        theirs = results["Q4"]["duckdb_s"]
        if theirs is not None and years == 10:
            out["DuckDB's Q4 within 1.5 times of 4.0 s"] = _under(theirs, 1.5 * SPIKE_DUCKDB_Q4_S)
    most = max(found["peak_rss_mb"] for found in results.values())
    out[f"peak RSS under {MOST_RSS_MB:g} MB"] = _under(most, MOST_RSS_MB)
    return out


def print_aims(found: dict[str, dict[str, Any]]) -> None:
    """Print each aim with what was measured."""
    words = {True: "met", False: "MISSED", None: "not measured"}
    print()
    for aim, result in found.items():
        print(f"{aim:<42}{_shown(result['found']):>12}  {words[result['met']]}")


def as_rows(answers: Answers) -> dict[str, list[dict[str, Any]]]:
    """Return every single answer, for whoever wants to look closer."""
    return {mode: [asdict(answer) for answer in found] for mode, found in answers.items()}


def _most(answers: Answers, name: str) -> dict[str, Any]:
    return {m: round(max(getattr(a, name) for a in found)) for m, found in answers.items()}


def _under(value: float | None, limit: float) -> dict[str, Any]:
    return {"found": value, "met": None if value is None else value < limit}


def _ratio(found: dict[str, Any], other: str) -> float | None:
    ours, theirs = found["engine_s"], found[f"{other}_s"]
    return None if ours is None or theirs is None else theirs / ours


def _title(name: str, years: int) -> str:
    return f"{name}  {TITLES[name].format(years=years)}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _mb(value: int | None) -> str:
    return "-" if value is None else f"{value / 1e6:.1f}"


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
