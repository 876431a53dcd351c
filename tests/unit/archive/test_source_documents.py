"""Documents of data sources: what is delivered can be sent back, and means the same."""

from __future__ import annotations

import pytest

from core.archive.delivery import source_to_dict
from core.archive.source_documents import new_source, patched_source, replaced_source
from core.archive.sources import check_source
from core.errors import BadInput, LimitExceeded
from core.instruments.model import DataSource
from core.instruments.registry import all_sources
from tests.unit.archive.conftest import SOURCES

EVERY = [*all_sources(), *SOURCES]


@pytest.mark.parametrize("source", EVERY, ids=lambda source: str(source.identifier))
def test_a_delivered_source_can_be_sent_back(source: DataSource) -> None:
    document = source_to_dict(source, "full_record") | {"stats": {"ephemeris_count": 1}}
    other = DataSource(source.identifier, "a", "b", "c", "ground", "d")
    assert new_source(document, "someone@example.org") == source
    assert replaced_source(document, other) == source
    assert patched_source(document, other) == source
    assert patched_source({}, source) == source
    check_source(source)


def test_a_schema_has_a_limit() -> None:
    entries = [{"field_name": f"f{n}", "data_type": "int"} for n in range(201)]
    with pytest.raises(LimitExceeded) as caught:
        patched_source({"ephemeris_metadata_schema": entries}, SOURCES[0])
    assert (caught.value.asked, caught.value.allowed) == (201, 200)
    entries.pop()
    assert len(patched_source({"ephemeris_metadata_schema": entries}, SOURCES[0])
               .ephemeris_metadata_schema) == 200  # fmt: skip


def test_another_identifier_is_refused() -> None:
    with pytest.raises(BadInput, match="identifier"):
        patched_source({"identifier": 4}, SOURCES[0])
