from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from core.archive import Archive
from core.archive.models import Base, SearchLog, SearchRequest
from core.archive.sources import FIRST_CHOSEN_IDENTIFIER
from core.errors import BadInput, Conflict, Duplicate, NotFound
from core.settings import Settings
from tests.unit.archive.batches import ephemeris, product
from tests.unit.archive.conftest import SOURCES

SWARM, GILLAM, SMITH = SOURCES


def ids(found: list) -> list[int]:
    return [s.identifier for s in found]


def test_sources_come_back_as_they_went_in(archive: Archive) -> None:
    assert archive.catalogue.sources.list() == list(SOURCES)
    assert archive.catalogue.sources.get(46) == GILLAM
    assert archive.catalogue.sources.find("swarm", "swarma", "footprint") == SWARM


def test_list_takes_exact_values_and_search_takes_lists(archive: Archive) -> None:
    sources = archive.catalogue.sources
    assert ids(sources.list(program="themis-asi")) == [46, 55]
    assert ids(sources.list(source_type="leo")) == [3]
    assert ids(sources.list(owner="owner@example.org", platform="gillam")) == [46]
    assert ids(sources.list(program="THEMIS-ASI")) == []
    assert ids(sources.search()) == [3, 46, 55]
    assert ids(sources.search(["swarm", "themis-asi"], ["gillam", "swarma"])) == [3, 46]
    assert ids(sources.search(["swarm"], [], ["panchromatic ASI"])) == []


def test_missing_sources_are_not_found(archive: Archive) -> None:
    message = "No Data Source record found in AuroraX for identifier 12345678"
    with pytest.raises(NotFound, match=message):
        archive.catalogue.sources.get(12345678)
    with pytest.raises(NotFound):
        archive.catalogue.sources.find("swarm", "swarma", "none")
    with pytest.raises(NotFound):
        archive.catalogue.sources.delete(12345678)


def test_add_chooses_an_identifier_and_refuses_what_is_taken(archive: Archive) -> None:
    sources = archive.catalogue.sources
    chosen = sources.add(replace(SWARM, identifier=0, platform="swarmb"))
    assert chosen.identifier == FIRST_CHOSEN_IDENTIFIER
    assert sources.add(replace(SWARM, identifier=-1, platform="swarmc")).identifier > 100_001
    with pytest.raises(Duplicate):
        sources.add(replace(SWARM, identifier=0))
    with pytest.raises(Duplicate):
        sources.add(replace(SWARM, platform="swarmd"))
    with pytest.raises(Duplicate):
        sources.put(replace(SWARM, platform="swarme"), replace(GILLAM, identifier=99))
    assert "swarme" not in {s.platform for s in sources.list()}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("program", "x" * 201),
        ("platform", "x" * 51),
        ("instrument_type", ""),
        ("display_name", "x" * 51),
        ("source_type", "balloon"),
    ],
)
def test_sources_with_bad_fields_are_refused(archive: Archive, field: str, value: str) -> None:
    bad = replace(SWARM, identifier=0, **{field: value})
    for way in (archive.catalogue.sources.add, archive.catalogue.sources.put):
        with pytest.raises(BadInput) as caught:
            way(bad)
        assert caught.value.field == field


def test_a_source_with_records_cannot_be_deleted(archive: Archive) -> None:
    archive.ephemeris.upsert(ephemeris(3, [0]))
    archive.products.upsert(product(46, "a.png", datetime(2020, 1, 1, tzinfo=UTC)))
    for identifier in (3, 46):
        with pytest.raises(Conflict):
            archive.catalogue.sources.delete(identifier)
    archive.catalogue.sources.delete(55)
    assert ids(archive.catalogue.sources.list()) == [3, 46]
    archive.products.delete_urls(46, ["a.png"])
    archive.catalogue.sources.delete(46)


def test_a_change_is_seen_by_another_process_that_holds_the_sources(
    archive: Archive, settings: Settings
) -> None:
    with Archive.open(settings) as other:
        assert other.catalogue.sources.get(3) == SWARM
        changed = replace(SWARM, display_name="Swarm Alpha")
        archive.catalogue.sources.put(changed)
        assert other.catalogue.sources.get(3) == changed
        other.catalogue.sources.delete(55)
        assert ids(archive.catalogue.sources.list()) == [3, 46]


def test_ingest_log_is_newest_first_and_found_by_content(archive: Archive) -> None:
    log = archive.catalogue.ingest_log
    log.add("a.pgm", "asi", "aa", 10, "accepted")
    log.add("b.pgm", "asi", "bb", 0, "refused", "truncated")
    assert [(e.path, e.status, e.message) for e in log.entries(1)] == [
        ("b.pgm", "refused", "truncated")
    ]
    (entry,) = log.find("aa")
    assert (entry.path, entry.rows) == ("a.pgm", 10)
    assert abs(datetime.now(UTC) - entry.timestamp) < timedelta(minutes=1)


def test_sqlite_is_set_to_keep_what_it_acknowledged(archive: Archive) -> None:
    with archive.catalogue.reading() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_times_are_utc_whatever_zone_they_are_given_in(archive: Archive) -> None:
    here = datetime(2020, 1, 1, 5, tzinfo=timezone(timedelta(hours=-7)))
    with archive.catalogue.writing() as session:
        session.add(
            SearchRequest(
                request_id="r", kind="ephemeris", query={}, state="queued", requested=here
            )
        )
        session.flush()
        session.add(SearchLog(request_id="r", timestamp=here, level="info", summary="begun"))
    with archive.catalogue.reading() as session:
        request = session.get(SearchRequest, "r")
        assert request is not None
        assert request.requested == here
        assert request.requested.tzinfo is UTC
        assert request.started is None
        assert (request.attempts, request.progress, request.cancel_requested) == (0, 0.0, False)
    with archive.catalogue.writing() as session:
        session.delete(session.get(SearchRequest, "r"))
    with archive.catalogue.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM search_logs")) == 0


def test_work_of_a_session_that_fails_is_undone(archive: Archive) -> None:
    def fail() -> None:
        with archive.catalogue.writing() as session:
            session.execute(text("DELETE FROM data_sources"))
            raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        fail()
    assert len(archive.catalogue.sources.list()) == 3


def test_migrations_make_the_tables_that_the_models_describe(archive: Archive) -> None:
    with sqlite3.connect(archive.path / "catalogue.sqlite") as connection:
        for table in Base.metadata.sorted_tables:
            found = {
                row[1]: (bool(row[3]), bool(row[5]))
                for row in connection.execute(f"PRAGMA table_info({table.name})")
            }
            described = {c.name: (not c.nullable, c.primary_key) for c in table.columns}
            assert found == described
    connection.close()
