"""Statuses that do not belong to single operations: of limits, credentials and large bodies."""

from __future__ import annotations

from api import hapi_status, limits
from api.identity import GUARDED
from api.openapi.models.errors import ErrorDocument
from api.openapi.models.hapi import HapiStatus
from api.openapi.operation import Model, Operation

WORDS = {
    400: "The request is not valid.",
    401: "The key or token is not valid, or one is needed.",
    403: "The account may not do this.",
    404: "There is no such thing.",
    406: "It is not delivered in any format that `Accept` names.",
    409: "The present state does not allow it, or the name is taken.",
    413: "The body is too large.",
    414: "The address is too long.",
    416: "The file has no such part.",
    429: "Too many requests; `Retry-After` says when to try again.",
}


def problems_of(operation: Operation) -> tuple[int, ...]:
    """Return all statuses of an operation that mean a problem and are not told of by itself."""
    path = operation.path
    found = {*operation.errors, 414}
    found |= {401} if path.startswith(GUARDED) else set()
    found |= {429} if path.startswith(limits.COUNTED) else set()
    found |= {413} if operation.body is not None else set()
    return tuple(sorted(found - set(operation.answers)))


def problem_model(operation: Operation) -> Model:
    """Return the document that tells of a problem."""
    return HapiStatus if hapi_status.is_below(operation.path) else ErrorDocument
