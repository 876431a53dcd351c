from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.archive.columns import (
    EPHEMERIS_SCHEMA,
    META_TYPES,
    meta_arrow_field,
    meta_column,
    meta_column_name,
    normalise,
    split_meta_column,
)
from core.errors import BadInput
from core.instruments.model import DATA_TYPES, MetadataField
from tests.unit.archive.batches import ephemeris


def test_column_of_a_plain_field_is_readable() -> None:
    field = MetadataField("radial_distance", "km", "double")
    assert meta_column(field) == "md_double_radial_distance"


@settings(deadline=None)
@given(st.sampled_from(DATA_TYPES), st.text(min_size=1))
def test_column_names_come_back_and_are_safe(data_type, name: str) -> None:
    column = meta_column_name(data_type, name)
    assert split_meta_column(column) == (data_type, name)
    assert column == column.lower()
    assert not set(column) & set(" ,;{}()\n\t='\"")
    assert meta_arrow_field(column).type == META_TYPES[data_type]


def test_names_that_differ_in_case_have_columns_that_differ_without_case() -> None:
    first, second = meta_column_name("string", "Foo"), meta_column_name("string", "foo")
    assert first.lower() != second.lower()


def test_normalise_adds_year_and_missing_columns() -> None:
    table = normalise(ephemeris(3, [0, 600_000]), EPHEMERIS_SCHEMA, "epoch")
    assert table.schema == EPHEMERIS_SCHEMA
    assert table["year"].to_pylist() == [2020, 2021]
    assert table["nbtrace_lat_deg"].null_count == 2


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("latitude", [1.0]),
        ("md_float_x", [1.0]),
        ("md_int_x", [1.5]),
        ("source", [None]),
        ("epoch", [None]),
        ("geo_lat_deg", ["north"]),
    ],
)
def test_normalise_names_the_column_that_does_not_fit(column: str, values: list) -> None:
    batch = ephemeris(3, [0])
    if column in batch.column_names:
        batch = batch.drop_columns([column])
    with pytest.raises(BadInput) as caught:
        normalise(batch.append_column(column, pa.array(values)), EPHEMERIS_SCHEMA, "epoch")
    assert caught.value.field == column
