"""Data sources of the catalogue, held in the process and read again only after a change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.archive.derived_fields import check_declared
from core.archive.models import Meta, SourceRow
from core.errors import BadInput, Conflict, Duplicate, NotFound
from core.instruments.model import SOURCE_TYPES, DataSource, MetadataField, SourceType

if TYPE_CHECKING:
    from core.archive.catalogue import Catalogue

REVISION_KEY = "sources_revision"
_REVISION = select(Meta.value).where(Meta.key == REVISION_KEY)
# Identifiers up to here belong to sources that the program itself describes.
FIRST_CHOSEN_IDENTIFIER = 100_001
Sources = list[DataSource]
_LENGTHS = {"program": 200, "platform": 50, "instrument_type": 200, "display_name": 50}


class SourceStore:
    """The data sources of a catalogue; everything goes in and out as `DataSource`."""

    def __init__(self, catalogue: Catalogue, has_records: Callable[[int], bool]) -> None:
        self._catalogue = catalogue
        self._has_records = has_records
        self._lock = threading.Lock()
        self._revision = ""
        self._held: dict[int, DataSource] = {}

    def list(
        self,
        program: str | None = None,
        platform: str | None = None,
        instrument_type: str | None = None,
        source_type: str | None = None,
        owner: str | None = None,
    ) -> Sources:
        """Return the sources with exactly these values, by identifier; None does not restrict."""
        wanted = {
            "program": program,
            "platform": platform,
            "instrument_type": instrument_type,
            "source_type": source_type,
            "owner": owner,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        return [s for s in self._all() if all(getattr(s, n) == v for n, v in given.items())]

    def search(
        self,
        programs: Sequence[str] = (),
        platforms: Sequence[str] = (),
        instrument_types: Sequence[str] = (),
    ) -> Sources:
        """Return the sources that have one of the values in each list; an empty list is any."""
        return [
            s
            for s in self._all()
            if (not programs or s.program in programs)
            and (not platforms or s.platform in platforms)
            and (not instrument_types or s.instrument_type in instrument_types)
        ]

    def get(self, identifier: int) -> DataSource:
        """Return one source; NotFound if there is none with this identifier."""
        self._all()
        if identifier not in self._held:
            raise _missing(identifier)
        return self._held[identifier]

    def find(self, program: str, platform: str, instrument_type: str) -> DataSource:
        """Return the one source with these names; NotFound if there is none."""
        found = self.list(program, platform, instrument_type)
        if not found:
            raise NotFound(
                f"No data source record found for {program!r}, {platform!r}, {instrument_type!r}",
                hint="GET /api/v1/data_sources lists them all.",
                kind="data source",
                key=(program, platform, instrument_type),
            )
        return found[0]

    def revision(self) -> str:
        """Return a text that changes with every change of any source."""
        self._all()
        return self._revision

    def add(self, source: DataSource) -> DataSource:
        """Add a source and return it; an identifier of 0 or less means: choose one.

        Raises
        ------
        BadInput
            A field is too long or empty, or the source type is not known.
        Duplicate
            The identifier or the three names are taken.
        """
        check_source(source)
        with _changing(self._catalogue) as session:
            if source.identifier <= 0:
                highest = session.scalar(select(func.max(SourceRow.identifier))) or 0
                chosen = max(highest + 1, FIRST_CHOSEN_IDENTIFIER)
                source = replace(source, identifier=chosen)
            elif session.get(SourceRow, source.identifier) is not None:
                raise Duplicate(
                    f"There is a data source with identifier {source.identifier} already.",
                    kind="data source",
                    key=source.identifier,
                )
            session.add(_to_row(source))
        return source

    def put(self, *sources: DataSource) -> None:
        """Add sources or replace those with the same identifier, all in one transaction.

        Raises
        ------
        Duplicate
            The three names belong to a source with another identifier.
        """
        for source in sources:
            check_source(source)
        with _changing(self._catalogue) as session:
            for source in sources:
                session.merge(_to_row(source))

    def update(
        self, identifier: int, change: Callable[[DataSource], DataSource]
    ) -> tuple[DataSource, DataSource]:
        """Change one source in one transaction; return it as it was and as it is.

        Raises
        ------
        NotFound
            There is none with this identifier.
        BadInput
            A field is too long or empty, or the source type is not known.
        Duplicate
            The three names belong to another source.
        """
        with _changing(self._catalogue) as session:
            row = session.get(SourceRow, identifier, with_for_update=True)
            if row is None:
                raise _missing(identifier)
            before = _to_source(row)
            after = replace(change(before), identifier=identifier)
            check_source(after)
            session.merge(_to_row(after))
        return before, after

    def delete(self, identifier: int) -> None:
        """Delete a source that has no records; Conflict if it has any."""
        source = self.get(identifier)
        self._check_empty(identifier)
        with _changing(self._catalogue) as session:
            row = session.get(SourceRow, identifier)
            if row is not None:
                session.delete(row)
        try:
            # Records that came since the first look were acknowledged while the source was there.
            self._check_empty(identifier)
        except Conflict:
            self.put(source)
            raise

    def _check_empty(self, identifier: int) -> None:
        if self._has_records(identifier):
            raise Conflict(
                f"Data source {identifier} has records.",
                hint="Delete its ephemeris and data products first.",
                key=identifier,
            )

    def _all(self) -> Iterable[DataSource]:
        # Not a session: this look comes before every use of a source, and costs half as much.
        with self._catalogue.engine.connect() as connection:
            revision = connection.scalar(_REVISION) or ""
            with self._lock:
                if revision != self._revision or not revision:
                    with Session(connection) as session:
                        rows = session.scalars(select(SourceRow).order_by(SourceRow.identifier))
                        self._held = {row.identifier: _to_source(row) for row in rows}
                    self._revision = revision
                return tuple(self._held.values())


def _missing(identifier: int) -> NotFound:
    return NotFound(
        f"No Data Source record found in AuroraX for identifier {identifier}",
        kind="data source",
        key=identifier,
    )


@contextmanager
def _changing(catalogue: Catalogue) -> Iterator[Session]:
    """Open a write transaction on sources that tells other processes that they changed."""
    try:
        with catalogue.writing() as session:
            row = session.get(Meta, REVISION_KEY, with_for_update=True)
            revision = 0 if row is None else int(row.value)
            session.merge(Meta(key=REVISION_KEY, value=str(revision + 1)))
            yield session
    except IntegrityError as error:
        raise Duplicate(
            "There is a data source with these names already.",
            hint="Program, platform and instrument type together are unique.",
            kind="data source",
            key="",
        ) from error


def check_source(source: DataSource) -> None:
    """Refuse a source whose fields are empty, too long or of an unknown type."""
    for name, longest in _LENGTHS.items():
        value = getattr(source, name)
        if not isinstance(value, str) or not value.strip():
            raise BadInput(f"{name} is empty.", field=name, value=value)
        if len(value) > longest:
            raise BadInput(
                f"{name} has {len(value)} characters.",
                hint=f"At most {longest} are allowed.",
                field=name,
                value=value,
            )
    if source.source_type not in SOURCE_TYPES:
        raise BadInput(
            f"source_type: {source.source_type!r} is no source type.",
            hint=f"They are {', '.join(SOURCE_TYPES)}.",
            field="source_type",
            value=source.source_type,
        )
    check_declared(source.ephemeris_metadata_schema, "ephemeris_metadata_schema")
    check_declared(source.data_product_metadata_schema, "data_product_metadata_schema")


def _to_row(source: DataSource) -> SourceRow:
    return SourceRow(
        identifier=source.identifier,
        program=source.program,
        platform=source.platform,
        instrument_type=source.instrument_type,
        source_type=source.source_type,
        display_name=source.display_name,
        source_metadata=dict(source.metadata),
        owner=source.owner,
        maintainers=list(source.maintainers),
        ephemeris_metadata_schema=[f.to_dict() for f in source.ephemeris_metadata_schema],
        data_product_metadata_schema=[f.to_dict() for f in source.data_product_metadata_schema],
    )


def _to_source(row: SourceRow) -> DataSource:
    return DataSource(
        identifier=row.identifier,
        program=row.program,
        platform=row.platform,
        instrument_type=row.instrument_type,
        source_type=cast(SourceType, row.source_type),
        display_name=row.display_name,
        metadata=row.source_metadata,
        owner=row.owner,
        maintainers=tuple(row.maintainers),
        ephemeris_metadata_schema=_fields(row.ephemeris_metadata_schema),
        data_product_metadata_schema=_fields(row.data_product_metadata_schema),
    )


def _fields(entries: Iterable[dict[str, Any]]) -> tuple[MetadataField, ...]:
    return tuple(
        MetadataField(**{**entry, "allowed_values": tuple(entry.get("allowed_values", ()))})
        for entry in entries
    )
