"""An archive of three UT days with records, one real keogram and one at its provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.archive import Archive
from core.settings import Settings
from tests.unit.wall import nights


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    with Archive.create(settings) as opened:
        nights.fill_sources(opened)
        yield opened


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Records of 46 on all days, of 55 on the second; 46 has a real keogram in 2014."""
    nights.fill_nights(archive)
    return archive
