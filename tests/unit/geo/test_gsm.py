"""GSM directions against IRBEM's own transformation."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from core.geo.gsm import dipole_axis, geographic_to_gsm
from core.geo.irbem import _library, calendar
from core.geo.sphere import distance_km, unit_vectors


@pytest.mark.parametrize("moment", ["2008-01-15T06:00", "2019-03-05T07:00", "2022-06-21T18:30"])
def test_directions_agree_with_irbem(moment: str) -> None:
    time = np.datetime64(moment, "us")
    year, doy, seconds = (column[0].item() for column in calendar([time]))
    for lat, lon in ((10.0, 20.0), (-60.0, 100.0), (75.0, -100.0)):
        geographic = (ctypes.c_double * 3)(*unit_vectors(lat, lon))
        gsm, tilt = (ctypes.c_double * 3)(), ctypes.c_double()
        _library().geo2gsm1_(
            ctypes.byref(ctypes.c_int32(year)),
            ctypes.byref(ctypes.c_int32(doy)),
            ctypes.byref(ctypes.c_double(seconds)),
            ctypes.byref(tilt),
            geographic,
            gsm,
        )
        x, y, z = gsm
        theirs = np.degrees(np.arcsin(z)), np.degrees(np.arctan2(y, x))
        ours = geographic_to_gsm(lat, lon, time)
        # 0.1 degrees: IRBEM takes a simpler Sun and the dipole of IGRF-13 at mid-year.
        assert float(distance_km(*ours, *theirs)) < 11.2


def test_the_dipole_axis_is_a_unit_vector_near_the_known_pole() -> None:
    axis = dipole_axis(np.datetime64("2020-01-01"))
    assert np.linalg.norm(axis) == pytest.approx(1.0)
    assert np.degrees(np.arcsin(axis[2])) == pytest.approx(80.65, abs=0.02)
