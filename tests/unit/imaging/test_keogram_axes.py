from __future__ import annotations

import numpy as np
import pytest

from core.errors import BadInput
from core.geo.magnetic import to_magnetic
from core.geo.sightline import look_at, map_to_altitude
from core.imaging.keogram_axes import column_axes, meridian_directions
from tests.unit.imaging.cameras import skymap_of

TIME = np.datetime64("2014-03-10T06:00", "us")


def test_axes_are_those_of_pixel_centres_from_south_to_north() -> None:
    skymap = skymap_of()
    axes = column_axes(skymap, 110.0, TIME)
    assert axes.sizes["pixel"] == 64
    assert axes["pixel"].values[[0, -1]].tolist() == [0.5, 63.5]
    row, column = 20, 32
    lat, lon = map_to_altitude(
        skymap.azimuth_deg[row, column], skymap.elevation_deg[row, column],
        skymap.lat_deg, skymap.lon_deg, skymap.alt_m, 110.0,
    )  # fmt: skip
    here = axes.isel(pixel=63 - row)
    assert (here["latitude"], here["longitude"]) == (pytest.approx(lat), pytest.approx(lon))
    mlat, mlon = to_magnetic(lat, lon, 110.0, TIME)
    assert (here["mlat_deg"], here["mlon_deg"]) == (pytest.approx(mlat), pytest.approx(mlon))
    assert here["elevation_deg"] == pytest.approx(skymap.elevation_deg[row, column])
    assert here["azimuth_deg"] == pytest.approx(skymap.azimuth_deg[row, column])
    assert axes.attrs["skymap_kind"] == "model"
    assert axes.attrs["alt_km"] == 110.0


def test_axes_are_not_a_number_below_the_horizon_and_rise_above_it() -> None:
    axes = column_axes(skymap_of(), 110.0, TIME)
    seen = np.isfinite(axes["elevation_deg"].values)
    assert 40 < seen.sum() < 64
    for name in ("latitude", "longitude", "mlat_deg", "mlon_deg", "azimuth_deg"):
        assert np.array_equal(np.isfinite(axes[name].values), seen)
    assert (np.diff(axes["latitude"].values[seen]) > 0).all()


def test_column_must_exist_and_altitude_be_above_the_camera() -> None:
    with pytest.raises(BadInput, match="64 columns"):
        column_axes(skymap_of(), 110.0, TIME, column=64)
    with pytest.raises(BadInput, match="altitude"):
        column_axes(skymap_of(), 0.0, TIME)


def test_higher_emission_reaches_further() -> None:
    low = column_axes(skymap_of(), 110.0, TIME)["latitude"].values
    high = column_axes(skymap_of(), 230.0, TIME)["latitude"].values
    assert np.nanmax(high) - np.nanmin(high) > 1.4 * (np.nanmax(low) - np.nanmin(low))


@pytest.mark.parametrize("site", ["gill", "date", "soth", "pole"])
def test_meridian_is_regular_and_magnetic(site: str) -> None:
    skymap = skymap_of(site)
    line = meridian_directions(skymap, 110.0, TIME, 200)
    mlat, mlon = to_magnetic(line.latitude, line.longitude, 110.0, TIME)
    # The coefficients of both ways agree after correction: 1e-4 degrees are 11 m.
    assert np.abs(mlat - line.mlat_deg).max() < 1e-4
    turn = (mlon - line.mlon_deg + 180) % 360 - 180
    assert np.abs(turn * np.cos(np.radians(mlat))).max() < 1e-4
    steps = np.diff(line.mlat_deg)
    assert steps == pytest.approx(np.full(199, steps[0]), abs=1e-9)
    assert steps[0] > 0
    assert np.unique(line.mlon_deg).size == 1
    site_mlat, site_mlon = to_magnetic(skymap.lat_deg, skymap.lon_deg, 110.0, TIME)
    assert line.mlon_deg[0] == pytest.approx(float(site_mlon))
    assert line.elevation_deg.max() > 87.0  # bins of up to 0.13 degrees, 15 km
    assert line.mlat_deg[line.elevation_deg.argmax()] == pytest.approx(float(site_mlat), abs=0.1)


def test_meridian_fills_the_view_down_to_the_least_elevation() -> None:
    skymap = skymap_of()
    line = meridian_directions(skymap, 110.0, TIME, 500, min_elevation_deg=10.0)
    # The outermost centres lie half a bin inside: 0.01 degrees of latitude, 0.03 of elevation.
    step = np.diff(line.elevation_deg)[[0, -1]] * [1, -1]
    assert line.elevation_deg[[0, -1]] - step / 2 == pytest.approx([10.0, 10.0], abs=2e-3)
    azimuth, elevation, _ = look_at(
        line.latitude, line.longitude, 110.0, skymap.lat_deg, skymap.lon_deg, skymap.alt_m
    )
    assert line.azimuth_deg == pytest.approx(azimuth)
    assert line.elevation_deg == pytest.approx(elevation)


def test_meridian_has_as_many_samples_as_the_image_has_rows() -> None:
    assert meridian_directions(skymap_of(height=40), 110.0, TIME).latitude.size == 40


def test_no_meridian_of_one_sample() -> None:
    with pytest.raises(BadInput, match="samples"):
        meridian_directions(skymap_of(), 110.0, TIME, 1)


def test_no_meridian_where_aacgm_is_not_defined(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.unit.imaging import cameras

    monkeypatch.setitem(cameras.SITES, "deep", (0.0, -30.0, 0.0))
    with pytest.raises(BadInput, match="not defined"):
        meridian_directions(skymap_of("deep"), 110.0, TIME)
