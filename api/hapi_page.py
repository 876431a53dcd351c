"""The page that a person sees at ``/hapi``."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}: HAPI</title></head>
<body>
<h1>{title}: HAPI {version}</h1>
<p>{description}</p>
<p>{count} datasets. Give <code>{base}/hapi</code> to any HAPI client, for example hapiclient for
Python, Autoplot, SPEDAS or the clients for IDL and MATLAB.</p>
<ul>
<li><a href="/hapi/about">about</a>: whose server this is</li>
<li><a href="/hapi/capabilities">capabilities</a>: formats</li>
<li><a href="/hapi/catalog">catalog</a>: all datasets</li>
{examples}
</ul>
<p>The interface is described at <a href="https://hapi-server.org">hapi-server.org</a>.
Contact: {contact}</p>
</body>
</html>
"""
_EXAMPLES = """<li><a href="/hapi/info?{info}">info</a>: what a dataset holds</li>
<li><a href="/hapi/data?{data}">data</a>: records of a dataset</li>"""


def landing_page(about: dict[str, Any], count: int, base_url: str) -> str:
    """Return the page.

    Parameters
    ----------
    about : dict
        What /about answers.
    count : int
        Number of datasets.
    base_url : str
        Scheme and host of this server.
    """
    return _PAGE.format(
        title=escape(about["title"]),
        version=about["HAPI"],
        description=escape(about["description"]),
        count=count,
        base=escape(base_url),
        contact=escape(about["contact"]),
        examples=_examples(about),
    )


def _examples(about: dict[str, Any]) -> str:
    query = about.get("dataTest", {}).get("query")
    if query is None:
        return ""
    info = urlencode({"dataset": query["dataset"]})
    return _EXAMPLES.format(info=escape(info), data=escape(urlencode(query)))
