"""Parameters of pictures that are numbers or times, and beyond what can be drawn or told."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.imaging.query_fields import Fields

MOMENTS = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2019", "", "soon"]


@pytest.mark.parametrize("text", MOMENTS)
def test_a_time_beyond_all_years_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Fields({"start": text}, ("start",)).moment("start")


@pytest.mark.parametrize("name", ["vmin", "vmax"])
@pytest.mark.parametrize("text", ["1e308", "-1.3e308", "1e10", "inf", "nan"])
def test_an_end_of_a_scale_that_float32_cannot_take_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadInput, match=name):
        Fields({name: text}, ("vmin", "vmax")).style()


def test_ends_of_a_scale_are_read() -> None:
    style = Fields({"vmin": "-1e9", "vmax": "1e9"}, ("vmin", "vmax")).style()
    assert (style.vmin, style.vmax) == (-1e9, 1e9)
