"""Queries in words, and the rest of ``/utils``."""

from __future__ import annotations

from api.openapi.models import queries
from api.openapi.models.searches import Count, Sentence
from api.openapi.models.timezones import Instant, LocalTime, ZoneNames
from api.openapi.operation import Answer, Operation
from api.openapi.operations import examples

TAG = "Utilities"
ROOT = "/api/v1/utils"

OPERATIONS = (
    *(
        Operation(
            "POST", f"{ROOT}/describe/query/{name}", f"describe{title}Query", TAG,
            f"Say in words what {said} query asks for",
            {200: Answer("One sentence.", Sentence)},
            errors=(400,),
            body=body,
            examples={"a query": example},
        )
        for name, title, said, body, example in (
            ("conjunction", "Conjunction", "a conjunction", queries.ConjunctionQuery,
             examples.CONJUNCTION),
            ("ephemeris", "Ephemeris", "an ephemeris", queries.EphemerisQuery, examples.EPHEMERIS),
            ("data_products", "DataProduct", "a data product", queries.DataProductQuery,
             examples.PRODUCTS),
        )
    ),
    Operation(
        "POST", f"{ROOT}/describe/cartesian_products", "countTuples", TAG,
        "Count the tuples of data sources of a conjunction query",
        {200: Answer("One data source of each block makes a tuple.", Count)},
        errors=(400,),
        body=queries.ConjunctionQuery,
        examples={"imagers and Swarm": examples.CONJUNCTION},
    ),
    Operation(
        "GET", f"{ROOT}/timezones", "listTimeZones", TAG,
        "Names of time zones",
        {200: Answer("The names.", ZoneNames)},
    ),
    Operation(
        "GET", f"{ROOT}/timezones/convert", "convertTime", TAG,
        "An instant as local time of a zone",
        {200: Answer("The local time.", LocalTime)},
        errors=(400, 404),
        query=Instant,
    ),
)  # fmt: skip
