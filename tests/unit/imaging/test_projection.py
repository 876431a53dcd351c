from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from core.errors import BadInput, LimitExceeded
from core.geo.sightline import look_at
from core.geo.sphere import EARTH_RADIUS_KM
from core.imaging import sampling
from core.imaging.offsets import offsets_km
from core.imaging.overlap import overlap_km2
from core.imaging.projection import build_projection
from core.imaging.skymap import Skymap
from core.imaging.targets import OVATION_GRID, AzimuthalGrid, Box, LatLonGrid, Path, centres
from tests.unit.imaging.cameras import SITES, skymap_of, wave

ALT_KM = 110.0


def field_image(skymap: Skymap) -> np.ndarray:
    mapped = skymap.mapped(ALT_KM)
    return wave(mapped.lat_deg, mapped.lon_deg)[None]


def target_around(site: str, size: int = 48, radius_km: float = 450.0) -> AzimuthalGrid:
    return AzimuthalGrid(SITES[site][0], SITES[site][1], radius_km, size)


def seen_at(skymap: Skymap, target: Any) -> np.ndarray:
    place = (skymap.lat_deg, skymap.lon_deg, skymap.alt_m)
    return look_at(*centres(target, ALT_KM), ALT_KM, *place)[1]


@pytest.mark.parametrize("site", list(SITES))
@pytest.mark.parametrize("size", [12, 48, 200])
def test_constant_stays_constant_and_the_view_is_whole(site: str, size: int) -> None:
    skymap, target = skymap_of(site), target_around(site, size)
    projection = build_projection(skymap, ALT_KM, target)
    got = projection.apply(np.full((2, 64, 64), 1234.5678, np.float32))
    covered = projection.coverage > 0.5 - 1e-9
    assert (got[:, covered] == np.float32(1234.5678)).all()
    assert np.isnan(got[:, ~covered]).all()
    # No holes: each cell whose centre is seen above 5 degrees and in the image has a value, but
    # for those that the rim cuts.
    elevation = seen_at(skymap, target)
    assert covered[elevation > 7.0].all()
    assert not covered[elevation < 3.0].any()


@pytest.mark.parametrize("site", list(SITES))
@pytest.mark.parametrize("size", [16, 48, 160])
def test_smooth_field_comes_back(site: str, size: int) -> None:
    skymap, target = skymap_of(site, size=128), target_around(site, size, 350.0)
    got = build_projection(skymap, ALT_KM, target).apply(field_image(skymap))[0]
    # Cell means of the field itself, by 8 x 8 points of each cell.
    cells = np.arange(size * size)
    offsets = (np.arange(8) + 0.5) / 8 - 0.5
    expected = np.mean(
        [
            wave(*target.place(cells, np.full(cells.size, i), np.full(cells.size, j), ALT_KM))
            for i in offsets
            for j in offsets
        ],
        axis=0,
    ).reshape(size, size)
    high = seen_at(skymap, target) > 25
    # The field bends by at most 300 * (20^2 + 17^2) per squared Earth radius; between pixel
    # centres up to 14 km apart (25 degrees, 128 pixels) straight lines miss 1/8 of that times the
    # square of the distance in each direction, and a cell adds what its size bends.
    bend = 300.0 * (20**2 + 17**2) / EARTH_RADIUS_KM**2
    tolerance = bend * (2 * 14.0**2 / 8 + target.cell_km**2 / 12)
    assert np.abs(got - expected)[high].max() < tolerance
    assert np.std(expected[high]) > 20 * tolerance or size == 16


def test_cell_of_many_pixels_is_their_mean_by_area() -> None:
    skymap = skymap_of(size=128)
    target = target_around("gill", 9)
    noise = np.random.default_rng(3).normal(1000.0, 100.0, (1, 128, 128))
    got = build_projection(skymap, ALT_KM, target).apply(noise)[0]
    mapped = skymap.mapped(ALT_KM)
    column, row = target.cell_of(mapped.lat_deg, mapped.lon_deg)
    inside = (np.floor(row) == 4) & (np.floor(column) == 4)
    count = inside.sum()
    assert count > 500
    # Pixels count by their area, which is uneven within the middle cell by some per cent, and
    # those on the border are shared: together a fraction of the mean's own scatter.
    scatter = 100.0 / np.sqrt(count)
    assert got[4, 4] == pytest.approx(noise[0][inside].mean(), abs=1.0 * scatter)


def test_every_pixel_within_counts_by_its_area() -> None:
    skymap = skymap_of(size=64)
    target = Box(np.array([56.4]), np.array([-94.6]), 60.0, 60.0)
    as_grid = AzimuthalGrid(56.4, -94.6, 30.0 * EARTH_RADIUS_KM / (EARTH_RADIUS_KM + ALT_KM), 1)
    larger = Box(np.array([56.4]), np.array([-94.6]), 240.0, 240.0)
    exact = build_projection(skymap, ALT_KM, target).matrix.toarray()[0]
    whole = build_projection(skymap, ALT_KM, larger).matrix.toarray()[0] * 16
    sampled = build_projection(skymap, ALT_KM, as_grid).matrix.toarray()[0]
    assert sampled.sum() == pytest.approx(1.0)
    assert exact.sum() == pytest.approx(1.0, abs=1e-3)
    inner = (exact > 0) & np.isclose(exact, whole, rtol=1e-6)  # pixels that lie wholly within
    assert inner.sum() > 50
    # Interpolation blurs by a pixel: inner pixels have their area, but for 3 % of ripple.
    assert sampled[inner] == pytest.approx(exact[inner], rel=0.06)
    assert np.abs(sampled - exact).sum() < 0.25


def test_linearity_and_halves() -> None:
    skymap, target = skymap_of(), target_around("gill")
    projection = build_projection(skymap, ALT_KM, target)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 6, 64, 64))
    mixed = projection.apply(2 * a - 3 * b)
    apart = 2 * projection.apply(a) - 3 * projection.apply(b)
    covered = np.isfinite(mixed)
    # float32 results of size 5: a few units in the last place.
    assert np.abs(mixed - apart)[covered].max() < 1e-5
    halves = np.concatenate([projection.apply(a[:2]), projection.apply(a[2:])])
    assert np.array_equal(halves, projection.apply(a), equal_nan=True)


def test_bad_pixels_take_their_weight_and_nothing_else() -> None:
    skymap, target = skymap_of(), target_around("gill", 12)
    projection = build_projection(skymap, ALT_KM, target)
    rng = np.random.default_rng(0)
    images = np.full((3, 64, 64), 700.0)
    bad = rng.random((64, 64)) < 0.2
    images[:, bad] = np.nan
    high = projection.elevation_deg > 25  # cells of some fifty pixels
    assert set(np.unique(projection.apply(images)[..., high])) == {700.0}
    images[:, bad] = 65535.0
    masked = projection.apply(images, ~bad)
    assert set(np.unique(masked[..., high])) == {700.0}
    whole = images.astype(np.uint16)
    assert np.array_equal(projection.apply(whole, ~bad), masked, equal_nan=True)


def test_cell_that_is_mostly_bad_has_no_value() -> None:
    projection = build_projection(skymap_of(), ALT_KM, target_around("gill", 8))
    images = np.ones((1, 64, 64))
    images[:, :, :32] = np.nan
    got = projection.apply(images)[0]
    assert np.isnan(got[4, -1])  # east is stored to the left
    assert got[4, 0] == 1.0
    assert np.isnan(projection.apply(np.full((1, 64, 64), np.nan))).all()
    assert np.isfinite(projection.apply(images, min_share=0.0)).sum() >= np.isfinite(got).sum()


def test_colour_is_projected_channel_by_channel() -> None:
    projection = build_projection(skymap_of(), ALT_KM, target_around("gill"))
    images = np.random.default_rng(0).integers(0, 255, (4, 64, 64, 3)).astype(np.uint8)
    got = projection.apply(images)
    assert got.shape == (4, 48, 48, 3)
    for channel in range(3):
        alone = projection.apply(images[..., channel])
        assert np.array_equal(got[..., channel], alone, equal_nan=True)


def test_only_the_pixels_that_count_are_needed() -> None:
    projection = build_projection(skymap_of(), ALT_KM, Path([56.0, 57.0], [-94.6, -94.6]))  # type: ignore[arg-type]
    images = np.random.default_rng(0).integers(0, 65535, (4, 64, 64)).astype(np.uint16)
    assert projection.pixels.size < 100
    few = projection.apply_pixels(images.reshape(4, -1)[:, projection.pixels])
    assert np.array_equal(few, projection.apply(images))


def test_view_that_does_not_reach_the_target_is_empty() -> None:
    projection = build_projection(skymap_of("gill"), ALT_KM, target_around("soth"))
    got = projection.apply(np.ones((2, 64, 64)))
    assert got.shape == (2, 48, 48)
    assert np.isnan(got).all()
    assert np.isnan(projection.elevation_deg).all()
    boxes = build_projection(skymap_of("gill"), ALT_KM, Box(np.zeros(3), np.zeros(3), 20.0, 20.0))
    assert np.isnan(boxes.apply(np.ones((2, 64, 64), np.uint16))).all()
    none = build_projection(skymap_of("gill"), ALT_KM, target_around("gill"))
    assert none.apply(np.ones((0, 64, 64))).shape == (0, 48, 48)


def test_world_grid_holds_every_camera() -> None:
    for site, (lat, lon, _) in SITES.items():
        skymap = skymap_of(site)
        projection = build_projection(skymap, ALT_KM, OVATION_GRID, 10.0)
        got = projection.apply(field_image(skymap))[0]
        row, column = int((lat + 90) / 180 * 512), int((lon + 180) / 360 * 1024)
        assert np.isfinite(got[row, column])
        cell_lat, cell_lon = centres(OVATION_GRID)
        seen = np.isfinite(got)
        # 64 pixels: 14 x 40 km at 20 degrees of elevation, cells of 20 x 39 km.
        high = seen & (projection.elevation_deg > 20)
        bend = 300.0 * (20**2 + 17**2) / EARTH_RADIUS_KM**2
        assert np.abs(got - wave(cell_lat, cell_lon))[high].max() < bend * (40**2 / 4 + 39**2 / 12)


def test_boxes_on_the_date_line_and_near_the_pole() -> None:
    for site in ("date", "pole", "soth"):
        lat, lon, _ = SITES[site]
        skymap = skymap_of(site, size=128)
        boxes = Box(np.array([lat, lat]), np.array([lon, lon - 360.0]), 20.0, 30.0)
        projection = build_projection(skymap, ALT_KM, boxes)
        got = projection.apply(field_image(skymap))[0]
        assert projection.coverage == pytest.approx([1.0, 1.0], abs=1e-3)
        assert got[0] == pytest.approx(got[1], abs=1e-6)
        # The field bends by less than 0.005 per square km.
        assert got[0] == pytest.approx(float(wave(np.array(lat), np.array(lon))), abs=2.0)


def test_box_counts_pixels_by_their_overlap() -> None:
    skymap = skymap_of()
    lat, lon, width, height = 57.1, -93.2, 37.0, 22.0
    box = Box(np.array([lat]), np.array([lon]), width, height)
    weights = build_projection(skymap, ALT_KM, box).matrix.toarray()[0]
    # Random points of the box, put into pixels by their corners.
    rng = np.random.default_rng(5)
    east, north = (
        rng.uniform(-width / 2, width / 2, 4000),
        rng.uniform(-height / 2, height / 2, 4000),
    )
    mapped = skymap.mapped(ALT_KM)
    x, y = offsets_km(
        lat, lon, mapped.corner_lat_deg, mapped.corner_lon_deg, EARTH_RADIUS_KM + ALT_KM
    )
    from matplotlib.path import Path as Polygon

    points = np.stack([east, north], axis=1)
    for pixel in np.flatnonzero(weights):
        i, j = divmod(int(pixel), 64)
        corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
        inside = Polygon([(x[c], y[c]) for c in corners]).contains_points(points).mean()
        # Four standard errors of 4,000 points at most 0.3 each.
        assert weights[pixel] == pytest.approx(inside, abs=0.03)


def test_overlap_of_polygons_with_a_rectangle() -> None:
    square = np.array([[-1.0, 1.0, 1.0, -1.0]]), np.array([[-1.0, -1.0, 1.0, 1.0]])
    for (width, height), area in (((2, 2), 4), ((1, 1), 1), ((10, 10), 4), ((1, 10), 2)):
        assert overlap_km2(*square, width, height) == pytest.approx([area])
    diamond = np.array([[0.0, 1.0, 0.0, -1.0]]), np.array([[-1.0, 0.0, 1.0, 0.0]])
    assert overlap_km2(*diamond, 1.0, 1.0) == pytest.approx([1.0])
    assert overlap_km2(*diamond, 1.6, 1.6) == pytest.approx([2.0 - 4 * 0.2**2])
    moved = diamond[0] + 1.0, diamond[1] + 1.0
    assert overlap_km2(*moved, 2.0, 2.0) == pytest.approx([0.5])
    assert overlap_km2(square[0] + 5.0, square[1], 2.0, 2.0) == pytest.approx([0.0])


def test_threads_share_a_projection() -> None:
    skymap, target = skymap_of(rotation_deg=33.0), target_around("gill", 30)
    images = np.random.default_rng(0).normal(size=(2, 64, 64))
    with ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(lambda _: build_projection(skymap, ALT_KM, target).apply(images), range(8))
        )
    assert all(np.array_equal(results[0], other, equal_nan=True) for other in results[1:])
    assert build_projection(skymap, ALT_KM, target) is build_projection(skymap, ALT_KM, target)


def test_what_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    skymap, target = skymap_of(), target_around("gill", 20)
    projection = build_projection(skymap, ALT_KM, target)
    for shape in ((64, 64), (1, 64, 63), (1, 32, 128), (1, 1, 64, 64)):
        with pytest.raises(BadInput, match="64 x 64"):
            projection.apply(np.zeros(shape))
    with pytest.raises(BadInput, match="mask"):
        projection.apply(np.zeros((2, 64, 64)), np.ones((3, 64, 64), bool))
    with pytest.raises(BadInput, match="altitude"):
        build_projection(skymap, 0.1, target)
    with pytest.raises(BadInput, match="elevation"):
        build_projection(skymap, ALT_KM, target, 90.0)
    monkeypatch.setattr(sampling, "MAX_SAMPLES", 100)
    with pytest.raises(LimitExceeded, match="points"):
        build_projection(skymap, ALT_KM, LatLonGrid(19, 36))


@pytest.mark.parametrize("size", [1, 3, 8])
def test_no_pixel_is_left_out_of_a_coarse_map(size: int) -> None:
    skymap = skymap_of(size=96)
    target = target_around("gill", size, 700.0)
    projection = build_projection(skymap, ALT_KM, target, 5.0)
    # What a pixel weighs in all cells together is its area in cells, in km2 on the ground.
    weight = np.asarray(projection.matrix.sum(axis=0)).reshape(96, 96) * target.cell_km**2
    mapped = skymap.mapped(ALT_KM)
    place = skymap.lat_deg, skymap.lon_deg
    x, y = offsets_km(*place, mapped.corner_lat_deg, mapped.corner_lon_deg, EARTH_RADIUS_KM)
    one = (x[1:, 1:] - x[:-1, :-1]) * (y[1:, :-1] - y[:-1, 1:])
    two = (y[1:, 1:] - y[:-1, :-1]) * (x[1:, :-1] - x[:-1, 1:])
    area = np.abs(one - two) / 2
    inside = skymap.elevation_deg > 12
    assert inside.sum() > 2000
    # Interpolation gives each pixel the area around its centre, with 3 % of ripple; towards the
    # horizon pixels grow by a tenth from row to row.
    share = weight[inside] / area[inside]
    assert np.abs(share - 1).max() < 0.25
    assert np.median(np.abs(share - 1)) < 0.04
    assert weight[inside].sum() == pytest.approx(area[inside].sum(), rel=0.005)
