from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.archive import Archive
from core.archive.ephemeris import EphemerisTable
from core.geo.sphere import unit_vectors
from core.grids.moment_tracks import GEO, NORTH, SOUTH, Tracks, great_circle, tracks
from core.settings import Settings
from tests.unit.grids import moment_world as sky

IDS = [sky.POLAR, sky.GAPPY, sky.SILENT, sky.LEVEL]
COLUMN = {GEO: (0, 1), NORTH: (2, 3), SOUTH: (4, 5)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    settings = Settings(archive=tmp_path_factory.mktemp("tracks") / "archive")
    with sky.world(settings) as made:
        yield made


def slerp(a: tuple[float, float], b: tuple[float, float], part: float) -> tuple[float, float]:
    """Shoemake's formula in plain Python: latitude and longitude a share of the way."""
    (x1, y1, z1), (x2, y2, z2) = (
        (
            math.cos(math.radians(lat)) * math.cos(math.radians(lon)),
            math.cos(math.radians(lat)) * math.sin(math.radians(lon)),
            math.sin(math.radians(lat)),
        )
        for lat, lon in (a, b)
    )
    angle = 2 * math.asin(min(1.0, math.dist((x1, y1, z1), (x2, y2, z2)) / 2))
    if angle < 1e-12:
        return a
    wa, wb = (math.sin(share * angle) / math.sin(angle) for share in (1 - part, part))
    x, y, z = wa * x1 + wb * x2, wa * y1 + wb * y2, wa * z1 + wb * z2
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (a, b))
    root = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.2 * math.asin(math.sqrt(min(1.0, root)))


def place(row: sky.Row | None, kind: int) -> tuple[float, float] | None:
    if row is None:
        return None
    lat, lon = (row[column] for column in COLUMN[kind])
    return None if lat is None or lon is None else (lat, lon)


def joined(records: dict[int, sky.Row], minute: int, kind: int) -> bool:
    """Say by hand whether the way from a minute to the next is known."""
    rows = records.get(minute), records.get(minute + 1)
    a, b = (place(row, kind) for row in rows)
    if a is None or b is None or kilometres(a, b) >= 1000.0:
        return False
    if kind == GEO:
        return True
    (own_a, _), (own_b, _) = a, b
    geo_a, geo_b = (place(row, GEO) for row in rows)
    assert geo_a is not None
    assert geo_b is not None
    return (own_a >= 0) == (own_b >= 0) and (geo_a[0] >= 0) == (geo_b[0] >= 0)


def test_whole_minutes_are_the_records_to_the_last_bit(archive: Archive) -> None:
    for minute in (-75, -1, 0, 30, 45, 60, 75, 85, 95, 120, sky.LAST):
        found = tracks(archive, IDS, sky.time_of(minute), 45)
        assert found.minutes.tolist() == list(range(-45, 1))
        for row, source in enumerate(IDS):
            records = sky.rows(source) if source in sky.TRACKS else {}
            assert found.present[row] == (minute in records)
            for kind in (GEO, NORTH, SOUTH):
                for point, offset in enumerate(range(-45, 1)):
                    expected = place(records.get(minute + offset), kind) or (math.nan, math.nan)
                    got = found.lat_deg[kind, row, point], found.lon_deg[kind, row, point]
                    np.testing.assert_array_equal(got, expected)


def test_the_way_is_cut_as_by_hand(archive: Archive) -> None:
    cut = 0
    for minute in (0, 45, 75, 110, 150):
        found = tracks(archive, IDS, sky.time_of(minute), 90)
        for row, source in enumerate(IDS):
            records = sky.rows(source) if source in sky.TRACKS else {}
            for kind in (GEO, NORTH, SOUTH):
                by_hand = [joined(records, minute + k, kind) for k in range(-90, 0)]
                assert found.linked[kind, row].tolist() == by_hand
                cut += by_hand.count(False)
    assert cut > 0


@pytest.mark.parametrize("part", [0.05, 0.5, 1 / 3, 0.999])
def test_between_minutes_on_the_great_circle(archive: Archive, part: float) -> None:
    known = 0
    for minute in (*range(-3, 3), 12, 39, 44, 49, 69, 79, 84, 89, 95, 105, 155):
        found = tracks(archive, IDS, sky.time_of(minute + part), 10)
        time = sky.time_of(minute + part)
        exact = float((time - sky.time_of(minute)) / np.timedelta64(1, "m"))
        for row, source in enumerate(IDS):
            records = sky.rows(source) if source in sky.TRACKS else {}
            assert found.present[row] == (minute in records and minute + 1 in records)
            for kind in (GEO, NORTH, SOUTH):
                got = found.lat_deg[kind, row, -1], found.lon_deg[kind, row, -1]
                if not joined(records, minute, kind):
                    assert all(map(math.isnan, got))
                    continue
                a, b = place(records[minute], kind), place(records[minute + 1], kind)
                assert a is not None
                assert b is not None
                # A millimetre: rounding in two different formulas.
                assert kilometres(got, slerp(a, b, exact)) < 1e-6
                known += 1
    assert known > 50


def test_points_between_minutes_are_records_and_the_time_itself(archive: Archive) -> None:
    found = tracks(archive, [sky.POLAR], sky.time_of(0.25), 3)
    assert found.minutes.tolist() == [-2.25, -1.25, -0.25, 0.0]
    assert found.lat_deg[GEO, 0, :3].tolist() == [sky.polar(m)[0] for m in (-2, -1, 0)]
    # Linear in the distance from the Earth's centre.
    assert found.radius_km[0, -1] == pytest.approx(6850.025, abs=1e-9)


def test_a_trail_of_no_minutes_is_no_line(archive: Archive) -> None:
    whole, between = (tracks(archive, IDS, sky.time_of(m), 0) for m in (20, 20.5))
    assert whole.linked.shape[2] == 0
    assert not between.linked.any()
    assert np.isfinite(between.lat_deg[GEO, 0, -1])


def test_over_the_pole_and_over_the_date_line(archive: Archive) -> None:
    over = tracks(archive, [sky.LEVEL], sky.time_of(14.75), 2)  # 1.5 degrees before the pole
    assert over.lat_deg[GEO, 0, -1] == pytest.approx(88.5, abs=1e-9)
    assert over.lon_deg[GEO, 0, -1] == pytest.approx(120.0, abs=1e-6)
    behind = tracks(archive, [sky.LEVEL], sky.time_of(15.25), 2)
    assert behind.lon_deg[GEO, 0, -1] == pytest.approx(-60.0, abs=1e-6)
    line = tracks(archive, [sky.GAPPY], sky.time_of(9.5), 2)
    # 0.0001 degrees: it climbs a little, so that half of the way is not half of the longitude.
    assert abs(line.lon_deg[GEO, 0, -1]) == pytest.approx(179.95, abs=1e-4)
    assert line.linked[GEO, 0].all()


def test_days_are_read_once_and_read_again_when_they_change(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    read = EphemerisTable.read

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal reads
        reads += 1
        return read(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(EphemerisTable, "read", counted)
    with sky.world(settings) as archive:

        def lat(minute: float) -> Tracks:
            return tracks(archive, IDS, sky.time_of(minute), 45)

        for minute in (60, 61, 61.5, 119):
            lat(minute)
        assert reads == 1
        lat(10)  # its trail begins on the day before
        assert reads == 2
        moved = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7000.0)
        archive.ephemeris.upsert(sky.table(sky.POLAR, {60: moved}))
        assert lat(60).lat_deg[GEO, 0, -1] == 1.0
        archive.ephemeris.upsert(sky.table(sky.GILLAM, {60: (56.0, -94.0)}))
        before = reads
        lat(60)  # somebody else's records
        assert reads == before


angles = st.tuples(st.floats(-89.9, 89.9), st.floats(-180, 180))


@given(angles, angles, st.floats(0, 1))
def test_great_circle_is_slerp(a: tuple[float, float], b: tuple[float, float], part: float) -> None:
    if kilometres(a, b) > 15_000:  # near the opposite point the way is not defined
        return
    u, v = unit_vectors(*a), unit_vectors(*b)
    x, y, z = great_circle(u, v, part)
    got = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
    # A centimetre: the formula in the test divides by a sine of the angle.
    assert kilometres(got, slerp(a, b, part)) < 1e-5
    assert math.hypot(x, y, z) == pytest.approx(1.0, abs=1e-12)
