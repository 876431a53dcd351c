"""Who is in the benchmark's archive: 40 instruments on the ground and 30 spacecraft.

Names, places and metadata fields are those of the program's own descriptions, save for three
northern and four southern stations; orbits are of each spacecraft's kind. All of them have
records in all years, unlike in life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from benchmarks.search_orbits import Orbit
from core.instruments.array import ImagerArray, Site
from core.instruments.model import DataSource
from core.instruments.rego import REGO
from core.instruments.spacecraft import SPACECRAFT
from core.instruments.themis_asi import THEMIS_ASI
from core.instruments.trex_rgb import TREX_RGB


@dataclass(frozen=True, slots=True)
class GroundStation:
    """A ground source and where it stands (geodetic degrees)."""

    source: DataSource
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class Craft:
    """A spacecraft's source and its orbit."""

    source: DataSource
    orbit: Orbit


_OTHERS = (
    ("poker flat", 65.13, -147.47), ("kiruna", 67.84, 20.41), ("tromso", 69.59, 19.23),
    ("syowa", -69.01, 39.59), ("south pole", -89.99, 0.0), ("mcmurdo", -77.85, 166.67),
    ("halley", -75.58, -26.66),
)  # fmt: skip
_FIRST_OTHER = 90_001

# Perigee and apogee (km), inclination, node, argument of perigee and anomaly (degrees).
_ORBITS: dict[str, Orbit] = {
    "swarma": Orbit(455, 462, 87.35, 70.0, 90.0, 0.0),
    "swarmb": Orbit(505, 512, 87.75, 78.0, 90.0, 120.0),
    "swarmc": Orbit(455, 462, 87.35, 71.4, 90.0, 357.0),
    "epop": Orbit(325, 1485, 80.97, 150.0, 270.0, 40.0),
    "dmspf15": Orbit(837, 851, 98.9, 200.0, 0.0, 10.0),
    "dmspf16": Orbit(842, 855, 98.9, 230.0, 0.0, 80.0),
    "dmspf17": Orbit(841, 855, 98.8, 280.0, 0.0, 150.0),
    "dmspf18": Orbit(843, 857, 98.9, 310.0, 0.0, 220.0),
    "noaa15": Orbit(803, 818, 98.6, 270.0, 0.0, 30.0),
    "noaa18": Orbit(846, 866, 99.1, 20.0, 0.0, 100.0),
    "noaa19": Orbit(848, 868, 99.1, 330.0, 0.0, 170.0),
    "noaa20": Orbit(825, 827, 98.7, 340.0, 0.0, 300.0),
    "elfina": Orbit(448, 462, 93.0, 110.0, 0.0, 60.0),
    "elfinb": Orbit(448, 462, 93.0, 110.0, 0.0, 65.0),
    "themisa": Orbit(500, 71_500, 15.8, 100.0, 30.0, 0.0),
    "themisb": Orbit(600, 110_000, 9.0, 130.0, 330.0, 70.0),
    "themisc": Orbit(900, 90_000, 7.0, 160.0, 300.0, 140.0),
    "themisd": Orbit(480, 71_900, 16.2, 101.0, 31.0, 20.0),
    "themise": Orbit(520, 71_300, 15.4, 99.0, 29.0, 340.0),
    "arase": Orbit(440, 32_000, 31.0, 220.0, 80.0, 200.0),
    "cluster1": Orbit(9_000, 122_000, 120.0, 300.0, 10.0, 90.0),
    "cluster4": Orbit(9_500, 121_000, 121.0, 301.0, 11.0, 91.0),
    "mms1": Orbit(1_200, 70_000, 28.0, 40.0, 190.0, 10.0),
    "mms2": Orbit(1_202, 70_010, 28.0, 40.01, 190.0, 10.02),
    "mms3": Orbit(1_201, 70_005, 28.0, 40.02, 190.0, 10.01),
    "mms4": Orbit(1_203, 70_015, 28.0, 40.0, 190.01, 10.03),
    "rbspa": Orbit(610, 30_400, 10.2, 60.0, 120.0, 250.0),
    "rbspb": Orbit(625, 30_550, 10.0, 64.0, 126.0, 70.0),
    "goes13": Orbit(35_780, 35_794, 0.3, 80.0, 0.0, 305.0),
    "goes15": Orbit(35_780, 35_794, 0.2, 90.0, 0.0, 235.0),
}


@cache
def ground_stations() -> tuple[GroundStation, ...]:
    """Return 20 THEMIS-ASI, 7 REGO and 6 TREx RGB cameras and 7 others, 4 of them southern."""
    return (*_of(THEMIS_ASI, 20), *_of(REGO, 7), *_of(TREX_RGB, 6), *_others())


@cache
def spacecraft() -> tuple[Craft, ...]:
    """Return 14 spacecraft in low orbits, 14 in elliptic and 2 in geostationary ones."""
    named = {craft.platform: craft for craft in SPACECRAFT}
    return tuple(Craft(_marked(named[n].source()), orbit) for n, orbit in _ORBITS.items())


def sources() -> tuple[DataSource, ...]:
    """Return all 70 sources."""
    return tuple(item.source for item in (*ground_stations(), *spacecraft()))


def _of(array: ImagerArray, count: int) -> tuple[GroundStation, ...]:
    chosen = list(array.sites.values())[:count]
    return tuple(GroundStation(_marked(array.source(s)), s.lat_deg, s.lon_deg) for s in chosen)


def _others() -> tuple[GroundStation, ...]:
    array = TREX_RGB
    made = []
    for number, (name, lat_deg, lon_deg) in enumerate(_OTHERS):
        code = f"x{number:03d}"
        site = Site(code, name, lat_deg, lon_deg, 0.0, _FIRST_OTHER + number, date(2014, 1, 1))
        source = DataSource(
            identifier=site.identifier, program="other-asi", platform=name,
            instrument_type=array.instrument_type, source_type="ground",
            display_name=f"Other ASI {name.title()}",
            metadata={"latitude_frame": "geodetic", "site": code},
        )  # fmt: skip
        made.append(GroundStation(_marked(source), lat_deg, lon_deg))
    return tuple(made)


def _marked(source: DataSource) -> DataSource:
    return source.with_metadata(provenance="simulated")
