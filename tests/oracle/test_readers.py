"""Readers against published numbers and against the readers of pyucalgarysrs and cdflib."""

from __future__ import annotations

from pathlib import Path

import cdflib
import numpy as np
import pytest

from core.imaging.keogram import keogram
from core.imaging.readers import read_frames

pytestmark = pytest.mark.realdata

GILLAM = "themis/20140310_0600_gill_themis19_full.pgm.gz"
NIR = "trex/20220307_0600_gill_nir-216_8446.pgm.gz"
BLUE = "trex/20220308_0600_gill_blue-814_full.pgm.gz"
SPECTRA = "trex/20230503_0600_luck_spect-02_spectra.pgm.gz"
GAKONA = "themis/thg_l1_asf_gako_2011010617_v01.cdf"
THUMBNAILS = "themis/thg_l1_ast_gako_20110505_v01.cdf"


def test_first_frame_of_gillam(test_data: Path) -> None:
    image = read_frames(test_data / GILLAM)["images"].values[0]
    assert image[0, 0] == 3469
    assert image.mean() == pytest.approx(5970.0765, abs=5e-5)


@pytest.mark.parametrize(
    ("name", "shape", "mean"),
    [
        (NIR, (10, 256, 256), 384.19),
        (BLUE, (20, 270, 320), 1219.36),
        (SPECTRA, (4, 1024, 256), 512.09),
    ],
)
def test_means_of_trex(
    test_data: Path, name: str, shape: tuple[int, int, int], mean: float
) -> None:
    images = read_frames(test_data / name)["images"].values
    assert images.shape == shape
    # The published means have two decimals.
    assert images.mean() == pytest.approx(mean, abs=0.005)


def reader_of(name: str):  # type: ignore[no-untyped-def]
    from pyucalgarysrs.data.read import _themis, _trex_blue, _trex_nir, _trex_spectrograph

    return {
        GILLAM: _themis.read,
        NIR: _trex_nir.read,
        BLUE: _trex_blue.read,
        SPECTRA: _trex_spectrograph.read_raw,
    }[name]


@pytest.mark.parametrize("name", [GILLAM, NIR, BLUE, SPECTRA])
@pytest.mark.filterwarnings("ignore")
def test_counts_are_those_of_pyucalgarysrs(test_data: Path, name: str) -> None:
    theirs = np.asarray(reader_of(name)([str(test_data / name)])[0])
    frames = read_frames(test_data / name)
    # They put time last; all-sky images they turn upside down, north last, and leave columns.
    theirs = np.moveaxis(theirs, -1, 0)
    images = frames["images"].values
    ours = images if name == SPECTRA else images[:, ::-1, :]
    assert np.array_equal(ours[:, :, ::-1] if name == NIR else ours, theirs)


@pytest.mark.filterwarnings("ignore")
def test_keogram_is_a_column_of_pyucalgarysrs(test_data: Path) -> None:
    theirs = np.asarray(reader_of(GILLAM)([str(test_data / GILLAM)])[0])
    ours = keogram(read_frames(test_data / GILLAM))["counts"].values
    assert np.array_equal(ours, theirs[:, 128, :].T)


@pytest.mark.parametrize(
    ("name", "variable"), [(GAKONA, "thg_asf_gako"), (THUMBNAILS, "thg_ast_gako")]
)
def test_counts_and_times_are_those_of_cdflib(test_data: Path, name: str, variable: str) -> None:
    oracle = cdflib.CDF(test_data / name)
    frames = read_frames(test_data / name)
    images = oracle.varget(variable)
    # Full images are stored with row 0 south and column 0 west; thumbnails are no pictures.
    stored = images[:, ::-1, ::-1] if name == GAKONA else images
    assert np.array_equal(frames["images"].values, stored)
    start_us = np.rint(oracle.varget(f"{variable}_time") * 1e6).astype("int64")
    half_us = np.rint(frames["exposure_s"].values * 5e5).astype("int64")
    assert np.array_equal(frames["time"].values.astype("int64"), start_us + half_us)


def test_thumbnails_are_no_pictures(test_data: Path) -> None:
    """Neighbours in a picture of the sky resemble each other; superpixels in a list do not."""

    def resemblance(images: np.ndarray) -> float:
        mean = images.mean(axis=0)
        inner = mean[mean.shape[0] // 4 : -(mean.shape[0] // 4)]
        return float(np.corrcoef(inner[1:].ravel(), inner[:-1].ravel())[0, 1])

    picture = read_frames(test_data / GAKONA)["images"].values
    coarse = picture.reshape(-1, 32, 8, 32, 8).mean(axis=(2, 4))
    assert resemblance(coarse) > 0.8
    assert resemblance(read_frames(test_data / THUMBNAILS)["images"].values) < 0.3


def test_green_line_is_where_the_header_puts_it(test_data: Path) -> None:
    frames = read_frames(test_data / SPECTRA)
    coefficients = frames.attrs["wavelength_coefficients_nm"]
    wavelength_nm = np.polynomial.polynomial.polyval(np.arange(1024), coefficients)
    # The header states 801.373 nm for the last row, in a line of its own.
    assert wavelength_nm[-1] == pytest.approx(801.373, abs=0.001)
    quiet = frames["images"].values[:, :, 96:160].mean(axis=(0, 2))
    near = (wavelength_nm > 545) & (wavelength_nm < 570)
    peak_nm = wavelength_nm[near][quiet[near].argmax()]
    # The raw image bends lines by a row or two in its middle (0.4 nm a row).
    assert peak_nm == pytest.approx(557.7, abs=1.5)
