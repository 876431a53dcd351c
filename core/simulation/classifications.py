"""What classifiers would say of THEMIS-ASI images, minute by minute: what is in the sky.

OATH (Clausen and Nickisch 2018, doi 10.1029/2018JA025274) looks at one image a minute. The two
Calgary models, clouds and amorphous pulsating aurora (APA; Grono and Donovan 2018, Ann. Geophys.
36, 891), look at segments of ten minutes: class and confidence are constant over a segment.
Both see the simulated sky, sampled within 300 km of the zenith, behind the simulated clouds and
beside the Moon; what is near a limit between classes, they get wrong now and then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geo.sun import sun_elevation_deg
from core.instruments.array import Site
from core.instruments.schemas import APA_CLASSES, CLOUD_CLASSES, OATH_CLASSES
from core.simulation.aurora.features import Features, features
from core.simulation.clouds import CLOUDY, cloud_level
from core.simulation.moon import moonlight
from core.simulation.seeds import FloatArray, day_number, generator
from core.simulation.tables import named

TimeArray = NDArray[np.datetime64]
Codes = NDArray[np.int8]
Columns = dict[str, pa.Array | NDArray[np.generic]]

FAINT_R = 900.0
"""Aurora that is nowhere brighter than this is not noticed, nor is more by moonlight."""

_MOON_R = 2500.0
_MOONLIT = 0.12
_ARC_R = 2000.0
_DISCRETE_R = 2000.0
_CLOUD_BLUR = 0.06
_SEGMENT_MIN = 10
_SEGMENTS = 144
_MINUTE = np.timedelta64(1, "m")
_DARK_DEG = -11.9
_UNCLASSIFIED = 0.015


@dataclass(frozen=True, slots=True)
class SkyState:
    """What is over a site in every minute of a UT day; arrays of shape (1440,).

    `cloud` is above 0 where it is cloudy, `moon` the light of the Moon from 0 to 1.
    """

    cloud: FloatArray
    moon: FloatArray
    aurora: Features


def sky_state(site: Site, day: np.datetime64, seed: int) -> SkyState:
    """Return the state of the sky over a site; no aurora is looked for in daylight."""
    minutes = day.astype("datetime64[us]") + np.arange(1440) * _MINUTE
    dark = np.flatnonzero(sun_elevation_deg(site.lat_deg, site.lon_deg, minutes) < _DARK_DEG)
    columns = np.zeros((6, minutes.size))
    if dark.size:
        seen = features(site, minutes[dark], seed)
        columns[:, dark] = [getattr(seen, name) for name in Features.__slots__]
    return SkyState(
        cloud=cloud_level(site.lat_deg, site.lon_deg, minutes, seed) - CLOUDY,
        moon=_moonlight(site, minutes),
        aurora=Features(*columns),
    )


def _moonlight(site: Site, minutes: TimeArray) -> FloatArray:
    """Return the light of the Moon, from values 20 minutes apart: within 0.01."""
    nodes = np.arange(0, 1441, 20)
    light = moonlight(site.lat_deg, site.lon_deg, minutes[0] + nodes * _MINUTE)
    return np.interp(np.arange(minutes.size), nodes, light)


def classifications(site: Site, day: np.datetime64, seed: int) -> Columns:
    """Return the five metadata columns of a site's UT day, 1,440 values each."""
    state = sky_state(site, day, seed)
    random = generator("classes", site.identifier, day_number(day), seed=seed)
    draws = random.random((_SEGMENTS, 4))
    apa_code, apa_confidence = _apa(state, draws)
    cloud_code, cloud_confidence = _cloud(state, draws)
    oath = _oath(state, random.standard_normal((3, 1440)), random.random(1440))
    spread = np.repeat(np.arange(_SEGMENTS), _SEGMENT_MIN)
    return {
        "md_string_clausen_ml_oath": named(oath, OATH_CLASSES),
        "md_string_calgary_apa_ml_v1": named(apa_code[spread], APA_CLASSES),
        "md_double_calgary_apa_ml_v1_confidence": apa_confidence[spread],
        "md_string_calgary_cloud_ml_v1": named(cloud_code[spread], CLOUD_CLASSES),
        "md_double_calgary_cloud_ml_v1_confidence": cloud_confidence[spread],
    }


def _confidence(margin: FloatArray, draw: FloatArray) -> FloatArray:
    """Return 50 to 100 per cent: the farther from the decision, the surer."""
    sure = 1.0 / (1.0 + np.exp(-np.minimum(np.abs(margin) * (0.8 + 0.4 * draw), 50.0)))
    return np.asarray(np.round(100.0 * sure, 2))


def _with_gaps(code: Codes, confidence: FloatArray, draw: FloatArray) -> tuple[Codes, FloatArray]:
    """Leave a few segments unclassified (the last class), with confidence 0."""
    gap = draw < _UNCLASSIFIED
    return np.where(gap, 2, code).astype(np.int8), np.where(gap, 0.0, confidence)


def _segments(minutes: FloatArray) -> FloatArray:
    """Return the means of segments."""
    return np.asarray(minutes.reshape(_SEGMENTS, _SEGMENT_MIN).mean(axis=1))


def apa_level(state: SkyState) -> FloatArray:
    """Return how much amorphous pulsating aurora is in view of each segment: above 0 is APA.

    It is where patches are brighter than the rest, and without lasting shapes.
    """
    seen = state.aurora
    pulsating = _segments(seen.pulsating_r)
    rest = _segments(0.8 * seen.diffuse_r + 0.4 * seen.arc_r + 0.4 * seen.discrete_r)
    bright = np.log((pulsating + 20.0) / (rest + 250.0))
    level = np.minimum(bright, 4.0 * (_segments(seen.amorphous) - 0.5))
    return np.asarray(np.maximum(level, -4.0))


def _apa(state: SkyState, draws: FloatArray) -> tuple[Codes, FloatArray]:
    level = apa_level(state)
    clear = np.where(_segments(state.cloud) < 0.0, level, -np.abs(level) - 0.2)
    code = np.where(clear > 0, 0, 1).astype(np.int8)
    return _with_gaps(code, _confidence(3.0 * clear, draws[:, 0]), draws[:, 1])


def _cloud(state: SkyState, draws: FloatArray) -> tuple[Codes, FloatArray]:
    margin = _segments(state.cloud)
    code = np.where(margin > 0, 0, 1).astype(np.int8)
    return _with_gaps(code, _confidence(9.0 * margin, draws[:, 2]), draws[:, 3])


def _oath(state: SkyState, blur: FloatArray, gap: FloatArray) -> Codes:
    """Return the class of every minute; `blur` (standard normals) moves it across near limits."""
    seen = state.aurora
    limit = (FAINT_R + _MOON_R * state.moon) * np.exp(0.08 * blur[0])
    strong = np.exp(0.1 * blur[1])
    discrete = (seen.discrete_r * strong > _DISCRETE_R) & (seen.discrete_r > 0.5 * seen.arc_r)
    arc = (seen.arc_r * strong > _ARC_R) & (seen.arc_r > 1.3 * seen.diffuse_r)
    code = np.select(
        [
            state.cloud + _CLOUD_BLUR * blur[2] > 0.0,
            (seen.total_r < limit) & (state.moon > _MOONLIT),
            seen.total_r < limit,
            discrete,
            arc,
        ],
        [_code(name) for name in ("cloudy", "moon", "no aurora", "discrete", "arc")],
        _code("diffuse"),
    )
    return np.where(gap < _UNCLASSIFIED, len(OATH_CLASSES) - 1, code).astype(np.int8)


def _code(name: str) -> int:
    return OATH_CLASSES.index(f"classified as {name}")
