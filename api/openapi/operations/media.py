"""Pictures and numbers of imagers and grids."""

from __future__ import annotations

from api.openapi.models import media as models
from api.openapi.operation import UNCHANGED, Answer, Operation
from api.openapi.places import name_place

TAG = "Media"
PICTURES = ("image/png", "image/webp")
BYTES = "application/octet-stream"
_MOMENT = r"\d{8}T\d{6}"
_SHOWN = ("ETag", "X-Atlas-Provenance", "X-Atlas-Marks")


def _frame_name(kinds: str, example: str) -> dict[str, dict[str, object]]:
    said = f"Time, UTC, as YYYYMMDDTHHMMSS, and a form: {kinds.replace('|', ', ')}."
    return {"name": name_place(rf"{_MOMENT}\.({kinds})", said, example)}


OPERATIONS = (
    Operation(
        "GET", "/media/keogram/{source}/{name}", "getKeogram", TAG,
        "A keogram as picture or numbers",
        {
            200: Answer(
                "The picture; JSON has the axes, bin the counts as float32, little endian.",
                models.KeogramDocument, (*PICTURES, BYTES), _SHOWN,
            ),
            304: UNCHANGED,
        },
        errors=(400, 404, 409),
        query=models.KeogramQuery,
        places={
            "name": name_place(
                r"\d{4}-\d{2}-\d{2}\.(png|webp|json|bin)",
                "UT day and a form: png, webp, json, bin.",
                "2019-01-01.png",
            )
        },
        access="open",
    ),
    Operation(
        "GET", "/media/frame/{source}/{name}", "getFrame", TAG,
        "A frame as the camera saw it",
        {
            200: Answer("The frame nearest to the time.", models.FrameDocument, PICTURES, _SHOWN),
            304: UNCHANGED,
        },
        errors=(400, 404, 409),
        query=models.FrameParameters,
        places=_frame_name("webp|png|json", "20190101T060000.webp"),
        access="open",
    ),
    Operation(
        "GET", "/media/map/{source}/{name}", "getFrameMap", TAG,
        "A frame on a map",
        {
            200: Answer("The map.", models.FrameDocument, PICTURES, _SHOWN),
            304: UNCHANGED,
        },
        errors=(400, 404, 409),
        query=models.MapParameters,
        places=_frame_name("webp|png|json", "20190101T060000.webp"),
        access="open",
    ),
    Operation(
        "GET", "/media/grids.json", "listGrids", TAG,
        "The series of grids",
        {200: Answer("With units, limits and spans.", models.SeriesList, headers=("ETag",)),
         304: UNCHANGED},
        access="open",
    ),
    Operation(
        "GET", "/media/grid/{series}/{name}", "getGrid", TAG,
        "The grid of a minute",
        {
            200: Answer(
                "1024 x 512 cells: bytes, picture, NetCDF or what JSON says of it.",
                models.GridDocument, (*PICTURES, BYTES, "application/x-netcdf"), ("ETag",),
            ),
            304: UNCHANGED,
        },
        errors=(400, 404),
        query=models.GridParameters,
        places=_frame_name("bin|json|webp|png|nc", "20190101T060000.bin"),
        access="open",
    ),
    Operation(
        "GET", "/media/grid/{series}/{stem}/at.json", "getGridValue", TAG,
        "The value of a grid at a place",
        {200: Answer("The cell and its value.", models.AtDocument, headers=("ETag",)),
         304: UNCHANGED},
        errors=(400, 404),
        query=models.PlaceParameters,
        access="open",
    ),
    Operation(
        "GET", "/media/mosaic/{series}/{name}", "getMosaic", TAG,
        "The images of all cameras of a series on one map",
        {200: Answer("The map.", models.GridDocument, PICTURES, ("ETag",)), 304: UNCHANGED},
        errors=(400, 404),
        query=models.MosaicParameters,
        places=_frame_name("webp|png|json", "20190101T060000.webp"),
        access="open",
    ),
    Operation(
        "GET", "/media/moment/{name}", "getMoment", TAG,
        "Who was where at a moment",
        {
            200: Answer(
                "Imagers, spacecraft, Sun and magnetic latitudes.", models.MomentDocument,
                headers=_SHOWN,
            ),
            304: UNCHANGED,
        },
        errors=(400, 404),
        query=models.MomentParameters,
        places={
            "name": name_place(
                r"\d{8}T\d{4}(\d{2})?\.json",
                "Time, UTC, as YYYYMMDDTHHMM or YYYYMMDDTHHMMSS, and .json.",
                "20190101T0600.json",
            )
        },
        access="open",
    ),
)  # fmt: skip
