"""TREx blue-line all-sky imagers (427.8 nm)."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station
from core.instruments.trex import ACKNOWLEDGEMENT, CITATION, RULES

TREX_BLUE = ImagerArray(
    key="trex_blue",
    program="trex",
    instrument_type="blueline ASI",
    name="TREx blue-line all-sky imagers",
    label="TREx Blue",
    cadence_s=3.0,
    exposure_s=2.9,
    image_shape=(270, 320),
    emission_alt_km=110.0,
    scale_limits=(500.0, 8000.0),
    intensity_unit="counts",
    acknowledgement=ACKNOWLEDGEMENT,
    rules_of_the_road=RULES,
    citation=CITATION,
    doi="",
    file_patterns=(r"(?P<start>\d{8}_\d{4})_(?P<site>[a-z]{4})_blue-\d{3}_full\.pgm(\.gz)?",),
    sites=sites(
        (
            at_station("atha", 344, date(2019, 11, 1)),
            at_station("gill", 93, date(2017, 11, 1)),
            at_station("luck", 374, date(2018, 10, 1)),
            at_station("pina", 343, date(2018, 10, 1)),
            at_station("rabb", 342, date(2017, 11, 1)),
        )
    ),
)
