"""Spacecraft with footprints: identifiers, names and the days between which they have records.

Dates are launch (or first published position) and end of mission, to the day where they are
public. DMSP F20 and F21 never flew and have no source. Identifiers up to 999 are those of the
AuroraX listing; those from 10101 on are this program's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.instruments.array import lifetime
from core.instruments.model import DataSource, MetadataField, SourceType
from core.instruments.schemas import EPOP_SCHEMA, SPACECRAFT_SCHEMA, SWARM_SCHEMA

_SCHEMAS: dict[str, tuple[MetadataField, ...]] = {"swarm": SWARM_SCHEMA, "epop": EPOP_SCHEMA}
_ACKNOWLEDGEMENTS = {
    "swarm": "European Space Agency, Swarm.",
    "epop": "Canadian Space Agency and University of Calgary, e-POP on CASSIOPE.",
    "themis": "NASA contract NAS5-02099, THEMIS mission.",
    "arase": "ISAS/JAXA and Nagoya University, Arase (ERG).",
    "cluster": "European Space Agency and NASA, Cluster.",
    "mms": "NASA, Magnetospheric Multiscale mission.",
    "rbsp": "NASA, Van Allen Probes.",
    "goes": "NOAA, GOES.",
    "dmsp": "United States Space Force, DMSP.",
    "noaa": "NOAA, POES and JPSS.",
    "small-explorer": "NASA, Small Explorer program.",
    "elfin": "UCLA, ELFIN.",
}


@dataclass(frozen=True, slots=True)
class Spacecraft:
    """One spacecraft whose footprints are records. `end` None means still flying."""

    identifier: int
    program: str
    platform: str
    display_name: str
    source_type: SourceType
    start: date
    end: date | None = None

    def flies_on(self, day: date) -> bool:
        """Return whether `day` is within the life of the spacecraft."""
        return self.start <= day and (self.end is None or day <= self.end)

    def source(self) -> DataSource:
        """Return the data source of the spacecraft's footprints."""
        return DataSource(
            identifier=self.identifier,
            program=self.program,
            platform=self.platform,
            instrument_type="footprint",
            source_type=self.source_type,
            display_name=self.display_name,
            metadata={
                "latitude_frame": "geocentric",
                "trace_altitude_km": 100.0,
                "lifetime": lifetime(self.start, self.end),
                "acknowledgement": _ACKNOWLEDGEMENTS[self.program],
            },
            ephemeris_metadata_schema=_SCHEMAS.get(self.program, SPACECRAFT_SCHEMA),
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _fleet(program: str, source_type: SourceType, rows: str) -> tuple[Spacecraft, ...]:
    """Read rows of identifier, platform, display name, first and last day."""
    fleet = []
    for row in rows.strip().splitlines():
        identifier, platform, name, start, *end = (cell.strip() for cell in row.split("|"))
        first = date.fromisoformat(start)
        last = _day(end[0]) if end else None
        fleet.append(Spacecraft(int(identifier), program, platform, name, source_type, first, last))
    return tuple(fleet)


SPACECRAFT: tuple[Spacecraft, ...] = (
    *_fleet(
        "swarm",
        "leo",
        """
        3  | swarma | Swarm A | 2013-11-26
        29 | swarmb | Swarm B | 2013-11-26
        30 | swarmc | Swarm C | 2013-11-26
        """,
    ),
    *_fleet("epop", "leo", "32 | epop | ePOP | 2013-09-30 | 2021-12-17"),
    *_fleet(
        "themis",
        "heo",
        """
        33 | themisa | THEMIS-A | 2007-02-18
        34 | themisb | THEMIS-B | 2007-02-18
        35 | themisc | THEMIS-C | 2007-02-18
        36 | themisd | THEMIS-D | 2007-02-18
        37 | themise | THEMIS-E | 2007-02-18
        """,
    ),
    *_fleet("arase", "heo", "38 | arase | Arase | 2016-12-21"),
    *_fleet(
        "cluster",
        "heo",
        """
        39    | cluster1 | Cluster-1 | 2000-07-17 | 2024-09-30
        10101 | cluster2 | Cluster-2 | 2000-07-17 | 2024-09-08
        10102 | cluster3 | Cluster-3 | 2000-08-10 | 2024-09-30
        10103 | cluster4 | Cluster-4 | 2000-08-10 | 2024-09-30
        """,
    ),
    *_fleet(
        "mms",
        "heo",
        """
        67    | mms1 | MMS 1 | 2015-03-13
        10111 | mms2 | MMS 2 | 2015-03-13
        10112 | mms3 | MMS 3 | 2015-03-13
        10113 | mms4 | MMS 4 | 2015-03-13
        """,
    ),
    *_fleet(
        "rbsp",
        "heo",
        """
        68 | rbspa | RBSP-A | 2012-08-31 | 2019-10-18
        69 | rbspb | RBSP-B | 2012-08-31 | 2019-07-19
        """,
    ),
    *_fleet(
        "goes",
        "heo",
        """
        654   | goes8  | GOES-08 | 1994-04-14 | 2004-05-05
        655   | goes9  | GOES-09 | 1995-05-24 | 2007-06-14
        656   | goes10 | GOES-10 | 1997-04-26 | 2009-12-02
        10121 | goes11 | GOES-11 | 2000-05-04 | 2011-12-16
        657   | goes12 | GOES-12 | 2001-07-24 | 2013-08-16
        10122 | goes13 | GOES-13 | 2006-05-25 | 2018-01-03
        10123 | goes14 | GOES-14 | 2009-06-28 | 2020-02-29
        10124 | goes15 | GOES-15 | 2010-03-05 | 2020-03-02
        659   | goes16 | GOES-16 | 2016-11-20 | 2025-04-07
        653   | goes17 | GOES-17 | 2018-03-02 | 2023-01-10
        658   | goes18 | GOES-18 | 2022-03-02
        """,
    ),
    *_fleet(
        "dmsp",
        "leo",
        """
        10131 | dmspf08 | DMSP-08 | 1987-06-21 | 1994-08-13
        10132 | dmspf09 | DMSP-09 | 1988-02-04 | 1992-02-29
        10133 | dmspf10 | DMSP-10 | 1990-12-02 | 1997-11-14
        10134 | dmspf11 | DMSP-11 | 1991-11-29 | 2000-05-17
        10135 | dmspf12 | DMSP-12 | 1994-08-30 | 2002-07-28
        10136 | dmspf13 | DMSP-13 | 1995-03-25 | 2009-11-18
        10137 | dmspf14 | DMSP-14 | 1997-04-05 | 2008-08-23
        10138 | dmspf15 | DMSP-15 | 1999-12-13 | 2021-07-31
        10139 | dmspf16 | DMSP-16 | 2003-10-19
        10140 | dmspf17 | DMSP-17 | 2006-11-05
        10141 | dmspf18 | DMSP-18 | 2009-10-19
        10142 | dmspf19 | DMSP-19 | 2014-04-04 | 2016-02-11
        """,
    ),
    *_fleet(
        "noaa",
        "leo",
        """
        10151 | noaa8  | NOAA-8  | 1983-03-29 | 1985-12-29
        10152 | noaa9  | NOAA-9  | 1984-12-13 | 1998-02-13
        10153 | noaa10 | NOAA-10 | 1986-09-18 | 2001-08-30
        10154 | noaa11 | NOAA-11 | 1988-09-25 | 2004-06-16
        10155 | noaa12 | NOAA-12 | 1991-05-15 | 2007-08-10
        10156 | noaa13 | NOAA-13 | 1993-08-10 | 1993-08-21
        10157 | noaa14 | NOAA-14 | 1994-12-31 | 2007-05-23
        10158 | noaa15 | NOAA-15 | 1998-05-14 | 2025-08-19
        10159 | noaa16 | NOAA-16 | 2000-09-22 | 2014-06-06
        10160 | noaa17 | NOAA-17 | 2002-06-25 | 2013-04-10
        10161 | noaa18 | NOAA-18 | 2005-05-21 | 2025-06-06
        10162 | noaa19 | NOAA-19 | 2009-02-07 | 2025-08-13
        10163 | noaa20 | NOAA-20 | 2017-11-19
        """,
    ),
    *_fleet(
        "small-explorer",
        "leo",
        """
        10171 | fast   | FAST   | 1996-08-22 | 2009-05-04
        10172 | sampex | SAMPEX | 1992-07-04 | 2012-11-12
        """,
    ),
    *_fleet(
        "elfin",
        "leo",
        """
        10181 | elfina | ELFIN-A | 2018-09-16 | 2022-09-29
        10182 | elfinb | ELFIN-B | 2018-09-16 | 2022-09-29
        """,
    ),
)

SPACECRAFT_BY_IDENTIFIER = {craft.identifier: craft for craft in SPACECRAFT}
