"""Model skymaps: for the cameras of which the archive has no official one."""

from __future__ import annotations

from functools import lru_cache

from core.imaging.lens import default_lens
from core.imaging.skymap import Skymap, model_skymap
from core.instruments.registry import array_for, find_site


@lru_cache(maxsize=32)
def site_model(array_key: str, site_code: str, camera: str = "") -> Skymap:
    """Return the model skymap of a camera: site of the registry, lens of `default_lens`.

    Parameters
    ----------
    array_key, site_code : str
        Key of the array and code of the site, for example ``themis_asi`` and ``gill``.
    camera : str
        Name of the device, empty where it is not known.

    Raises
    ------
    NotFound
        The array or site is not described.
    """
    array, site = array_for(array_key), find_site(array_key, site_code)
    return model_skymap(
        site.code,
        default_lens(array.key, array.image_shape, site.code),
        array.image_shape,
        array=array.key,
        camera=camera,
        lat_deg=site.lat_deg,
        lon_deg=site.lon_deg,
        alt_m=site.alt_m,
        source=f"model of the lens, {array.label} {site.code.upper()}",
    )
