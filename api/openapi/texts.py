"""Prose of the document: what the API is, its groups of operations, how a key is sent."""

from __future__ import annotations

from spectree.models import InType, SecureType, SecuritySchemeData

SUMMARY = "Aurora imagers, spacecraft and conjunctions between them"

DESCRIPTION = """\
The paths below `/api/v1` are those of the AuroraX search engine: PyAuroraX and IDL-AuroraX work
when they are given the address of this server. Pictures and numbers of imagers are below
`/media`, results as files below `/exports`. [The documentation page](/api/docs) shows this document
and sends requests to this server.

**Times** are UTC and written as `2019-01-01T05:58:00`. Latitudes and longitudes are degrees,
distances kilometres.

**Errors** are always `{"error_code": "...", "error_message": "..."}`; the message names the place
that is wrong. Answers with a body of JSON have the header `Content-Type: application/json`,
without a character set.

**Leniency.** A JSON body is read whatever its declared type. Bodies of GET and DELETE are ignored
where they mean nothing. Query parameters that are empty count as absent, booleans may be written in
any case. Operators and words of queries may be written in any case, and keys that mean nothing are
named in the log of a search. Repeated slashes in a path count as one.

**When the server is busy** or the archive cannot be read, an operation answers 503 with the error
document and, where it is known, `Retry-After`. That can happen to every operation and is no part
of any operation's own contract, so no operation lists it. Paths that there are, asked with a
method that they do not know, answer 405 with `Allow`; paths that there are not, 404.
"""

TAGS = {
    "Data sources": "Who measures: imagers, spacecraft, lists of events. Create and change them.",
    "Records": "Upload and delete ephemeris and data product records of a data source.",
    "Availability": "How many records there are of each day.",
    "Searches": "Submit a search, ask how it is, fetch what it found.",
    "Utilities": "Queries in words, time zones, and what administrators need.",
    "Accounts": "Sessions and accounts.",
    "Media": "Keograms, frames, maps, grids and movies.",
    "Exports": "Results of a conjunction search as files.",
    "HAPI": "The same data for clients of the Heliophysics API, version 3.3.",
    "Service": "The state of the server and the description of its API.",
}

KEY_SCHEME = SecuritySchemeData(
    type=SecureType.API_KEY,
    name="x-aurorax-api-key",
    field_in=InType.HEADER,
    description="A key that the operator made with `python -m core key create`.",
)
BEARER_SCHEME = SecuritySchemeData(
    type=SecureType.HTTP,
    scheme="bearer",
    description="The token that `POST /api/v1/authenticate` answers with.",
)
