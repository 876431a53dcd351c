"""Records uploaded and deleted, by those who may write the records of a data source.

An upload is all or nothing, and on disk before it is acknowledged. What is wrong in it is told
in an array of error documents, one for each bad record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import flask

from api import identity, inputs
from api.answers import answer
from api.errors import outcome_of
from api.urls import MEDIA, base_url
from core.archive.deletions import DeleteJob, DeleteJobs
from core.archive.records import source_to_dict
from core.archive.source_changes import upload_ephemeris, upload_products
from core.errors import BadInput, BatchRefused
from core.search.parsing import read_strings, read_time

if TYPE_CHECKING:
    from core.archive import Archive
    from core.archive.accounts import Account
    from core.archive.store import WriteReport
    from core.instruments.model import DataSource
    from core.observatory import Observatory

    Upload = Callable[[Archive, int, Sequence[Any], int], WriteReport]

NAMES = ("program", "platform", "instrument_type")
MOST_ERRORS = 50
"""Most bad records that are told of; how many more there are is told as well."""


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes of uploads, deletions and delete jobs."""
    routes = flask.Blueprint("record_edits", __name__)
    archive, most_bytes = observatory.archive, observatory.settings.max_upload_bytes
    jobs = DeleteJobs(archive)

    @routes.post("/data_sources/<identifier>/ephemeris")
    def upload_ephemeris_records(identifier: str) -> flask.Response:
        return _upload(identifier, upload_ephemeris)

    @routes.post("/data_sources/<identifier>/data_products")
    def upload_product_records(identifier: str) -> flask.Response:
        return _upload(identifier, upload_products)

    @routes.delete("/data_sources/<identifier>/ephemeris")
    def delete_ephemeris(identifier: str) -> flask.Response:
        source, account = _writable(archive, identifier)
        body = _named(source, ("start", "end"))
        start, end = read_time(body["start"], "start"), read_time(body["end"], "end")
        job = jobs.run(source.identifier, start, end, account.email)
        response = answer(_job_document(job, source), HTTPStatus.ACCEPTED)
        path = f"/api/v1/data_sources/{source.identifier}/ephemeris/delete_jobs"
        response.headers["Location"] = f"{base_url()}{path}/{job.delete_job_id}"
        return response

    @routes.delete("/data_sources/<identifier>/data_products")
    def delete_products(identifier: str) -> flask.Response:
        source, _ = _writable(archive, identifier)
        urls = [_stored(url) for url in read_strings(_named(source, ("urls",))["urls"], "urls")]
        return answer({"deleted": archive.products.delete_urls(source.identifier, urls)})

    @routes.get("/data_sources/<identifier>/ephemeris/delete_jobs")
    def list_delete_jobs(identifier: str) -> flask.Response:
        source = archive.catalogue.sources.get(inputs.integer(identifier, "identifier"))
        return answer([_job_document(job, source) for job in jobs.recent(source.identifier)])

    @routes.get("/data_sources/<identifier>/ephemeris/delete_jobs/<delete_job_id>")
    def get_delete_job(identifier: str, delete_job_id: str) -> flask.Response:
        source = archive.catalogue.sources.get(inputs.integer(identifier, "identifier"))
        return answer(_job_document(jobs.get(source.identifier, delete_job_id), source))

    def _upload(identifier: str, write: Upload) -> flask.Response:
        source, _ = _writable(archive, identifier)
        try:
            records = [_with_stored_url(entry) for entry in inputs.json_array(most_bytes)]
            report = write(archive, source.identifier, records, MOST_ERRORS)
        except BadInput as error:
            return _refusals(error)
        return answer({"records": report.rows}, HTTPStatus.ACCEPTED)

    return routes


def _writable(archive: Archive, identifier: str) -> tuple[DataSource, Account]:
    """Return the source that the path names, and who asks, if he may write its records."""
    identity.require_account()
    source = archive.catalogue.sources.get(inputs.integer(identifier, "identifier"))
    return source, identity.require_record_writer(source)


def _named(source: DataSource, further: tuple[str, ...]) -> dict[str, Any]:
    """Return the body of a deletion, which has to name `source` and have the `further` keys."""
    body = inputs.json_object()
    for name in (*NAMES, *further):
        if body.get(name) is None:
            raise BadInput(f"{name} is missing.", field=name, value=None)
    for name in NAMES:
        if body[name] != getattr(source, name):
            raise BadInput(
                f"{name} is {body[name]!r:.80}, of data source {source.identifier} it is "
                f"{getattr(source, name)!r}.",
                hint="Path and body have to name the same data source.",
                field=name,
                value=body[name],
            )
    return body


def _refusals(error: BadInput) -> flask.Response:
    status, code = outcome_of(error)
    told: tuple[BadInput, ...] = error.errors if isinstance(error, BatchRefused) else (error,)
    documents = [{"error_code": code, "error_message": str(one)} for one in told]
    if isinstance(error, BatchRefused) and error.bad > len(told):
        text = (
            f"These are {len(told)} of {error.bad} bad records, of {error.total} in all; "
            "nothing was written."
        )
        documents.append({"error_code": code, "error_message": text})
    return answer(documents, status)


def _stored(url: str) -> str:
    """Return an address as it is stored: images of this server without its own address."""
    base = base_url()
    return url.removeprefix(base) if url.startswith(base + MEDIA) else url


def _with_stored_url(record: Any) -> Any:
    if isinstance(record, dict) and isinstance(record.get("url"), str):
        return record | {"url": _stored(record["url"])}
    return record


def _job_document(job: DeleteJob, source: DataSource) -> dict[str, Any]:
    return {
        "delete_job_id": job.delete_job_id,
        "data_source": source_to_dict(source),
        "start": _time(job.start),
        "end": _time(job.end),
        "requested": _time(job.requested),
        "completed": None if job.completed is None else _time(job.completed),
        "status": job.state,
        "deleted": job.deleted,
        "error_message": job.message or None,
    }


def _time(time: Any) -> str:
    return str(time.strftime("%Y-%m-%dT%H:%M:%S"))
