"""Deletions: what they take, what is told of them, and who else sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.archive import deletions
from core.archive.models import DeleteJobRow
from core.errors import Conflict
from core.instruments.model import DataSource
from tests.records.conftest import Site, names, product, record

JOB_KEYS = {
    "delete_job_id", "data_source", "start", "end", "requested", "completed", "status", "deleted",
    "error_message",
}  # fmt: skip


def upload(site: Site, source: DataSource, days: range = range(1, 4)) -> None:
    rows = [record(source, f"2020-01-{day:02d}T00:00:00") for day in days]
    answer = site.ask("POST", f"/data_sources/{source.identifier}/ephemeris", rows)
    assert answer.status_code == 202


def delete(site: Site, source: DataSource, **changes: Any) -> Any:
    body = names(source) | {"start": "2020-01-01T00:00:00", "end": "2020-01-02T00:00:00"} | changes
    return site.ask("DELETE", f"/data_sources/{source.identifier}/ephemeris", body)


def test_a_deletion_is_done_when_it_is_acknowledged(site: Site, source: DataSource) -> None:
    upload(site, source)
    answer = delete(site, source)
    assert answer.status_code == 202
    assert answer.headers["Content-Type"] == "application/json"
    assert [row["epoch"] for row in site.ephemeris(source.identifier)] == ["2020-01-03T00:00:00"]
    job = answer.json()
    assert job.keys() == JOB_KEYS
    assert (job["status"], job["deleted"], job["error_message"]) == ("done", 2, None)
    assert (job["start"], job["end"]) == ("2020-01-01T00:00:00", "2020-01-02T00:00:00")
    place = f"/data_sources/{source.identifier}/ephemeris/delete_jobs/{job['delete_job_id']}"
    assert answer.headers["Location"] == f"{site.url}/api/v1{place}"
    assert site.ask("GET", place, key=None).json() == job


def test_recent_jobs_are_listed(site: Site, source: DataSource) -> None:
    path = f"/data_sources/{source.identifier}/ephemeris/delete_jobs"
    assert site.ask("GET", path, key=None).json() == []
    made = [delete(site, source).json()["delete_job_id"] for _ in range(2)]
    listed = site.ask("GET", path, key=None).json()
    assert {job["delete_job_id"] for job in listed} == set(made)
    other = site.new_source()
    assert site.ask("GET", path.replace(str(source.identifier), str(other.identifier))).json() == []
    wrong = f"/data_sources/{other.identifier}/ephemeris/delete_jobs/{made[0]}"
    for missing in (wrong, f"{path}/none", "/data_sources/99999999/ephemeris/delete_jobs"):
        answer = site.ask("GET", missing, key=None)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "NotFound")


@pytest.mark.parametrize(("minutes", "told"), [(61, False), (59, True)])
def test_jobs_are_told_of_for_an_hour(
    site: Site, source: DataSource, minutes: int, told: bool
) -> None:
    job = delete(site, source).json()["delete_job_id"]
    with site.archive.catalogue.writing() as session:
        row = session.get_one(DeleteJobRow, job)
        row.requested = datetime.now(UTC) - timedelta(minutes=minutes)
    path = f"/data_sources/{source.identifier}/ephemeris/delete_jobs/{job}"
    assert site.ask("GET", path, key=None).status_code == (200 if told else 404)
    delete(site, source)  # forgets the old ones
    with site.archive.catalogue.reading() as session:
        assert (session.get(DeleteJobRow, job) is not None) is told


def test_a_job_whose_process_was_lost_is_told_as_interrupted(
    site: Site, source: DataSource
) -> None:
    job = delete(site, source).json()["delete_job_id"]
    path = f"/data_sources/{source.identifier}/ephemeris/delete_jobs/{job}"
    for ago, status in ((timedelta(0), "running"), (deletions.LONGEST * 2, "interrupted")):
        with site.archive.catalogue.writing() as session:
            row = session.get_one(DeleteJobRow, job)
            row.state, row.completed, row.deleted = "running", None, None
            row.requested = datetime.now(UTC) - ago
        assert site.ask("GET", path, key=None).json()["status"] == status


def test_a_deletion_that_fails_says_why(
    site: Site, source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(site, source)

    def refuse(*_: Any) -> int:
        raise Conflict("Others were faster.")

    monkeypatch.setattr(site.archive.ephemeris, "delete_range", refuse)
    answer = delete(site, source)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "Conflict")
    path = f"/data_sources/{source.identifier}/ephemeris/delete_jobs"
    (job,) = site.ask("GET", path, key=None).json()
    assert (job["status"], job["error_message"]) == ("failed", "Others were faster.")
    assert len(site.ephemeris(source.identifier)) == 3


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("program", {"program": "other"}), ("platform", {"platform": None}),
        ("instrument_type", {"instrument_type": ["camera"]}), ("start", {"start": None}),
        ("end", {"end": "tomorrow"}), ("end", {"end": "2019-01-01T00:00:00"}),
        ("start", {"start": "0001-01-01T00:00:00+14:00"}), ("start", {"start": 0}),
    ],
)  # fmt: skip
def test_a_bad_deletion_is_refused(
    site: Site, source: DataSource, field: str, changes: dict[str, Any]
) -> None:
    upload(site, source)
    answer = delete(site, source, **changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "AssertionError")
    assert answer.json()["error_message"].startswith(field)
    assert len(site.ephemeris(source.identifier)) == 3


@pytest.mark.parametrize(
    ("field", "changes"),
    [("program", {"program": "other"}), ("urls", {"urls": None}), ("urls", {"urls": "u"}),
     ("urls[0]", {"urls": [1]})],
)  # fmt: skip
def test_a_bad_deletion_of_products_is_refused(
    site: Site, source: DataSource, field: str, changes: dict[str, Any]
) -> None:
    path = f"/data_sources/{source.identifier}/data_products"
    assert site.ask("POST", path, [product(source, "u")]).status_code == 202
    answer = site.ask("DELETE", path, names(source) | {"urls": ["u"]} | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "AssertionError")
    assert answer.json()["error_message"].startswith(field)
    assert len(site.products(source.identifier)) == 1


def test_images_of_this_server_are_deleted_by_the_address_that_was_delivered(
    site: Site, source: DataSource
) -> None:
    """They are stored without the server's own address, and delivered with it."""
    path = f"/data_sources/{source.identifier}/data_products"
    absolute = f"{site.url}/media/keogram/1/2020-01-01.png"
    assert site.ask("POST", path, [product(source, absolute)]).status_code == 202
    (held,) = site.products(source.identifier)
    assert held["url"] == "/media/keogram/1/2020-01-01.png"
    assert site.ask("DELETE", path, names(source) | {"urls": [absolute]}).json() == {"deleted": 1}
    assert site.products(source.identifier) == []


def test_other_sources_keep_their_records(site: Site, source: DataSource) -> None:
    other = site.new_source()
    for each in (source, other):
        upload(site, each)
        path = f"/data_sources/{each.identifier}/data_products"
        assert site.ask("POST", path, [product(each, "u")]).status_code == 202
    delete(site, source, end="2021-01-01T00:00:00")
    site.ask("DELETE", f"/data_sources/{source.identifier}/data_products",
             names(source) | {"urls": ["u"]})  # fmt: skip
    assert site.ephemeris(source.identifier) == site.products(source.identifier) == []
    assert len(site.ephemeris(other.identifier)) == 3
    assert len(site.products(other.identifier)) == 1
