"""Keograms through HAPI: minute means as the library gives them, and where their pixels look."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from flask.testing import FlaskClient

from core.imaging.keogram_axes import column_axes
from core.observatory import Observatory
from tests.hapi import world
from tests.hapi.reading import ask


@pytest.mark.parametrize(
    ("dataset", "source"),
    [(world.GILLAM_KEOGRAM, world.GILLAM), (world.COLOUR_KEOGRAM, world.TREX_RGB_GILLAM)],
)
def test_counts_are_means_over_minutes(
    client: FlaskClient, observatory: Observatory, dataset: str, source: int
) -> None:
    query = {"dataset": dataset, "start": "2018-12-31", "stop": "2019-01-02", "format": "json"}
    rows = ask(client, **query, parameters="counts,provenance").get_json()["data"]
    window = np.array(["2018-12-31", "2019-01-02"], "M8[us]")
    frames = observatory.keograms.store.load(source, *window)
    expected = frames["counts"].values.astype("f8")
    expected = (expected[::2] + expected[1::2]) / 2
    assert len(rows) == len(expected) == 2 * len(world.KEOGRAM_MINUTES)
    assert np.array_equal(np.array([row[1] for row in rows]), expected)
    assert rows[0][0] == "2018-12-31T04:00:30.000000Z"
    assert {row[2] for row in rows} == {"ingested"}


def test_without_a_skymap_nobody_knows_where_pixels_look(client: FlaskClient) -> None:
    query = {"dataset": world.GILLAM_KEOGRAM, "start": "2019-01-01T04", "stop": "2019-01-01T05"}
    rows = ask(client, **query, parameters="latitude,elevation", format="json").get_json()["data"]
    assert {value for row in rows for line in row[1:] for value in line} == {-1e31}


def test_a_simulated_keogram_and_its_latitudes(
    client: FlaskClient, observatory: Observatory
) -> None:
    query = {
        "dataset": world.SIMULATED_KEOGRAM,
        "start": "2019-01-01T05",
        "stop": "2019-01-01T05:30",
    }
    rows = ask(client, **query, format="json").get_json()["data"]
    assert len(rows) == 30
    window = np.array(["2019-01-01T05:00", "2019-01-01T05:30"], "M8[us]")
    known = observatory.keograms.load(world.TREX_BLUE_GILLAM, *window)
    assert np.array_equal(np.array([row[1] for row in rows]), known["counts"].values)
    use = observatory.frames.skymap(world.TREX_BLUE_GILLAM, window[0])
    axes = column_axes(use.skymap, 110.0, window[0])
    latitude, elevation = (np.array(rows[0][place]) for place in (2, 3))
    seen = elevation > 0
    assert 150 < seen.sum() <= latitude.size
    assert np.array_equal(latitude[seen], axes["latitude"].values[seen])
    assert np.all(np.diff(latitude[elevation > 10]) > 0)
    assert abs(latitude[np.argmax(elevation)] - 56.38) < 0.5
    assert {row[4] for row in rows} == {"simulated"}


def test_parts_of_a_simulated_keogram_are_those_of_the_whole(client: FlaskClient) -> None:
    def text(start: str, stop: str) -> str:
        query = {"dataset": world.SIMULATED_KEOGRAM, "start": start, "stop": stop}
        return str(ask(client, **query).text)

    edges = ["2019-01-01", "2019-01-01T05:10:30", "2019-01-01T18:20", "2019-01-02"]
    parts = [text(start, stop) for start, stop in pairwise(edges)]
    assert all(parts)
    assert "".join(parts) == text(edges[0], edges[-1])
