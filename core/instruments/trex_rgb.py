"""TREx colour all-sky imagers: the auroral forms as the eye sees them."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station
from core.instruments.trex import ACKNOWLEDGEMENT, CITATION, RULES

TREX_RGB = ImagerArray(
    key="trex_rgb",
    program="trex",
    instrument_type="RGB ASI",
    name="TREx RGB all-sky imagers",
    label="TREx RGB",
    cadence_s=3.0,
    exposure_s=2.9,
    image_shape=(480, 553, 3),
    emission_alt_km=110.0,
    scale_limits=(10.0, 105.0),
    intensity_unit="counts",
    acknowledgement=ACKNOWLEDGEMENT,
    rules_of_the_road=RULES,
    citation=CITATION,
    doi="",
    file_patterns=(
        r"(?P<start>\d{8}_\d{4})_(?P<site>[a-z]{4})_rgb-\d{2}_full\.h5",
        r"(?P<start>\d{8}_\d{6}_\d{6})_(?P<site>[a-z]{4})_rgb-\d{2}_\d+ms_(burst|full)\.png",
    ),
    sites=sites(
        (
            at_station("atha", 339, date(2019, 11, 1)),
            at_station("fsmi", 96, date(2018, 2, 1)),
            at_station("gill", 103, date(2017, 11, 1)),
            at_station("luck", 101, date(2018, 2, 1)),
            at_station("pina", 102, date(2018, 10, 1)),
            at_station("rabb", 104, date(2018, 2, 1)),
        )
    ),
)
