"""Parts that the tests of the search share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.archive import Archive
from core.instruments.model import DataSource
from tests.oracle.small_archive import make_archive

Maker = Callable[..., Archive]


@pytest.fixture
def archive_of(tmp_path: Path) -> Iterator[Maker]:
    """Makes archives out of sources and records, and closes them."""
    opened: list[Archive] = []

    def make(sources: Sequence[DataSource], tables: Sequence[pa.Table], **settings: Any) -> Archive:
        folder = tmp_path / f"archive{len(opened)}"
        opened.append(make_archive(folder, sources, tables, **settings))
        return opened[-1]

    yield make
    for archive in opened:
        archive.close()
