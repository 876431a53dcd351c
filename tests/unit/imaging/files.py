"""Small files in the providers' formats, written by code that shares nothing with readers."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from cdflib import cdfwrite

START = datetime(2014, 3, 10, 6, 0, 0, 60_000, tzinfo=UTC)
SHAPES = {
    "themis19": (256, 256),
    "rego-652": (512, 512),
    "nir-216": (256, 256),
    "blue-814": (270, 320),
    "spect-02": (1024, 256),
}
MODES = {
    "themis19": "full",
    "rego-652": "6300",
    "nir-216": "8446",
    "blue-814": "full",
    "spect-02": "spectra",
}
GILLAM = (56.3539, -94.6557)
LUCKY_LAKE = (51.15, -107.26)


def images(count: int, shape: tuple[int, int] = (256, 256), seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(2000, 9000, (count, *shape), dtype=np.uint16)


def pgm_bytes(
    pictures: np.ndarray,
    *,
    camera: str = "themis19",
    site: str = "gill",
    start: datetime = START,
    cadence_s: float = 3.0,
    exposure_ms: float | None = 1000.0,
    position: tuple[float, float] = GILLAM,
    later: dict[int, str] | None = None,
) -> bytes:
    """Return a minute file; `later` gives further header lines of single images."""
    kind = "Geodetic" if camera.startswith("themis") else "Geographic"
    parts = []
    for i, picture in enumerate(pictures):
        lines = ["P5"]
        if i == 0:
            lines += [
                '#"Project unique ID" test',
                f'#"Site unique ID" {site}',
                f'#"Imager unique ID" {camera}',
                f'#"{kind} latitude" {position[0]}',
                f'#"{kind} Longitude" {position[1]}',
                f'#"Mode unique ID" {MODES.get(camera, "full")}',
                '#"Calibration unwarping alpha0" 384.983 0.379682 2.67318e-005',
            ]
        if later and i in later:
            lines.append(later[i])
        moment = start + timedelta(seconds=i * cadence_s)
        if exposure_ms is not None:
            lines.append(f'#"Exposure options" WIDTH=1 MSEC={exposure_ms}')
        lines.append(f'#"Image request start" {moment:%Y-%m-%d %H:%M:%S.%f} UTC ')
        lines += ["#", f"{picture.shape[1]} {picture.shape[0]}", "65535"]
        parts.append("\n".join(lines).encode() + b"\n" + picture.astype(">u2").tobytes())
    return b"".join(parts)


def write_pgm(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return path


def minute_file(folder: Path, minute: int = 0, count: int = 4, seed: int = 1) -> Path:
    """Write a small THEMIS file of Gillam, `minute` minutes after 2014-03-10 06:00."""
    start = START + timedelta(minutes=minute)
    content = pgm_bytes(images(count, seed=seed), start=start)
    return write_pgm(folder / f"{start:%Y%m%d_%H%M}_gill_themis19_full.pgm.gz", content)


def write_cdf(path: Path, variables: dict[str, tuple[int, np.ndarray]]) -> Path:
    """Write z-variables, name -> (CDF data type, values along records)."""
    cdf = cdfwrite.CDF(path, cdf_spec={"Majority": "row_major", "Encoding": 6}, delete=True)
    for name, (data_type, values) in variables.items():
        text = data_type == 51
        spec = {
            "Variable": name,
            "Data_Type": data_type,
            "Num_Elements": values.dtype.itemsize if text else 1,
            "Rec_Vary": True,
            "Dim_Sizes": list(values.shape[1:]),
            "Compress": 6,
        }
        cdf.write_var(spec, var_data=values.astype("U") if text else values)
    cdf.close()
    return path


def themis_cdf(
    path: Path, pictures: np.ndarray, *, kind: str = "asf", site: str = "gako", begin: float = 1.3e9
) -> Path:
    """Write a level 1 file with a picture every 3 s, exposed for 0.98 s."""
    times = begin + 3.0 * np.arange(len(pictures))
    name = f"thg_{kind}_{site}"
    variables = {name: (12, pictures), f"{name}_time": (45, times)}
    if kind == "asf":
        variables[f"{name}_tend"] = (45, times + 0.98)
    return write_cdf(path, variables)


def track_cdf(
    path: Path,
    seconds: np.ndarray,
    lat_deg: np.ndarray,
    lon_deg: np.ndarray,
    *,
    spacecraft: str = "A",
    radius_m: float = 6.83e6,
) -> Path:
    """Write a track as VirES does; `seconds` count from 2016-01-01."""
    epoch_2016_ms = 63_618_825_600_000.0
    count = len(seconds)
    return write_cdf(
        path,
        {
            "Spacecraft": (51, np.full(count, spacecraft.encode())),
            "Timestamp": (31, epoch_2016_ms + 1e3 * seconds),
            "Latitude": (45, lat_deg),
            "Longitude": (45, lon_deg),
            "Radius": (45, np.full(count, radius_m)),
        },
    )
