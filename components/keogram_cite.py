"""Where a keogram's data come from, how to acknowledge them, and the code that fetches them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.icons import icon
from components.keogram_opened import Opened
from components.keogram_strip import describe_runs
from core.imaging.wall_model import KeogramProduct
from core.instruments.model import DataSource

PRODUCT_ID = "keogramist-cite-text"
CODE_ID = "keogramist-code"
CURL_ID = "keogramist-curl"


def metadata_panel(view: Opened) -> list[Component]:
    """Return the facts about the source and about each keogram of the row."""
    row = view.row
    start, end = row.window
    day = {
        "Night" if row.by == "night" else "UT day": row.day.isoformat(),
        "From, to (UTC)": f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}",
        "Records": f"{view.records}, one a minute",
        "Operation (UTC)": describe_runs(row.intervals, most=6) or "no records",
        "Provenance": row.provenance or "no records",
    }
    parts = [html.H3("Night" if row.by == "night" else "Day"), _facts(day)]
    for product in row.products:
        parts += [html.H3("Keogram"), _facts(_product_facts(product))]
    return [*parts, html.H3("Source"), _facts(_source_facts(row.source))]


def cite_panel(view: Opened, base_url: str) -> list[Component]:
    """Return acknowledgement and citation, and the code that fetches the same records."""
    parts: list[Component] = []
    if view.array is not None:
        parts = [
            html.H3("Acknowledge"),
            *_copyable(PRODUCT_ID, citation(view), "kg-cite-text"),
            html.P([html.B("Rules of use. "), view.array.rules_of_the_road], className="kg-quiet"),
        ]
    return [
        *parts,
        html.H3("Python, with PyAuroraX"),
        *_copyable(CODE_ID, python_snippet(view, base_url), "code"),
        html.H3("Any language"),
        *_copyable(CURL_ID, curl_snippet(view, base_url), "code"),
    ]


def citation(view: Opened) -> str:
    """Return the text to be put into a paper; it says so when the records are simulated."""
    array = view.array
    lines = [array.acknowledgement, f"{array.citation}. doi:{array.doi}"] if array else []
    if "simulated" in (view.row.provenance, view.row.image_provenance):
        lines.append(
            f"The data of this {view.row.by} are SIMULATED by Aurora Atlas; they were not observed."
        )
    return "\n".join(lines)


def python_snippet(view: Opened, base_url: str) -> str:
    """Return code that fetches the row's ephemeris records and data products by PyAuroraX."""
    source = view.row.source
    start, end = _span(view)
    names = (
        f'    programs=["{source.program}"],\n'
        f'    platforms=["{source.platform}"],\n'
        f'    instrument_types=["{source.instrument_type}"],\n'
    )
    return (
        "import datetime\n\nimport pyaurorax\n\n"
        f'aurorax = pyaurorax.PyAuroraX(api_base_url="{base_url}")\n'
        f"start = {_constructor(start)}\nend = {_constructor(end)}\n\n"
        f"records = aurorax.search.ephemeris.search(\n    start,\n    end,\n{names})\n"
        f"products = aurorax.search.data_products.search(\n    start,\n    end,\n{names}"
        '    data_product_types=["keogram"],\n)\n'
        "print(len(records.data), len(products.data))\n"
    )


def curl_snippet(view: Opened, base_url: str) -> str:
    """Return shell commands that fetch the row's records as JSON, and its keogram's values."""
    source = view.row.source
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in _span(view))
    sources = (
        f'"programs": ["{source.program}"], "platforms": ["{source.platform}"], '
        f'"instrument_types": ["{source.instrument_type}"]'
    )
    query = f'{{"query": {{"data_sources": {{{sources}}}, "start": "{start}", "end": "{end}"}}}}'
    command = (
        f"curl -s {base_url}/api/v1/ephemeris/search_synchronous \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{query}'\n"
    )
    if view.row.image is None:
        return command
    first, last = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in view.row.window)
    keogram = f"{base_url}/media/keogram/{source.identifier}/{view.row.day}"
    return command + (
        "\n# the keogram: axes as JSON, values as little-endian float32 in rows of time\n"
        f"curl -s '{keogram}.json?start={first}&end={last}' -o keogram.json\n"
        f"curl -s '{keogram}.bin?start={first}&end={last}' -o keogram.bin\n"
    )


def _span(view: Opened) -> tuple[datetime, datetime]:
    """Return the first and the last second of the row; searches include both ends."""
    start, end = view.row.window
    return start, end - timedelta(seconds=1)


def _constructor(moment: datetime) -> str:
    parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return f"datetime.datetime({', '.join(map(str, parts))})"


def _source_facts(source: DataSource) -> dict[str, Any]:
    place = source.metadata
    lifetime = place.get("lifetime") or {}
    facts = {
        "Name": source.display_name,
        "Identifier": str(source.identifier),
        "Program": source.program,
        "Platform": source.platform,
        "Instrument type": source.instrument_type,
        "Site": str(place.get("site", "")).upper(),
        "Latitude, longitude": _place(place),
        "Latitudes are": source.latitude_frame,
        "In operation": f"{lifetime.get('start')} to {lifetime.get('end') or 'now'}"
        if lifetime
        else "",
        "Owner": source.owner,
    }
    return {name: value for name, value in facts.items() if value}


def _place(metadata: dict[str, Any]) -> str:
    lat, lon = metadata.get("latitude_deg"), metadata.get("longitude_deg")
    if lat is None or lon is None:
        return ""
    return f"{lat:.3f}°, {lon:.3f}°"


def _product_facts(product: KeogramProduct) -> dict[str, Any]:
    return {
        "Address": _address(product),
        "Start": f"{product.start:%Y-%m-%d %H:%M:%S} UTC",
        "End": f"{product.end:%Y-%m-%d %H:%M:%S} UTC",
        **{name: str(value) for name, value in product.metadata.items()},
        "Provenance": product.provenance,
    }


def _address(product: KeogramProduct) -> Any:
    if product.served_here or product.url.startswith(("http://", "https://")):
        return html.A(product.url, href=product.url, target="_blank")
    return product.url


def _facts(facts: dict[str, Any]) -> Component:
    pairs = ([html.Dt(name), html.Dd(value)] for name, value in facts.items())
    return html.Dl([item for pair in pairs for item in pair], className="kg-facts")


def _copyable(name: str, text: str, style: str) -> list[Component]:
    button = html.Button(
        [icon("copy"), html.Span("Copy", **{"data-label": ""})],
        type="button",
        className="btn btn--small kg-copy",
        **{"data-copy": name},
    )
    return [html.Div([html.Pre(text, id=name, className=style), button], className="kg-copyable")]
