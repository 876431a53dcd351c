"""Official skymaps against scipy's and pyucalgarysrs' readers, and the lens that was fitted."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import FileRefused, SkymapRefused
from core.geo.sphere import distance_km
from core.geo.sun import sun_azimuth_deg
from core.imaging.lens import GAKONA, default_lens
from core.imaging.readers import read_frames
from core.imaging.readers.idl_save import read_idl_save
from core.imaging.skymap import Skymap, model_skymap
from core.imaging.skymap_check import check_frames
from core.imaging.skymap_sav import read_skymap

LIMIT = 64 * 2**20
Array = NDArray[np.float64]


def gakona_file(test_data: Path) -> Path:
    return test_data / "themis" / "themis_skymap_gako_20110305-+_vXX.sav"


@pytest.fixture(scope="module")
def ours(test_data: Path) -> Skymap:
    return read_skymap(gakona_file(test_data))


@pytest.fixture(scope="module")
def theirs(test_data: Path) -> Any:
    return scipy_variables(gakona_file(test_data))["skymap"]


def scipy_variables(path: Path) -> dict[str, Any]:
    from scipy.io import readsav

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of byte counts that IDL 8 leaves at 0
        return dict(readsav(path, python_dict=True))


def same(mine: Any, value: Any) -> bool:
    if isinstance(mine, dict):
        return set(mine) == set(value.dtype.names) and all(
            same(field, value[0][name]) for name, field in mine.items()
        )
    if isinstance(mine, list):
        records = value.ravel().tolist() if value.dtype.names is None else value.ravel()
        return len(mine) == len(records) and all(
            same(field, np.rec.array(other).reshape(1) if isinstance(field, dict) else other)
            for field, other in zip(mine, records, strict=True)
        )
    if isinstance(mine, str):
        return mine == (value.decode() if value else "")
    return bool(np.array_equal(mine, value, equal_nan=np.asarray(mine).dtype.kind in "fc"))


@pytest.mark.realdata
def test_every_field_is_that_of_scipy(test_data: Path, theirs: Any) -> None:
    assert same(read_idl_save(gakona_file(test_data), LIMIT)["SKYMAP"], theirs)


def scipy_files() -> list[Path]:
    import scipy.io

    return sorted((Path(scipy.io.__file__).parent / "tests" / "data").glob("*.sav"))


@pytest.mark.parametrize(
    "path", [p for p in scipy_files() if "pointer" not in p.name], ids=lambda path: path.name
)
def test_files_of_scipys_own_tests(path: Path) -> None:
    if "inherit" in path.name:
        with pytest.raises(FileRefused, match="flags"):
            read_idl_save(path, LIMIT)
        return
    mine, expected = read_idl_save(path, LIMIT), scipy_variables(path)
    assert {name.lower() for name in mine} == set(expected)
    for name, value in mine.items():
        assert same(value, expected[name.lower()])


@pytest.mark.realdata
@pytest.mark.filterwarnings("ignore")
def test_directions_and_dates_are_those_of_pyucalgarysrs(test_data: Path, ours: Skymap) -> None:
    import pyucalgarysrs

    (peer,) = pyucalgarysrs.PyUCalgarySRS().data.readers.read_skymap(gakona_file(test_data)).data
    # That reader turns the images over, so that row 0 is the southern edge.
    assert np.array_equal(ours.azimuth_deg, np.flip(peer.full_azimuth, 0), equal_nan=True)
    assert np.array_equal(ours.elevation_deg, np.flip(peer.full_elevation, 0), equal_nan=True)
    assert (ours.site, ours.camera) == (peer.site_uid, peer.imager_uid)
    start = np.datetime64(peer.generation_info.valid_interval_start, "D")
    assert ours.valid_from is not None
    assert ours.valid_from.astype("M8[D]") == start
    assert peer.generation_info.valid_interval_stop is None
    assert ours.valid_to is None


def apart_m(lat: Array, lon: Array, other_lat: Array, other_lon: Array) -> Array:
    south = (lat - other_lat) * 111_400.0
    east = ((lon - other_lon + 180) % 360 - 180) * 111_400.0 * np.cos(np.radians(other_lat))
    return np.asarray(np.hypot(south, east))


@pytest.mark.realdata
@pytest.mark.parametrize(("layer", "alt_km"), [(0, 90.0), (1, 110.0), (2, 150.0)])
def test_corners_of_every_altitude_follow_from_one_line_of_sight(
    ours: Skymap, theirs: Any, layer: int, alt_km: float
) -> None:
    mapped = ours.mapped(alt_km)
    lat, lon = (theirs[f"FULL_MAP_{name}"][0][layer] for name in ("LATITUDE", "LONGITUDE"))
    apart = apart_m(mapped.corner_lat_deg, mapped.corner_lon_deg, lat, lon)
    seen = ours.corner_elevation_deg >= 0
    assert np.array_equal(np.isfinite(apart), seen)
    assert seen.sum() > 48_000
    # The file's single precision has steps of 0.4 m (latitude) and 0.8 m (longitude near 215).
    assert np.median(apart[seen]) < 0.4
    assert np.max(apart[seen]) < 1.5


@pytest.mark.realdata
def test_centres_are_the_mean_of_corners_where_the_map_is_straight(ours: Skymap) -> None:
    mapped = ours.mapped(110.0)
    lat, lon = (
        (c[:-1, :-1] + c[1:, :-1] + c[:-1, 1:] + c[1:, 1:]) / 4
        for c in (mapped.corner_lat_deg, mapped.corner_lon_deg)
    )
    for name, centre, mean in (("lat", mapped.lat_deg, lat), ("lon", mapped.lon_deg, lon)):
        bent = np.full_like(centre, np.nan)
        # What the mean of corners adds on a curved map: an eighth of the second differences.
        bent[1:-1, 1:-1] = centre[1:-1, 1:-1] + (
            centre[:-2, 1:-1] + centre[2:, 1:-1] + centre[1:-1, :-2] + centre[1:-1, 2:]
            - 4 * centre[1:-1, 1:-1]
        ) / 8  # fmt: skip
        high = ours.elevation_deg > 20
        step_m = 111_400.0 * (1 if name == "lat" else np.cos(np.radians(62.4)))
        # Half a metre of single precision; fourth differences of the map are below 1 m there.
        assert np.nanmedian(np.abs(bent - mean)[high]) * step_m < 0.5
        assert np.nanmax(np.abs(bent - mean)[high]) * step_m < 2.0


@pytest.mark.realdata
def test_the_lens_of_the_array_is_that_of_gakona(ours: Skymap, theirs: Any) -> None:
    high = ours.elevation_deg > 2
    y, x = np.nonzero(high)
    azimuth, elevation = GAKONA.direction_of(x + 0.5, y + 0.5)
    turned = (azimuth - ours.azimuth_deg[high] + 180) % 360 - 180
    # The file's directions are in single precision: 3e-5 degrees of azimuth.
    assert np.max(np.abs(elevation - ours.elevation_deg[high])) < 1e-5
    assert np.max(np.abs(turned) * np.cos(np.radians(elevation))) < 3e-5
    px, py = GAKONA.pixel_of(ours.azimuth_deg[high], ours.elevation_deg[high])
    assert np.hypot(px - x - 0.5, py - y - 0.5).max() < 1e-4
    assert GAKONA.rotation_deg == pytest.approx(
        -theirs["GENERATION_INFO"][0]["OPTICAL_ORIENTATION"][0][0], abs=1e-5
    )
    assert default_lens("themis_asi", (256, 256)).radial == GAKONA.radial


@pytest.mark.realdata
def test_a_model_of_gakona_has_the_official_corners(ours: Skymap, theirs: Any) -> None:
    model = model_skymap(
        "gako", GAKONA, (256, 256), array="themis_asi",
        lat_deg=ours.lat_deg, lon_deg=ours.lon_deg, alt_m=ours.alt_m,
    ).mapped(110.0)  # fmt: skip
    lat, lon = theirs["FULL_MAP_LATITUDE"][0][1], theirs["FULL_MAP_LONGITUDE"][0][1]
    apart_km = distance_km(model.corner_lat_deg, model.corner_lon_deg, lat, lon)
    # Half the steps of single precision, see above; the lens itself adds 0.1 m.
    assert np.nanmedian(apart_km) < 0.4e-3
    assert np.nanmax(apart_km) < 2e-3


@pytest.mark.realdata
def test_real_frames_and_the_skymap_of_gakona(test_data: Path, ours: Skymap) -> None:
    gakona = read_frames(test_data / "themis" / "thg_l1_asf_gako_2011010617_v01.cdf")
    with pytest.raises(SkymapRefused, match=r"holds from 2011-03-05 08:00 .* 58 days before"):
        check_frames(ours, gakona)
    assert check_frames(ours, gakona, accept=True).forced
    gillam = read_frames(test_data / "themis" / "20140310_0600_gill_themis19_full.pgm.gz")
    for accept in (False, True):
        with pytest.raises(SkymapRefused, match="of GAKO, the frames are of GILL"):
            check_frames(ours, gillam, accept=accept)
    thumbnails = read_frames(test_data / "themis" / "thg_l1_ast_gako_20110505_v01.cdf")
    assert not check_frames(ours, thumbnails).forced


@pytest.mark.realdata
def test_dawn_stands_where_the_skymap_says(test_data: Path, ours: Skymap) -> None:
    """Frames of the CDF and the skymap have one order: the glow lies below the Sun."""
    frames = read_frames(test_data / "themis" / "thg_l1_asf_gako_2011010617_v01.cdf")
    image = frames["images"].values.mean(axis=0)
    sun_deg = float(sun_azimuth_deg(ours.lat_deg, ours.lon_deg, frames["time"].values[:1])[0])
    low = (ours.elevation_deg > 8) & (ours.elevation_deg < 20)
    sector = (ours.azimuth_deg[low] // 10).astype(int)
    light = np.array([np.median(image[low][sector == k]) for k in range(36)])
    brightest_deg = 10.0 * int(light.argmax()) + 5.0
    # A sector's width, and scattered light that is skewed by the horizon's trees.
    assert abs((brightest_deg - sun_deg + 180) % 360 - 180) < 20
    # Beyond the edge of the sky there is only the dark level; with another order a bright rim.
    assert image[np.isnan(ours.elevation_deg)].std() < 150


@pytest.mark.realdata
def test_a_damaged_copy_of_the_real_file(test_data: Path, tmp_path: Path) -> None:
    content = gakona_file(test_data).read_bytes()
    path = tmp_path / "gako.sav"
    rng = np.random.default_rng(1)
    for end in (*rng.integers(0, len(content), 20), len(content) // 2, len(content) - 1):
        path.write_bytes(content[:end])
        with pytest.raises(FileRefused, match=r"gako\.sav is refused"):
            read_skymap(path)
    for place in (*rng.integers(0, 6000, 200), *rng.integers(6000, len(content), 30)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            elevation = read_skymap(path).elevation_deg
        except FileRefused:
            continue
        assert not np.any(np.abs(elevation) > 90)
