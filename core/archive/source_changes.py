"""Changes of data sources and of their records, kept true to one another.

Catalogue and tables are two stores without a common transaction. Each operation here looks again
after its own write and mends what another did meanwhile, so that in whatever order writers come,
records stand as the schema of their source says, and no acknowledged record is without a source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.archive.records import ephemeris_from_records, products_from_records
from core.archive.restate import find_unfit, restate
from core.archive.store import TableStore, WriteReport
from core.errors import Conflict, NotFound
from core.instruments.model import DataSource, MetadataField

if TYPE_CHECKING:
    from core.archive.archive import Archive

Schema = Sequence[MetadataField]
_EVER = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC))


def change_source(
    archive: Archive,
    identifier: int,
    change: Callable[[DataSource], DataSource],
    *,
    look_again: bool = False,
) -> DataSource:
    """Change a source; where a metadata schema changes, its records follow.

    Parameters
    ----------
    archive : Archive
        Where the source is.
    identifier : int
        Of the source.
    change : callable
        Makes the new source of the present one; called twice.
    look_again : bool
        Bring the records in line also when the schemas stay, which finishes a change that was
        cut off.

    Returns
    -------
    DataSource
        The source as it is now; its records stand as its schemas say.

    Raises
    ------
    Conflict
        A record has a value that the new type of its field does not take; nothing was changed.
    NotFound, Duplicate, BadInput
        As of `SourceStore.update`.
    """
    # Before the transaction: to look at records takes time, in which no one could write.
    now = archive.catalogue.sources.get(identifier)
    for store, old, new in zip(_stores(archive), _schemas(now), _schemas(change(now)), strict=True):
        _check_fit(store, identifier, old, new)
    before, after = archive.catalogue.sources.update(identifier, change)
    types = [[_types(schema) for schema in _schemas(source)] for source in (before, after)]
    if look_again or types[0] != types[1]:
        _settle(archive, after)
    return after


def upload_ephemeris(
    archive: Archive, identifier: int, rows: Sequence[Any], most_errors: int = 1
) -> WriteReport:
    """Write ephemeris records of one source, all or none; they are on disk when this returns.

    Parameters
    ----------
    archive : Archive
        Where the source is.
    identifier : int
        Source that every record must name.
    rows : sequence
        Records as `ephemeris_from_records` takes them.
    most_errors : int
        Most bad records that an error tells of.

    Raises
    ------
    BatchRefused
        Records are not valid; nothing was written.
    NotFound
        There is no such source, or it was deleted meanwhile; nothing is left of the records.
    Conflict, ArchiveError
        As of `EphemerisTable.upsert`.
    """
    sources = archive.catalogue.sources
    seen = sources.revision()
    batch = ephemeris_from_records(
        sources, rows, expect=sources.get(identifier).identifier, most_errors=most_errors
    )
    report = archive.ephemeris.upsert(batch)
    _follow(archive, identifier, seen)
    return report


def upload_products(
    archive: Archive, identifier: int, rows: Sequence[Any], most_errors: int = 1
) -> WriteReport:
    """Write data product records of one source; see `upload_ephemeris`."""
    sources = archive.catalogue.sources
    seen = sources.revision()
    batch = products_from_records(
        sources, rows, expect=sources.get(identifier).identifier, most_errors=most_errors
    )
    report = archive.products.upsert(batch)
    _follow(archive, identifier, seen)
    return report


def _follow(archive: Archive, identifier: int, seen: str) -> None:
    """After a write of records: mend them if the source changed since the revision `seen`."""
    sources = archive.catalogue.sources
    if sources.revision() == seen:
        return
    try:
        _settle(archive, sources.get(identifier))
    except NotFound:
        # A source is deleted only when it has no records, so all that are there came too late.
        archive.ephemeris.delete_range(identifier, *_EVER)
        archive.products.delete_all(identifier)
        raise


def _settle(archive: Archive, source: DataSource) -> None:
    """Put the records of a source as it says, and again if it says otherwise meanwhile."""
    while True:
        for store, schema in zip(_stores(archive), _schemas(source), strict=True):
            restate(store, source.identifier, schema)
        now = archive.catalogue.sources.get(source.identifier)
        if _schemas(now) == _schemas(source):
            return
        source = now


def _check_fit(store: TableStore, identifier: int, old: Schema, new: Schema) -> None:
    names = {name for name, _ in _types(new) - _types(old)}
    unfit = find_unfit(store, identifier, new, names) if names else None
    if unfit is not None:
        kind = next(field.data_type for field in new if field.field_name == unfit.field_name)
        raise Conflict(
            f"{unfit.field_name} cannot become a {kind}: {unfit.count} of {unfit.total} records "
            f"have a value that is none, the first {unfit.value!r:.60}.",
            hint="Upload those anew, or delete them, or keep the type. Nothing was changed.",
            field=unfit.field_name,
            count=unfit.count,
        )


def _stores(archive: Archive) -> tuple[TableStore, TableStore]:
    return archive.ephemeris.store, archive.products.store


def _schemas(source: DataSource) -> tuple[Schema, Schema]:
    return source.ephemeris_metadata_schema, source.data_product_metadata_schema


def _types(schema: Schema) -> set[tuple[str, str]]:
    return {(field.field_name, field.data_type) for field in schema}
