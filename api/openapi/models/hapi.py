"""HAPI 3.3: documents and the parameters of requests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.openapi.models.base import Open, _text

HapiTime = Annotated[
    str,
    _text(
        format="hapi-time",
        description="YYYY-MM-DDThh:mm:ss.sssZ, or with the day of the year; may be cut off.",
        examples=["2019-01-01T06:00:00Z"],
    ),
]
DatasetId = Annotated[
    str,
    Field(
        min_length=1, description="As the catalogue has it.", examples=["swarm_swarma_footprint"]
    ),
]
Names = Annotated[str, Field(description="Names of parameters in order, with commas.")]
References = Annotated[Literal["true", "false"], Field(description="Both mean the same here.")]
Nothing: Any = None


class HapiState(Open):
    """How a request went; codes are those of HAPI."""

    code: Annotated[int, Field(ge=1200, le=1501)]
    message: Annotated[str, Field(min_length=1)]


class HapiStatus(Open):
    """What every document of HAPI begins with."""

    HAPI: Literal["3.3"]
    status: HapiState


class HapiAbout(HapiStatus):
    """Whose server this is."""

    id: str
    title: str
    contact: str


class HapiCapabilities(HapiStatus):
    """Formats and depths."""

    outputFormats: list[Literal["csv", "binary", "json"]]  # noqa: N815 - HAPI says so
    catalogDepthOptions: list[Literal["dataset", "all"]]  # noqa: N815 - HAPI says so


class HapiDataset(Open):
    """A dataset."""

    id: str
    title: str


class HapiCatalog(HapiStatus):
    """All datasets."""

    catalog: list[HapiDataset]


class HapiInfo(HapiStatus):
    """What a dataset holds."""

    parameters: Annotated[list[dict[str, Any]], Field(min_length=1)]
    startDate: str  # noqa: N815 - HAPI says so
    stopDate: str  # noqa: N815 - HAPI says so


class HapiData(HapiInfo):
    """Records, and the description of what they hold."""

    data: list[list[Any]]


class CatalogRequest(Open):
    """How much of each dataset."""

    depth: Literal["dataset", "all"] = "dataset"
    resolve_references: References = Nothing


class InfoRequest(Open):
    """Which dataset, and which of its parameters."""

    dataset: DatasetId
    parameters: Names = ""
    resolve_references: References = Nothing


class DataRequest(Open):
    """Which records: from `start`, included, to `stop`, excluded."""

    dataset: DatasetId
    start: HapiTime
    stop: HapiTime
    parameters: Names = ""
    include: Annotated[Literal["header"], Field(description="CSV with the description.")] = Nothing
    format: Literal["csv", "binary", "json"] = "csv"
