"""Data sources as clients write them: read, checked, and laid over the source that is there.

Null stands for a key that was left out; ``{}`` and ``[]`` are values. Every error names the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from core.archive.accounts import checked_email
from core.archive.values import as_whole
from core.errors import BadInput, LimitExceeded
from core.instruments.model import DATA_TYPES, DataSource, DataType, MetadataField

REQUIRED = ("program", "platform", "instrument_type", "source_type", "display_name")
MAX_IDENTIFIER = 2**31 - 1
MAX_FIELDS = 200
"""Most fields of one metadata schema."""
MAX_FIELD_NAME = 200
MAX_MAINTAINERS = 100
_FIELD_KEYS = (
    "field_name", "description", "data_type", "allowed_values", "additional_description",
    "searchable",
)  # fmt: skip
# What an answer carries beside the source itself, so that an answer can be sent back.
_IGNORED = ("stats",)


def new_source(document: Mapping[str, Any], owner: str) -> DataSource:
    """Return the source that `document` describes; its identifier is 0 where it names none.

    Parameters
    ----------
    document : mapping
        Keys of a data source; those of `REQUIRED` have to be there.
    owner : str
        Who owns it unless the document says so.

    Raises
    ------
    BadInput
        A key is unknown or missing, or its value is not of its kind.
    """
    given = read_document(document)
    _require(given)
    absent: dict[str, Any] = {"identifier": 0, "owner": owner}
    return DataSource(**absent | given)


def replaced_source(document: Mapping[str, Any], now: DataSource) -> DataSource:
    """Return what takes the place of `now`: all of `document`; the owner stays unless it is named.

    Raises
    ------
    BadInput
        As of `new_source`, or the document names another identifier.
    """
    given = read_document(document)
    _require(given)
    _check_identifier(given, now)
    absent: dict[str, Any] = {"identifier": now.identifier, "owner": now.owner}
    return DataSource(**absent | given)


def patched_source(document: Mapping[str, Any], now: DataSource) -> DataSource:
    """Return `now` with what `document` names changed.

    Raises
    ------
    BadInput
        A key is unknown or its value is not of its kind, or it names another identifier.
    """
    given = read_document(document)
    _check_identifier(given, now)
    return replace(now, **given)


def read_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a document gives, as arguments of `DataSource`."""
    unknown = sorted(set(document) - set(_READERS) - set(_IGNORED))
    if unknown:
        raise BadInput(
            f"{unknown[0]} is no key of a data source.",
            hint=f"They are {', '.join(_READERS)}.",
            field=unknown[0],
            value=None,
        )
    return {
        key: read(document[key], key)
        for key, read in _READERS.items()
        if document.get(key) is not None
    }


def _require(given: Mapping[str, Any]) -> None:
    for key in REQUIRED:
        if key not in given:
            raise BadInput(
                f"{key} is missing.",
                hint=f"A data source needs {', '.join(REQUIRED)}.",
                field=key,
                value=None,
            )


def _check_identifier(given: Mapping[str, Any], now: DataSource) -> None:
    if given.get("identifier", now.identifier) != now.identifier:
        raise BadInput(
            f"identifier is {given['identifier']}, in the path it is {now.identifier}.",
            hint="Leave it out, or give the same.",
            field="identifier",
            value=given["identifier"],
        )


def _wrong(field: str, value: Any, wanted: str) -> BadInput:
    return BadInput(f"{field} is not {wanted}.", field=field, value=value, expected=wanted)


def _identifier(value: Any, field: str) -> int:
    whole = as_whole(value)
    if whole is None or not 0 < whole <= MAX_IDENTIFIER:
        raise _wrong(field, value, f"a whole number from 1 to {MAX_IDENTIFIER}")
    return whole


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise _wrong(field, value, "a string")
    return value


def _object(value: Any, field: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(field, value, "an object")
    return dict(value)


def _list(value: Any, field: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _wrong(field, value, "a list")
    return list(value)


def _email(value: Any, field: str) -> str:
    try:
        return checked_email(_text(value, field))
    except BadInput as error:
        raise _wrong(field, value, "an e-mail address") from error


def _emails(value: Any, field: str) -> tuple[str, ...]:
    entries = _list(value, field)
    _check_count(entries, field, MAX_MAINTAINERS)
    read = [_email(entry, f"{field}[{number}]") for number, entry in enumerate(entries)]
    return tuple(dict.fromkeys(read))


def _schema(value: Any, field: str) -> tuple[MetadataField, ...]:
    entries = _list(value, field)
    _check_count(entries, field, MAX_FIELDS)
    read = tuple(_schema_entry(entry, f"{field}[{n}]") for n, entry in enumerate(entries))
    seen: set[str] = set()
    for number, entry in enumerate(read):
        if entry.field_name in seen:
            place = f"{field}[{number}].field_name"
            raise BadInput(f"{place} occurs twice.", field=place, value=entry.field_name)
        seen.add(entry.field_name)
    return read


def _schema_entry(value: Any, place: str) -> MetadataField:
    given = _object(value, place)
    unknown = sorted(set(given) - set(_FIELD_KEYS))
    if unknown:
        where = f"{place}.{unknown[0]}"
        raise BadInput(f"{where} is not known.", hint=f"Keys: {', '.join(_FIELD_KEYS)}.",
                       field=where, value=None)  # fmt: skip
    name = _text(given.get("field_name"), f"{place}.field_name")
    if not name.strip() or len(name) > MAX_FIELD_NAME:
        raise _wrong(f"{place}.field_name", name, f"a string of 1 to {MAX_FIELD_NAME} characters")
    searchable = given.get("searchable", True)
    if searchable is not None and not isinstance(searchable, bool):
        raise _wrong(f"{place}.searchable", searchable, "true, false or null")
    given = {key: value for key, value in given.items() if value is not None}
    return MetadataField(
        field_name=name,
        description=_text(given.get("description", ""), f"{place}.description"),
        data_type=_data_type(given.get("data_type"), f"{place}.data_type"),
        allowed_values=_strings(given.get("allowed_values", []), f"{place}.allowed_values"),
        additional_description=_text(
            given.get("additional_description", ""), f"{place}.additional_description"
        ),
        searchable=searchable,
    )


def _data_type(value: Any, field: str) -> DataType:
    if value not in DATA_TYPES:
        raise _wrong(field, value, f"one of {', '.join(DATA_TYPES)}")
    return cast(DataType, value)


def _strings(value: Any, field: str) -> tuple[str, ...]:
    return tuple(_text(item, f"{field}[{n}]") for n, item in enumerate(_list(value, field)))


def _check_count(entries: list[Any], field: str, most: int) -> None:
    if len(entries) > most:
        raise LimitExceeded(
            f"{field} has {len(entries)} entries.",
            hint=f"At most {most} are allowed.",
            field=field, limit=field, asked=len(entries), allowed=most,
        )  # fmt: skip


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "identifier": _identifier,
    "program": _text,
    "platform": _text,
    "instrument_type": _text,
    "source_type": _text,
    "display_name": _text,
    "metadata": _object,
    "owner": _email,
    "maintainers": _emails,
    "ephemeris_metadata_schema": _schema,
    "data_product_metadata_schema": _schema,
}
