"""Data sources made, replaced, changed and deleted, by those who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flask

from api import identity, inputs
from api.answers import answer
from core.archive.records import source_to_dict
from core.archive.source_changes import change_source
from core.archive.source_documents import new_source, patched_source, replaced_source
from core.errors import NotAuthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.accounts import Account
    from core.instruments.model import DataSource
    from core.observatory import Observatory

    Edit = Callable[[dict[str, Any], DataSource], DataSource]


SCHEMAS = ("ephemeris_metadata_schema", "data_product_metadata_schema")


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the writing routes of data sources."""
    routes = flask.Blueprint("source_edits", __name__)
    archive = observatory.archive
    sources = archive.catalogue.sources

    @routes.post("/data_sources")
    def create_source() -> flask.Response:
        account = identity.require_may_create()
        source = new_source(inputs.json_object(), account.email)
        _check_owner(account, account.email, source.owner)
        return _delivered(sources.add(source))

    @routes.put("/data_sources/<identifier>")
    def replace_source(identifier: str) -> flask.Response:
        return _edited(identifier, replaced_source)

    @routes.patch("/data_sources/<identifier>")
    def patch_source(identifier: str) -> flask.Response:
        return _edited(identifier, patched_source)

    @routes.delete("/data_sources/<identifier>")
    def delete_source(identifier: str) -> flask.Response:
        source, _ = _owned(identifier)
        sources.delete(source.identifier)
        return _delivered(source)

    def _edited(identifier: str, edit: Edit) -> flask.Response:
        source, account = _owned(identifier)
        document = inputs.json_object()
        _check_owner(account, source.owner, edit(document, source).owner)
        changed = change_source(
            archive,
            source.identifier,
            lambda now: edit(document, now),
            look_again=any(document.get(key) is not None for key in SCHEMAS),
        )
        return _delivered(changed)

    def _owned(identifier: str) -> tuple[DataSource, Account]:
        identity.require_account()
        source = sources.get(inputs.integer(identifier, "identifier"))
        return source, identity.require_source_owner(source)

    return routes


def _delivered(source: DataSource) -> flask.Response:
    return answer(source_to_dict(source, "full_record"))


def _check_owner(account: Account, now: str, wanted: str) -> None:
    # Whoever gives a source away would lose it, and could make others answer for it.
    if wanted.casefold() != now.casefold() and not account.is_administrator:
        raise NotAuthorized(
            f"The account {account.email} may not make {wanted} the owner.",
            hint="An Administrator may. Leave owner out to keep it.",
            role=account.role,
            needed="Administrator",
        )
