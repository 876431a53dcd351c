"""What HAPI's documents say of a dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.hapi.model import Dataset, Parameter
from core.hapi.times import time_text

CADENCES_S = {"PT1M": 60, "PT1H": 3600, "PT3H": 10_800, "P1D": 86_400}
"""Seconds of the cadences that datasets have."""

_DAY_S = 86_400


def described(dataset: Dataset, parameters: Sequence[Parameter], base_url: str) -> dict[str, Any]:
    """Return what a dataset says of itself and of some of its parameters.

    `base_url` is scheme and host of this server, for the addresses in it.
    """
    sample = [time_text(at_us) for at_us in dataset.sample_us]
    document: dict[str, Any] = {
        "startDate": time_text(dataset.start_us),
        "stopDate": time_text(dataset.stop_us),
        "sampleStartDate": sample[0],
        "sampleStopDate": sample[1],
    }
    if dataset.cadence:
        whole = (dataset.stop_us - dataset.start_us) // 1_000_000
        most = dataset.reader.max_rows(dataset.parameters) * CADENCES_S[dataset.cadence]
        most = min(most, whole)
        document |= {"cadence": dataset.cadence, "maxRequestDuration": duration(most)}
    document["modificationDate"] = time_text(dataset.modified_ms * 1000)
    facts = dict(dataset.facts)
    if "resourceURL" in facts:
        facts["resourceURL"] = base_url + facts["resourceURL"]
    document |= facts
    return document | {"parameters": [_parameter(p, base_url) for p in parameters]}


def _parameter(parameter: Parameter, base_url: str) -> dict[str, Any]:
    described = parameter.to_dict()
    if is_uri(parameter):
        uri: Mapping[str, Any] = described["stringType"]["uri"]
        described["stringType"] = {"uri": {**uri, "scheme": base_url.partition(":")[0]}}
    return described


def is_uri(parameter: Parameter) -> bool:
    """Tell whether the texts of a parameter are addresses on this server."""
    return "stringType" in parameter.more


def duration(seconds: int) -> str:
    """Return an ISO 8601 duration of whole days, or of hours and minutes below a day."""
    if seconds >= _DAY_S:
        return f"P{seconds // _DAY_S}D"
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"PT{hours}H{minutes}M" if hours else f"PT{minutes}M"


def data_test(dataset: Dataset) -> dict[str, Any]:
    """Return a request that shows whether the server works."""
    start, stop = (time_text(at_us) for at_us in dataset.sample_us)
    names = ",".join(parameter.name for parameter in dataset.parameters[:2])
    return {
        "name": "Records of a sample",
        "query": {"dataset": dataset.id, "start": start, "stop": stop, "parameters": names},
    }
