"""AuroraMAX: a colour camera at one place."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station

AURORAMAX = ImagerArray(
    key="auroramax",
    program="auroramax",
    instrument_type="DSLR",
    name="AuroraMAX",
    label="AuroraMAX",
    cadence_s=6.0,
    exposure_s=4.0,
    image_shape=(480, 720, 3),
    emission_alt_km=110.0,
    scale_limits=(0.0, 255.0),
    intensity_unit="counts",
    acknowledgement=(
        "AuroraMAX: the University of Calgary, the Canadian Space Agency, Astronomy North and "
        "the City of Yellowknife."
    ),
    rules_of_the_road="Name the observatory in publications.",
    citation="AuroraMAX",
    doi="",
    sites=sites((at_station("yknf", 175, date(2010, 9, 1)),)),
    display_names={"yknf": "AuroraMAX"},
)
