"""Mean elements of a spacecraft for any year, from a few published figures of its orbit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from sgp4.api import WGS72, Satrec

EQUATORIAL_KM = 6378.135
MU_KM3_S2 = 398600.8
J2 = 1.082616e-3
_SGP4_EPOCH = date(1949, 12, 31)
_J2000 = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Orbit:
    """Figures of an orbit that hold from 1 January of `year` until the next such entry.

    Attributes
    ----------
    perigee_km, apogee_km : float
        Altitudes above 6378.135 km.
    ltan_h, ltan_drift_h : float or None
        Local time of the ascending node on 1 January of `year` and its change per year; given
        for Sun-synchronous orbits, else the node follows `node_deg`.
    node_deg, argument_deg : float
        Right ascension of the node and argument of perigee on 1 January of `year`.
    node_rate_deg, argument_rate_deg : float or None
        Change per year; None means the secular J2 rate (low orbits). High orbits are turned by
        Sun and Moon as well, so theirs is given.
    phase_deg : float
        Mean anomaly on 1 January of `year` at 0 UT. Arbitrary but for THEMIS in 2008, whose
        probes met over North America at 06:30 UT.
    period_h : float or None
        Given where the period is better known than the apogee.
    """

    year: int
    perigee_km: float
    apogee_km: float
    inclination_deg: float
    ltan_h: float | None = None
    ltan_drift_h: float = 0.0
    node_deg: float = 0.0
    argument_deg: float = 0.0
    node_rate_deg: float | None = None
    argument_rate_deg: float | None = None
    phase_deg: float = 0.0
    period_h: float | None = None

    @property
    def axis_km(self) -> float:
        """Semi-major axis."""
        if self.period_h is None:
            return EQUATORIAL_KM + 0.5 * (self.perigee_km + self.apogee_km)
        seconds = self.period_h * 3600.0
        return float((MU_KM3_S2 * (seconds / (2 * np.pi)) ** 2) ** (1 / 3))

    @property
    def eccentricity(self) -> float:
        """Eccentricity from perigee and axis; never exactly 0, which SGP4 dislikes."""
        return max(1.0 - (EQUATORIAL_KM + self.perigee_km) / self.axis_km, 1e-4)

    @property
    def motion_rad_min(self) -> float:
        """Mean motion, radians per minute."""
        return float(60.0 * np.sqrt(MU_KM3_S2 / self.axis_km**3))

    def secular_deg_per_day(self) -> tuple[float, float]:
        """Return the J2 rates of node and argument of perigee (Brouwer, first order)."""
        slr_km = self.axis_km * (1.0 - self.eccentricity**2)
        cosine = np.cos(np.radians(self.inclination_deg))
        base = 1.5 * J2 * (EQUATORIAL_KM / slr_km) ** 2 * np.degrees(self.motion_rad_min) * 1440
        return float(-base * cosine), float(base * (2.5 * cosine**2 - 0.5))


def _mean_sun_ra_deg(day: date) -> float:
    return (280.460 + 0.9856474 * (day - _J2000).days) % 360.0


def _angles_deg(orbit: Orbit, year: int) -> tuple[float, float, float]:
    """Return node, argument of perigee and mean anomaly on 1 January of `year`."""
    day = date(year, 1, 1)
    days = (day - date(orbit.year, 1, 1)).days
    node_rate, argument_rate = orbit.secular_deg_per_day()
    if orbit.node_rate_deg is not None:
        node_rate = orbit.node_rate_deg / 365.25
    if orbit.argument_rate_deg is not None:
        argument_rate = orbit.argument_rate_deg / 365.25
    if orbit.ltan_h is None:
        node = orbit.node_deg + node_rate * days
    else:
        local_h = orbit.ltan_h + orbit.ltan_drift_h * days / 365.25
        node = _mean_sun_ra_deg(day) + 15.0 * (local_h - 12.0)
    argument = orbit.argument_deg + argument_rate * days
    anomaly = orbit.phase_deg + np.degrees(orbit.motion_rad_min) * 1440.0 * days
    return node % 360.0, argument % 360.0, float(anomaly % 360.0)


@lru_cache(maxsize=1024)
def satellite(orbit: Orbit, year: int) -> Satrec:
    """Return the SGP4 propagator of an orbit with mean elements of 1 January of `year`."""
    node, argument, anomaly = _angles_deg(orbit, year)
    epoch_days = (date(year, 1, 1) - _SGP4_EPOCH).days
    record = Satrec()
    record.sgp4init(
        WGS72,
        "i",
        1,
        float(epoch_days),
        0.0,
        0.0,
        0.0,
        orbit.eccentricity,
        np.radians(argument),
        np.radians(orbit.inclination_deg),
        np.radians(anomaly),
        orbit.motion_rad_min,
        np.radians(node),
    )
    return record
