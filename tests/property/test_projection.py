"""Laws of projections: for any camera, target, mask and image."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.geo.sightline import look_at
from core.imaging.lens import Lens
from core.imaging.mosaic import mosaic
from core.imaging.pixel_finder import PixelFinder
from core.imaging.projection import Projection, build_projection
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.targets import AzimuthalGrid, Box, LatLonGrid, Path, centres

SIZE = 20
ALT_KM = 110.0

few = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
sites = st.one_of(
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.sampled_from([(90.0, 0.0), (-90.0, 10.0), (66.0, 180.0), (66.0, -179.99), (0.0, 0.0)]),
)


@st.composite
def cameras(draw: st.DrawFn) -> Skymap:
    lat, lon = draw(sites)
    height = draw(st.integers(12, SIZE))
    lens = Lens(
        draw(st.floats(0.3, 0.7)) * SIZE, draw(st.floats(0.3, 0.7)) * height,
        draw(st.floats(-180, 180)), (draw(st.floats(3.0, 12.0)),), draw(st.booleans()),
    )  # fmt: skip
    return model_skymap(
        "gill", lens, (height, SIZE), array="themis_asi", lat_deg=lat, lon_deg=lon,
        alt_m=draw(st.floats(0, 4000)),
    )  # fmt: skip


@st.composite
def targets(draw: st.DrawFn, skymap: Skymap) -> Any:
    lat, lon = skymap.lat_deg, skymap.lon_deg
    kind = draw(st.sampled_from(["map", "far map", "world", "path", "boxes"]))
    if kind == "map":
        return AzimuthalGrid(lat, lon, draw(st.floats(50, 1500)), draw(st.integers(1, 12)))
    if kind == "far map":
        return AzimuthalGrid(*draw(sites), draw(st.floats(50, 1500)), draw(st.integers(1, 12)))
    if kind == "world":
        return LatLonGrid(draw(st.integers(20, 90)), draw(st.integers(20, 90)))
    if kind == "path":
        away = draw(st.floats(0.5, 6.0))
        ends = np.clip([lat - away, lat + away], -89.0, 89.0)
        return Path(
            np.linspace(*ends, 9), np.linspace(lon - 1, lon + 1, 9), draw(st.floats(0, 300))
        )
    offsets = np.linspace(-3, 3, 5)
    return Box(
        np.clip(lat + offsets, -90, 90), lon + offsets, draw(st.floats(1, 300)),
        draw(st.floats(1, 300)),
    )  # fmt: skip


@st.composite
def views(draw: st.DrawFn) -> tuple[Skymap, Projection]:
    skymap = draw(cameras())
    least = draw(st.sampled_from([0.0, 5.0, 20.0]))
    return skymap, build_projection(skymap, ALT_KM, draw(targets(skymap)), least)


def masks(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    return arrays(bool, shape, elements=st.booleans())


@few
@given(views(), st.floats(-1e6, 1e6, width=32), st.data())
def test_constant_stays_constant_and_weights_are_shares(
    view: tuple[Skymap, Projection], value: float, data: st.DataObject
) -> None:
    skymap, projection = view
    coverage = projection.coverage
    assert (coverage >= 0).all()
    # Boxes of 300 km lie on a curved Earth: neighbouring pixels overlap by 1e-4 in its plane.
    assert (coverage <= 1 + 1e-3).all()
    assert (projection.matrix.data >= 0).all()
    image = np.full((2, *skymap.shape), value, np.float32)
    bad = data.draw(masks(skymap.shape))
    image[1, bad] = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    got = projection.apply(image)
    assert set(np.unique(got[np.isfinite(got)])) <= {np.float32(value)}
    assert np.array_equal(np.isfinite(got[0]), coverage >= 0.5 - 1e-9)
    # What is lost is only ever lost where the bad pixels weigh.
    left = (projection.matrix @ (~bad).ravel().astype(float)).reshape(coverage.shape)
    assert np.array_equal(np.isfinite(got[1]), left >= 0.5 - 1e-9)
    masked = projection.apply(np.full((1, *skymap.shape), value), ~bad)
    assert np.array_equal(masked[0], got[1], equal_nan=True)


@few
@given(views(), st.integers(0, 2**32 - 1), st.floats(-3, 3), st.floats(-3, 3))
def test_linear_and_the_same_in_halves(
    view: tuple[Skymap, Projection], seed: int, a: float, b: float
) -> None:
    skymap, projection = view
    one, two = np.random.default_rng(seed).normal(size=(2, 5, *skymap.shape))
    mixed = projection.apply(a * one + b * two)
    apart = a * projection.apply(one) + b * projection.apply(two)
    seen = np.isfinite(mixed)
    assert np.array_equal(seen, np.isfinite(apart))
    # Single precision of numbers up to 30.
    assert np.abs(mixed - apart)[seen].max(initial=0) < 2e-5
    halves = [projection.apply(one[:2]), projection.apply(one[2:])]
    assert np.array_equal(np.concatenate(halves), projection.apply(one), equal_nan=True)


@few
@given(views(), st.integers(0, 2**32 - 1), st.data())
def test_values_lie_among_those_of_the_valid_pixels(
    view: tuple[Skymap, Projection], seed: int, data: st.DataObject
) -> None:
    skymap, projection = view
    image = np.random.default_rng(seed).integers(0, 65535, (1, *skymap.shape)).astype(np.uint16)
    good = data.draw(masks(skymap.shape))
    got = projection.apply(image, good)
    seen = got[np.isfinite(got)]
    if seen.size:
        assert seen.min() >= image[0][good].min() * (1 - 1e-6)
        assert seen.max() <= image[0][good].max() * (1 + 1e-6)
    # What bad pixels hold does not matter.
    image[0][~good] = 0
    assert np.array_equal(projection.apply(image, good), got, equal_nan=True)


@few
@given(cameras(), st.integers(0, 2**32 - 1))
def test_grid_has_values_exactly_where_the_camera_sees(skymap: Skymap, seed: int) -> None:
    """Cells far smaller than a pixel: no holes within the view, nothing outside."""
    rng = np.random.default_rng(seed)
    grid = AzimuthalGrid(skymap.lat_deg, skymap.lon_deg, 30.0 + 800.0 * rng.random(), 25)
    projection = build_projection(skymap, ALT_KM, grid, 5.0)
    site = (skymap.lat_deg, skymap.lon_deg, skymap.alt_m)
    azimuth, elevation, _ = look_at(*centres(grid, ALT_KM), ALT_KM, *site)
    x, _ = PixelFinder(skymap).pixels_of(azimuth, np.where(elevation >= 5.0, elevation, np.nan))
    alone = projection.matrix.sum(axis=1).reshape(25, 25)
    cell = grid.cell_km
    # A cell of one point is its centre; larger ones may be seen in part.
    if cell < 2.0:
        assert np.array_equal(alone > 0, np.isfinite(x))
    assert (alone[np.isfinite(x)] > 0).all()


@few
@given(st.lists(st.booleans(), min_size=3, max_size=3), st.integers(0, 2**32 - 1))
def test_cameras_that_are_off_leave_no_trace(on: list[bool], seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = AzimuthalGrid(60.0, 179.0, 700.0, 15)
    shown = []
    for k in range(3):
        lens = Lens(10.0 + k, 9.0, 50.0 * k, (6.0,))
        place = {"lat_deg": 58.0 + 2 * k, "lon_deg": 176.0 + 3 * k, "alt_m": 0.0}
        skymap = model_skymap(f"s{k:03d}", lens, (SIZE, SIZE), array="themis_asi", **place)
        shown.append(build_projection(skymap, ALT_KM, grid))
    images = list(rng.normal(1000.0, 50.0, (3, 2, SIZE, SIZE)))
    dark = rng.uniform(0, 500, 3)
    given_ = [image if there else None for image, there in zip(images, on, strict=True)]
    got = mosaic(shown, given_, dark)
    number = [k for k in range(3) if on[k]]
    if not number:
        assert np.isnan(got.values).all()
        return
    alone = mosaic([shown[k] for k in number], [images[k] for k in number], dark[number])
    assert np.array_equal(got.values, alone.values, equal_nan=True)
    # Means lie among the cameras' own values.
    each = np.array([shown[k].apply(images[k]) - dark[k] for k in number])
    low = np.where(np.isnan(each), np.inf, each).min(axis=0)
    high = np.where(np.isnan(each), -np.inf, each).max(axis=0)
    seen = np.isfinite(got.values)
    assert np.array_equal(seen, np.isfinite(low))
    assert (got.values[seen] >= low[seen] - 1e-3).all()
    assert (got.values[seen] <= high[seen] + 1e-3).all()
