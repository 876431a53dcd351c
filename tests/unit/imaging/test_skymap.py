from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core.errors import BadInput, NotFound, SkymapRefused
from core.geo.sightline import map_to_altitude
from core.imaging.frames import make_frames
from core.imaging.lens import Lens, equidistant
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.skymap_check import check, check_frames, choose, use_skymap

SMALL = equidistant((8, 8), 8.0)
NOON = np.datetime64("2012-01-01T12", "s")


def skymap(
    site: str = "gako",
    start: str | None = None,
    end: str | None = None,
    *,
    camera: str = "themis20",
    array: str = "themis_asi",
    source: str = "a.sav",
    lens: Lens = SMALL,
) -> Skymap:
    made = model_skymap(
        site, lens, (8, 8), array=array, camera=camera, lat_deg=62.4, lon_deg=-145.2, alt_m=500.0,
        source=source,
        valid_from=np.datetime64(start, "s") if start else None,
        valid_to=np.datetime64(end, "s") if end else None,
    )  # fmt: skip
    return replace(made, kind="official")


def test_a_model_looks_where_its_lens_does() -> None:
    lens = equidistant((40, 60), 36.0, rotation_deg=20.0)
    made = model_skymap(
        "GILL", lens, (40, 60, 3), array="trex_rgb", lat_deg=56.4, lon_deg=-94.6, alt_m=135.0
    )
    assert made.site == "gill"
    assert made.shape == (40, 60)
    assert made.approximate
    azimuth, elevation = lens.direction_of(25.5, 10.5)
    assert (made.azimuth_deg[10, 25], made.elevation_deg[10, 25]) == (azimuth, elevation)
    corner = made.corner_azimuth_deg[10, 25], made.corner_elevation_deg[10, 25]
    assert corner == lens.direction_of(25.0, 10.0)
    assert np.isnan(made.elevation_deg[0, 0])


def test_mapped_places_follow_from_the_line_of_sight_and_are_kept() -> None:
    made = skymap()
    mapped = made.mapped(230)
    lat, lon = map_to_altitude(
        made.corner_azimuth_deg, made.corner_elevation_deg, 62.4, -145.2, 500.0, 230.0
    )
    assert np.array_equal(mapped.corner_lat_deg, lat, equal_nan=True)
    assert np.array_equal(mapped.corner_lon_deg, lon, equal_nan=True)
    assert mapped.lat_deg.shape == (8, 8)
    assert made.mapped(230.0) is mapped
    for alt_km in (90, 110, 150, 200):
        made.mapped(alt_km)
    assert made.mapped(230.0) is not mapped  # only the last few altitudes are kept
    with pytest.raises(ValueError, match="read-only"):
        mapped.lat_deg[0, 0] = 1.0
    with pytest.raises(BadInput, match="above the camera"):
        made.mapped(0.4)


def test_threads_get_one_mapping() -> None:
    made = skymap()
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: id(made.mapped(110.0)), range(40)))
    assert len(found) == 1


def test_key_follows_the_content() -> None:
    one, same = skymap(start="2011-03-05"), skymap(start="2011-03-05")
    assert one.key == same.key
    assert one != same
    others = [
        skymap(),
        skymap(start="2011-03-05", camera=""),
        skymap(start="2011-03-05", lens=SMALL.moved(4.0, 4.0, 1e-9)),
        replace(one, kind="model"),
    ]
    assert len({one.key, *(other.key for other in others)}) == 5


def test_arrays_of_other_shapes_are_refused() -> None:
    with pytest.raises(BadInput, match="corner_azimuth_deg"):
        replace(skymap(), corner_azimuth_deg=np.zeros((8, 8)))


def test_the_newest_that_holds_is_chosen() -> None:
    old, new = skymap(start="2008-01-01"), skymap(start="2011-03-05")
    future, other = skymap(start="2015-01-01"), skymap("gill", start="2011-12-01")
    closed = skymap(start="2011-04-01", end="2011-05-01")
    every = [future, old, new, other, closed]
    assert choose(every, "themis_asi", "GAKO", "themis20", NOON) is new
    may = np.datetime64("2011-05-01", "s")
    assert choose(every, "themis_asi", "gako", "", may - 1) is closed
    assert choose(every, "themis_asi", "gako", "", may) is new  # the end is not in the interval
    assert choose(every, "themis_asi", "gako", "", np.datetime64("2011-03-05T00:00")) is new
    assert choose(every, "themis_asi", "gako", "", np.datetime64("2020-01-01")) is future


def test_a_skymap_of_this_camera_comes_before_one_of_another() -> None:
    mine = skymap(start="2008-01-01", camera="themis20")
    others = skymap(start="2011-01-01", camera="themis07")
    assert choose([others, mine], "themis_asi", "gako", "themis20", NOON) is mine
    assert choose([others, mine], "themis_asi", "gako", "", NOON) is others


def test_a_date_outside_is_refused_unless_accepted_and_marked_then() -> None:
    mine = skymap(start="2011-03-05T08")
    time = np.datetime64("2011-01-06T17:00:01", "us")
    with pytest.raises(SkymapRefused, match="58 days before") as caught:
        check(mine, "gako", "", time)
    assert "2011-03-05 08:00" in str(caught.value)
    assert "--accept-skymap" in caught.value.hint
    assert caught.value.valid_from == "2011-03-05T08:00:00"
    assert caught.value.valid_to is None
    assert caught.value.time == "2011-01-06T17:00:01"
    use = check(mine, "gako", "", time, accept=True)
    assert use.forced
    assert "58 days before" in use.reason
    after = skymap(end="2011-01-06")
    assert "17.0 hours after" in check(after, "gako", "", time, accept=True).reason
    proper = check(mine, "gako", "themis20", NOON, accept=True)
    assert (proper.forced, proper.reason) == (False, "")


def test_another_site_or_array_is_refused_by_name_even_when_accepted() -> None:
    for accept in (False, True):
        with pytest.raises(SkymapRefused, match="of GAKO, the frames are of GILL") as caught:
            check(skymap(), "gill", "", NOON, accept=accept)
        assert (caught.value.site, caught.value.wanted_site) == ("gako", "gill")
        assert caught.value.hint == ""
        with pytest.raises(SkymapRefused, match="of themis_asi, the frames are of rego"):
            check(skymap(), "gako", "", NOON, array="rego", accept=accept)


def test_another_camera_is_refused_where_both_are_known() -> None:
    assert not check(skymap(), "gako", "THEMIS20", NOON).forced
    assert not check(skymap(camera=""), "gako", "themis07", NOON).forced
    with pytest.raises(SkymapRefused, match="camera themis20, the frames are of themis07"):
        check(skymap(), "gako", "themis07", NOON)
    assert check(skymap(), "gako", "themis07", NOON, accept=True).forced


def test_without_one_of_the_site_there_is_none() -> None:
    with pytest.raises(NotFound, match="no skymap of rego at gako"):
        choose([skymap()], "rego", "gako", "", NOON)


def test_the_nearest_in_time_is_accepted() -> None:
    before, after = skymap(end="2011-01-01"), skymap(start="2012-02-01")
    use = use_skymap([before, after], "themis_asi", "gako", "", NOON, accept=True)
    assert use.skymap is after
    assert use.forced


def test_a_model_says_that_it_is_approximate() -> None:
    model = replace(skymap(), kind="model")
    use = check(model, "gako", "", NOON)
    assert not use.forced
    assert use.reason.startswith("approximate")


def test_frames_tell_what_they_are_of() -> None:
    frames = make_frames(
        np.zeros((1, 8, 8), "u2"), np.array([NOON], "M8[us]"), np.array([1.0]),
        {"site": "gako", "array": "themis_asi", "camera": ""},
    )  # fmt: skip
    assert check_frames(skymap(), frames).skymap.site == "gako"
    with pytest.raises(SkymapRefused, match="GILL"):
        check_frames(skymap(), frames.assign_attrs(site="gill"), accept=True)
