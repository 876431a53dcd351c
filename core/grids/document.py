"""Grids in words and numbers, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from core.grids.definition import cell_of, centre_of
from core.grids.grid_query import AtQuery, GridQuery
from core.grids.library import GridLibrary
from core.grids.live import CameraNote, GridFrame


def series_document(grids: GridLibrary) -> dict[str, Any]:
    """Return all series, each with its first and last time, and those of all."""
    spans = [(series, grids.span(series)) for series in grids.series()]
    found = [
        {**series.to_dict(), "first": iso(span[0]), "last": iso(span[1])}
        for series, span in spans
        if span is not None
    ]
    ends = [span for _, span in spans if span is not None]
    return {
        "series": found,
        "first": iso(min(span[0] for span in ends)) if ends else None,
        "last": iso(max(span[1] for span in ends)) if ends else None,
    }


def frame_document(frame: GridFrame, query: GridQuery) -> dict[str, Any]:
    """Return what JSON says of a grid."""
    series = frame.series
    return {
        "series": series.key,
        "title": series.title,
        "kind": series.kind,
        "time": iso(frame.time),
        "valid_time": iso(frame.valid_time),
        "units": series.units,
        "limits": list(query.limits),
        "alt_km": series.alt_km,
        "provenance": frame.provenance,
        "rule": query.rule,
        "cells": int(frame.cells.size),
        "cameras": [camera_document(camera) for camera in frame.cameras],
        "of": frame.of,
        "lost": [asdict(lost) for lost in frame.lost],
    }


def at_document(frame: GridFrame, query: AtQuery) -> dict[str, Any]:
    """Return the value at a place; null where there is none."""
    cell = cell_of(query.lat_deg, query.lon_deg)
    row, column = int(cell.row), int(cell.column)
    lat, lon = centre_of(row, column)
    value, camera = frame.at(row, column) or (None, None)
    return {
        "series": frame.series.key,
        "time": iso(frame.time),
        "valid_time": iso(frame.valid_time),
        "row": row,
        "column": column,
        "lat": float(lat),
        "lon": float(lon),
        "value": value,
        "units": frame.series.units,
        "camera": None if camera is None else camera_document(camera),
    }


def camera_document(camera: CameraNote) -> dict[str, Any]:
    """Return what JSON says of a camera."""
    return {
        **asdict(camera),
        "time": iso(camera.time),
        "marks": list(camera.marks),
        "dark": list(camera.dark),
    }


def iso(time: np.datetime64) -> str:
    """Return a time as text, in UTC."""
    text = str(time.astype("M8[ms]")).removesuffix(".000")
    return f"{text}Z"
