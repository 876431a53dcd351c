"""The state of the server, and this description."""

from __future__ import annotations

from api.openapi import wadl
from api.openapi.models.service import Description, Health
from api.openapi.operation import UNCHANGED, Answer, Operation
from api.openapi.places import name_place

TAG = "Service"

OPERATIONS = (
    Operation(
        "GET", "/healthz", "getHealth", TAG,
        "Whether searches can be answered",
        {200: Answer("They can.", Health)},
        access="open",
    ),
    Operation(
        "GET", "/api/openapi.json", "getDescription", TAG,
        "This document",
        {200: Answer("OpenAPI 3.1.", Description, headers=("ETag",)), 304: UNCHANGED},
    ),
    Operation(
        "GET", "/api/application.wadl", "getWadl", TAG,
        "This document as WADL, as far as that goes",
        {
            200: Answer("XML.", media=(wadl.MEDIA_TYPE,), headers=("ETag",)),
            304: UNCHANGED,
        },
    ),
    Operation(
        "GET", "/api/docs", "getDocumentation", TAG,
        "This document as a page to read and try",
        {200: Answer("A page.", media=("text/html",), headers=("ETag",)), 304: UNCHANGED},
    ),
    Operation(
        "GET", "/api/docs/{name}", "getDocumentationFile", TAG,
        "Style and script of the page",
        {
            200: Answer("The file.", media=("text/css", "text/javascript"), headers=("ETag",)),
            304: UNCHANGED,
        },
        errors=(404,),
        places={"name": name_place(r"docs\.(css|js)", "Name of the file.", "docs.js")},
    ),
)  # fmt: skip
