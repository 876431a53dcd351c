"""Event lists: each is a source whose records are the minutes and places of its events.

The published listing names one list only (STEVE at McGrath, without its identifier); platforms
of the others are named after who made them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.instruments.array import lifetime
from core.instruments.model import DataSource


@dataclass(frozen=True, slots=True)
class EventList:
    """One list of events, made by one group from one array.

    `kind` is the key under which the simulation makes events of this sort.
    """

    identifier: int
    platform: str
    instrument_type: str
    display_name: str
    kind: str
    start: date
    citation: str
    doi: str = ""

    def source(self) -> DataSource:
        """Return the data source of the list; its records carry no metadata."""
        return DataSource(
            identifier=self.identifier,
            program="events",
            platform=self.platform,
            instrument_type=self.instrument_type,
            source_type="event_list",
            display_name=self.display_name,
            metadata={
                "latitude_frame": "geodetic",
                "lifetime": lifetime(self.start, None),
                "citation": self.citation,
                "doi": self.doi,
                "acknowledgement": f"Event list of {self.citation}.",
            },
        )


_FIRST = date(2006, 9, 1)

EVENT_LISTS: tuple[EventList, ...] = (
    EventList(
        10201,
        "nishimura",
        "substorm onset",
        "Substorm onsets (Nishimura)",
        "substorm_onset",
        _FIRST,
        "Nishimura et al. (2016), J. Geophys. Res.",
        "10.1002/2016JA022801",
    ),
    EventList(
        10202,
        "mcgrath",
        "STEVE",
        "STEVE MCGR",
        "steve_mcgrath",
        _FIRST,
        "STEVE seen at McGrath",
    ),
    EventList(
        10203,
        "gallardo-lacourt",
        "STEVE",
        "STEVE (Gallardo-Lacourt)",
        "steve",
        _FIRST,
        "Gallardo-Lacourt et al. (2018), J. Geophys. Res.",
        "10.1029/2018JA025368",
    ),
    EventList(
        10204,
        "gillies",
        "field line resonance",
        "Field line resonances (Gillies)",
        "field_line_resonance",
        _FIRST,
        "Gillies et al. (2021), Space Science Reviews",
        "10.1007/s11214-021-00830-x",
    ),
    EventList(
        10205,
        "ratzlaff",
        "torches and omega bands",
        "Torches and omega bands (Ratzlaff)",
        "torch",
        _FIRST,
        "Ratzlaff, University of Calgary",
    ),
)
