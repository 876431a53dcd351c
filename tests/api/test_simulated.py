"""The embedded archive through PyAuroraX: what it finds is recomputed from what it delivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import flask
import pytest
from pyaurorax import PyAuroraX
from pyaurorax.search import Conjunction, EphemerisData, GroundCriteriaBlock, SpaceCriteriaBlock

import api
from core.observatory import Observatory
from core.settings import Settings
from core.simulation.build import build_archive
from tests.api import sky
from tests.servers import answering

START, END = datetime(2019, 1, 1), datetime(2019, 1, 1, 23, 59, 59)  # noqa: DTZ001 - the client's
LIMIT_KM = 500
Minute = tuple[int, int, datetime]
SOURCES = (*sky.GROUND, *sky.SPACE)


@pytest.fixture(scope="module")
def aurorax(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PyAuroraX]:
    """PyAuroraX before a server over one simulated day of two imagers and three satellites."""
    settings = Settings(archive=tmp_path_factory.mktemp("simulated") / "archive")
    build_archive(settings, days=[date(2019, 1, 1)], sources=SOURCES, processes=1)
    with Observatory(settings) as observatory:
        server = flask.Flask("simulated", static_folder=None)
        api.register(server, observatory)
        folder = tmp_path_factory.mktemp("pyaurorax")
        with answering(server) as url:
            yield PyAuroraX(api_base_url=url, download_output_root_path=str(folder))


def minutes_of(records: list[EphemerisData], identifier: int) -> dict[datetime, Any]:
    return {r.epoch: r for r in records if r.data_source.identifier == identifier}


def minutes_in(found: Conjunction) -> list[Minute]:
    ground, space = (source.identifier for source in found.data_sources)
    count = round((found.end - found.start).total_seconds() / 60) + 1
    return [(ground, space, found.start + timedelta(minutes=n)) for n in range(count)]


def brute_force(records: list[EphemerisData]) -> dict[Minute, float]:
    """Distances in km at the minutes in which imager and satellite are near each other."""
    near = {}
    for ground in sky.GROUND:
        for space in sky.SPACE:
            passes = minutes_of(records, space)
            for epoch, here in minutes_of(records, ground).items():
                there = passes.get(epoch)
                if there is None or there.nbtrace.lat is None or there.location_geo.lat < 0:
                    continue
                place = sky.geocentric({"lat": here.nbtrace.lat, "lon": here.nbtrace.lon})
                foot = {"lat": there.nbtrace.lat, "lon": there.nbtrace.lon}
                distance = sky.distance_km(place, foot)
                if distance <= LIMIT_KM:
                    near[ground, space, epoch] = distance
    return near


def test_conjunctions_follow_from_the_delivered_records(aurorax: PyAuroraX) -> None:
    records = aurorax.search.ephemeris.search(START, END, programs=["swarm", "themis-asi"]).data
    assert {r.data_source.identifier for r in records} == set(SOURCES)
    found = aurorax.search.conjunctions.search(
        START,
        END,
        LIMIT_KM,
        ground=[GroundCriteriaBlock(programs=["themis-asi"])],
        space=[SpaceCriteriaBlock(programs=["swarm"], hemisphere=["northern"])],
        conjunction_types=["nbtrace"],
    ).data
    near = brute_force(records)
    assert len(near) > 0
    assert sorted(row for c in found for row in minutes_in(c)) == sorted(near)
    for c in found:
        distances = [near[row] for row in minutes_in(c)]
        assert c.min_distance == pytest.approx(min(distances), abs=1e-6)
        assert c.max_distance == pytest.approx(max(distances), abs=1e-6)


def test_records_have_the_fields_of_their_schema(aurorax: PyAuroraX) -> None:
    for identifier in SOURCES:
        source = aurorax.search.sources.get_using_identifier(identifier)
        schema: Any = aurorax.search.metadata.get_ephemeris_schema(identifier)
        names = {"programs": [source.program], "platforms": [source.platform]}
        search: Any = aurorax.search.ephemeris.search(
            START.replace(hour=6), START.replace(hour=7), **names
        )
        records = search.data
        assert records
        fields = {field["field_name"] for field in schema}
        assert all(record.metadata.keys() <= fields for record in records)
