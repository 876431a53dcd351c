"""The code that a page shows is Python, and holds the query that the page asks."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.snippets import literal, pyaurorax_code
from core.search.examples import EXAMPLES

# JSON has neither infinity nor NaN.
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=25,
)


@given(values)
def test_a_literal_reads_back(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"example {e.number}")
def test_code_asks_the_query(example) -> None:  # type: ignore[no-untyped-def]
    tree = ast.parse(pyaurorax_code(example.query, "http://127.0.0.1:8050/"))
    assigned = {
        node.targets[0].id: node.value  # type: ignore[attr-defined]
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    query = ast.literal_eval(assigned["query"])
    assert query["start"].endswith("Z")
    query |= {"start": query["start"][:-1], "end": query["end"][:-1]}
    assert json.loads(json.dumps(query)) == example.query
    assert 'api_base_url="http://127.0.0.1:8050"' in ast.unparse(tree).replace("'", '"')
