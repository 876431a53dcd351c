"""Movies: what is asked for, and how far it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.openapi.models.base import Exact, TimeIn, Uuid
from api.openapi.models.media import AltKm, ColourMap, Number
from core.imaging.fisheye import View

Choice = bool | Literal["true", "false"]


class MovieRequest(Exact):
    """Which frames, at most two days of them, and how they are drawn."""

    source: Annotated[int, Field(ge=0, le=999_999_999)]
    start: TimeIn
    end: TimeIn
    step_s: Annotated[float, Field(ge=0.1, le=86_400)] | None = 60.0
    fps: Annotated[float, Field(ge=0.5, le=60)] | None = 15.0
    what: Literal["frames", "map"] | None = "frames"
    size: Annotated[int, Field(ge=64, le=1080)] | None = 512
    view: View | None = "sky"
    scale: Literal["percentile", "fixed"] | None = "percentile"
    radius_km: Annotated[float, Field(ge=10, le=5000)] | None = None
    alt_km: AltKm | None = None
    min_elevation_deg: Annotated[float, Field(ge=0, le=80)] | None = 10.0
    marks: Choice | None = True
    accept_skymap: Choice | None = None
    vmin: Number | None = None
    vmax: Number | None = None
    cmap: ColourMap | None = None
    log: Choice | None = None
    gamma: Annotated[float, Field(ge=0.05, le=20)] | None = None


class MovieAccepted(Exact):
    """The movie was taken; it waits for a worker."""

    id: Uuid
    url: str


class MovieStatus(Exact):
    """How far a movie is."""

    id: Uuid
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: Annotated[float, Field(ge=0, le=1)]
    message: str
    frames: int
    bytes: int | None
    available: bool
    error: str | None
    provenance: str
    query: dict[str, Any]
    movie: str | None
