from __future__ import annotations

import struct
from pathlib import Path

import cdflib
import numpy as np
import pytest

from core.archive.cdf import CdfFile, epochs_to_datetime64
from core.errors import FileRefused
from tests.unit.imaging import files

LIMIT = 2**26


def sample(path: Path) -> Path:
    rng = np.random.default_rng(3)
    return files.write_cdf(
        path,
        {
            "counts": (12, rng.integers(0, 65535, (50, 8, 4), dtype=np.uint16)),
            "epoch": (31, 6.3e13 + 1e3 * np.arange(50)),
            "field": (45, rng.normal(0, 1e4, (50, 3))),
            "name": (51, np.array([b"A", b"B"] * 25)),
        },
    )


def test_values_are_those_of_cdflib(tmp_path: Path) -> None:
    path = sample(tmp_path / "a.cdf")
    oracle = cdflib.CDF(path)
    with CdfFile(path, LIMIT) as cdf:
        for name in ("counts", "epoch", "field"):
            assert np.array_equal(cdf.read(name), oracle.varget(name))
        assert cdf.read("name").astype("U").tolist() == oracle.varget("name").tolist()


def test_epochs_are_those_of_cdflib() -> None:
    values = np.array([6.36188273e13, 63_618_825_600_123.0])
    ours = epochs_to_datetime64(values).astype("datetime64[ns]")
    # cdflib rounds to milliseconds, the resolution of the type.
    assert np.abs(ours - cdflib.cdfepoch.to_datetime(values)).max() < np.timedelta64(1, "ms")
    assert np.isnat(epochs_to_datetime64(np.array([-1e31]))).all()


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = sample(tmp_path / "a.cdf").read_bytes()
    for size in np.linspace(0, len(whole) - 1, 60).astype(int):
        path = tmp_path / "cut.cdf"
        path.write_bytes(whole[:size])
        with pytest.raises(FileRefused):
            CdfFile(path, LIMIT)


def test_chain_of_variables_that_bites_its_tail_is_refused(tmp_path: Path) -> None:
    path = sample(tmp_path / "a.cdf")
    content = bytearray(path.read_bytes())
    gdr = struct.unpack(">q", content[20:28])[0]
    first = struct.unpack(">q", content[gdr + 20 : gdr + 28])[0]
    content[first + 12 : first + 20] = struct.pack(">q", first)
    path.write_bytes(content)
    with pytest.raises(FileRefused, match="does not end"):
        CdfFile(path, LIMIT)


def test_number_of_records_beyond_the_limit_takes_no_memory(tmp_path: Path) -> None:
    path = sample(tmp_path / "a.cdf")
    content = bytearray(path.read_bytes())
    gdr = struct.unpack(">q", content[20:28])[0]
    first = struct.unpack(">q", content[gdr + 20 : gdr + 28])[0]
    content[first + 24 : first + 28] = struct.pack(">i", 2**31 - 2)
    path.write_bytes(content)
    with CdfFile(path, LIMIT) as cdf, pytest.raises(FileRefused, match="are allowed"):
        cdf.read("counts")
