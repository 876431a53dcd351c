"""The verb ``keogram``: a picture of one line of pixels in time, or its values."""

from __future__ import annotations

import argparse
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from core.errors import NotFound, SkymapRefused
from core.imaging.caption import caption_of
from core.imaging.fisheye import encode
from core.imaging.frames import Frames
from core.imaging.keogram import keogram
from core.imaging.keogram_page import AXES, Axis, KeogramLook, keogram_page
from core.imaging.render import PictureFormat
from core.imaging.sheet import DARK, LIGHT
from core.imaging.skymap_check import SkymapUse
from core.media_cli.arguments import add_output, add_source, add_style, moment, pixels, style_of
from core.media_cli.keogram_files import KINDS as DATA_KINDS
from core.media_cli.keogram_files import write_keogram
from core.media_cli.outputs import Bar, kind_of, note, stamp, tell, write_whole
from core.media_cli.sources import Camera, open_camera
from core.media_cli.windows import frames_between, window_of
from core.settings import Settings

if TYPE_CHECKING:
    from core.observatory import Observatory

PICTURE_KINDS = ("png", "webp")
LINES = ("column", "meridian")
_BLOCK = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_source(parser)
    parser.add_argument("start", nargs="?", type=moment, metavar="START", help="first time, UTC")
    parser.add_argument("end", nargs="?", type=moment, metavar="END", help="end, not included")
    add_output(parser, ".png or .webp for a picture, .nc (NetCDF 3), .csv or .zarr for values")
    parser.add_argument(
        "--slice", choices=LINES, default="column",
        help="the centre column of the images, or the magnetic meridian through the site "
        "(default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--axis", choices=AXES,
        help="numbers at the left: pixels, geodetic or AACGM latitude of pixel centres at the "
        "altitude of the emission (default: pixel for the column, magnetic for the meridian)",
    )  # fmt: skip
    parser.add_argument("--width", type=pixels, default=1200, help="of the image, pixels")
    parser.add_argument("--height", type=pixels, default=384, help="of the image, pixels")
    add_style(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Write a keogram; returns the exit status."""
    look = _look(args)
    if args.output:
        kind_of(args.output, PICTURE_KINDS + DATA_KINDS)
    with open_camera(args, settings) as camera:
        dataset = _lines(args, camera)
        start, end = _window(args, dataset)
        path = args.output or Path(f"{camera.name}_{stamp(start)}_{stamp(end)}_{args.slice}.png")
        kind = kind_of(path, PICTURE_KINDS + DATA_KINDS)
        dataset, use = _placed(args, camera, dataset, needed=kind in PICTURE_KINDS)
        if kind in DATA_KINDS:
            write_keogram(path, dataset, use, kind)
        else:
            page, facts = keogram_page(dataset, start, end, use, look)
            packing: PictureFormat = "webp" if kind == "webp" else "png"
            write_whole(path, encode(page, packing, facts))
    note(*caption_of(dataset.attrs, use).marks)
    tell(f"{path}: {dataset.sizes['time']} lines of {dataset.sizes['pixel']} pixels")
    return 0


def _look(args: argparse.Namespace) -> KeogramLook:
    axis: Axis = args.axis or ("magnetic" if args.slice == "meridian" else "pixel")
    palette = DARK if args.dark else LIGHT
    return KeogramLook(axis, style_of(args), args.scale, args.width, args.height, palette)


def _window(args: argparse.Namespace, dataset: xr.Dataset) -> tuple[np.datetime64, np.datetime64]:
    """Return the edges of the picture: those asked for, else those of what a file holds."""
    times = dataset["time"].values.astype("M8[us]")
    exposure_us = np.rint(dataset["exposure_s"].values * 5e5).astype("int64").astype("m8[us]")
    cadence = np.timedelta64(round(1e6 * float(dataset.attrs.get("cadence_s", 1.0))), "us")
    first, last = times[0] - exposure_us[0], times[-1] - exposure_us[-1] + cadence
    return (
        first if args.start is None else args.start,
        last if args.end is None else args.end,
    )


def _lines(args: argparse.Namespace, camera: Camera) -> xr.Dataset:
    """Return the keogram: of the archive where it keeps it, else of frames."""
    own_skymap = args.skymap is not None or args.model_skymap or args.alt_km is not None
    if camera.observatory is None or (args.slice == "meridian" and own_skymap):
        return _from_frames(args, camera)
    window = window_of(camera, args.start, args.end)
    return _from_archive(args, camera, camera.observatory, _days(*window))


def _from_archive(
    args: argparse.Namespace, camera: Camera, observatory: Observatory, edges: list[np.datetime64]
) -> xr.Dataset:
    """Return the keogram between the first and the last edge, day by day."""
    parts = []
    with Bar(len(edges) - 1, "days", args.quiet) as bar:
        for k, (first, last) in enumerate(pairwise(edges)):
            with suppress(NotFound):
                parts.append(
                    observatory.keograms.load(
                        camera.source_id, first, last, line=args.slice, accept=args.accept_skymap
                    )
                )
            bar.show(k + 1, len(edges) - 1)
    if len({part.attrs["cadence_s"] for part in parts}) > 1 or not parts:
        # Observed and simulated days together, which the library gives in minutes; or nothing,
        # which it says in words.
        return observatory.keograms.load(
            camera.source_id, edges[0], edges[-1], line=args.slice, accept=args.accept_skymap
        )
    return _joined(parts)


def _from_frames(args: argparse.Namespace, camera: Camera) -> xr.Dataset:
    times = frames_between(camera, args.start, args.end)
    use = None
    if args.slice == "meridian":
        use = camera.frames.skymap(camera.source_id, times[0], accept=args.accept_skymap)
    parts = []
    with Bar(len(times), "frames", args.quiet) as bar:
        for first in range(0, len(times), _BLOCK):
            frames = camera.frames.frames(camera.source_id, times[first : first + _BLOCK])
            parts.append(_slice(frames, use, _alt_km(args, camera)))
            bar.show(first + frames.sizes["time"], len(times))
    return _joined(parts)


def _slice(frames: Frames, use: SkymapUse | None, alt_km: float) -> xr.Dataset:
    if use is None:
        line = keogram(frames)
    else:
        from core.imaging.keogram_paths import meridian_keogram  # brings scipy

        line = meridian_keogram(frames, use.skymap, alt_km)
    kept = ("provenance", "source_file", "camera")
    return line.assign_attrs({name: frames.attrs[name] for name in kept if name in frames.attrs})


def _placed(
    args: argparse.Namespace, camera: Camera, dataset: xr.Dataset, *, needed: bool
) -> tuple[xr.Dataset, SkymapUse | None]:
    """Return the keogram with the places of its pixels, and the skymap they come from.

    A picture with an axis of pixels needs none; values are written without where there is none.
    """
    wanted = _look(args).axis != "pixel"
    if needed and not wanted and args.slice == "column":
        return dataset, None
    time = dataset["time"].values[0].astype("M8[us]")
    try:
        use = camera.frames.skymap(camera.source_id, time, accept=args.accept_skymap)
    except (SkymapRefused, NotFound) as error:
        if wanted or args.slice == "meridian":
            raise
        note(f"without latitudes and longitudes: {error.message}")
        return dataset, None
    if args.slice == "meridian":
        return dataset, use
    from core.imaging.keogram_axes import column_axes

    axes = column_axes(use.skymap, _alt_km(args, camera), time)
    placed = dataset.assign_coords({str(name): axes[name].variable for name in axes.data_vars})
    return placed.assign_attrs(alt_km=axes.attrs["alt_km"]), use


def _alt_km(args: argparse.Namespace, camera: Camera) -> float:
    return camera.array.emission_alt_km if args.alt_km is None else float(args.alt_km)


def _joined(parts: list[xr.Dataset]) -> xr.Dataset:
    if len(parts) == 1:
        return parts[0]
    return xr.concat(
        parts, "time", combine_attrs="override", data_vars="minimal", coords="minimal",
        compat="override", join="override",
    )  # fmt: skip


def _days(start: np.datetime64, end: np.datetime64) -> list[np.datetime64]:
    """Return the window's edges and the UT midnights between them."""
    midnights = np.arange(start.astype("M8[D]") + 1, end.astype("M8[D]") + 1).astype("M8[us]")
    return [start, *(day for day in midnights if start < day < end), end]
