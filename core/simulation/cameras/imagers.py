"""The simulated imagers as a source of frames and keograms."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from core.errors import NotFound
from core.imaging.frames import FULL, Frames, Times, make_frames
from core.imaging.keogram import make_keogram
from core.imaging.skymap import SIMULATED, Skymap, model_skymap
from core.imaging.skymap_check import SkymapUse
from core.simulation.aurora.field import Aurora
from core.simulation.cameras.camera import Camera, camera_of, is_simulated, sources
from core.simulation.cameras.glow import Glow
from core.simulation.cameras.render import render
from core.simulation.cameras.sky import Sky, part_of, sky_at
from core.simulation.cameras.version import MODEL_VERSION
from core.simulation.cameras.view import Nodes
from core.simulation.cameras.view_store import ViewStore
from core.simulation.operation import exposures_between
from core.simulation.seeds import SEED

Index = NDArray[np.int64]
Counts = NDArray[np.uint16] | NDArray[np.uint8]
Lit = tuple[NDArray[np.intp], Sky, Glow]

_BLOCK_VALUES = 32_768
_NODE_VALUES = 1_000_000
_KEPT_SKYMAPS = 32
_NOTICE = "SIMULATED: made by this program, not observed"
_CENTRE = "column"
_COLUMN = "centre column of each image"


class SimulatedImagers:
    """Frames and keograms of every imager array, rendered when they are asked for.

    Parameters
    ----------
    seed : int
        Of the archive.
    """

    provenance = "simulated"

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed
        self._aurora = Aurora(seed)
        self._views = ViewStore()
        self._skymaps: OrderedDict[int, Skymap] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def model_version(self) -> int:
        """Version of the model, `MODEL_VERSION`."""
        return MODEL_VERSION

    @property
    def sources(self) -> tuple[int, ...]:
        """Identifiers of the simulated imagers, rising."""
        return sources()

    def version(self, source_id: int) -> str:
        """Return a text that changes when a frame could come out differently."""
        camera_of(source_id, self.seed)
        return f"simulated-{MODEL_VERSION}-{self.seed}"

    def prepare(self, time: np.datetime64, sources: Sequence[int]) -> None:
        """Load what the first keograms of a process would wait for.

        Parameters
        ----------
        time : datetime64
            Of the keograms to come; ephemerides and magnetic coordinates are those of its month.
        sources : sequence of int
            The cameras that will be asked for.
        """
        for source_id in sources:
            camera = camera_of(source_id, self.seed)
            self._line(camera, _CENTRE, _centre(camera), np.array([time], dtype="datetime64[us]"))

    def prepare_image(self, time: np.datetime64, source_id: int) -> None:
        """Load what the first frame of a camera in a process would wait for; as `prepare`."""
        moment = np.array([time], dtype="datetime64[us]")
        for _, view in self._views.blocks(camera_of(source_id, self.seed)):
            view.nodes.glow(self._aurora, moment)
            break

    def life(self, source_id: int) -> tuple[np.datetime64, np.datetime64 | None]:
        """Return the first and the last UT day of a camera, None for the last of one that works."""
        site = camera_of(source_id, self.seed).site
        end = None if site.end is None else np.datetime64(site.end, "D")
        return np.datetime64(site.start, "D"), end

    def times(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        """Return the middles of exposures with start <= time < end.

        Exposures begin with each whole minute and follow at the array's cadence, while the camera
        operates (`core.simulation.operation.imager_operates`) and within the site's life. Empty
        for a source that has no simulated images.
        """
        if not is_simulated(source_id):
            return np.array([], dtype="datetime64[us]")
        camera = camera_of(source_id, self.seed)
        half = _half(camera)
        begun = exposures_between(
            camera.site, camera.array.cadence_s, start - half, end - half, self.seed
        )
        return begun + half

    def frames(self, source_id: int, times: Times) -> Frames:
        """Return the frames of exactly these times, in their order.

        Raises
        ------
        NotFound
            There is no exposure whose middle is one of the times.
        """
        camera = camera_of(source_id, self.seed)
        asked = np.asarray(times, dtype="datetime64[us]")
        _refuse_others(camera, asked, self.seed)
        shape = camera.array.image_shape
        images = np.empty((asked.size, *shape), np.uint8 if len(shape) > 2 else np.uint16)
        lit: list[Lit] = []
        for (top, bottom), view in self._views.blocks(camera):
            lit = lit or self._lit(view.nodes, asked)
            for here, sky, glow in lit:
                for k, one in enumerate(here):
                    alone = slice(k, k + 1)
                    counts = render(view, part_of(sky, alone), glow.part(alone))
                    images[one, top:bottom] = counts.reshape(bottom - top, *shape[1:])
        return _dataset(camera, images, asked)

    def keogram(self, source_id: int, start: np.datetime64, end: np.datetime64) -> xr.Dataset:
        """Return the centre column of the frame that begins with each minute.

        Counts are bit for bit what `core.imaging.keogram.keogram` makes of those frames, without
        rendering them. The elevation of each pixel is given as well (NaN beyond the horizon).

        Parameters
        ----------
        source_id : int
            The source.
        start, end : datetime64
            Middles of exposures with start <= time < end.
        """
        camera = camera_of(source_id, self.seed)
        index = _centre(camera)
        times = self._minutes(source_id, start, end)
        counts = self._line(camera, _CENTRE, index, times)[:, ::-1]
        dataset = make_keogram(
            np.ascontiguousarray(counts),
            times,
            np.full(times.size, camera.array.exposure_s),
            _attributes(camera) | {"cadence_s": 60.0, "source": f"{_NOTICE}; {_COLUMN}"},
        )
        return dataset.assign_coords(elevation_deg=("pixel", _elevation_deg(camera, index)[::-1]))

    def meridian_keogram(
        self, source_id: int, start: np.datetime64, end: np.datetime64
    ) -> xr.Dataset:
        """Return the keogram along the magnetic meridian, one line a minute.

        Bit for bit what `core.imaging.keogram_paths.meridian_keogram` makes of those frames.

        Parameters
        ----------
        source_id : int
            The source.
        start, end : datetime64
            Middles of exposures with start <= time < end.
        """
        from core.imaging.keogram_axes import axes_of
        from core.imaging.keogram_paths import meridian_projection

        camera = camera_of(source_id, self.seed)
        times = self._minutes(source_id, start, end)
        skymap, alt_km = self.skymap(source_id, start).skymap, camera.array.emission_alt_km
        line, projection = meridian_projection(skymap, alt_km, times[0] if times.size else start)
        index = projection.pixels.astype(np.int64)
        name = "meridian " + hashlib.sha256(index.tobytes()).hexdigest()[:16]
        counts = projection.apply_pixels(self._line(camera, name, index, times))
        axes = axes_of(line, skymap, alt_km)
        facts = {str(k): v for k, v in axes.attrs.items() if k != "Conventions"}
        what = f"magnetic meridian, AACGM longitude {line.mlon_deg[0]:.2f} degrees at {alt_km:g} km"
        dataset = make_keogram(
            counts,
            times,
            np.full(times.size, camera.array.exposure_s),
            facts | _attributes(camera) | {"cadence_s": 60.0, "source": f"{_NOTICE}; {what}"},
        )
        return dataset.assign_coords({str(k): axes[k].variable for k in axes.data_vars})

    def skymap(self, source_id: int, time: np.datetime64, *, accept: bool = False) -> SkymapUse:
        """Return the skymap of a simulated camera; it holds for all times."""
        camera = camera_of(source_id, self.seed)
        with self._lock:
            found = self._skymaps.pop(source_id, None)
        if found is None:
            found = _skymap(camera)
        with self._lock:
            self._skymaps[source_id] = found
            while len(self._skymaps) > _KEPT_SKYMAPS:
                self._skymaps.popitem(last=False)
        return SkymapUse(found)

    def _minutes(self, source_id: int, start: np.datetime64, end: np.datetime64) -> Times:
        camera = camera_of(source_id, self.seed)
        half = _half(camera)
        return exposures_between(camera.site, 60.0, start - half, end - half, self.seed) + half

    def _line(self, camera: Camera, name: str, index: Index, times: Times) -> Counts:
        """Return counts of some pixels at all times, shape (times, pixels[, channels])."""
        view = self._views.line(camera, name, index)
        tail = camera.array.image_shape[2:]
        out = np.empty((times.size, index.size, *tail), dtype=np.uint8 if tail else np.uint16)
        step = max(1, _BLOCK_VALUES // index.size)
        for here, sky, glow in self._lit(view.nodes, times):
            for first in range(0, here.size, step):
                part = slice(first, first + step)
                out[here[part]] = render(view, part_of(sky, part), glow.part(part))
        return out

    def _lit(self, nodes: Nodes, times: Times) -> list[Lit]:
        """Return the lights at times of one month each: which times, sky, aurora at nodes."""
        months = times.astype("datetime64[M]")
        step = max(1, _NODE_VALUES // nodes.size)
        found = []
        for month in np.unique(months):
            of_month = np.flatnonzero(months == month)
            for first in range(0, of_month.size, step):
                here = of_month[first : first + step]
                glow = nodes.glow(self._aurora, times[here])
                found.append((here, sky_at(nodes.camera, times[here], glow.mean), glow))
        return found


def _centre(camera: Camera) -> Index:
    """Return the pixels of the centre column, from the top."""
    return np.arange(camera.height) * camera.width + camera.width // 2


def _elevation_deg(camera: Camera, index: Index) -> NDArray[np.float64]:
    """Return the elevation of pixels in degrees, NaN beyond the horizon."""
    row, column = np.divmod(index, camera.width)
    return camera.lens.direction_of(column + 0.5, row + 0.5)[1]


def _half(camera: Camera) -> np.timedelta64:
    return np.timedelta64(round(camera.array.exposure_s * 5e5), "us")


def _refuse_others(camera: Camera, times: Times, seed: int) -> None:
    """Refuse times that are no middle of an exposure."""
    begun = times - _half(camera)
    for minute in np.unique(begun.astype("datetime64[m]")):
        here = begun[begun.astype("datetime64[m]") == minute]
        there = exposures_between(
            camera.site, camera.array.cadence_s, minute, minute + np.timedelta64(1, "m"), seed
        )
        foreign = here[~np.isin(here, there)]
        if foreign.size:
            wrong = foreign[0] + _half(camera)
            raise NotFound(
                f"{camera.name} has no frame at {wrong}.",
                hint="`times` lists the middles of its exposures.",
                kind="frame",
                key=str(wrong),
            )


def _attributes(camera: Camera) -> dict[str, Any]:
    return {
        "array": camera.array.key,
        "site": camera.site.code,
        "camera": camera.name,
        "layer": FULL,
        "provenance": SimulatedImagers.provenance,
        "notice": _NOTICE,
        "model_version": MODEL_VERSION,
    }


def _dataset(camera: Camera, images: Counts, times: Times) -> Frames:
    more = {
        "mode": "simulated",
        "cadence_s": camera.array.cadence_s,
        "source": _NOTICE,
        "source_file": f"{camera.name} (simulated)",
        "sha256": "",
    }
    exposure_s = np.full(times.size, camera.array.exposure_s)
    return make_frames(images, times - _half(camera), exposure_s, _attributes(camera) | more)


def _skymap(camera: Camera) -> Skymap:
    site = camera.site
    return model_skymap(
        site.code,
        camera.lens,
        camera.array.image_shape,
        array=camera.array.key,
        lat_deg=site.lat_deg,
        lon_deg=site.lon_deg,
        alt_m=site.alt_m,
        kind=SIMULATED,
        camera=camera.name,
        source=f"simulated lens of {camera.name}",
    )
