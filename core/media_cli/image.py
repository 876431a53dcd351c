"""The verb ``image``: one frame as the camera saw it, or on a map."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from core.imaging.drawing import draw_frames
from core.imaging.fisheye import encode
from core.imaging.render import PictureFormat
from core.media_cli.arguments import add_look, add_output, add_source, add_style, look_of, moment
from core.media_cli.outputs import kind_of, note, stamp, tell, write_whole
from core.media_cli.sources import Camera, open_camera
from core.media_cli.windows import frame_near
from core.settings import Settings

KINDS = ("png", "webp")
SIZE = 768


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_source(parser)
    parser.add_argument(
        "time", nargs="?", type=moment, metavar="TIME",
        help="UTC; the nearest frame within one cadence is drawn (a file: its first one)",
    )  # fmt: skip
    add_output(parser, ".png or .webp", bar=False)
    add_look(parser, SIZE)
    add_style(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Draw a frame; returns the exit status."""
    look = look_of(args)
    if args.output:
        kind_of(args.output, KINDS)
    with open_camera(args, settings) as camera:
        time = frame_near(camera, args.time)
        drawing, pages = draw_frames(
            camera.frames, camera.source_id, np.array([time]), look, accept=args.accept_skymap
        )
        path = args.output or _name(camera, time, args.map)
        kind: PictureFormat = "webp" if kind_of(path, KINDS) == "webp" else "png"
        write_whole(path, encode(next(pages), kind, drawing.facts(time)))
        note(*drawing.caption.marks)
    tell(str(path))
    return 0


def _name(camera: Camera, time: np.datetime64, mapped: bool) -> Path:
    return Path(f"{camera.name}_{stamp(time)}{'_map' if mapped else ''}.png")
