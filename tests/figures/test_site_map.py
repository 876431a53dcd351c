"""Lines of the small map, against distances on the sphere and the AACGM coordinates of places."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from core.figures.site_map import magnetic_parallels, map_radius_km, rings
from core.geo.magnetic import to_magnetic
from core.geo.sightline import look_at

GILLAM = (56.376723, -94.643664)
TIME = datetime(2019, 1, 2, tzinfo=UTC)


def test_rings_are_seen_at_their_elevation() -> None:
    for name, line in rings(*GILLAM, 135.0, 110.0).items():
        lon, lat = np.array(line).T
        _, elevation, _ = look_at(lat, lon, np.full(lat.size, 110.0), *GILLAM, 135.0)
        # Coordinates are given to 0.001 degrees, 0.1 km: at 5 degrees that is 0.002 degrees.
        np.testing.assert_allclose(elevation, float(name), atol=0.005)
        assert line[0] == line[-1]


def test_parallels_have_their_magnetic_latitude() -> None:
    lines = magnetic_parallels(*GILLAM, 110.0, TIME)
    assert {"60", "65", "70"} <= set(lines)
    for name, line in lines.items():
        lon, lat = np.array(line).T
        mlat, _ = to_magnetic(lat, lon, np.full(lat.size, 110.0), TIME)
        # AACGM's two directions are fits of their own: they agree to some hundredths of a degree.
        np.testing.assert_allclose(mlat, float(name), atol=0.06)


def test_the_south_has_parallels_too() -> None:
    assert all(float(name) < 0 for name in magnetic_parallels(-78.0, 166.7, 110.0, TIME))


def test_a_place_without_magnetic_coordinates_has_no_parallels() -> None:
    assert magnetic_parallels(0.0, 0.0, 110.0, TIME) == {}


def test_the_map_holds_the_field_of_view() -> None:
    # Ground range at 5 degrees of elevation: 742 km for 110 km, 1,219 km for 230 km of altitude.
    assert map_radius_km(110.0) == 850.0
    assert map_radius_km(230.0) == 1400.0
