"""The search engine at scale: five questions of a generated archive, beside plain SQL in DuckDB.

`python -m benchmarks.search --json PATH` makes ten years of 40 ground sources and 30 spacecraft
(once, into --folder) and asks each question in five ways: the engine warm, with no file in
memory, without its index, on numpy alone, and one statement of SQL. The least of the repeats
counts; every repeat asks for another limit, and all ways have to find the same runs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import search_laws, search_report, search_sql
from benchmarks.search_archive import MOST_YEARS, bench_settings, ensure_archive
from benchmarks.search_modes import MODES, Answer, ask_cold, ways
from benchmarks.search_queries import NAMES, question, warm_up
from core.archive import Archive
from core.search.query import ConjunctionQuery

FOLDER = Path("var/bench")
_COLD = "engine_cold"
_KM_TOLERANCE = 1e-9  # relative, of the sums of distances


def run(repeats: int) -> None:
    """Measure with one year only, which is made in minutes."""
    measure(FOLDER, 1, repeats, NAMES, [*MODES, _COLD])


def main() -> int:
    """Make the archive, measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the archive is made")
    parser.add_argument("--years", type=int, default=MOST_YEARS, choices=range(1, MOST_YEARS + 1))
    parser.add_argument("--repeats", type=int, default=5, help="the least of these counts")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, help="questions")
    parser.add_argument("--ways", nargs="+", choices=[*MODES, _COLD], default=[*MODES, _COLD])
    parser.add_argument("--no-laws", action="store_true", help="leave out the laws of cost")
    args = parser.parse_args()
    found = measure(args.folder, args.years, args.repeats, args.only, args.ways)
    if not args.no_laws:
        found["laws"] = search_laws.measure(args.folder, args.years, args.repeats)
        found["laws_fit"] = search_laws.fit(found["laws"])
        search_laws.print_laws(found["laws"])
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def measure(
    folder: Path, years: int, repeats: int, names: tuple[str, ...] | list[str], modes: list[str]
) -> dict[str, Any]:
    """Ask the questions in all ways and print the tables; return what the JSON holds."""
    made = ensure_archive(folder, years)
    used = list(made["years"].values())[:years]
    out: dict[str, Any] = {"rows": sum(y["rows"] for y in used), "years": years}
    out["machine"] = search_report.machine()
    out["archive"] = {"made_s": round(sum(y["seconds"] for y in used), 1)}
    print(f"{out['rows']:,} rows in {years} years; load {out['machine']['load']}")
    if "duckdb" in modes:
        _print_sql(folder, years, names)
    out["archive"]["first_search_s"] = round(_prepare(folder, years), 2)
    results = {}
    for name in names:
        results[name] = search_report.summary(_ask(folder, years, name, repeats, modes))
    out |= results
    search_report.print_tables(results, years)
    out["aims"] = search_report.aims(results, years)
    search_report.print_aims(out["aims"])
    return out


def _prepare(folder: Path, years: int) -> float:
    """Have the engine answer all questions once, so that every index is there; in seconds."""
    start = time.perf_counter()
    with ways(["engine"], folder) as started:
        for name in ("Q4", "Q3", "Q2"):
            started["engine"].ask(question(name, years, -1))
        started["engine"].ask(warm_up())
    return time.perf_counter() - start


def _ask(
    folder: Path, years: int, name: str, repeats: int, modes: list[str]
) -> dict[str, list[Answer]]:
    """Ask one question in all ways, in turn; end the benchmark where they differ."""
    queries = [question(name, years, repeat) for repeat in range(repeats)]
    answers: dict[str, list[Answer]] = {}
    if _COLD in modes:  # first, while nobody has the index mapped
        answers[_COLD] = [ask_cold(folder, warm_up(), query) for query in queries]
    warm = [mode for mode in modes if mode != _COLD]
    with ways(warm, folder) as started:
        for way in started.values():
            way.ask(question(name, years, -1))
        for query in queries:
            for mode in warm:
                answers.setdefault(mode, []).append(started[mode].ask(query))
    for repeat in range(repeats):
        _check(name, {mode: found[repeat] for mode, found in answers.items()})
    print(f"{name} asked: {answers[modes[0]][0].runs} runs", file=sys.stderr)
    return answers


def _check(name: str, found: dict[str, Answer]) -> None:
    """Refuse figures of ways that do not give the same runs, minutes and distances."""
    first, *others = found.items()
    for mode, answer in others:
        same = answer.digest == first[1].digest
        sums = zip(answer.km, first[1].km, strict=True)
        close = all(abs(a - b) <= _KM_TOLERANCE * max(abs(b), 1.0) for a, b in sums)
        if not (same and close):
            raise SystemExit(f"{name}: {mode} gives {answer}, {first[0]} gives {first[1]}")


def _print_sql(folder: Path, years: int, names: tuple[str, ...] | list[str]) -> None:
    with Archive.open(bench_settings(folder)) as archive:
        for name in names:
            if name in ("Q2", "Q3", "Q4"):
                query = ConjunctionQuery.from_dict(question(name, years), archive.settings)
                text = search_sql.statement(archive, query).shown
                print(f"\n-- {name} in DuckDB, {search_sql.THREADS} threads\n{text}")


if __name__ == "__main__":
    sys.exit(main())
