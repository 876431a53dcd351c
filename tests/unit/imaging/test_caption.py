"""The words of pictures, and that they are on the page."""

from __future__ import annotations

import numpy as np
import pytest

from core.imaging.caption import caption_of, moment_text, place_text
from core.imaging.page import EdgeMarks, Page, Plan
from core.imaging.render import Style
from core.imaging.sheet import DARK, LIGHT, dashed, joined, plain, text_width, wrapped
from core.imaging.skymap import Kind, Skymap
from core.imaging.skymap_check import SkymapUse
from core.imaging.ticks import log_ticks, number_text, round_ticks, time_ticks

GILL = {"array": "themis_asi", "site": "gill", "source_file": "20140310_0600_gill.pgm.gz"}


def skymap(kind: Kind = "official") -> Skymap:
    empty, corners = np.full((2, 2), 45.0), np.full((3, 3), 45.0)
    return Skymap(
        "gill", "themis_asi", "", 56.35, -94.65, 60.0, np.datetime64("2011-03-05", "s"), None,
        kind, "a_skymap.sav", empty.copy(), empty.copy(), corners.copy(), corners.copy(),
    )  # fmt: skip


def test_an_observed_frame_with_its_skymap_has_no_marks() -> None:
    caption = caption_of(GILL | {"provenance": "ingested"}, SkymapUse(skymap()))
    assert caption.title == "THEMIS-ASI Gillam (GILL)"
    assert caption.marks == ()
    assert caption.unit == "counts"
    assert "NAS5-02099" in " ".join(caption.notes)
    assert "a_skymap.sav" in caption.notes[0]
    assert caption.facts["Provenance"] == "observed"
    assert caption.facts["Skymap forced"] == "no"
    assert caption.facts["Skymap interval"] == "2011-03-05T00:00:00/"
    assert caption.facts["Source file"] == "20140310_0600_gill.pgm.gz"
    assert caption.facts["Data source"] == "46"


@pytest.mark.parametrize(
    ("attributes", "use", "marks"),
    [
        ({"provenance": "simulated"}, None, ("SIMULATED, not observed",)),
        (
            {"provenance": "mixed"},
            None,
            ("PARTLY SIMULATED: some days are observed, others simulated",),
        ),
        ({}, SkymapUse(skymap("model")), ("Model skymap, approximate",)),
        (
            {},
            SkymapUse(skymap(), True, "it holds from 2011-03-05"),
            ("Skymap forced: it holds from 2011-03-05",),
        ),
        (
            {"provenance": "simulated"},
            SkymapUse(skymap("simulated")),
            ("SIMULATED, not observed",),
        ),
    ],
)
def test_what_weakens_a_picture_is_said_in_words(
    attributes: dict[str, str], use: SkymapUse | None, marks: tuple[str, ...]
) -> None:
    assert caption_of(GILL | attributes, use).marks == marks


def test_a_simulated_picture_thanks_nobody_for_data() -> None:
    caption = caption_of(GILL | {"provenance": "simulated"})
    assert "Nothing here was observed" in caption.notes[1]
    assert "NAS5" not in " ".join(caption.notes)


def test_moments_are_rounded_to_tenths_of_a_second() -> None:
    assert moment_text(np.datetime64("2014-03-10T06:00:00.562")) == "2014-03-10 06:00:00.6 UTC"
    assert moment_text(np.datetime64("2014-12-31T23:59:59.960")) == "2015-01-01 00:00:00.0 UTC"


def test_places_name_their_hemispheres() -> None:
    assert place_text(62.407, -145.158) == "62.41° N, 145.16° W"
    assert place_text(-69.0, 39.59) == "69.00° S, 39.59° E"


def test_text_is_written_in_the_letters_that_the_typeface_has() -> None:
    assert plain("Kiruna – Å 60° × 5 µm “x”") == "Kiruna - A 60° x 5 um “x”"
    assert plain("北") == "?"


def test_lines_are_broken_within_a_width() -> None:
    lines = wrapped("a line that is longer than what there is room for", 12, 100)
    assert len(lines) > 1
    assert all(text_width(line, 12) <= 100 for line in lines)
    assert " ".join(lines) == "a line that is longer than what there is room for"
    assert joined(["one", "two"], 12, 200) == ["one · two"]
    assert joined(["one part", "another part"], 12, 100) == ["one part", "another part"]


def test_dashes_cover_their_share_of_a_line() -> None:
    line = np.array([[0.0, 0.0], [58.0, 0.0], [58.0, 30.0]])
    dashes = dashed(line, 6, 3)
    length = sum(float(np.hypot(*np.diff(dash, axis=0).T).sum()) for dash in dashes)
    assert length == pytest.approx(60)  # ten dashes of 6
    assert any(len(dash) == 3 for dash in dashes)  # one goes around the corner
    assert dashed(np.zeros((2, 2)), 6, 3) == []


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 10, 6, [0, 2, 4, 6, 8, 10]),
        (2350, 9320, 8, [3000, 4000, 5000, 6000, 7000, 8000, 9000]),
        (-0.25, 0.25, 3, [-0.2, 0, 0.2]),
        (5, 5, 6, []),
        (float("nan"), 5, 6, []),
    ],
)
def test_ticks_are_round(low: float, high: float, most: int, ticks: list[float]) -> None:
    assert round_ticks(low, high, most) == pytest.approx(ticks)


def test_ticks_of_a_logarithm_are_one_two_and_five() -> None:
    assert log_ticks(90, 1100, 9).tolist() == [100, 200, 500, 1000]
    assert log_ticks(1, 1e9, 4).size <= 4


def test_ticks_of_time_are_whole_on_the_clock() -> None:
    start = np.datetime64("2019-01-01T22:10")
    moments, texts = time_ticks(start, start + np.timedelta64(4, "h"), 6)
    assert texts == ["23:00", "00:00", "01:00", "02:00"]
    assert moments[1] == np.datetime64("2019-01-02")
    assert time_ticks(start, start + np.timedelta64(90, "s"), 8)[1][1] == "22:10:15"
    assert time_ticks(start, start + np.timedelta64(9, "D"), 6)[1][0] == "2019-01-02"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (9000, "9000"), (62.5, "62.5"), (1e-5, "1e-05"), (-80, "-80")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_page_holds_its_image_and_writes_around_it(palette: object) -> None:
    caption = caption_of(GILL | {"provenance": "simulated"})
    edges = EdgeMarks(((50, "60°"),), ((20, "00:00"),), names=("latitude", "UTC", ""))
    plan = Plan(240, 120, Style(), edges=edges, palette=palette)  # type: ignore[arg-type]
    page = Page(caption, plan, (0.0, 100.0))
    image = np.full((120, 240, 4), (10, 200, 30, 255), dtype="u1")
    filled = page.fill(image, "2014-03-10 06:00:00.6 UTC")
    left, top, right, bottom = page.box
    assert (filled[top:bottom, left:right] == (10, 200, 30)).all()
    paper = np.array(plan.palette.paper)
    around = filled.copy()
    around[top:bottom, left:right] = paper
    assert (around != paper).any(axis=2).sum() > 500  # letters, bar, frame
    # Nothing touches the edges of the page: nothing is cut off there.
    for line in (filled[0], filled[-1], filled[:, 0], filled[:, -1]):
        assert (line == paper).all()
    # Thin letters are smoothed: their darkest pixels come near the ink.
    marked = np.abs(filled.astype(int) - plan.palette.mark).max(axis=2) < 60
    assert marked.any()


def test_a_page_shows_each_time_alone() -> None:
    plan = Plan(240, 120, Style())
    image = np.zeros((120, 240, 3), dtype="u1")
    page = Page(caption_of(GILL), plan, (0.0, 1.0))
    first = page.fill(image, "2014-03-10 06:00:00.6 UTC")
    page.fill(image, "2014-03-10 08:48:48.8 UTC")
    np.testing.assert_array_equal(page.fill(image, "2014-03-10 06:00:00.6 UTC"), first)
