"""Whatever is sent to the routes that write: never a 5xx, and always JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.instruments.model import DataSource
from tests.records.conftest import PRODUCT_SCHEMA, SCHEMA, Site, email, names, product, record

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["2020-01-01T00:00:00", "ground", "0001-01-01T00:00+14:00",
                       "9999-12-31T23:59Z", "int", "double", "a@b.c", "\ud800", "\0", "",
                       2**63, 10**400, -0.0])
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
FUZZ = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module")
def target(site: Site) -> DataSource:
    return site.new_source()


def examples(source: DataSource) -> dict[tuple[str, str], Any]:
    """A good body of each route."""
    document = {
        **names(source), "source_type": "ground", "display_name": "D", "metadata": {"a": 1},
        "owner": email("owner"), "maintainers": [email("maintainer")],
        "ephemeris_metadata_schema": SCHEMA, "data_product_metadata_schema": PRODUCT_SCHEMA,
    }  # fmt: skip
    span = {"start": "2020-01-01T00:00:00", "end": "2020-01-02T00:00:00"}
    path = f"/data_sources/{source.identifier}"
    return {
        ("POST", "/data_sources"): document | {"identifier": 499_000},
        ("PUT", path): document,
        ("PATCH", path): document,
        ("POST", f"{path}/ephemeris"): [record(source, "2020-01-01T00:00:00")],
        ("POST", f"{path}/data_products"): [product(source, "u")],
        ("DELETE", f"{path}/ephemeris"): names(source) | span,
        ("DELETE", f"{path}/data_products"): names(source) | {"urls": ["u"]},
    }


def mutated(data: st.DataObject, value: Any) -> Any:
    """Return `value` with one place of it exchanged, left out, or given twice."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(value)))
        if data.draw(st.integers(0, 4)) == 0:
            return {k: v for k, v in value.items() if k != key} | data.draw(
                st.dictionaries(st.text(max_size=5), LEAVES, max_size=1)
            )
        return value | {key: mutated(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        return [mutated(data, value[0]), *value[1:], *data.draw(st.lists(ANYTHING, max_size=1))]
    return data.draw(ANYTHING)


@FUZZ
@given(data=st.data())
def test_mutated_bodies(site: Site, target: DataSource, data: st.DataObject) -> None:
    bodies = examples(target)
    method, path = data.draw(st.sampled_from(sorted(bodies)))
    body = json.dumps(mutated(data, bodies[method, path])).encode()
    answer = site.ask(method, path, body, key="admin")
    assert answer.status_code in {200, 202, 400, 409}, (body, answer.text)
    assert answer.headers["Content-Type"] == "application/json"
    upload = method == "POST" and path != "/data_sources"
    if answer.status_code >= 400:
        documents = answer.json() if upload and answer.status_code == 400 else [answer.json()]
        assert all(d.keys() == {"error_code", "error_message"} for d in documents)
    # Put back what a good mutation changed.
    path = f"/data_sources/{target.identifier}"
    restored = site.ask("PUT", path, bodies["PUT", path], key="admin")
    assert restored.status_code in {200, 409}


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"NaN", b'"a"', b"[" * 5000, b"{}", b"[]"])
def test_bodies_that_are_no_json(site: Site, target: DataSource, body: bytes) -> None:
    for method, path in examples(target):
        answer = site.ask(method, path, body, key="admin")
        assert answer.status_code in {200, 202, 400}, (method, path, answer.text)
        assert answer.headers["Content-Type"] == "application/json"
