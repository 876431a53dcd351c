"""Queries that find something in the embedded archive."""

from __future__ import annotations

from typing import Any

CONJUNCTION: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-03T23:59:59",
    "ground": [{"programs": ["themis-asi"], "platforms": ["fort smith", "gillam"]}],
    "space": [{"programs": ["swarm"], "hemisphere": ["northern"]}],
    "conjunction_types": ["nbtrace"],
    "max_distances": {"ground1-space1": 500},
}
FILTERED: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-03T23:59:59",
    "ground": [
        {
            "programs": ["themis-asi"],
            "ephemeris_metadata_filters": {
                "logical_operator": "AND",
                "expressions": [
                    {"key": "calgary_apa_ml_v1_confidence", "operator": ">=", "values": [60]}
                ],
            },
        }
    ],
    "space": [{"programs": ["swarm"]}],
    "max_distances": {"ground1-space1": 500},
    "result_filters": {
        "expressions": [{"key": "min_distance_km", "operator": "<", "values": [300]}]
    },
}
EPHEMERIS: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-01T00:09:59",
    "data_sources": {
        "programs": ["swarm"],
        "platforms": ["swarma"],
        "ephemeris_metadata_filters": {
            "expressions": [
                {"key": "radial_distance", "operator": "between", "values": [6000, 7000]}
            ]
        },
    },
}
PRODUCTS: dict[str, Any] = {
    "start": "2019-01-01T00:00:00",
    "end": "2019-01-03T23:59:59",
    "data_sources": {"programs": ["themis-asi"]},
    "data_product_type_filters": ["keogram"],
}
EPHEMERIS_FORMAT: dict[str, Any] = {
    "data_source": {"identifier": True, "display_name": True},
    "epoch": True,
    "nbtrace": {"lat": True, "lon": True},
}
PRODUCT_FORMAT: dict[str, Any] = {"start": True, "end": True, "url": True}
CONJUNCTION_FORMAT: dict[str, Any] = {
    "start": True,
    "end": True,
    "min_distance": True,
    "data_sources": {"display_name": True},
}
