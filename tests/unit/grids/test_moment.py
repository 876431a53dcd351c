from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import aacgmv2
import numpy as np
import pymap3d
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time
from astropy.utils import iers

from core.archive import Archive
from core.errors import BadInput
from core.geo.field_of_view import ring
from core.grids.moment import Moment, SiteState, moment
from core.grids.moment_document import moment_document
from core.grids.moment_fleet import SpacecraftPlace
from core.settings import Settings
from tests.unit.grids import moment_world as sky

iers.conf.auto_download = False
EARTH_KM = 6371.2
TIMES = [np.datetime64(text, "us") for text in ("2008-01-15T06:00", "2019-06-21T17:30:20")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    settings = Settings(archive=tmp_path_factory.mktemp("moment") / "archive")
    with sky.world(settings) as made:
        yield made


def site(found: Moment, source: int) -> SiteState:
    return next(site for site in found.sites if site.source.identifier == source)


def craft(found: Moment, source: int) -> SpacecraftPlace:
    return next(one for one in found.spacecraft if one.source.identifier == source)


def document(archive: Archive, time: np.datetime64, **wishes: Any) -> dict[str, Any]:
    """Return the document as a browser gets it."""
    made = moment_document(moment(archive, time, **wishes))
    return json.loads(json.dumps(made, allow_nan=False))


@pytest.mark.parametrize("minute", [-30, 0, 39, 60, 72, 85, 95, 150])
def test_positions_are_those_of_the_records(archive: Archive, minute: int) -> None:
    found = moment(archive, sky.time_of(minute), latitudes="delivered")
    for source in (sky.POLAR, sky.GAPPY, sky.LEVEL):
        row = sky.rows(source)[minute]
        one = craft(found, source)
        ways = (one.position, one.north, one.south)
        assert [(way.lat_deg, way.lon_deg) for way in ways] == [row[0:2], row[2:4], row[4:6]]
        record = archive.ephemeris.read([source], *[sky.MIDNIGHT + (minute * sky.MINUTE)] * 2)
        assert record["geo_lat_deg"].to_pylist() == [one.position.lat_deg]


@pytest.mark.parametrize("minute", [-30, 7, 60, 61.5])
def test_latitudes_become_geodetic_as_pymap3d_has_it(archive: Archive, minute: float) -> None:
    delivered = craft(moment(archive, sky.time_of(minute), latitudes="delivered"), sky.POLAR)
    level = craft(moment(archive, sky.time_of(minute)), sky.POLAR)
    radius = (6850.0 + minute / 10, EARTH_KM + 100.0, EARTH_KM + 100.0)
    for name, far in zip(("position", "north", "south"), radius, strict=True):
        before, after = getattr(delivered, name), getattr(level, name)
        lat, lon = math.radians(before.lat_deg), math.radians(before.lon_deg)
        x, y, z = (
            1000 * far * value
            for value in (
                math.cos(lat) * math.cos(lon),
                math.cos(lat) * math.sin(lon),
                math.sin(lat),
            )
        )
        their_lat, _, their_alt = pymap3d.ecef2geodetic(x, y, z)
        # A millimetre on the ground and a metre of height: their closed formula is that good.
        assert after.lat_deg == pytest.approx(float(their_lat), abs=1e-8)
        assert after.lon_deg == before.lon_deg
        if name == "position":
            assert level.alt_km == pytest.approx(float(their_alt) / 1000, abs=1e-3)
        assert [len(part.minutes) for part in after.trail] == [
            len(part.minutes) for part in before.trail
        ]
    # 0.19 degrees are 21 km: it matters.
    assert 0.01 < abs(level.north.lat_deg - delivered.north.lat_deg) < 0.2


def test_records_with_geodetic_latitudes_stay_as_they_are(archive: Archive) -> None:
    one = craft(moment(archive, sky.time_of(7)), sky.LEVEL)
    assert (one.position.lat_deg, one.position.lon_deg) == (42.0, 120.0)
    assert one.alt_km is None
    assert (one.north.lat_deg, one.north.trail) == (None, ())
    pole = craft(moment(archive, sky.time_of(15)), sky.LEVEL)
    assert pole.position.lat_deg == 90.0


def test_who_has_no_records_is_left_out_and_counted(archive: Archive) -> None:
    full, gap = moment(archive, sky.time_of(39)), moment(archive, sky.time_of(44))
    assert [one.source.identifier for one in full.spacecraft] == [3, 29, sky.LEVEL]
    assert [one.source.identifier for one in gap.spacecraft] == [3, sky.LEVEL]
    assert (full.spacecraft_known, full.spacecraft_in_lifetime) == (4, 4)
    # Between the last record and the gap nothing is known.
    edge = moment(archive, sky.time_of(39.5))
    assert [one.source.identifier for one in edge.spacecraft] == [3, sky.LEVEL]
    early = moment(archive, np.datetime64("2005-01-01T00:00"))
    assert (len(early.spacecraft), early.spacecraft_known) == (0, 4)
    assert early.spacecraft_in_lifetime == 1  # Level declares no life; Swarm had not flown


def test_trails_end_at_gaps_jumps_the_equator_and_open_lines(archive: Archive) -> None:
    one = craft(moment(archive, sky.time_of(105), trail_min=110), sky.GAPPY)
    edges = lambda way: [(part.minutes[0] + 105, part.minutes[-1] + 105) for part in way.trail]  # noqa: E731
    assert edges(one.position) == [(-5, 39), (50, 105)]
    assert edges(one.north) == [(-5, 39), (50, 69), (70, 89), (100, 105)]
    assert edges(one.south) == [(-5, 39), (50, 79), (80, 89), (100, 105)]
    open_line = craft(moment(archive, sky.time_of(95)), sky.GAPPY)
    assert (open_line.north.lat_deg, open_line.south.lon_deg) == (None, None)
    assert open_line.position.lat_deg is not None


def test_spacecraft_fly_over_the_equator_unbroken(archive: Archive) -> None:
    one = craft(moment(archive, sky.time_of(110), trail_min=100), sky.POLAR)
    (whole,) = one.position.trail
    assert whole.lat_deg.min() < -80 < 80 < whole.lat_deg.max()
    assert len(one.north.trail) > 1


def test_an_imager_without_a_record_is_listed_as_not_operating(archive: Archive) -> None:
    on, off = moment(archive, sky.time_of(10)), moment(archive, sky.time_of(20))
    assert {s.source.identifier for s in on.sites} == {s.source.identifier for s in off.sites} == {
        sky.GILLAM, sky.REGO_GILLAM, sky.SPECTROGRAPH, sky.PLACELESS, sky.LOST,
    }  # fmt: skip
    assert (site(on, sky.GILLAM).operating, site(on, sky.GILLAM).provenance) == (True, "ingested")
    assert (site(off, sky.GILLAM).operating, site(off, sky.GILLAM).provenance) == (False, None)
    assert site(moment(archive, sky.time_of(19.99)), sky.GILLAM).operating
    assert (on.provenance, off.provenance) == ("mixed", "uploaded")
    assert moment(archive, np.datetime64("2010-01-01")).provenance == "none"
    # A life that ended, and one that began later.
    assert not site(on, sky.LOST).in_lifetime
    early = moment(archive, np.datetime64("2012-01-01"))
    assert not site(early, sky.REGO_GILLAM).in_lifetime
    assert site(early, sky.GILLAM).in_lifetime


def test_fields_of_view_are_rings_at_the_altitude_of_the_light(archive: Archive) -> None:
    found = moment(archive, sky.time_of(0), alt_km=300.0)
    for source, alt_km in ((sky.GILLAM, 110.0), (sky.REGO_GILLAM, 230.0)):
        one = site(found, source)
        assert one.place is not None
        assert one.fov is not None
        assert one.fov_alt_km == alt_km
        place = (one.place.lat_deg, one.place.lon_deg, one.place.alt_m)
        np.testing.assert_array_equal(one.fov, ring(*place, alt_km, 10.0, 73))
        lat, lon = one.fov
        _, elevation, _ = pymap3d.geodetic2aer(
            lat, lon, alt_km * 1000, place[0], place[1], place[2]
        )
        # 0.001 degrees: both look along straight lines on WGS84.
        np.testing.assert_allclose(elevation, 10.0, atol=1e-3)
    assert site(found, sky.SPECTROGRAPH).fov is None
    assert site(found, sky.SPECTROGRAPH).place is not None


def test_places_that_only_records_tell(archive: Archive) -> None:
    for minute in (0, 100):  # operating, and hours later on the same day
        one = site(moment(archive, sky.time_of(minute)), sky.PLACELESS)
        assert one.place is not None
        assert (one.place.lat_deg, one.place.lon_deg) == (70.0, 179.9)
        assert one.fov is not None
        assert one.fov[1].min() < -170 < 170 < one.fov[1].max()
    for one in (
        site(moment(archive, sky.time_of(-100)), sky.PLACELESS),
        site(moment(archive, sky.time_of(0)), sky.LOST),
    ):
        assert (one.place, one.fov) == (None, None)


@pytest.mark.parametrize("time", TIMES)
def test_astropy_sees_the_sun_on_the_horizon_of_the_terminator(
    archive: Archive, time: np.datetime64
) -> None:
    made = document(archive, time)
    ground, high = made["terminators"]
    assert (ground["alt_km"], high["alt_km"]) == (0.0, 110.0)
    moment_ = Time(time, scale="utc")
    lat, lon = np.array(ground["latlon"]).reshape(-1, 2).T
    places = EarthLocation.from_geodetic(lon * units.deg, lat * units.deg)
    seen = get_sun(moment_).transform_to(AltAz(obstime=moment_, location=places)).alt.deg
    # 0.02 degrees: 0.01 of the Sun's direction, 0.007 of two coordinates rounded to 0.01.
    np.testing.assert_allclose(seen, 0.0, atol=0.02)
    assert ground["latlon"][:2] == ground["latlon"][-2:]
    zenith = EarthLocation.from_geodetic(made["sun"]["lon"], made["sun"]["lat"])
    over = get_sun(moment_).transform_to(AltAz(obstime=moment_, location=zenith)).alt.deg
    assert over > 89.98


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("alt_km", [110.0, 230.0])
def test_light_grazes_the_ground_on_its_way_to_the_high_terminator(
    archive: Archive, time: np.datetime64, alt_km: float
) -> None:
    line = document(archive, time, alt_km=alt_km)["terminators"][1]["latlon"]
    lat, lon = np.array(line).reshape(-1, 2).T
    place = EarthLocation.from_geodetic(lon * units.deg, lat * units.deg, alt_km * units.km)
    sun = get_sun(Time(time, scale="utc")).itrs.cartesian
    along = (sun / sun.norm()).xyz.value
    steps_m = np.linspace(0.0, 4e6, 4001)
    for x, y, z in zip(*(axis.to_value("m") for axis in place.geocentric), strict=True):
        _, _, height = pymap3d.ecef2geodetic(
            x + steps_m * along[0], y + steps_m * along[1], z + steps_m * along[2]
        )
        # 0.7 km: 0.02 degrees, as on the ground, at the 1,200 to 1,700 km to where it grazes.
        assert abs(height.min()) < 700.0


def test_magnetic_lines_are_where_aacgmv2_has_them(archive: Archive) -> None:
    made = document(archive, sky.time_of(0), alt_km=150.0)["magnetic"]
    assert made["alt_km"] == 150.0
    assert [line["mlat"] for line in made["lines"]] == [60, 70, 80, -60, -70, -80]
    when = sky.MIDNIGHT.replace(tzinfo=None)
    for line in made["lines"]:
        lat, lon = np.array(line["latlon"]).reshape(-1, 2).T
        mlat, _, _ = aacgmv2.convert_latlon_arr(lat, lon, 150.0, when, method_code="G2A")
        # 0.1 degrees: there and back, AACGM's two series of harmonics do not meet exactly.
        np.testing.assert_allclose(mlat, line["mlat"], atol=0.1)
    north = made["poles"]["north"]
    # The pole of 2020 in AACGM, near 84 N in northern Canada (Shepherd 2014, figure 2).
    assert north["lat"] == pytest.approx(84.0, abs=1.5)
    assert -95 < north["lon"] < -75
    assert document(archive, np.datetime64("2035-01-01"))["magnetic"] is None


def test_document_has_degrees_to_a_hundredth(archive: Archive) -> None:
    made = document(archive, sky.time_of(105.5), trail_min=60)
    assert made["time"] == "2020-01-01T01:45:30Z"
    assert made["imagers"] == {"operating": 0, "in_lifetime": 4, "of": 5}
    assert made["fleet"] == {"shown": 3, "in_lifetime": 4, "of": 4}
    for one in made["spacecraft"]:
        for way in (one, one["north"], one["south"]):
            for part in way["trail"]:
                assert len(part["latlon"]) == 2 * len(part["minutes"])
                assert part["minutes"] == sorted(part["minutes"])
                lons = part["latlon"][1::2]
                assert all(-180 <= lon <= 180 for lon in lons)
                assert all(value == round(value, 2) for value in part["latlon"])
        last = one["trail"][-1]
        assert (last["minutes"][-1], last["latlon"][-2:]) == (0, [one["lat"], one["lon"]])
        heights = [len(part["alt_km"]) == len(part["minutes"]) for part in one["trail"]]
        assert all(heights)
    unknown = next(one for one in made["spacecraft"] if one["id"] == sky.GAPPY)
    assert unknown["alt_km"] is None
    assert set(unknown["trail"][0]["alt_km"]) == {None}


def test_rings_may_be_left_out(archive: Archive) -> None:
    made = moment_document(moment(archive, sky.time_of(0)), fov=False)
    assert {one["fov"] for one in made["sites"]} == {None}
    with_rings = document(archive, sky.time_of(0))
    assert sum(one["fov"] is not None for one in with_rings["sites"]) == 3


def test_an_archive_without_anything(settings: Settings) -> None:
    with Archive.create(settings) as empty:
        made = document(empty, sky.time_of(0.5))
    assert (made["sites"], made["spacecraft"], made["provenance"]) == ([], [], "none")
    assert made["fleet"] == {"shown": 0, "in_lifetime": 0, "of": 0}
    assert len(made["terminators"]) == 2


@pytest.mark.parametrize(
    ("time", "wishes", "field"),
    [
        ("2020-01-01", {"alt_km": -1.0}, "alt_km"),
        ("2020-01-01", {"alt_km": math.nan}, "alt_km"),
        ("2020-01-01", {"alt_km": 2000.5}, "alt_km"),
        ("2020-01-01", {"trail_min": 181}, "trail_min"),
        ("2020-01-01", {"trail_min": -1}, "trail_min"),
        ("2020-01-01", {"latitudes": "magnetic"}, "latitudes"),
        ("1949-12-31T23:59", {}, "time"),
        ("2101-01-01", {}, "time"),
        ("NaT", {}, "time"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(
    archive: Archive, time: str, wishes: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        moment(archive, np.datetime64(time), **wishes)
    assert caught.value.details["field"] == field
