"""What classifiers would say of THEMIS-ASI images, minute by minute.

OATH (Clausen and Nickisch 2018, doi 10.1029/2018JA025274) looks at one image a minute. The two
Calgary models, clouds and amorphous pulsating aurora (APA; Grono and Donovan 2018, Ann. Geophys.
36, 891), look at segments of ten minutes: class and confidence are constant over a segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geo.magnetic import mlt_h, to_magnetic
from core.instruments.array import Site
from core.instruments.schemas import APA_CLASSES, CLOUD_CLASSES, OATH_CLASSES
from core.simulation.activity import kp as kp_index
from core.simulation.clouds import CLOUDY, cloud_level
from core.simulation.moon import moonlight
from core.simulation.oval import equatorward_edge_deg, poleward_edge_deg
from core.simulation.seeds import FloatArray, day_number, generator, smooth_noise
from core.simulation.substorms import substorm_level
from core.simulation.tables import named

TimeArray = NDArray[np.datetime64]
Columns = dict[str, pa.Array | NDArray[np.generic]]

_SEGMENT_MIN = 10
_SEGMENTS = 144
_MINUTE = np.timedelta64(1, "m")
_HOUR = np.timedelta64(1, "h")
_VIEW_DEG = 4.0
_UNCLASSIFIED = 0.015


@dataclass(frozen=True, slots=True)
class SkyState:
    """What a site sees at some times of a day; arrays of one length."""

    cloud: FloatArray
    mlat_deg: float
    mlt_h: FloatArray
    kp: FloatArray
    substorm_nt: FloatArray
    moon: FloatArray
    sway: FloatArray


def sky_state(site: Site, times: TimeArray, seed: int) -> SkyState:
    """Return the state of the sky over a site at sorted times of one UT day."""
    noon = times[0].astype("datetime64[D]").astype("datetime64[s]") + 12 * _HOUR
    mlat, mlon = to_magnetic(site.lat_deg, site.lon_deg, 110.0, noon)
    hours = times.astype("datetime64[us]").astype(np.int64) / 3.6e9
    return SkyState(
        cloud=cloud_level(site.lat_deg, site.lon_deg, times, seed),
        mlat_deg=float(mlat),
        mlt_h=mlt_h(mlon, times),
        kp=kp_index(times, seed=seed),
        substorm_nt=substorm_level(times, seed=seed),
        moon=moonlight(site.lat_deg, site.lon_deg, times),
        sway=smooth_noise("sway", hours, 0.7, site.identifier, seed=seed),
    )


def classifications(site: Site, day: np.datetime64, seed: int) -> Columns:
    """Return the five metadata columns of a site's UT day, 1,440 values each."""
    start = day.astype("datetime64[us]")
    middles = start + (np.arange(_SEGMENTS) * _SEGMENT_MIN + _SEGMENT_MIN // 2) * _MINUTE
    state = sky_state(site, middles, seed)
    random = generator("classes", site.identifier, day_number(day), seed=seed)
    draws = random.random((_SEGMENTS, 4))
    apa_code, apa_confidence = _apa(state, draws)
    cloud_code, cloud_confidence = _cloud(state, draws)
    oath = _oath(state, random.random((_SEGMENTS, _SEGMENT_MIN, 3)))
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
    sure = 1.0 / (1.0 + np.exp(-np.abs(margin) * (0.8 + 0.4 * draw)))
    return np.asarray(np.round(100.0 * sure, 2))


def _with_gaps(
    code: NDArray[np.int8], confidence: FloatArray, draw: FloatArray
) -> tuple[NDArray[np.int8], FloatArray]:
    """Leave a few segments unclassified (the last class), with confidence 0."""
    gap = draw < _UNCLASSIFIED
    return np.where(gap, 2, code).astype(np.int8), np.where(gap, 0.0, confidence)


def apa_level(state: SkyState) -> FloatArray:
    """Return how much amorphous pulsating aurora is in view: positive where there is some.

    Between 1 and 7 MLT, between 62 and 68 degrees at Kp 3 and a degree lower for each Kp more;
    stronger with Kp and after substorms.
    """
    local = np.clip((state.mlt_h - 1.0) / 6.0, 0.0, 1.0)
    morning = np.sin(np.pi * local) ** 0.5
    centre = 65.0 - 1.0 * (state.kp - 3.0)
    off = np.maximum(np.abs(state.mlat_deg - centre) - 3.0, 0.0)
    in_view = np.exp(-((off / 2.0) ** 2))
    drive = 0.22 * state.kp + np.minimum(state.substorm_nt / 600.0, 0.6) + 0.45 * state.sway
    return np.asarray(morning * in_view * drive - 1.1)


def _apa(state: SkyState, draws: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    level = apa_level(state)
    clear = np.where(state.cloud < CLOUDY, level, -np.abs(level) - 0.2)
    code = np.where(clear > 0, 0, 1).astype(np.int8)
    return _with_gaps(code, _confidence(14.0 * clear, draws[:, 0]), draws[:, 1])


def _cloud(state: SkyState, draws: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    margin = state.cloud - CLOUDY
    code = np.where(margin > 0, 0, 1).astype(np.int8)
    return _with_gaps(code, _confidence(9.0 * margin, draws[:, 2]), draws[:, 3])


def _oath(state: SkyState, draws: FloatArray) -> NDArray[np.int8]:
    """Return the class of every minute; draws decide between what the sky would allow."""
    which, kind, gap = (draws[:, :, column] for column in range(3))
    low = equatorward_edge_deg(state.mlt_h, state.kp)
    high = poleward_edge_deg(state.mlt_h, state.kp)
    night = np.abs((state.mlt_h + 12.0) % 24.0 - 12.0)
    onset = np.where(night < 4.0, np.minimum(state.substorm_nt / 300.0, 1.0), 0.0)
    in_view = (state.mlat_deg > low - _VIEW_DEG) & (state.mlat_deg < high + _VIEW_DEG)
    chance = np.where(in_view, np.clip(0.25 + 0.15 * state.kp + onset, 0.0, 0.97), 0.02)
    cloudy = which < _logistic((state.cloud - CLOUDY) / 0.12)[:, None]
    aurora = kind < chance[:, None]
    moonlit = (state.moon > 0.25)[:, None] & (kind > 0.35)
    evening = (state.mlt_h > 12.0)[:, None]
    share = kind / np.maximum(chance[:, None], 1e-9)
    discrete = share < (0.2 + 0.6 * onset)[:, None]
    quiet_form = np.where(evening, _code("arc"), _code("diffuse"))
    form = np.where(discrete, _code("discrete"), quiet_form)
    clear = np.where(aurora, form, np.where(moonlit, _code("moon"), _code("no aurora")))
    code = np.where(cloudy, _code("cloudy"), clear)
    return np.where(gap < _UNCLASSIFIED, len(OATH_CLASSES) - 1, code).astype(np.int8).ravel()


def _code(name: str) -> int:
    return OATH_CLASSES.index(f"classified as {name}")


def _logistic(values: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -50, 50))))
