"""Errors carry data, and keep it on the way between processes."""

from __future__ import annotations

import pickle

import pytest

from core.errors import AtlasError, BadInput, RecordError


def test_details_are_attributes() -> None:
    error = RecordError("lat is 91", hint="-90 to 90", row=3, field="location_geo.lat", value=91)
    assert (error.row, error.field, error.value) == (3, "location_geo.lat", 91)
    assert str(error) == "lat is 91 -90 to 90"


def test_an_attribute_that_is_not_a_detail_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _ = AtlasError("x").row


@pytest.mark.parametrize("kind", [AtlasError, BadInput, RecordError])
def test_errors_survive_pickling(kind: type[AtlasError]) -> None:
    error = pickle.loads(pickle.dumps(kind("m", hint="h", field="f", row=1)))
    assert type(error) is kind
    assert (error.message, error.hint, error.field, error.row) == ("m", "h", "f", 1)
