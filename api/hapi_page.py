"""The page that a person sees at ``/hapi``."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HAPI · {title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
<script src="/assets/modules/theme.js"></script>
<link rel="stylesheet" href="/assets/00-tokens.css">
<style>
body {{ margin: 0; background: var(--bg); color: var(--text); font: 1rem/1.6 var(--font); }}
main {{ max-width: 46rem; margin: 0 auto; padding: 2rem var(--gutter) 4rem; }}
a {{ color: var(--accent); }}
h1 {{ font-size: var(--size-xl); }}
pre {{ overflow-x: auto; padding: 1rem; background: var(--sunk); border-radius: var(--radius); }}
code {{ font: var(--size-m)/1.5 var(--font-mono); }}
</style>
</head>
<body>
<main>
<p><a href="/">{title}</a></p>
<h1>HAPI {version}</h1>
<p>{description}</p>
<p>{count} datasets. Give <code>{base}/hapi</code> to any HAPI client, for example hapiclient for
Python, Autoplot, SPEDAS or the clients for IDL and MATLAB.</p>
{snippet}<ul>
<li><a href="/hapi/about">about</a>: whose server this is</li>
<li><a href="/hapi/capabilities">capabilities</a>: formats</li>
<li><a href="/hapi/catalog">catalog</a>: all datasets</li>
{examples}
</ul>
<p>The interface is described at <a href="https://hapi-server.org">hapi-server.org</a>.
Contact: {contact}</p>
</main>
</body>
</html>
"""
_SNIPPET = """<pre><code>from hapiclient import hapi
server, dataset = "{base}/hapi", "{dataset}"
data, meta = hapi(server, dataset, "", "{start}", "{stop}")</code></pre>
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
        snippet=_snippet(about, base_url),
        examples=_examples(about),
    )


def _snippet(about: dict[str, Any], base_url: str) -> str:
    query = about.get("dataTest", {}).get("query")
    if query is None:
        return ""
    words = {name: escape(str(query[name])) for name in ("dataset", "start", "stop")}
    return _SNIPPET.format(base=escape(base_url), **words)


def _examples(about: dict[str, Any]) -> str:
    query = about.get("dataTest", {}).get("query")
    if query is None:
        return ""
    info = urlencode({"dataset": query["dataset"]})
    return _EXAMPLES.format(info=escape(info), data=escape(urlencode(query)))
