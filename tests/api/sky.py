"""A small world whose every record is known: the oracle of the API's tests.

Two imagers and three satellites on 2020-01-01, 00:00 to 06:59 UTC. The satellites are on plain
circular polar orbits, so that nothing here depends on the orbits or footprints of the program.
The brute force below reads these same records, and shares no code with the search.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

DAY = datetime(2020, 1, 1, tzinfo=UTC)
MINUTES = 420
EARTH_RADIUS_KM = 6371.2
# First eccentricity squared of WGS84.
E2 = 6.69437999014e-3

GILLAM, FORT_SMITH = 46, 55
SWARM_A, SWARM_B, SWARM_C = 3, 29, 30
TREX_RGB_GILLAM = 103
GROUND = (GILLAM, FORT_SMITH)
SPACE = (SWARM_A, SWARM_B, SWARM_C)
SITES = {GILLAM: (56.376723, -94.643664), FORT_SMITH: (60.026, -111.93)}

Record = dict[str, Any]


def stamp(minute: int) -> str:
    return (DAY + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S")


def orbit(identifier: int, minute: int) -> tuple[float, float]:
    """Latitude and longitude of a satellite that goes over the poles in 94 minutes."""
    number = SPACE.index(identifier)
    angle = 2 * math.pi * (minute / 94 + 0.07 * number)
    lat = math.degrees(math.asin(math.sin(angle) * math.sin(math.radians(87))))
    node = -100 + 4 * number - 360 * minute / 1440 + (180 if math.cos(angle) < 0 else 0)
    return lat, (node + 180) % 360 - 180


def location(lat: float | None, lon: float | None) -> Record:
    return {"lat": lat, "lon": lon}


def ground_record(identifier: int, minute: int) -> Record:
    lat, lon = SITES[identifier]
    confidence = round(50 + 50 * abs(math.sin(minute // 10)), 2)
    return {
        "identifier": identifier,
        "epoch": stamp(minute),
        "location_geo": location(lat, lon),
        "location_gsm": location(None, None),
        "nbtrace": location(lat, lon),
        "sbtrace": location(-lat - 16, lon - 40),
        "metadata": {
            "clausen_ml_oath": "classified as arc" if minute % 2 else "classified as moon",
            "calgary_apa_ml_v1": "classified as APA" if confidence > 75 else "not classified",
            "calgary_apa_ml_v1_confidence": confidence,
        },
    }


def space_record(identifier: int, minute: int) -> Record:
    lat, lon = orbit(identifier, minute)
    far_south = lat < -60
    return {
        "identifier": identifier,
        "epoch": stamp(minute),
        "location_geo": location(lat, lon),
        "location_gsm": location(lat / 2, lon),
        # Open field lines: no northern foot while the satellite is far in the south.
        "nbtrace": location(None, None) if far_south else location(lat * 0.99, lon),
        "sbtrace": location(lat, lon) if far_south else location(-lat * 0.99, lon),
        "metadata": {
            "radial_distance": 6800.0 + minute,
            "nbtrace_region": "north polar cap" if lat > 75 else "north mid-latitude",
            "tii_on": minute % 3 == 0,
            "tii_quality_viy": minute % 4,
        },
    }


def ephemeris() -> list[Record]:
    """Every record, by source and minute. Gillam pauses from 02:00 to 02:29."""
    rows = [ground_record(i, m) for i in GROUND for m in range(MINUTES)]
    rows = [
        r for r in rows if r["identifier"] != GILLAM or not "02:00" <= r["epoch"][11:16] < "02:30"
    ]
    return rows + [space_record(i, m) for i in SPACE for m in range(MINUTES)]


def products() -> list[Record]:
    """A keogram kept by this server and a movie kept elsewhere, on each of three days."""
    rows = []
    for day in range(1, 4):
        name = f"2020-01-{day:02d}"
        shared = {
            "identifier": TREX_RGB_GILLAM,
            "start": f"{name}T00:00:00",
            "end": f"{name}T23:59:00",
        }
        rows.append(
            shared
            | {
                "data_product_type": "keogram",
                "url": f"/media/keogram/{TREX_RGB_GILLAM}/{name}.png",
                "metadata": {
                    "keogram_type": "daily" if day < 3 else "hourly",
                    "imaging_start_time": f"{name}T00:30:00.000000",
                    "imaging_end_time": f"{name}T13:16:00.000000",
                },
            }
        )
        rows.append(
            shared
            | {
                "data_product_type": "movie",
                "url": f"https://data.example.org/{name}.mp4",
                "metadata": {"movie_type": "real-time daily"},
            }
        )
    return rows


def distance_km(a: Record, b: Record) -> float:
    """Haversine on a sphere; for separations well below 90 degrees it is good to a millimetre."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(v) for v in (a["lat"], a["lon"], b["lat"], b["lon"]))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


def geocentric(place: Record) -> Record:
    """The direction from the Earth's centre of a place on the ellipsoid."""
    lat = math.degrees(math.atan((1 - E2) * math.tan(math.radians(place["lat"]))))
    return {"lat": lat, "lon": place["lon"]}


def conjunctions(limit_km: float, frame: str = "geocentric") -> list[Record]:
    """Every meeting of an imager and a satellite at the northern footprint, minute by minute."""
    by_key = {(r["identifier"], r["epoch"]): r for r in ephemeris()}
    found = []
    for ground, space in product(GROUND, SPACE):
        near: list[tuple[int, float]] = []
        for minute in range(MINUTES):
            here, there = by_key.get((ground, stamp(minute))), by_key[space, stamp(minute)]
            if here is None or there["nbtrace"]["lat"] is None:
                continue
            place = here["nbtrace"]
            place = geocentric(place) if frame == "geocentric" else place
            distance = distance_km(place, there["nbtrace"])
            if distance <= limit_km:
                near.append((minute, distance))
        found += [summary(ground, space, run) for run in runs(near)]
    return sorted(found, key=lambda row: (row["start"], row["sources"]))


def runs(near: list[tuple[int, float]]) -> Iterator[list[tuple[int, float]]]:
    """Split into stretches of consecutive minutes."""
    run: list[tuple[int, float]] = []
    for minute, distance in near:
        if run and minute != run[-1][0] + 1:
            yield run
            run = []
        run.append((minute, distance))
    if run:
        yield run


def summary(ground: int, space: int, run: list[tuple[int, float]]) -> Record:
    closest = min(run, key=lambda item: item[1])
    farthest = max(run, key=lambda item: item[1])
    return {
        "sources": (ground, space),
        "start": stamp(run[0][0]),
        "end": stamp(run[-1][0]),
        "min_distance": closest[1],
        "max_distance": farthest[1],
        "closest_epoch": stamp(closest[0]),
        "farthest_epoch": stamp(farthest[0]),
    }
