"""Orbits of the spacecraft, by platform: published altitudes, inclinations and local times.

Altitudes and inclinations are those of the operators' and NASA's public mission pages, rounded;
local times of DMSP and NOAA follow their known drift to half an hour. Nodes without a local time,
arguments of perigee and phases are arbitrary unless a comment says otherwise.
"""

from __future__ import annotations

from core.simulation.orbit_model import Orbit

_RE = 6371.2


def _sun_synchronous(
    altitude_km: float,
    inclination_deg: float,
    year: int,
    ltan_h: float,
    drift_h: float,
    phase_deg: float,
) -> tuple[Orbit, ...]:
    return (
        Orbit(
            year,
            altitude_km - 2.0,
            altitude_km + 2.0,
            inclination_deg,
            ltan_h=ltan_h,
            ltan_drift_h=drift_h,
            argument_deg=90.0,
            phase_deg=phase_deg,
        ),
    )


def _swarm(
    altitudes_km: dict[int, float], inclination_deg: float, node_deg: float, phase_deg: float
) -> tuple[Orbit, ...]:
    """Nodes are given for 2014 and carried on by J2 through every change of altitude."""
    orbits: list[Orbit] = []
    for year, altitude_km in sorted(altitudes_km.items()):
        if orbits:
            rate, _ = orbits[-1].secular_deg_per_day()
            node_deg += rate * 365.25 * (year - orbits[-1].year)
        orbits.append(
            Orbit(
                year,
                altitude_km - 1.0,
                altitude_km + 1.0,
                inclination_deg,
                node_deg=node_deg % 360.0,
                argument_deg=90.0,
                phase_deg=phase_deg,
            )
        )
    return tuple(orbits)


_SWARM_LOW_KM = {2013: 490.0, 2014: 465.0, 2016: 452.0, 2018: 444.0, 2020: 436.0, 2022: 450.0}
_SWARM_HIGH_KM = {2013: 515.0, 2014: 512.0, 2018: 506.0, 2020: 504.0, 2022: 503.0}


def _themis_inner(phase_2008_deg: float, phase_deg: float, period_h: float) -> tuple[Orbit, ...]:
    """THEMIS A, D and E: a day's orbit with apogee in the tail in February 2008.

    Apogee's right ascension is node + argument + 180: 135 degrees in 2008 (the tail season was
    centred on 2 February), later by some 38 degrees a year. Apogee lies north of the equator, as
    the winter tail does.
    """
    return (
        Orbit(2007, 0.07 * _RE, 13.7 * _RE, 16.0, node_deg=300.0, argument_deg=0.0,
              node_rate_deg=-10.0, argument_rate_deg=25.0, phase_deg=phase_deg, period_h=31.3),
        Orbit(2008, 0.4 * _RE, 10.8 * _RE, 10.0, node_deg=65.0, argument_deg=250.0,
              node_rate_deg=-20.0, argument_rate_deg=58.0, phase_deg=phase_2008_deg,
              period_h=period_h),
        Orbit(2011, 0.3 * _RE, 11.6 * _RE, 8.0, node_deg=230.0, argument_deg=199.0,
              node_rate_deg=-20.0, argument_rate_deg=58.0, phase_deg=phase_deg, period_h=period_h),
        Orbit(2017, 0.2 * _RE, 12.0 * _RE, 12.0, node_deg=110.0, argument_deg=187.0,
              node_rate_deg=-20.0, argument_rate_deg=58.0, phase_deg=phase_deg, period_h=26.2),
    )  # fmt: skip


def _themis_outer(apogee_re: float, period_h: float, phase_deg: float) -> tuple[Orbit, ...]:
    """THEMIS B and C before they left for the Moon; from 2011 see `core.simulation.moon`."""
    return (
        Orbit(2007, 0.07 * _RE, 13.7 * _RE, 16.0, node_deg=300.0, argument_deg=0.0,
              node_rate_deg=-10.0, argument_rate_deg=25.0, phase_deg=phase_deg, period_h=31.3),
        Orbit(2008, 0.9 * _RE, (apogee_re - 1.0) * _RE, 7.0, node_deg=65.0, argument_deg=250.0,
              node_rate_deg=-6.0, argument_rate_deg=16.0, phase_deg=phase_deg, period_h=period_h),
    )  # fmt: skip


def _cluster(phase_deg: float) -> tuple[Orbit, ...]:
    """Polar at first; Sun and Moon turned the plane and lowered perigee over the years."""
    return (
        Orbit(2000, 3.0 * _RE, 18.6 * _RE, 90.5, node_deg=330.0, argument_deg=0.0,
              node_rate_deg=0.0, argument_rate_deg=-4.0, phase_deg=phase_deg, period_h=57.1),
        Orbit(2006, 2.2 * _RE, 19.4 * _RE, 90.0, node_deg=330.0, argument_deg=335.0,
              node_rate_deg=0.0, argument_rate_deg=-6.0, phase_deg=phase_deg, period_h=57.1),
        Orbit(2011, 0.6 * _RE, 20.8 * _RE, 100.0, node_deg=330.0, argument_deg=300.0,
              node_rate_deg=0.0, argument_rate_deg=-6.0, phase_deg=phase_deg, period_h=54.4),
        Orbit(2017, 1.4 * _RE, 20.0 * _RE, 135.0, node_deg=330.0, argument_deg=250.0,
              node_rate_deg=0.0, argument_rate_deg=-6.0, phase_deg=phase_deg, period_h=54.4),
    )  # fmt: skip


def _mms(lag_deg: float) -> tuple[Orbit, ...]:
    """Apogee 12, then 25 and 29.3 Earth radii; on the day side in January 2019."""
    return (
        Orbit(2015, 0.2 * _RE, 11.0 * _RE, 28.5, node_deg=40.0, argument_deg=180.0,
              node_rate_deg=-6.0, argument_rate_deg=12.0, phase_deg=180.0 - lag_deg),
        Orbit(2017, 0.2 * _RE, 24.0 * _RE, 28.0, node_deg=28.0, argument_deg=90.0,
              node_rate_deg=-6.0, argument_rate_deg=12.0, phase_deg=180.0 - lag_deg),
        Orbit(2019, 0.9 * _RE, 28.3 * _RE, 28.0, node_deg=16.0, argument_deg=114.0,
              node_rate_deg=-6.0, argument_rate_deg=12.0, phase_deg=150.0 - lag_deg),
    )  # fmt: skip


def _rbsp(phase_deg: float, apogee_km: float) -> tuple[Orbit, ...]:
    return (
        Orbit(2012, 618.0, apogee_km, 10.2, node_deg=60.0, argument_deg=60.0,
              phase_deg=phase_deg),
        Orbit(2019, 400.0, apogee_km, 10.2, node_deg=150.0, argument_deg=260.0,
              phase_deg=phase_deg),
    )  # fmt: skip


ORBITS: dict[str, tuple[Orbit, ...]] = {
    "swarma": _swarm(_SWARM_LOW_KM, 87.35, 20.0, 0.0),
    # Swarm C flies beside A: 1.4 degrees east, some ten seconds behind.
    "swarmc": _swarm(_SWARM_LOW_KM, 87.35, 21.4, -0.6),
    "swarmb": _swarm(_SWARM_HIGH_KM, 87.75, 10.0, 140.0),
    "epop": (
        Orbit(2013, 325.0, 1485.0, 80.97, node_deg=130.0, argument_deg=260.0),
        Orbit(2018, 322.0, 1275.0, 80.99, node_deg=200.0, argument_deg=110.0),
        Orbit(2020, 318.0, 1190.0, 80.99, node_deg=80.0, argument_deg=200.0),
    ),
    "themisa": _themis_inner(95.0, 0.0, 22.5),
    "themisd": _themis_inner(68.0, 120.0, 23.93),
    "themise": _themis_inner(75.0, 240.0, 23.93),
    "themisb": _themis_outer(30.0, 95.7, 250.0),
    "themisc": _themis_outer(19.6, 47.9, 150.0),
    "arase": (
        Orbit(2016, 440.0, 32_110.0, 31.6, node_deg=250.0, argument_deg=300.0, phase_deg=40.0),
    ),
    "cluster1": _cluster(60.0),
    "cluster2": _cluster(60.3),
    "cluster3": _cluster(59.2),
    "cluster4": _cluster(59.1),
    "mms1": _mms(0.0),
    "mms2": _mms(0.006),
    "mms3": _mms(0.012),
    "mms4": _mms(0.018),
    "rbspa": _rbsp(0.0, 30_414.0),
    "rbspb": _rbsp(170.0, 30_540.0),
    "dmspf08": _sun_synchronous(850.0, 98.8, 1987, 6.2, 0.0, 10.0),
    "dmspf09": _sun_synchronous(825.0, 98.7, 1988, 21.5, 0.1, 60.0),
    "dmspf10": (
        Orbit(1990, 730.0, 850.0, 98.9, ltan_h=19.7, ltan_drift_h=0.4, phase_deg=110.0),
    ),
    "dmspf11": _sun_synchronous(850.0, 98.8, 1991, 17.0, 0.3, 160.0),
    "dmspf12": _sun_synchronous(850.0, 98.8, 1994, 21.4, -0.1, 210.0),
    "dmspf13": _sun_synchronous(850.0, 98.8, 1995, 17.7, 0.04, 260.0),
    "dmspf14": _sun_synchronous(850.0, 98.8, 1997, 20.6, -0.2, 310.0),
    "dmspf15": _sun_synchronous(845.0, 98.8, 2000, 21.3, -0.25, 0.0),
    "dmspf16": _sun_synchronous(850.0, 98.9, 2004, 20.0, -0.28, 50.0),
    "dmspf17": _sun_synchronous(850.0, 98.8, 2007, 17.5, 0.07, 100.0),
    "dmspf18": _sun_synchronous(850.0, 98.9, 2010, 20.1, -0.25, 150.0),
    "dmspf19": _sun_synchronous(850.0, 98.9, 2014, 18.5, 0.1, 200.0),
    "noaa8": _sun_synchronous(820.0, 98.8, 1983, 19.5, 0.1, 15.0),
    "noaa9": _sun_synchronous(855.0, 99.1, 1985, 14.4, 0.5, 65.0),
    "noaa10": _sun_synchronous(815.0, 98.7, 1987, 19.5, -0.2, 115.0),
    "noaa11": _sun_synchronous(855.0, 99.0, 1989, 13.7, 0.5, 165.0),
    "noaa12": _sun_synchronous(810.0, 98.6, 1991, 19.5, -0.2, 215.0),
    "noaa13": _sun_synchronous(860.0, 98.9, 1993, 13.7, 0.0, 265.0),
    "noaa14": _sun_synchronous(850.0, 99.1, 1995, 13.6, 0.5, 315.0),
    "noaa15": _sun_synchronous(807.0, 98.6, 1999, 19.4, -0.1, 5.0),
    "noaa16": _sun_synchronous(850.0, 99.0, 2001, 14.0, 0.35, 55.0),
    "noaa17": _sun_synchronous(810.0, 98.6, 2002, 22.2, -0.1, 105.0),
    "noaa18": _sun_synchronous(854.0, 99.0, 2006, 13.7, 0.45, 155.0),
    "noaa19": _sun_synchronous(870.0, 98.9, 2009, 13.7, 0.25, 205.0),
    "noaa20": _sun_synchronous(825.0, 98.7, 2018, 13.4, 0.0, 255.0),
    "fast": (
        Orbit(1996, 350.0, 4175.0, 83.0, node_deg=100.0, argument_deg=180.0, phase_deg=90.0),
        Orbit(2004, 330.0, 3650.0, 83.0, node_deg=220.0, argument_deg=20.0, phase_deg=90.0),
    ),
    "sampex": (
        Orbit(1992, 512.0, 687.0, 81.7, node_deg=0.0, argument_deg=90.0),
        Orbit(2004, 420.0, 500.0, 81.7, node_deg=140.0, argument_deg=90.0),
    ),
    "elfina": (Orbit(2018, 454.0, 456.0, 93.0, node_deg=300.0, argument_deg=90.0),),
    "elfinb": (
        Orbit(2018, 454.0, 456.0, 93.0, node_deg=300.0, argument_deg=90.0, phase_deg=-12.0),
    ),
}  # fmt: skip

# Longitude east in degrees from 1 January of a year: geostationary spacecraft are kept there.
GEOSTATIONARY: dict[str, tuple[tuple[int, float], ...]] = {
    "goes8": ((1994, -90.0), (1995, -75.0), (2003, -165.0)),
    "goes9": ((1995, -90.0), (1996, -135.0), (1999, -105.0), (2003, 155.0)),
    "goes10": ((1997, -105.0), (1998, -135.0), (2007, -60.0)),
    "goes11": ((2000, -104.0), (2006, -135.0)),
    "goes12": ((2001, -90.0), (2003, -75.0), (2010, -60.0)),
    "goes13": ((2006, -105.0), (2010, -75.0)),
    "goes14": ((2009, -89.5), (2010, -105.0)),
    "goes15": ((2010, -89.5), (2012, -135.0), (2019, -128.0)),
    "goes16": ((2016, -89.5), (2018, -75.2)),
    "goes17": ((2018, -89.5), (2019, -137.2)),
    "goes18": ((2022, -89.5), (2023, -137.0)),
}


def orbit_in(platform: str, year: int) -> Orbit:
    """Return the figures that hold for a platform in a year."""
    entries = ORBITS[platform]
    valid = [orbit for orbit in entries if orbit.year <= year]
    return valid[-1] if valid else entries[0]
