"""The palette can be read: contrast of text and of controls, in light and in dark (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[3] / "assets/00-tokens.css").read_text()
GROUNDS = ("bg", "surface", "sunk")
TEXTS = ("text", "text-2", "text-3", "accent")


def palette(scheme: str) -> dict[str, str]:
    block = re.search(rf'scheme="{scheme}"\] {{(.*?)}}', CSS, re.S)
    assert block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(scheme: str, ground: str, text: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_notices_and_buttons_can_be_read(scheme: str) -> None:
    colours = palette(scheme)
    pairs = [("warn", "warn-soft"), ("bad", "bad-soft"), ("text-2", "warn-soft")]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("accent", "accent-soft")]
    pairs += [("text", "selected"), ("text", "hover"), ("bad", "surface")]
    assert {p: contrast(colours[p[0]], colours[p[1]]) >= 4.5 for p in pairs} == dict.fromkeys(
        pairs, True
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_and_marks_of_blocks_can_be_seen(scheme: str) -> None:
    colours = palette(scheme)
    for mark in ("field-line", "ground", "space", "events", "adhoc"):
        assert contrast(colours[mark], colours["surface"]) >= 3
