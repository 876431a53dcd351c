"""Ground instruments that are no imagers: riometers, incoherent-scatter radars, observers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.instruments.array import Site, ground_metadata
from core.instruments.model import DataSource


@dataclass(frozen=True, slots=True)
class GroundInstrument:
    """One ground instrument that makes no images."""

    program: str
    instrument_type: str
    display_name: str
    site: Site
    acknowledgement: str

    @property
    def identifier(self) -> int:
        """Identifier of the data source."""
        return self.site.identifier

    def source(self) -> DataSource:
        """Return the data source of the instrument; its records carry no metadata."""
        return DataSource(
            identifier=self.site.identifier,
            program=self.program,
            platform=self.site.platform,
            instrument_type=self.instrument_type,
            source_type="ground",
            display_name=self.display_name,
            metadata=ground_metadata(self.site) | {"acknowledgement": self.acknowledgement},
        )


_RIOMETER_SITES = (
    Site("chur", "churchill", 58.76, -94.08, 30.0, 10021, date(1990, 1, 1)),
    Site("cont", "contwoyto lake", 65.75, -111.25, 450.0, 10022, date(1990, 1, 1),
         date(2019, 8, 31)),
    Site("daws", "dawson", 64.05, -139.11, 370.0, 10023, date(1990, 1, 1)),
    Site("eski", "eskimo point", 61.11, -94.05, 10.0, 10024, date(1990, 1, 1)),
    Site("fsim", "fort simpson", 61.76, -121.23, 170.0, 10025, date(1990, 1, 1)),
    Site("fsmi", "fort smith", 60.03, -111.95, 205.0, 10026, date(1990, 1, 1)),
    Site("gill", "gillam", 56.38, -94.64, 135.0, 10027, date(1990, 1, 1)),
    Site("isll", "island lake", 53.86, -94.66, 240.0, 10028, date(1990, 1, 1)),
    Site("mcmu", "fort mcmurray", 56.66, -111.21, 370.0, 10029, date(1990, 1, 1)),
    Site("pgeo", "prince george", 53.76, -122.85, 690.0, 10030, date(2008, 9, 1)),
    Site("pina", "pinawa", 50.20, -96.04, 270.0, 10031, date(1990, 1, 1)),
    Site("rabb", "rabbit lake", 58.22, -103.68, 420.0, 10032, date(1990, 1, 1)),
    Site("rank", "rankin inlet", 62.82, -92.11, 30.0, 10033, date(1990, 1, 1)),
    Site("talo", "taloyoak", 69.54, -93.56, 30.0, 10034, date(1990, 1, 1)),
)  # fmt: skip

RIOMETERS: tuple[GroundInstrument, ...] = tuple(
    GroundInstrument(
        "go-canada",
        "riometer",
        f"Riometer {site.code.upper()}",
        site,
        "GO-Canada and NORSTAR riometers: University of Calgary and Canadian Space Agency.",
    )
    for site in _RIOMETER_SITES
)

_AMISR = "AMISR: operated by SRI International for the US National Science Foundation."

RADARS: tuple[GroundInstrument, ...] = (
    GroundInstrument(
        "amisr",
        "ISR",
        "PFISR",
        Site("pfrr", "poker flat", 65.13, -147.47, 213.0, 492, date(2007, 3, 1)),
        _AMISR,
    ),
    GroundInstrument(
        "amisr",
        "ISR",
        "RISR-N",
        Site("resu", "resolute bay", 74.73, -94.91, 145.0, 494, date(2009, 8, 1)),
        _AMISR,
    ),
)

OBSERVERS: tuple[GroundInstrument, ...] = (
    GroundInstrument(
        "campaigns",
        "observer",
        "Lake Minnewanka observers",
        Site("minn", "lake minnewanka", 51.25, -115.50, 1475.0, 406, date(2015, 1, 1)),
        "Citizen scientists at Lake Minnewanka, Banff National Park.",
    ),
)

OTHER_GROUND: tuple[GroundInstrument, ...] = (*RIOMETERS, *RADARS, *OBSERVERS)
