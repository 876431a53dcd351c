"""Uploads and deletions of records."""

from __future__ import annotations

from typing import Any

from api.openapi.models import uploads as models
from api.openapi.operation import Answer, Operation

TAG = "Records"
ONE = "/api/v1/data_sources/{identifier}"
JOBS = f"{ONE}/ephemeris/delete_jobs"
_WHO = "For owner and maintainers of the data source, and administrators."
_NAMES = {
    "program": "example-program", "platform": "example-platform", "instrument_type": "camera",
}  # fmt: skip
_PLACE: dict[str, Any] = {"lat": 51.0, "lon": -114.0}
_REFUSED = Answer("Nothing was written.", models.BatchErrors)

OPERATIONS = (
    Operation(
        "POST", f"{ONE}/ephemeris", "uploadEphemeris", TAG,
        "Upload ephemeris records",
        {202: Answer("They are written.", models.Taken), 400: _REFUSED},
        description=_WHO,
        errors=(403, 404, 409),
        body=models.EphemerisUpload,
        examples={
            "a minute": [
                {
                    **_NAMES, "epoch": "2020-01-01T00:01:00.000Z", "location_geo": _PLACE,
                    "nbtrace": _PLACE, "sbtrace": {"lat": None, "lon": None},
                    "metadata": {"quality": 0.9},
                }
            ]
        },
        access="key",
    ),
    Operation(
        "DELETE", f"{ONE}/ephemeris", "deleteEphemeris", TAG,
        "Delete the ephemeris records of a time",
        {
            202: Answer(
                "They are deleted; the job is at `Location`.", models.DeleteJob,
                headers=("Location",),
            )
        },
        description=_WHO,
        errors=(400, 403, 404, 409),
        body=models.DeleteRange,
        examples={
            "a day": {**_NAMES, "start": "2020-01-01T00:00:00", "end": "2020-01-01T23:59:00"}
        },
        access="key",
    ),
    Operation(
        "GET", JOBS, "listDeleteJobs", TAG,
        "Deletions of the last hour",
        {200: Answer("Newest first.", models.DeleteJobs)},
        errors=(400, 404),
    ),
    Operation(
        "GET", f"{JOBS}/{{delete_job_id}}", "getDeleteJob", TAG,
        "How a deletion is",
        {200: Answer("Its state.", models.DeleteJob)},
        errors=(400, 404),
    ),
    Operation(
        "POST", f"{ONE}/data_products", "uploadDataProducts", TAG,
        "Upload data products",
        {202: Answer("They are written.", models.Taken), 400: _REFUSED},
        description=_WHO,
        errors=(403, 404, 409),
        body=models.ProductUpload,
        examples={
            "a keogram": [
                {
                    **_NAMES, "data_product_type": "keogram", "start": "2020-01-01T00:00:00.000",
                    "end": "2020-01-01T23:59:00.000", "url": "https://example.org/keogram.jpg",
                    "metadata": {},
                }
            ]
        },
        access="key",
    ),
    Operation(
        "DELETE", f"{ONE}/data_products", "deleteDataProducts", TAG,
        "Delete data products by their URLs",
        {200: Answer("They are deleted.", models.Deleted)},
        description=_WHO,
        errors=(400, 403, 404, 409),
        body=models.DeleteUrls,
        examples={"one": {**_NAMES, "urls": ["https://example.org/keogram.jpg"]}},
        access="key",
    ),
)  # fmt: skip
