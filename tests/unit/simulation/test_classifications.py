"""Classes agree with the sky: rendered here anew, point by point, and looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from core.geo.magnetic import to_magnetic
from core.geo.sun import sun_elevation_deg
from core.instruments.array import Site
from core.instruments.registry import arrays
from core.simulation.aurora import Aurora
from core.simulation.classifications import FAINT_R, classifications
from core.simulation.clouds import CLOUDY, cloud_level
from core.simulation.moon import moonlight
from core.simulation.seeds import SEED

AURORA = Aurora(SEED)
ARRAY = next(array for array in arrays() if array.key == "themis_asi")
MINUTE = np.timedelta64(1, "m")
STEP_KM = 10.0


@dataclass(frozen=True)
class Moment:
    """One classified minute in the dark."""

    site: Site
    time: np.datetime64
    oath: str
    apa: str
    apa_confidence: float
    cloud: str
    cloudiness: float
    moon: float


def _moments() -> list[Moment]:
    """Return every seventh dark minute of some sites and days."""
    found = []
    for code, first in (("gill", 0), ("fsmi", 3), ("snkq", 6), ("fykn", 9)):
        site = ARRAY.sites[code]
        for k in range(first, first + 24, 3):
            day = np.datetime64("2008-01-01") + np.timedelta64(k, "D")
            minutes = day.astype("datetime64[us]") + np.arange(1440) * MINUTE
            columns = classifications(site, day, SEED)
            oath, apa, _, cloud, _ = (
                c.to_pylist() if hasattr(c, "to_pylist") else c for c in columns.values()
            )
            confidence = columns["md_double_calgary_apa_ml_v1_confidence"]
            cloudiness = cloud_level(site.lat_deg, site.lon_deg, minutes, SEED) - CLOUDY
            light = moonlight(site.lat_deg, site.lon_deg, minutes)
            dark = sun_elevation_deg(site.lat_deg, site.lon_deg, minutes) < -12.0
            found += [
                Moment(
                    site, minutes[n], oath[n], apa[n], float(confidence[n]), cloud[n],
                    float(cloudiness[n]), float(light[n]),
                )
                for n in np.flatnonzero(dark)[::7]
            ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def moments() -> list[Moment]:
    found = _moments()
    assert len(found) > 2000
    return found


def picture(
    moment: Moment, parts: tuple[str, ...] | None = None, later_s: float = 0.0
) -> NDArray[np.float64]:
    """Return the green emission over 400 km square above a site, row 0 south.

    The classifier looks 300 km along the meridian and 170 km across.
    """
    x = np.arange(-200.0, 201.0, STEP_KM)
    north, east = np.meshgrid(x, x, indexing="ij")
    lat = moment.site.lat_deg + north.ravel() / 111.2
    lon = moment.site.lon_deg + east.ravel() / (111.2 * np.cos(np.radians(lat)))
    mlat, mlon = to_magnetic(lat, lon, 110.0, moment.time)
    times = moment.time[None] + np.timedelta64(int(later_s * 1e6), "us")
    chosen = {} if parts is None else {"parts": parts}
    got = AURORA.emission_r(mlat, mlon, times, 1.0, "green", **chosen)
    return got[0].reshape(north.shape).astype(float)


def of_class(moments: list[Moment], name: str, most: int = 60) -> list[Moment]:
    found = [m for m in moments if m.oath == f"classified as {name}"]
    return found[:: max(1, len(found) // most)]


def test_cloudy_is_where_the_clouds_are(moments: list[Moment]) -> None:
    for moment in moments:
        if moment.oath == "classified as cloudy":
            assert moment.cloudiness > -0.3
        elif moment.oath != "not classified":
            assert moment.cloudiness < 0.3
        if moment.cloud == "classified as cloudy":
            assert moment.cloudiness > -0.1
        elif moment.cloud == "classified as not cloudy":
            assert moment.cloudiness < 0.1


def test_no_aurora_is_a_dark_sky(moments: list[Moment]) -> None:
    chosen = of_class(moments, "no aurora")
    assert len(chosen) > 20
    tops = np.array([picture(moment).max() for moment in chosen])
    # The classifier's samples lie 25 km apart, and its limit is blurred.
    assert np.mean(tops < 1.5 * FAINT_R) > 0.9
    assert tops.max() < 6.0 * FAINT_R


def test_moon_is_moonlight_without_bright_aurora(moments: list[Moment]) -> None:
    chosen = of_class(moments, "moon")
    assert len(chosen) > 20
    assert min(moment.moon for moment in chosen) > 0.1
    tops = np.array([picture(moment).max() for moment in chosen])
    assert np.mean(tops < 4000.0) > 0.9


def test_arcs_are_long_and_narrow(moments: list[Moment]) -> None:
    ratios, tops = [], []
    for moment in of_class(moments, "arc"):
        light = picture(moment)
        tops.append(light.max())
        labels, _ = ndimage.label(light > 0.5 * light.max())
        where = np.argwhere(labels == labels[np.unravel_index(light.argmax(), light.shape)])
        if len(where) < 4:
            continue
        spread = np.sqrt(np.linalg.eigvalsh(np.cov(where.T) + 0.08 * np.eye(2)))
        ratios.append(spread[1] / spread[0])
    assert len(ratios) > 20
    assert np.median(ratios) > 4.0
    assert np.mean(np.array(ratios) > 2.5) > 0.8
    # Some are farther away than this picture reaches.
    assert np.percentile(tops, 10) > 1500.0


def test_discrete_is_what_substorms_light(moments: list[Moment]) -> None:
    chosen = of_class(moments, "discrete")
    assert len(chosen) > 10
    for moment in chosen:
        storm = picture(moment, ("bulge", "streamers", "onset"))
        assert storm.max() > 1200.0


def test_diffuse_is_smooth(moments: list[Moment]) -> None:
    chosen = of_class(moments, "diffuse")
    assert len(chosen) > 20
    steady = ("arcs", "bulge", "streamers", "onset")
    assert np.mean([picture(moment, steady).max() < 3000.0 for moment in chosen]) > 0.85
    assert np.mean([picture(moment).max() > 0.8 * FAINT_R for moment in chosen]) > 0.95


def test_apa_is_where_pulsating_emission_dominates(moments: list[Moment]) -> None:
    chosen = [m for m in moments if m.apa == "classified as APA" and m.apa_confidence > 60.0]
    others = [m for m in moments if m.apa == "classified as not APA" and m.cloudiness < -0.2]
    assert len(chosen) > 10

    def pulsating(moment: Moment) -> float:
        return max(picture(moment, ("pulsating",), s).max() for s in (0.0, 5.0, 11.0, 60.0))

    bright = np.array([pulsating(moment) for moment in chosen])
    rest = np.array([np.median(picture(moment, ("diffuse", "arcs"))) for moment in chosen])
    assert np.mean(bright > rest) > 0.9
    assert np.percentile(bright, 5) > 300.0
    dim = [pulsating(moment) for moment in others[:: len(others) // 60]]
    assert np.median(dim) < 0.2 * np.median(bright)
    for moment in chosen:
        assert moment.cloudiness < 0.1


def test_apa_pulsates(moments: list[Moment]) -> None:
    chosen = [m for m in moments if m.apa == "classified as APA" and m.apa_confidence > 60.0][:12]
    for moment in chosen:
        film = np.array([picture(moment, None, s) for s in np.arange(0.0, 30.0, 3.0)])
        lit = film.max(axis=0) > 0.5 * film.max()
        assert (film.std(axis=0) / (film.mean(axis=0) + 1.0))[lit].max() > 0.3


def test_days_do_not_depend_on_each_other() -> None:
    site, day = ARRAY.sites["gill"], np.datetime64("2008-01-09")
    first = classifications(site, day, SEED)
    classifications(site, day + 1, SEED)
    again = classifications(site, day, SEED)
    for name, values in first.items():
        other = again[name]
        assert values.equals(other) if hasattr(values, "equals") else (values == other).all()


def test_light_of_the_day_is_not_aurora() -> None:
    """Summer at Gillam has no dark minute: nothing is looked for, nothing found."""
    columns = classifications(ARRAY.sites["gill"], np.datetime64("2008-06-21"), SEED)
    oath = set(columns["md_string_clausen_ml_oath"].to_pylist())
    assert not oath & {"classified as arc", "classified as discrete", "classified as diffuse"}
