from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FileRefused
from core.grids.definition import COLUMNS, ROWS, STEP_DEG, cell_of, latitudes_deg, longitudes_deg
from core.grids.readers import read_grid
from core.grids.readers.noaa_json import cells_of_nodes
from tests.unit.grids import grid_files as files

TEXT = "ovation/aurora-nowcast-map_20191126_2125.txt"
JSON = "ovation/ovation_aurora_latest_20221018_0806.json"
NODE_LAT, NODE_LON = np.meshgrid(np.arange(-90, 91), np.arange(360), indexing="ij")


# ---------------------------------------------------------------- the text product


def test_text_keeps_rows_from_the_south_and_columns_from_minus_180(tmp_path: Path) -> None:
    cells = np.zeros((ROWS, COLUMNS))
    cells[0, 0], cells[511, 1023], cells[400, 300] = 1, 2, 100
    dataset = read_grid(files.text_file(tmp_path / "a.txt", cells))
    assert (dataset["grid"].values[0] == cells).all()
    assert dataset["grid"].attrs["units"] == "percent"
    at = dataset["grid"].sel(lat=-90 + 400.5 * STEP_DEG, lon=-180 + 300.5 * STEP_DEG)
    assert at.item() == 100


def test_text_is_valid_when_its_header_says(tmp_path: Path) -> None:
    dataset = read_grid(files.text_file(tmp_path / "a.txt", np.zeros((ROWS, COLUMNS))))
    assert dataset["time"].values.tolist() == [np.datetime64("2019-11-26T21:25", "us").item()]
    issued = dataset["forecast_reference_time"].values[0]
    assert issued == np.datetime64("2019-11-26T20:55")


@pytest.mark.parametrize("change", ["bom", "windows", "gzip"])
def test_text_in_other_dress_is_the_same(tmp_path: Path, change: str) -> None:
    path = files.text_file(tmp_path / "a.txt", files.oval())
    wanted, raw = read_grid(path), path.read_bytes()
    dressed = {
        "bom": b"\xef\xbb\xbf" + raw,
        "windows": raw.replace(b"\n", b"\r\n"),
        "gzip": gzip.compress(raw),
    }[change]
    path.write_bytes(dressed)
    assert read_grid(path).identical(wanted)


@pytest.mark.realdata
def test_real_text_is_what_numpy_reads(test_data: Path) -> None:
    path = test_data / TEXT
    dataset = read_grid(path)
    assert (dataset["grid"].values[0] == np.loadtxt(path, encoding="utf-8-sig")).all()
    assert dataset["grid"].values.max() == 15
    assert dataset["time"].values[0] == np.datetime64("2019-11-26T21:25")


def _header(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_header("# Product Valid At: 2019-11-26 21:25", "#"), "no line 'Product Valid At'"),
        (_header("Generated At", "Made At"), "no line 'Product Generated At'"),
        (_header("2019-11-26 21:25", "2019-13-26 21:25"), "is no time"),
        (_header("2019-11-26 21:25", "yesterday"), "is no time"),
        (lambda text: text + text.splitlines()[-1] + "\n", "513 lines of numbers"),
        (lambda text: text[: len(text) // 2], "lines of numbers and not 512"),
        (lambda text: text.rstrip() + "   0\n", "line 511 of the grid has 1025 values"),
        (lambda text: text.rstrip()[:-1] + "x\n", "line 511 of the grid has 'x'"),
        (lambda text: text.rstrip()[:-1] + "nan\n", "line 511 of the grid has 'nan'"),
        (lambda text: text.rstrip()[:-1] + "1_0\n", "line 511 of the grid has '1_0'"),
        (lambda text: text.rstrip()[:-1] + "9" * 5000 + "\n", "line 511 of the grid has '999"),
        (lambda text: text.rstrip()[:-1] + "101\n", "1 values are no percentage, such as 101"),
        (lambda text: text.rstrip()[:-1] + "-1\n", "1 values are no percentage, such as -1"),
    ],
)
def test_text_that_is_not_that_product_is_refused(
    tmp_path: Path, change: Callable[[str], str], reason: str
) -> None:
    path = files.text_file(tmp_path / "a.txt", np.zeros((ROWS, COLUMNS)))
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(FileRefused, match=reason) as caught:
        read_grid(path)
    assert caught.value.path == str(path)


# ---------------------------------------------------------------- the JSON product


def test_cells_are_scipys_interpolation_between_nodes_around_the_globe() -> None:
    from scipy.interpolate import RegularGridInterpolator

    nodes = np.random.default_rng(3).uniform(0, 100, (181, 360))
    nodes[[0, -1]] = nodes[[0, -1]].mean(axis=1, keepdims=True)  # a pole is one place
    around = np.concatenate([nodes, nodes[:, :1]], axis=1)
    oracle = RegularGridInterpolator((np.arange(-90, 91), np.arange(361)), around)
    lat, lon = np.meshgrid(latitudes_deg(), longitudes_deg() % 360, indexing="ij")
    assert np.abs(cells_of_nodes(nodes) - oracle((lat, lon))).max() < 1e-9


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (60, 0),
        (65, 359),
        (70, 180),
        (70, 179),
        (70, 181),
        (-65, 90),
        (89, 10),
        (-89, 300),
        (0, 270),
    ],
)
def test_a_lit_node_comes_back_at_its_place(tmp_path: Path, lat: int, lon: int) -> None:
    nodes = np.zeros((181, 360))
    nodes[lat + 90, lon] = 100
    grid = read_grid(files.json_file(tmp_path / "a.json", nodes))["grid"].values[0]
    here = cell_of(lat, lon)
    # A node lies less than half a cell (0.18 degrees) from the centre of its cell, both ways.
    assert grid[here.row, here.column] >= 100 * (1 - STEP_DEG / 2) ** 2
    assert grid.max() <= 100
    lit = np.argwhere(grid > 0)
    away = np.abs((longitudes_deg()[lit[:, 1]] - lon + 180) % 360 - 180)
    assert (np.abs(latitudes_deg()[lit[:, 0]] - lat) < 1).all()
    assert (away < 1).all()
    # What is lit lies around the node: its middle is the node to a tenth of a cell.
    weights = grid[lit[:, 0], lit[:, 1]]
    east = (longitudes_deg()[lit[:, 1]] - lon + 180) % 360 - 180
    assert abs(np.average(east, weights=weights)) < STEP_DEG / 10
    assert abs(np.average(latitudes_deg()[lit[:, 0]] - lat, weights=weights)) < STEP_DEG / 10


@pytest.mark.parametrize(("row", "place"), [(0, 0), (180, ROWS - 1)])
def test_a_pole_is_one_place(row: int, place: int) -> None:
    nodes = np.zeros((181, 360))
    nodes[row, 7] = 90.0
    cells = cells_of_nodes(nodes)
    assert np.ptp(cells[place]) < 1e-12
    # A cell next to a pole has its centre 0.176 of a degree from it.
    assert cells[place, 0] == pytest.approx(90.0 / 360 * (1 - STEP_DEG / 2))


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_what_is_even_stays_even(a: float, b: float, c: float) -> None:
    # Linear in latitude, and in longitude away from the turn: bilinear gives it back exactly.
    nodes = 50 + c * 10 + a * 0.1 * NODE_LAT + 0 * NODE_LON
    wanted = 50 + c * 10 + a * 0.1 * latitudes_deg()[:, None] + np.zeros(COLUMNS)
    assert np.abs(cells_of_nodes(nodes) - wanted).max() < 1e-9
    sloped = cells_of_nodes(b * NODE_LON.astype(float))[:, :509]
    # Rows within a degree of a pole share in its mean; columns 0 to 508 lie between 180 and 359.
    assert np.abs(sloped[3:-3] - b * (longitudes_deg()[:509] % 360)).max() < 1e-9


@pytest.mark.realdata
def test_real_json_is_on_the_cells_of_its_nodes(test_data: Path) -> None:
    path = test_data / JSON
    document = json.loads(path.read_text(encoding="utf-8"))
    dataset = read_grid(path)
    grid = dataset["grid"].values[0]
    assert dataset["time"].values[0] == np.datetime64("2022-10-18T08:56")
    assert dataset["forecast_reference_time"].values[0] == np.datetime64("2022-10-18T08:06")
    lon, lat, value = np.array(document["coordinates"]).T
    inner = np.abs(lat) < 90
    found = cell_of(lat[inner], lon[inner])
    # Half a cell from a node the value has changed by 0.18 of the step to its neighbours, which
    # in this file is 5 at most.
    assert np.abs(grid[found.row, found.column] - value[inner]).max() < 2.0
    assert np.abs(grid[found.row, found.column] - value[inner]).mean() < 0.1
    assert grid.max() <= value.max() == 12


def _changed(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda document: {**document, **changes}


def _coordinates(change: Callable[[list[Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda document: {**document, "coordinates": change(document["coordinates"])}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_changed(**{"Data Format": "[Latitude, Longitude, Aurora]"}), "'Data Format' is not"),
        (_changed(**{"Forecast Time": None}), "Forecast Time 'None' is no time"),
        (_changed(**{"Observation Time": "2022-02-31T00:00:00Z"}), "is no time"),
        (_changed(coordinates=None), "no list of three numbers"),
        (_changed(coordinates=[]), "no list of three numbers"),
        (_changed(coordinates=[[1, 2], [3, 4]]), "no list of three numbers"),
        (_changed(coordinates=[[1, 2, 3], [4]]), "no list of three numbers"),
        (_changed(coordinates=[["a", 2, 3]]), "no list of three numbers"),
        (_changed(coordinates=[[10**400, 2, 3]]), "no list of three numbers"),
        (_coordinates(lambda c: c[:-1]), "65159 values for 65159 of 65160 nodes"),
        (_coordinates(lambda c: [*c, [0, 0, 1]]), "65161 values for 65160 of 65160 nodes"),
        (_coordinates(lambda c: [c[1], *c[1:]]), "65160 values for 65159 of 65160 nodes"),
        (_coordinates(lambda c: [[0, -91, 1], *c[1:]]), "latitude -91.0 is no node"),
        (_coordinates(lambda c: [[0.5, 0, 1], *c[1:]]), "longitude 0.5, latitude 0.0 is no node"),
        (_coordinates(lambda c: [[1e300, 1e300, 1], *c[1:]]), "is no node"),
        (_coordinates(lambda c: [[0, -90, -36001], *c[1:]]), "values are no percentage"),
        (_coordinates(lambda c: [[0, -90, float("nan")], *c[1:]]), "NaN is no number"),
        (lambda document: [document], "begins with"),
    ],
)
def test_json_that_is_not_that_product_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(change(files.json_document(np.zeros((181, 360))))), encoding="utf-8")
    with pytest.raises(FileRefused, match=reason):
        read_grid(path)


def test_order_of_nodes_does_not_matter(tmp_path: Path) -> None:
    nodes = np.arange(181 * 360).reshape(181, 360) % 101
    path = files.json_file(tmp_path / "a.json", nodes)
    wanted = read_grid(path)
    document = files.json_document(nodes)
    document["coordinates"].reverse()
    document["coordinates"] = [
        [lon - 360 if lon > 180 else lon, lat, v] for lon, lat, v in document["coordinates"]
    ]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_grid(path).identical(wanted)


# ---------------------------------------------------------------- grid files MOSv001


def disk_values(count: int = 3, colours: int = 0) -> np.ndarray:
    """Values as on disk, with a hole of -999; every cell differs from its neighbours."""
    rng = np.random.default_rng(5)
    shape = (ROWS, COLUMNS, colours, count) if colours else (ROWS, COLUMNS, count)
    values = rng.uniform(0, 20_000, shape).astype(np.float32)
    values[100:, 50:] = -999.0
    return values


def test_grid_files_begin_in_the_north(tmp_path: Path) -> None:
    values = np.full((ROWS, COLUMNS, 1), -999.0, np.float32)
    values[10, 20, 0] = 7.0  # ten cells from the North Pole
    grid = read_grid(files.mos_file(tmp_path, values))["grid"].values[0]
    assert np.argwhere(np.isfinite(grid)).tolist() == [[ROWS - 1 - 10, 20]]
    assert grid[ROWS - 1 - 10, 20] == 7.0


def test_grid_files_tell_array_units_times_and_altitude(tmp_path: Path) -> None:
    path = files.mos_file(
        tmp_path, disk_values(), "rego", name="20230324_0600_230km_MOSv001_grid_{}.h5"
    )
    dataset = read_grid(path)
    assert dataset.attrs["series"] == "mos-rego"
    assert dataset.attrs["alt_km"] == 230.0
    assert dataset.attrs["kind"] == "counts"
    assert dataset["grid"].attrs["units"] == "rayleigh"
    seconds = (dataset["time"].values - np.datetime64("2023-03-24T06:00", "us")) / 1e6
    assert seconds.astype(float).tolist() == [0, 3, 6]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("colours", [0, 3])
def test_grid_files_are_those_of_pyucalgarysrs(tmp_path: Path, colours: int) -> None:
    from pyucalgarysrs.data.read import _grid

    array = "trex-rgb" if colours else "themis-asi"
    share = np.random.default_rng(6).uniform(0, 1, (ROWS, COLUMNS, 3)).astype(np.float32)
    path = files.mos_file(tmp_path, disk_values(colours=colours), array, confidence=share)
    theirs, _, problems = _grid.read(str(path))
    assert problems == []
    seen = np.where(theirs["grid"] == -999.0, np.nan, theirs["grid"])
    wanted = np.moveaxis(seen.mean(axis=2) if colours else seen, -1, 0)
    ours = read_grid(path)
    # Means of three numbers up to 20,000 in single precision.
    np.testing.assert_allclose(ours["grid"].values, wanted, atol=0.01 if colours else 0)
    assert np.isnan(ours["grid"].values).any()
    assert [str(t)[:19].replace("T", " ") + " UTC" for t in ours["time"].values] == [
        stamp.decode() for stamp in theirs["timestamp"]
    ]
    # Their reader turns the values and leaves the confidence as it lies on disk, from the north.
    confidence = np.moveaxis(theirs["source_info"]["confidence"], -1, 0)[:, ::-1]
    assert (ours["confidence"].values == confidence).all()


def test_frames_out_of_order_are_put_in_order_with_their_confidence(tmp_path: Path) -> None:
    values = np.broadcast_to(np.arange(3, dtype=np.float32), (ROWS, COLUMNS, 3))
    stamps = [b"2023-03-24 06:00:06 UTC", b"2023-03-24 06:00:00 UTC", b"2023-03-24 06:00:03 UTC"]
    dataset = read_grid(files.mos_file(tmp_path, values, stamps=stamps, confidence=values / 10))
    assert dataset["grid"].values[:, 0, 0].tolist() == [1, 2, 0]
    assert dataset["confidence"].values[:, 0, 0] == pytest.approx([0.1, 0.2, 0.0])


def test_the_fill_value_is_the_files_own(tmp_path: Path) -> None:
    values = np.array([-999.0, -1.0, 5.0], np.float32) * np.ones((ROWS, COLUMNS, 1), np.float32)
    own = read_grid(files.mos_file(tmp_path, values, fill=-1.0))["grid"].values[:, 0, 0]
    assert own.tolist()[0] == -999.0
    assert np.isnan(own[1])
    unsaid = read_grid(files.mos_file(tmp_path, values, fill=None))["grid"].values[:, 0, 0]
    assert np.isnan(unsaid[0])
    assert unsaid.tolist()[1:] == [-1.0, 5.0]


def _replace(name: str, value: Any) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[name]
        if value is not None:
            file[name] = value

    return change


def _vast(file: h5py.File) -> None:
    del file["data/grid"]
    file.create_dataset("data/grid", (ROWS, COLUMNS, 10**6), "f4", chunks=(64, 64, 1))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_replace("data/grid", None), "no array data/grid"),
        (_replace("data", None), "no array data/timestamp"),
        (_replace("data/grid", np.zeros((ROWS, COLUMNS))), "data/grid is 512 x 1024, not"),
        (_replace("data/grid", np.zeros((COLUMNS, ROWS, 2), "f4")), "data/grid is 1024 x 512 x 2"),
        (_replace("data/grid", np.zeros((ROWS, COLUMNS, 3), "f4")), "data/grid is 512 x 1024 x 3"),
        (_replace("data/grid", np.full((ROWS, COLUMNS, 2), b"a")), "holds |S1, no numbers"),
        (_vast, "more than"),
        (_replace("data/timestamp", [b"2023-03-24 06:00:00 UTC"] * 2), "the same time"),
        (_replace("data/timestamp", [b"today", b"2023-03-24 06:00:00 UTC"]), "is no time"),
        (_replace("data/timestamp", [1.0, 2.0]), "no list of texts"),
        (_replace("data/timestamp", np.array([], "S23")), "0 frames, not 1 to 1000"),
        (_replace("data/timestamp", h5py.ExternalLink("/etc/passwd", "/a")), "no array"),
        (_replace("data/grid", h5py.ExternalLink("other.h5", "/data/grid")), "no array"),
        (_replace("data/grid", h5py.SoftLink("/data/source_info/confidence")), "no array"),
    ],
)
def test_grid_files_that_are_not_are_refused(
    tmp_path: Path, change: Callable[[h5py.File], None], reason: str
) -> None:
    values = np.zeros((ROWS, COLUMNS, 2), np.float32)
    path = files.mos_file(tmp_path, values)
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(FileRefused) as caught:
        read_grid(path, 64 * 2**20)
    assert reason in caught.value.reason


def test_values_in_another_file_are_not_looked_up(tmp_path: Path) -> None:
    values = np.zeros((ROWS, COLUMNS, 1), np.float32)
    path = files.mos_file(tmp_path, values)
    (tmp_path / "secret").write_bytes(b"\x42" * values.nbytes)
    with h5py.File(path, "r+") as file:
        del file["data/grid"]
        file.create_dataset(
            "data/grid", values.shape, "f4", external=[(str(tmp_path / "secret"), 0, values.nbytes)]
        )
    with pytest.raises(FileRefused, match="with values of its own"):
        read_grid(path)
    layout = h5py.VirtualLayout(values.shape, "f4")
    layout[...] = h5py.VirtualSource(str(tmp_path / "b.h5"), "data/grid", values.shape)
    with h5py.File(path, "r+") as file:
        del file["data/grid"]
        file.create_virtual_dataset("data/grid", layout)
    with pytest.raises(FileRefused, match="with values of its own"):
        read_grid(path)


@pytest.mark.parametrize(
    "name", ["grid.h5", "20230324_0600_110km_MOSv001_grid_{}-other.h5", "MOSv001_grid_{}.h5"]
)
def test_grid_files_need_their_name(tmp_path: Path, name: str) -> None:
    path = files.mos_file(tmp_path, np.zeros((ROWS, COLUMNS, 1), np.float32), name=name)
    with pytest.raises(FileRefused, match="does not tell its array") as caught:
        read_grid(path)
    assert "trex-rgb5577" in caught.value.hint


@pytest.mark.parametrize("keep", [8, 600, 4000, 100_000])
def test_truncated_grid_files_are_refused(tmp_path: Path, keep: int) -> None:
    path = files.mos_file(tmp_path, disk_values(1))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FileRefused, match="truncated or damaged"):
        read_grid(path)


# ---------------------------------------------------------------- any file


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\x1f\x8b\x08\x00", "truncated or damaged"),
        (b"P5\n1 1\n", "begins with b'P5"),
        (b"{", "it is no JSON"),
        (b'{"a": ' * 100_000, "it is no JSON"),
        (b"{\xff}", "it is no JSON"),
        (b"#\xff", "byte 1 is no text"),
        (gzip.compress(b"#" + b" " * 20_000_000), "holds more than 8388608 bytes"),
        (b"{" + b" " * 9_000_000, "holds more than 8388608 bytes"),
    ],
)
def test_foreign_files_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_grid(path)
    assert reason in caught.value.reason


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no such file"):
        read_grid(tmp_path / "none.txt")
    with pytest.raises(FileRefused, match="it is a folder"):
        read_grid(tmp_path)
