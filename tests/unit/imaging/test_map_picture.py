"""Maps and compasses: lines where the geometry says, in both views."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.errors import BadInput
from core.geo.land import coastlines
from core.imaging.compass import compass
from core.imaging.drawing import Drawing, Look
from core.imaging.lens import Lens
from core.imaging.map_lines import _Sides, map_lines
from core.imaging.overlay import fisheye_overlay, map_overlay
from core.imaging.render import Style
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.skymap_check import SkymapUse
from core.imaging.targets import AzimuthalGrid

TIME = np.datetime64("2014-03-10T06:00:00", "us")
TURN_DEG = 20.0
LENS = Lens(120.0, 130.0, TURN_DEG, (76.0,))  # equidistant, turned, off the centre
ATTRIBUTES = {"array": "themis_asi", "site": "gill"}


def skymap(lens: Lens = LENS, lat_deg: float = 56.35, lon_deg: float = -94.65) -> Skymap:
    return model_skymap(
        "gill", lens, (256, 256), array="themis_asi", lat_deg=lat_deg, lon_deg=lon_deg, alt_m=60.0
    )


def test_a_compass_points_where_the_lens_does() -> None:
    lines = compass(skymap(), (256, 256), 512)
    assert lines.size == (512, 512)
    # A table of directions, inverted: a hundredth of a pixel.
    assert lines.zenith == pytest.approx((240.0, 260.0), abs=0.05)
    for name, azimuth in (("N", 0), ("E", 90), ("S", 180), ("W", 270)):
        x, y = LENS.pixel_of(azimuth, 0.0)
        assert lines.labels[name] == pytest.approx((2 * float(x), 2 * float(y)), abs=0.2), name
    # North of a camera that is turned to the east lies to the right of up, east to the left.
    assert lines.labels["N"][0] > 240
    assert lines.labels["E"][0] < 240


@pytest.mark.parametrize("elevation", [10.0, 30.0, 60.0])
def test_circles_of_elevation_keep_their_distance(elevation: float) -> None:
    (circle,) = compass(skymap(), (256, 256)).circles[elevation]
    radius = np.hypot(circle[:, 0] - 120, circle[:, 1] - 130)
    expected = float(LENS.radius_px(np.radians(90 - elevation)))
    assert radius == pytest.approx(np.full(len(circle), expected), abs=0.05)


def test_the_map_view_mirrors_every_line() -> None:
    sky, chart = (compass(skymap(), (256, 256), 300, view) for view in ("sky", "map"))  # type: ignore[arg-type]
    assert chart.labels["E"][0] == pytest.approx(300 - sky.labels["E"][0])
    np.testing.assert_allclose(chart.north[0][:, 0], 300 - sky.north[0][:, 0])
    np.testing.assert_allclose(chart.slice[0][:, 0], 300 - sky.slice[0][:, 0])


def test_the_slice_is_the_centre_of_the_centre_column() -> None:
    ((top, bottom),) = compass(skymap(), (256, 256), 512).slice
    assert top.tolist() == [257.0, 0.0]
    assert bottom.tolist() == [257.0, 512.0]


def test_a_line_that_leaves_the_picture_is_cut() -> None:
    lines = compass(skymap(Lens(30.0, 128.0, 0.0, (76.0,))), (256, 256))
    points = np.concatenate([*lines.circles[10.0], *lines.circles[30.0]])
    assert points.min() >= 0
    assert points.max() <= 256
    assert lines.labels["E"][0] < 30  # the lowest place to the east that is in the picture


def test_a_compass_as_shares_of_the_picture_does_not_depend_on_its_size() -> None:
    small, large = (
        compass(skymap(), (256, 256), size).to_dict(fractions=True) for size in (256, 1024)
    )
    assert small["zenith"] == pytest.approx(large["zenith"], abs=1e-5)
    assert small["zenith"] == pytest.approx([120 / 256, 130 / 256], abs=1e-3)


def test_a_skymap_of_another_size_is_refused() -> None:
    with pytest.raises(BadInput, match="not of"):
        compass(skymap(), (512, 512))


def test_an_overlay_is_transparent_but_for_its_lines() -> None:
    layer = fisheye_overlay(compass(skymap(), (256, 256), 256), 10)
    assert layer.shape == (256, 256, 4)
    assert 0.01 < (layer[..., 3] > 0).mean() < 0.3
    x, y = (round(float(v)) for v in LENS.pixel_of(-TURN_DEG - 90, 30.0))
    assert layer[y - 2 : y + 3, x - 2 : x + 3, 3].max() > 100  # on the circle of 30 degrees


def lines_of(radius_km: float = 600.0, size: int = 400, **place: float) -> object:
    sky = skymap(**place)  # type: ignore[arg-type]
    grid = AzimuthalGrid(sky.lat_deg, sky.lon_deg, radius_km, size)
    return map_lines(sky, grid, size, 110.0, TIME, 5.0)


def test_an_edge_that_bends_round_the_pole_has_its_parallels() -> None:
    """On a map of half a hemisphere the left edge passes some latitudes twice, and both count."""
    lines = lines_of(5000.0)
    _, left_lat, _ = _Sides(AzimuthalGrid(56.35, -94.65, 5000.0, 400), 400).edge("left")
    along = np.linspace(0, 400, len(left_lat))
    marks = lines.left  # type: ignore[attr-defined]
    assert len(marks) >= 4
    for at, text in marks:
        # Between places 2 pixels apart a latitude is straight to a hundredth of a degree.
        assert np.interp(at, along, left_lat) == pytest.approx(float(text.split("°")[0]), abs=0.05)
    parallels = [line for line in lines.geographic if len(line) > 100]  # type: ignore[attr-defined]
    assert len(parallels) > 8


def test_small_pages_keep_title_and_time_apart() -> None:
    use = SkymapUse(skymap(), False, "")
    small = Drawing(ATTRIBUTES, (256, 256), use, Look(size=128), TIME, 1.0)
    page = small.draw(np.zeros((256, 256)), TIME)
    wide = Drawing(ATTRIBUTES, (256, 256), use, Look(size=768), TIME, 1.0)
    assert page.shape[1] > 300
    assert wide.draw(np.zeros((256, 256)), TIME).shape[1] < 1000  # no wider than its image asks


def test_parallels_and_meridians_pass_their_marks() -> None:
    lines = lines_of()
    assert {text for _, text in lines.left} >= {"52° N", "56° N", "60° N"}  # type: ignore[attr-defined]
    assert {text for _, text in lines.bottom} >= {"95° W"}  # type: ignore[attr-defined]
    for edge, axis, at in (("left", 1, 0.0), ("bottom", 0, 400.0)):
        for mark, _ in getattr(lines, edge):
            near = min(
                float(np.hypot(*(line - ((at, mark) if axis else (mark, at))).T).min())
                for line in lines.geographic  # type: ignore[attr-defined]
            )
            assert near < 3.5  # a line's points are up to seven pixels apart


def test_the_scale_bar_is_true() -> None:
    lines = lines_of(600.0, 400)
    assert lines.scale_km == 200  # type: ignore[attr-defined]
    assert lines.scale_px == pytest.approx(200 / 1200 * 400)  # type: ignore[attr-defined]
    assert lines.site == pytest.approx((200, 200))  # type: ignore[attr-defined]


def test_the_rim_is_a_circle_around_the_site() -> None:
    lines = lines_of(900.0, 400)
    rim = np.concatenate(lines.view)  # type: ignore[attr-defined]
    radius = np.hypot(*(rim - 200).T)
    # 5 degrees of elevation at 110 km are 744 km away on a sphere; the ellipsoid and its normal
    # move that by some kilometres: two per cent.
    assert radius * 1800 / 400 == pytest.approx(np.full(len(rim), 744.0), rel=0.02)


@pytest.mark.parametrize(("lat", "lon"), [(65.0, 179.9), (89.5, 0.0), (-78.0, 166.0), (0.0, 0.0)])
def test_date_line_pole_and_equator_are_places_like_others(lat: float, lon: float) -> None:
    lines = lines_of(lat_deg=lat, lon_deg=lon)
    layer = map_overlay(lines, 12)  # type: ignore[arg-type]
    assert layer.shape == (400, 400, 4)
    for line in itertools.chain(lines.geographic, lines.magnetic, lines.view):  # type: ignore[attr-defined]
        assert np.isfinite(line).all()
        assert np.hypot(*np.diff(line, axis=0).T).max() < 60  # no line jumps across the map


def test_coastlines_are_where_the_sea_begins() -> None:
    lines = coastlines()
    if not lines:
        pytest.skip("the package world-atlas is not installed")
    lat, lon = (np.concatenate([line[k] for line in lines]) for k in (0, 1))
    assert np.abs(lat).max() <= 90
    assert np.abs(lon).max() <= 180
    # Churchill harbour (58.78 N, 94.2 W) and North Cape (71.17 N, 25.78 E), to 30 km at 1:50 m.
    for place_lat, place_lon in ((58.78, -94.2), (71.17, 25.78)):
        east = (lon - place_lon) * np.cos(np.radians(place_lat))
        assert np.hypot(lat - place_lat, east).min() * 111.2 < 30


def test_there_are_no_coastlines_where_they_are_not_installed(tmp_path: object) -> None:
    assert coastlines(tmp_path / "none.json") == ()  # type: ignore[operator]


def drawing(look: Look, use: SkymapUse | None, image: np.ndarray) -> Drawing:
    made = Drawing(ATTRIBUTES, image.shape, use, look, TIME, 1.0)
    made.fit(image[None])
    return made


def test_a_bright_spot_in_the_east_is_drawn_in_the_east() -> None:
    x, y = LENS.pixel_of(90.0, 45.0)
    image = np.full((256, 256), 1000, dtype="u2")
    image[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5] = 9000
    use = SkymapUse(skymap())
    plain = {"style": Style(vmin=1000, vmax=9000, cmap="gray"), "size": 256, "lines": False}
    for look, side in (
        (Look(**plain), -1),  # type: ignore[arg-type]
        (Look(view="map", **plain), 1),  # type: ignore[arg-type]
        (Look(what="map", **plain), 1),  # type: ignore[arg-type]
    ):
        made = drawing(look, use, image)
        shown = made.image(image)
        bright = np.argwhere(shown[..., 0] > 128)
        row, column = bright.mean(axis=0)
        centre = 128.0 if look.what == "map" else 120.0 if look.view == "sky" else 136.0
        assert (column - centre) * side > 8, look
        if look.what == "map":
            assert row == pytest.approx(128, abs=4)  # due east: a row of an equidistant map


def test_fixed_limits_are_those_of_the_array_and_own_ends_stand() -> None:
    image = np.full((256, 256), 5000, dtype="u2")
    assert drawing(Look(scale="fixed"), None, image).limits == (2500.0, 14000.0)
    look = Look(scale="fixed", style=Style(vmax=9000.0))
    assert drawing(look, None, image).limits == (2500.0, 9000.0)


def test_a_map_without_a_skymap_is_refused() -> None:
    with pytest.raises(BadInput, match="needs a skymap"):
        drawing(Look(what="map"), None, np.zeros((256, 256), dtype="u2"))


def test_the_facts_of_a_picture_name_its_scale_and_time() -> None:
    image = np.full((256, 256), 5000, dtype="u2")
    facts = drawing(Look(scale="fixed"), SkymapUse(skymap()), image).facts(TIME)
    assert facts["Time"] == "2014-03-10T06:00:00.000Z"
    assert facts["Colour scale"] == "2500 to 14000 counts, linear, gamma 1, viridis"
    assert facts["Skymap kind"] == "model, approximate"
    assert facts["View"].endswith("east to the left, as one looks up")
