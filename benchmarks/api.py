"""The API over HTTP: one satellite-day and example 1 in every format, and 20 clients at once.

`python -m benchmarks.api --json PATH` serves a copy of the archive that the settings name with
gunicorn, as it is deployed, and asks it over loopback. The least of the repeats counts where one
answer is timed; rates and percentiles are of all answers. PyAuroraX is timed in the same run on
the same server: what it takes beyond the plain requests is the client's. Figures of AuroraX itself
are quoted from descriptions of it, not measured.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import math
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

from benchmarks import search_report
from benchmarks.api_server import JSON, Answer, Client, served
from core.search.examples import EXAMPLES
from core.settings import Settings

CLIENTS = 20
POLLS = 400  # by one client alone
SECONDS_OF_LOAD = 4.0
PACED_S, POLL_INTERVAL_S = 12.0, 1.0  # PyAuroraX asks once a second
AIM_P95_MS = 20.0
QUOTED = {
    "a satellite-day as JSON, MB": 8.3,
    "least time from submitting to results, s": 1.4,
    "source": "descriptions of AuroraX and its client, quoted, not measured here",
}
DAY = {"start": "2019-01-01T00:00:00", "end": "2019-01-01T23:59:59"}
SATELLITE_DAY = {
    "data_sources": {"programs": ["swarm"], "platforms": ["swarma"],
                     "instrument_types": ["footprint"], "ephemeris_metadata_filters": {}},
    **DAY,
}  # fmt: skip
EXAMPLE = EXAMPLES[0].query
FORMATS = {
    "JSON": {"Accept": JSON},
    "JSON, gzip": {"Accept": JSON, "Accept_Encoding": "gzip"},
    "CSV": {"Accept": "text/csv"},
    "CSV, gzip": {"Accept": "text/csv", "Accept_Encoding": "gzip"},
    "Parquet": {"Accept": "application/vnd.apache.parquet"},
    "Arrow": {"Accept": "application/vnd.apache.arrow.stream"},
}


def run(repeats: int) -> None:
    """Measure and print."""
    measure(Settings().archive, repeats)


def main() -> int:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--repeats", type=int, default=7, help="the least of these counts")
    args = parser.parse_args()
    found = measure(Settings().archive, args.repeats)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


def measure(archive: Path, repeats: int) -> dict[str, Any]:
    """Ask a server over a copy of `archive`; return what the JSON holds."""
    out: dict[str, Any] = {"machine": search_report.machine(), "repeats": repeats}
    with served(archive) as url:
        for name, kind, query in (
            ("satellite-day", "ephemeris", SATELLITE_DAY),
            ("example 1", "conjunctions", EXAMPLE),
        ):
            with closing(Client(url)) as client:
                _whole(client, kind, query, "JSON")  # the first loads what all later ones use
                out[name] = _formats(client, kind, query, repeats)
            rows = out[name]["JSON"]["rows"]
            out[name]["PyAuroraX"] = _pyaurorax(url, kind, query, repeats, rows)
            _print_formats(name, out[name])
        with closing(Client(url)) as client:
            out["synchronous"] = _synchronous(client, repeats)
            out["polls"] = _polls(client)
            status = _status_path(client)
        out["load"] = _loads(url, status)
    out["load_after"] = search_report.machine()["load"]
    out["quoted"] = QUOTED
    _print_rest(out)
    return out


def _whole(client: Client, kind: str, query: dict[str, Any], form: str) -> tuple[Answer, float]:
    """Submit, poll until the results are there, fetch them; return the last answer and seconds."""
    start = time.perf_counter()
    location = client.ask("POST", f"/api/v1/{kind}/search", query).headers["Location"]
    path = "/" + location.split("/", 3)[3]
    while client.ask("GET", path).json()["search_result"]["data_uri"] is None:
        time.sleep(0.005)
    answer = client.ask("GET", f"{path}/data", **FORMATS[form])
    return answer, time.perf_counter() - start


def _formats(
    client: Client, kind: str, query: dict[str, Any], repeats: int
) -> dict[str, dict[str, Any]]:
    """Ask in each format in turn; all have to hold as many rows."""
    found: dict[str, list[tuple[Answer, float]]] = {form: [] for form in FORMATS}
    for _ in range(repeats):
        for form in FORMATS:
            found[form].append(_whole(client, kind, query, form))
    out = {}
    for form, answers in found.items():
        first = answers[0][0]
        out[form] = {
            "whole_ms": _ms(min(seconds for _, seconds in answers)),
            "data_ms": _ms(min(answer.seconds for answer, _ in answers)),
            "bytes": len(first.body),
            "rows": _rows(first),
        }
    if len({one["rows"] for one in out.values()}) != 1:
        raise SystemExit(f"{kind}: formats differ in their rows: {out}")
    return out


def _rows(answer: Answer) -> int:
    """Count what an answer holds, with readers that are not ours."""
    body = answer.body
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    kind = answer.headers["Content-Type"]
    if kind == JSON:
        return len(json.loads(body)["result"])
    if kind.startswith("text/csv"):
        return int(pyarrow.csv.read_csv(io.BytesIO(body)).num_rows)
    if "parquet" in kind:
        return int(pyarrow.parquet.read_table(io.BytesIO(body)).num_rows)
    return int(pyarrow.ipc.open_stream(body).read_all().num_rows)


def _pyaurorax(
    url: str, kind: str, query: dict[str, Any], repeats: int, rows: int
) -> dict[str, Any]:
    """Time the client's own `search()`, from the call to its objects."""
    from pyaurorax import PyAuroraX

    start, end = (datetime.fromisoformat(query[key]) for key in ("start", "end"))
    with tempfile.TemporaryDirectory() as folder:
        search = getattr(PyAuroraX(api_base_url=url, download_output_root_path=folder).search, kind)
        if kind == "ephemeris":
            sources = query["data_sources"]
            asked: tuple[Any, ...] = (start, end, sources["programs"], sources["platforms"])
            more: dict[str, Any] = {"instrument_types": sources["instrument_types"]}
        else:
            asked = (start, end, query["max_distances"])
            more = {key: query[key] for key in ("ground", "space", "conjunction_types")}
        took = []
        for _ in range(repeats):
            begun = time.perf_counter()
            found = search.search(*asked, **more).data
            took.append(time.perf_counter() - begun)
    if len(found) != rows:
        raise SystemExit(f"{kind}: PyAuroraX has {len(found)} rows, the API {rows}")
    return {"whole_ms": _ms(min(took)), "rows": len(found)}


def _synchronous(client: Client, repeats: int) -> dict[str, Any]:
    """Ask for the satellite-day in one request."""
    path, out = "/api/v1/ephemeris/search_synchronous", {}
    for form in ("JSON", "Parquet"):
        body = {"query": SATELLITE_DAY}
        answers = [client.ask("POST", path, body, **FORMATS[form]) for _ in range(repeats)]
        out[form] = {
            "whole_ms": _ms(min(answer.seconds for answer in answers)),
            "bytes": len(answers[0].body),
        }
    return out


def _status_path(client: Client) -> str:
    location = client.ask("POST", "/api/v1/conjunctions/search", EXAMPLE).headers["Location"]
    return "/" + location.split("/", 3)[3]


def _polls(client: Client) -> dict[str, Any]:
    """Poll one status again and again over one connection."""
    path = _status_path(client)
    return _percentiles([client.ask("GET", path).seconds for _ in range(POLLS)])


def _loads(url: str, status: str) -> dict[str, Any]:
    """Let 20 clients ask at once, each as soon as it has its answer."""
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "status poll": (status, {}),
        "example 1, JSON": (f"{status}/data", FORMATS["JSON"]),
        "example 1, Parquet": (f"{status}/data", FORMATS["Parquet"]),
        "data sources": ("/api/v1/data_sources?format=basic_info", {}),
    }
    paced = {"status poll once a second": _load(url, status, {}, PACED_S, POLL_INTERVAL_S)}
    return paced | {name: _load(url, path, headers) for name, (path, headers) in asked.items()}


def _load(
    url: str,
    path: str,
    headers: dict[str, str],
    lasting_s: float = SECONDS_OF_LOAD,
    pause_s: float = 0.0,
) -> dict[str, Any]:
    took: list[float] = []
    begin = threading.Barrier(CLIENTS + 1)
    until = [math.inf]

    def work(number: int) -> None:
        one = Client(url)
        mine = []
        begin.wait()
        time.sleep(pause_s * number / CLIENTS)  # nobody asks in step with the others
        while time.perf_counter() < until[0]:
            mine.append(one.ask("GET", path, **headers).seconds)
            time.sleep(pause_s)
        one.close()
        took.extend(mine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    until[0] = time.perf_counter() + lasting_s
    begin.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    rate = len(took) / (time.perf_counter() - start)
    return {"clients": CLIENTS, "requests_a_second": round(rate, 1), **_percentiles(took)}


def _percentiles(seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    return {
        "requests": len(ordered),
        "p50_ms": _ms(ordered[len(ordered) // 2]),
        "p95_ms": _ms(ordered[math.ceil(0.95 * len(ordered)) - 1]),
    }


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _print_formats(name: str, found: dict[str, dict[str, Any]]) -> None:
    rows = next(iter(found.values()))["rows"]
    print(f"\n{name}, {rows:,} rows{'':<10}{'whole ms':>12}{'data ms':>12}{'kB':>12}")
    for form, one in found.items():
        data = f"{one['data_ms']:>12.1f}{one['bytes'] / 1000:>12.1f}" if "bytes" in one else ""
        print(f"{form:<32}{one['whole_ms']:>12.1f}{data}", flush=True)


def _print_rest(out: dict[str, Any]) -> None:
    for form, one in out["synchronous"].items():
        print(f"{'satellite-day at once, ' + form:<32}{one['whole_ms']:>12.1f}{'':>12}"
              f"{one['bytes'] / 1000:>12.1f}")  # fmt: skip
    print(f"\n{'':<32}{'requests/s':>12}{'p50 ms':>12}{'p95 ms':>12}")
    for name, one in _loaded(out):
        rate = f"{one['requests_a_second']:>12.0f}" if "requests_a_second" in one else f"{'':>12}"
        print(f"{name:<32}{rate}{one['p50_ms']:>12.1f}{one['p95_ms']:>12.1f}")
    for name, one in ("one client", out["polls"]), (f"{CLIENTS} clients", _paced(out)):
        met = "met" if one["p95_ms"] < AIM_P95_MS else "MISSED"
        print(f"p95 of a status poll under {AIM_P95_MS:g} ms, {name}: {met}")
    print(f"load {out['load_after']}")
    print(f"AuroraX, quoted: {QUOTED}")


def _paced(out: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = out["load"]["status poll once a second"]
    return found


def _loaded(out: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "status poll, one client", out["polls"]
    for name, one in out["load"].items():
        yield f"{name}, {CLIENTS} clients", one


if __name__ == "__main__":
    raise SystemExit(main())
