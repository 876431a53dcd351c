"""Any pixel of any camera at any time is the same whichever way it is asked for."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.imaging.keogram import keogram
from core.instruments.themis_asi import THEMIS_ASI
from core.simulation.cameras import SimulatedImagers
from core.simulation.cameras.camera import camera_of
from core.simulation.cameras.render import render
from core.simulation.cameras.sky import sky_at
from core.simulation.cameras.view import Nodes, View

IMAGERS = SimulatedImagers()
SITES = sorted(site.identifier for site in THEMIS_ASI.sites.values())
START = np.datetime64("2008-01-01T00:00", "us")
MINUTES = 15 * 365 * 1440


@settings(max_examples=15, deadline=None)
@given(
    source_id=st.sampled_from([*SITES, 10004, 92, 93, 87, 103]),
    minute=st.integers(0, MINUTES),
    length=st.integers(1, 40),
)
def test_a_keogram_column_is_a_frame_s(source_id: int, minute: int, length: int) -> None:
    first = START + minute * np.timedelta64(1, "m")
    line = IMAGERS.keogram(source_id, first, first + length * np.timedelta64(1, "m"))
    assume(line.sizes["time"])
    last = line["time"].values[-1:]
    expected = keogram(IMAGERS.frames(source_id, last))["counts"].values
    assert np.array_equal(line["counts"].values[-1:], expected)


@settings(max_examples=15, deadline=None)
@given(
    source_id=st.sampled_from([46, 64, 55]),
    minute=st.integers(0, 1440),
    pixels=st.sets(st.integers(0, 256 * 256 - 1), min_size=1, max_size=60),
)
def test_any_pixels_are_those_of_the_frame(source_id: int, minute: int, pixels: set[int]) -> None:
    first = np.datetime64("2019-01-20T00:00", "us") + minute * np.timedelta64(1, "m")
    times = IMAGERS.times(source_id, first, first + np.timedelta64(5, "s"))[:1]
    assume(times.size)
    camera, index = camera_of(source_id, IMAGERS.seed), np.array(sorted(pixels))
    nodes = Nodes(camera, index)
    glow = nodes.glow(IMAGERS._aurora, times)
    counts = render(View(nodes, index), sky_at(camera, times, glow.mean), glow)[0]
    frame = IMAGERS.frames(source_id, times)["images"].values[0]
    assert np.array_equal(counts, frame.ravel()[index])
