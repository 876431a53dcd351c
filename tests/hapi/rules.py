"""The rules of HAPI 3.3 for its documents, as checks: from the text of the specification."""

from __future__ import annotations

import re
from typing import Any

from core.hapi.times import read_time

TYPES = {"string", "double", "integer", "isotime"}
COMPONENTS = {
    "x", "y", "z", "r", "rho", "latitude", "colatitude", "longitude", "longitude0", "altitude",
    "other",
}  # fmt: skip
CODES = {1200, 1201, *range(1400, 1414), 1500, 1501}
INFO = {
    "HAPI", "status", "format", "parameters", "startDate", "stopDate", "timeStampLocation",
    "cadence", "sampleStartDate", "sampleStopDate", "maxRequestDuration", "description",
    "unitsSchema", "coordinateSystemSchema", "location", "geoLocation", "resourceURL",
    "resourceID", "creationDate", "citation", "datasetCitation", "licenseURL", "provenance",
    "modificationDate", "contact", "contactID", "additionalMetadata", "definitions", "note",
    "warning",
}  # fmt: skip
PARAMETER = {
    "name", "type", "length", "size", "units", "fill", "description", "label", "stringType",
    "coordinateSystemName", "vectorComponents", "bins",
}  # fmt: skip
ABOUT = {
    "HAPI", "status", "id", "title", "contact", "description", "contactID", "resourceID",
    "citation", "serverCitation", "note", "warning", "dataTest",
}  # fmt: skip
BINS = {"name", "centers", "ranges", "units", "label", "description"}
DURATION = re.compile(r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?")
TIMES = (
    "startDate",
    "stopDate",
    "sampleStartDate",
    "sampleStopDate",
    "modificationDate",
    "creationDate",
)


def check_keys(found: dict[str, Any], known: set[str]) -> None:
    assert all(name in known or name.startswith("x_") for name in found), set(found) - known


def check_status(document: dict[str, Any], code: int = 1200) -> None:
    assert document["HAPI"] == "3.3"
    assert set(document["status"]) == {"code", "message"}
    assert document["status"]["code"] == code
    assert code in CODES
    assert document["status"]["message"]


def check_about(document: dict[str, Any]) -> None:
    check_status(document)
    check_keys(document, ABOUT)
    for name in ("id", "title", "contact"):
        assert document[name]
    assert len(document["title"]) <= 40
    query = document["dataTest"]["query"]
    assert set(query) == {"dataset", "start", "stop", "parameters"}


def check_info(document: dict[str, Any]) -> None:
    check_keys(document, INFO)
    times = {name: read_time(document[name]) for name in TIMES if name in document}
    assert None not in times.values()
    assert all(document[name].endswith("Z") for name in times)
    assert times["startDate"] <= times["sampleStartDate"] < times["sampleStopDate"]  # type: ignore[operator]
    assert times["sampleStopDate"] <= times["stopDate"]  # type: ignore[operator]
    for name in ("cadence", "maxRequestDuration"):
        if name in document:
            assert DURATION.fullmatch(document[name])
            assert document[name] not in ("P", "PT")
    assert document.get("timeStampLocation", "center") in ("begin", "center", "end", "other")
    assert not {"location", "geoLocation"} <= set(document)
    if "geoLocation" in document:
        lon, lat = document["geoLocation"][:2]
        assert abs(lon) <= 180
        assert abs(lat) <= 90
    for entry in document["additionalMetadata"]:
        check_keys(entry, {"name", "content", "contentURL", "schemaURL", "aboutURL"})
        assert ("content" in entry) != ("contentURL" in entry)
    for name in ("description", "datasetCitation", "resourceID", "provenance"):
        assert isinstance(document[name], str)
        assert document[name].strip()
    names = [parameter["name"].lower() for parameter in document["parameters"]]
    assert len(set(names)) == len(names)
    check_time(document["parameters"][0])
    for parameter in document["parameters"]:
        check_parameter(parameter, document["parameters"])


def check_time(parameter: dict[str, Any]) -> None:
    assert parameter["name"] == "Time"
    assert parameter["type"] == "isotime"
    assert parameter["units"] == "UTC"
    assert parameter["fill"] is None


def check_parameter(parameter: dict[str, Any], others: list[dict[str, Any]]) -> None:
    check_keys(parameter, PARAMETER)
    assert {"name", "type", "units", "fill"} <= set(parameter)
    assert "," not in parameter["name"]
    assert parameter["name"].isprintable()
    assert parameter["type"] in TYPES
    assert ("length" in parameter) == (parameter["type"] in ("string", "isotime"))
    assert parameter["units"] != ""
    assert parameter.get("label", "x")
    check_fill(parameter)
    assert set([parameter.get("vectorComponents", "x")]) <= COMPONENTS
    if "size" in parameter:
        assert all(isinstance(n, int) and n > 1 for n in parameter["size"])
        check_bins(parameter, {other["name"]: other for other in others})
    if "stringType" in parameter:
        assert parameter["type"] == "string"
        assert parameter["units"] is None
        check_keys(parameter["stringType"]["uri"], {"mediaType", "scheme", "base"})


def check_fill(parameter: dict[str, Any]) -> None:
    fill = parameter["fill"]
    if parameter["type"] == "isotime":
        assert fill is None
        return
    assert isinstance(fill, str)
    if parameter["type"] == "double":
        assert repr(float(fill)) == repr(-1e31)
    elif parameter["type"] == "integer":
        assert -(2**31) <= int(fill) < 2**31
    else:
        assert 0 < len(fill.encode()) <= parameter["length"]


def check_bins(parameter: dict[str, Any], others: dict[str, dict[str, Any]]) -> None:
    if "bins" not in parameter:
        return
    assert len(parameter["bins"]) == len(parameter["size"])
    for count, bins in zip(parameter["size"], parameter["bins"], strict=True):
        check_keys(bins, BINS)
        assert {"name", "units", "centers"} <= set(bins)
        if isinstance(bins["centers"], str) and bins["centers"] in others:
            assert others[bins["centers"]]["size"] == [count]
            assert others[bins["centers"]]["units"] == bins["units"]
