"""What every test may use: real observed files where they are, settings on an empty folder."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from core.settings import Settings

# A machine that is busy is no failure.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Folder with real observed files; the test is skipped where there is none."""
    folder = os.environ.get("ATLAS_TEST_DATA", "")
    if not folder:
        pytest.skip("ATLAS_TEST_DATA is unset: it names a folder with real observed files")
    path = Path(folder)
    if not path.is_dir():
        pytest.skip(f"ATLAS_TEST_DATA names {path}, which is not a folder")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose archive is a new, empty folder."""
    return Settings(archive=tmp_path / "archive")
