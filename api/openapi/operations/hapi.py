"""HAPI."""

from __future__ import annotations

from api.openapi.models import hapi as models
from api.openapi.operation import Answer, Operation
from api.openapi.places import name_place

TAG = "HAPI"
_MOVED = Answer("The same without the slash.", headers=("Location",))

OPERATIONS = (
    Operation(
        "GET", "/hapi", "getHapiPage", TAG,
        "HAPI for people",
        {200: Answer("A page.", media=("text/html",))},
        errors=(400,),
        access="open",
    ),
    Operation(
        "GET", "/hapi/about", "getHapiAbout", TAG,
        "Whose server this is",
        {200: Answer("The document.", models.HapiAbout)},
        errors=(400,),
        access="open",
    ),
    Operation(
        "GET", "/hapi/capabilities", "getHapiCapabilities", TAG,
        "Formats and depths",
        {200: Answer("The document.", models.HapiCapabilities)},
        errors=(400,),
        access="open",
    ),
    Operation(
        "GET", "/hapi/catalog", "getHapiCatalog", TAG,
        "All datasets",
        {200: Answer("The document.", models.HapiCatalog)},
        errors=(400,),
        query=models.CatalogRequest,
        access="open",
    ),
    Operation(
        "GET", "/hapi/info", "getHapiInfo", TAG,
        "What a dataset holds",
        {200: Answer("The document.", models.HapiInfo)},
        errors=(400, 404),
        query=models.InfoRequest,
        access="open",
    ),
    Operation(
        "GET", "/hapi/data", "getHapiData", TAG,
        "Records of a dataset",
        {
            200: Answer(
                "The records.", models.HapiData, ("text/csv", "application/octet-stream")
            )
        },
        errors=(400, 404),
        query=models.DataRequest,
        access="open",
    ),
    Operation(
        "GET", "/hapi/", "redirectHapiPage", TAG,
        "Leads to the page",
        {301: _MOVED},
        errors=(400,),
        access="open",
    ),
    Operation(
        "GET", "/hapi/{endpoint}/", "redirectHapi", TAG,
        "Leads to the same without the slash",
        {301: _MOVED},
        errors=(400,),
        places={
            "endpoint": name_place(
                "(about|capabilities|catalog|info|data)", "An endpoint of HAPI.", "about"
            )
        },
        access="open",
    ),
)  # fmt: skip
