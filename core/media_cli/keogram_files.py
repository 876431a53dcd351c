"""Keograms as values: NetCDF, CSV and Zarr, each with its units and its history."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from core.imaging.caption import SOFTWARE, caption_of
from core.imaging.skymap_check import SkymapUse
from core.media_cli.outputs import whole

KINDS = ("nc", "csv", "zarr")
_ZARR_TIME = {"units": "microseconds since 1970-01-01", "calendar": "standard", "dtype": "int64"}


def write_keogram(path: Path, dataset: xr.Dataset, use: SkymapUse | None, kind: str) -> None:
    """Write a keogram whole or not at all.

    Parameters
    ----------
    path : Path
    dataset : xarray.Dataset
        As `core.imaging.keogram.keogram`, perhaps with places along pixel.
    use : SkymapUse or None
        The skymap that places come from.
    kind : {"nc", "csv", "zarr"}
        NetCDF 3 (64-bit offset), which every tool reads; NetCDF 4 would need a library that is
        not installed. CSV has one row a time and one column a pixel. Zarr 3 is a folder.

    Raises
    ------
    core.errors.ArchiveError
        The file cannot be written.
    BadInput
        The folder is there already.
    """
    described = _described(dataset, use)
    with whole(path) as part:
        if kind == "nc":
            time = _netcdf_time(described)
            described.to_netcdf(
                part, engine="scipy", format="NETCDF3_64BIT", encoding={"time": time}
            )
        elif kind == "zarr":
            described.to_zarr(
                part, zarr_format=3, consolidated=False, encoding={"time": _ZARR_TIME}
            )
        else:
            _write_csv(part, described)


def _netcdf_time(dataset: xr.Dataset) -> dict[str, str]:
    """Return how times are kept: NetCDF 3 has no 64-bit integers.

    Seconds in double precision, from the first midnight: exact to a nanosecond for a year.
    """
    midnight = str(dataset["time"].values[0].astype("M8[D]"))
    units = f"seconds since {midnight} 00:00:00"
    return {"units": units, "calendar": "standard", "dtype": "float64"}


def _described(dataset: xr.Dataset, use: SkymapUse | None) -> xr.Dataset:
    """Return the keogram with the attributes that CF asks for and those of its caption."""
    caption = caption_of(dataset.attrs, use)
    facts = {_attribute(name): value for name, value in caption.facts.items()}
    marks = {"comment": ". ".join(caption.marks)} if caption.marks else {}
    described = dataset.copy()
    described.attrs = (
        {name: _plain(value) for name, value in dataset.attrs.items()}
        | facts
        | marks
        | {
            "Conventions": "CF-1.11",
            "title": f"Keogram of {caption.title}",
            "source": str(dataset.attrs.get("source", "")),
            "history": f"{np.datetime64('now')}Z written by {SOFTWARE}",
            "references": caption.facts["Citation"],
        }
    )
    for name, standard in (("latitude", "latitude"), ("longitude", "longitude")):
        if name in described.coords:
            described[name].attrs["standard_name"] = standard
    if described["counts"].dtype.kind == "u":  # NetCDF 3 has no unsigned numbers
        attributes = described["counts"].attrs
        described["counts"] = described["counts"].astype("int32").assign_attrs(attributes)
    return described


def _attribute(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower())


def _plain(value: Any) -> Any:
    """Return a value that every format's attributes can hold."""
    if isinstance(value, bool) or value is None:
        return str(value)
    return value if isinstance(value, (str, int, float, np.ndarray, list)) else str(value)


def _write_csv(path: Path, dataset: xr.Dataset) -> None:
    counts = dataset["counts"].values
    flat = counts.reshape(len(counts), -1)
    channels = counts.shape[2] if counts.ndim == 3 else 1
    pixels = np.repeat(dataset["pixel"].values, channels)
    endings = ("_red", "_green", "_blue") if channels == 3 else ("",)
    names = [f"p{pixel:g}{endings[k % channels]}" for k, pixel in enumerate(pixels)]
    with path.open("w", newline="") as file:
        for name, value in dataset.attrs.items():
            file.write(f"# {name}: {' '.join(str(value).split())}\n")
        file.write(
            "# time is the middle of each exposure, UTC; pN is the pixel centred at N from\n"
        )
        file.write("# the southern edge; rows that begin with # and a name are places of pixels\n")
        rows = csv.writer(file, lineterminator="\n")
        for name, values in dataset.coords.items():
            if values.dims == ("pixel",) and name != "pixel":
                numbers = np.repeat(values.values, channels)
                rows.writerow([f"# {name}", "", *(f"{number:.4f}" for number in numbers)])
        rows.writerow(["time", "exposure_s", *names])
        moments = np.datetime_as_string(dataset["time"].values.astype("M8[us]"))
        exposures = dataset["exposure_s"].values
        for moment, exposure, line in zip(moments, exposures, flat, strict=True):
            rows.writerow([f"{moment}Z", f"{exposure:g}", *(f"{value:g}" for value in line)])
