"""TREx near-infrared all-sky imagers (844.6 nm): the aurora seen through less scattering."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station
from core.instruments.trex import ACKNOWLEDGEMENT, CITATION, RULES

TREX_NIR = ImagerArray(
    key="trex_nir",
    program="trex",
    instrument_type="near-infrared ASI",
    name="TREx near-infrared all-sky imagers",
    label="TREx NIR",
    cadence_s=6.0,
    exposure_s=5.0,
    image_shape=(256, 256),
    emission_alt_km=110.0,
    scale_limits=(250.0, 4000.0),
    intensity_unit="counts",
    acknowledgement=ACKNOWLEDGEMENT,
    rules_of_the_road=RULES,
    citation=CITATION,
    doi="",
    file_patterns=(r"(?P<start>\d{8}_\d{4})_(?P<site>[a-z]{4})_nir-\d{3}_8446\.pgm(\.gz)?",),
    sites=sites(
        (
            at_station("atha", 341, date(2019, 11, 1)),
            at_station("gill", 92, date(2017, 2, 1)),
            at_station("luck", 375, date(2018, 10, 1)),
            at_station("pina", 340, date(2018, 10, 1)),
            at_station("rabb", 94, date(2017, 9, 1)),
        )
    ),
)
