"""The NORSTAR Rainbow colour imagers, the forerunners of TREx RGB."""

from __future__ import annotations

from datetime import date

from core.instruments.array import ImagerArray, sites
from core.instruments.stations import at_station

_END = date(2016, 5, 1)

RAINBOW = ImagerArray(
    key="rainbow",
    program="rainbow",
    instrument_type="RGB ASI",
    name="NORSTAR Rainbow",
    label="Rainbow",
    cadence_s=6.0,
    exposure_s=5.0,
    image_shape=(256, 256, 3),
    emission_alt_km=110.0,
    scale_limits=(0.0, 255.0),
    intensity_unit="counts",
    acknowledgement=(
        "NORSTAR Rainbow imagers: operated by the University of Calgary with the support of the "
        "Canadian Space Agency."
    ),
    rules_of_the_road="Name the array and the University of Calgary in publications.",
    citation="NORSTAR, University of Calgary",
    doi="",
    sites=sites(
        (
            at_station("fsim", 86, date(2006, 9, 1), _END),
            at_station("fsmi", 88, date(2006, 9, 1), _END),
            at_station("gill", 87, date(2006, 9, 1), _END),
            at_station("pina", 98, date(2006, 9, 1), _END),
            at_station("rabb", 89, date(2006, 9, 1), _END),
        )
    ),
)
