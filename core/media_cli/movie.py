"""The verb ``movie``: frames one after the other."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from core.imaging.drawing import draw_frames
from core.imaging.frames import Times
from core.imaging.movie import write_movie
from core.media_cli.arguments import (
    add_look,
    add_output,
    add_source,
    add_style,
    look_of,
    moment,
    positive,
)
from core.media_cli.outputs import Bar, kind_of, note, stamp, tell
from core.media_cli.sources import Camera, open_camera
from core.media_cli.windows import frames_between
from core.settings import Settings

KINDS = ("mp4",)
SIZE = 512
FPS = 15.0
PICTURES = 1440


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_source(parser)
    parser.add_argument("start", nargs="?", type=moment, metavar="START", help="first time, UTC")
    parser.add_argument("end", nargs="?", type=moment, metavar="END", help="end, not included")
    add_output(parser, ".mp4")
    parser.add_argument(
        "--step", type=positive, metavar="SECONDS",
        help="take the first frame of every step (default: every frame, or a step of so many "
        f"whole cadences that at most {PICTURES} pictures are made)",
    )  # fmt: skip
    parser.add_argument(
        "--fps", type=positive, default=FPS, help="pictures a second (default: %(default)g)"
    )
    add_look(parser, SIZE)
    add_style(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make a movie; returns the exit status."""
    look = look_of(args)
    if args.output:
        kind_of(args.output, KINDS)
    with open_camera(args, settings) as camera:
        every = frames_between(camera, args.start, args.end)
        step_s = args.step or default_step_s(len(every), camera.array.cadence_s)
        times = thinned(every, step_s)
        path = args.output or _name(camera, every, args.map)
        drawing, pages = draw_frames(
            camera.frames, camera.source_id, times, look, accept=args.accept_skymap
        )
        with Bar(len(times), "pictures", args.quiet) as bar:
            count = write_movie(
                path, pages, args.fps, total=len(times), progress=bar.show,
                metadata=_tags(drawing.facts(times[0])),
            )  # fmt: skip
        note(*drawing.caption.marks)
    tell(f"{path}: {count} of {len(every)} frames, {count / args.fps:.1f} s")
    return 0


def default_step_s(frames: int, cadence_s: float) -> float:
    """Return the step in seconds, a multiple of the cadence, that gives few enough pictures."""
    return -(-frames // PICTURES) * cadence_s


def thinned(times: Times, step_s: float) -> Times:
    """Return the first time in every step since the first one; a late frame stays in its step."""
    # Frames come some milliseconds early or late; a twentieth of a step keeps them in place.
    since = (times - times[0]) / np.timedelta64(1, "s")
    number = np.floor(since / step_s + 0.05).astype("int64")
    return times[np.unique(number, return_index=True)[1]]


def _name(camera: Camera, times: Times, mapped: bool) -> Path:
    kind = "_map" if mapped else ""
    return Path(f"{camera.name}_{stamp(times[0])}_{stamp(times[-1])}{kind}.mp4")


def _tags(facts: dict[str, str]) -> dict[str, str]:
    """Return the tags that MP4 has: title, comment with all the rest."""
    rest = "; ".join(f"{name}: {value}" for name, value in facts.items() if name != "Title")
    return {"title": facts["Title"], "comment": rest, "copyright": facts["Acknowledgement"]}
