"""The description of the API: it names every route and nothing else, and is valid."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import flask
import jsonschema_rs
import pytest
from flask.testing import FlaskClient

ROOTS = ("/api", "/media", "/exports", "/healthz", "/hapi")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Operations = set[tuple[str, str]]


@pytest.fixture(scope="module")
def document(server: flask.Flask) -> dict[str, Any]:
    response = server.test_client().get("/api/openapi.json")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = response.get_json()
    return found


def paths_of(rule: str) -> Iterator[str]:
    """A rule of werkzeug as OpenAPI writes it; a choice of words makes several paths."""
    choice = re.search(r"<any\(([^)]*)\):\w+>", rule)
    if choice is None:
        yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
        return
    for word in choice[1].split(","):
        yield from paths_of(rule.replace(choice[0], word.strip(), 1))


def served(server: flask.Flask) -> Operations:
    return {
        (method, path)
        for rule in server.url_map.iter_rules()
        if rule.rule.startswith(ROOTS) and not rule.endpoint.startswith("unknown.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        for path in paths_of(rule.rule)
    }


def described(document: dict[str, Any]) -> Operations:
    return {(method.upper(), path) for path, item in document["paths"].items() for method in item}


def test_every_route_is_described_and_nothing_else(
    server: flask.Flask, document: dict[str, Any]
) -> None:
    assert described(document) == served(server)
    assert len(described(document)) > 40


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_no_operation_documents_5xx_or_default(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        statuses = set(operation["responses"])
        assert all(re.fullmatch("[234][0-9][0-9]", status) for status in statuses), (method, path)
        assert any(status.startswith(("2", "301")) for status in statuses), (method, path)


def test_operations_are_named_and_told(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in names)
    tags = {tag["name"] for tag in document["tags"]}
    for _, path, operation in operations(document):
        assert operation["summary"], path
        assert set(operation["tags"]) <= tags
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                assert parameter["description"], (path, parameter["name"])


def test_every_problem_is_the_error_document(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if not status.startswith("4"):
                continue
            assert list(response["content"]) == ["application/json"], (method, path, status)
            name = response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert name in ("ErrorDocument", "NoResults", "BatchErrors", "HapiStatus"), (
                method,
                path,
                status,
            )


def test_paths_have_their_parameters(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        named = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert named == re.findall(r"{(\w+)}", path), (method, path)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    names = {r.rpartition("/")[2] for r in references(document) if "/schemas/" in r}
    assert names == set(document["components"]["schemas"])


def schemas(document: dict[str, Any]) -> Iterator[Any]:
    yield from document["components"]["schemas"].values()
    for _, _, operation in operations(document):
        yield from (parameter["schema"] for parameter in operation["parameters"])


def test_schemas_are_json_schemas_of_2020_12(document: dict[str, Any]) -> None:
    found = list(schemas(document))
    assert len(found) > 100
    for schema in found:
        jsonschema_rs.meta.validate({"$schema": DIALECT, **schema})
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.meta.validate({"$schema": DIALECT, **found[0], "type": "no type"})


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    found = 0
    for _, path, operation in operations(document):
        places = [(p["schema"], p.get("examples", {})) for p in operation["parameters"]]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            assert body.get("examples"), path
            places.append((body["schema"], body["examples"]))
        for schema, examples in places:
            whole = {**schema, "components": document["components"]}
            validator = jsonschema_rs.Draft202012Validator(whole)
            for example in examples.values():
                validator.validate(example["value"])
                found += 1
    assert found > 30


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    """By the schema of OpenAPI 3.1 that schemathesis brings."""
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    assert document["openapi"] == "3.1.0"
    errors = [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(document)]
    assert errors == []


def test_security_schemes(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert schemes["apiKey"]["name"] == "x-aurorax-api-key"
    assert schemes["apiKey"]["in"] == "header"
    assert schemes["bearer"]["scheme"] == "bearer"
    for method, path, operation in operations(document):
        alone = [{"apiKey": []}, {"bearer": []}]
        assert operation["security"] in ([], alone, [{}, *alone], alone[1:]), (method, path)
        if operation["security"]:
            assert "401" in operation["responses"], (method, path)
        if operation["security"] == alone:
            assert "403" in operation["responses"], (method, path)


def test_it_is_asked_for_again_cheaply(server: flask.Flask, client: FlaskClient) -> None:
    first = client.get("/api/openapi.json")
    again = client.get("/api/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert len(json.dumps(first.get_json())) < 500_000


def test_the_wadl_names_what_the_description_names(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    answer = client.get("/api/application.wadl", base_url="http://atlas.example:81")
    assert answer.headers["Content-Type"] == "application/vnd.sun.wadl+xml"
    assert client.get("/api/application.wadl", headers={"If-None-Match": "*"}).status_code == 304
    root = ElementTree.fromstring(answer.data)
    space = {"w": "http://wadl.dev.java.net/2009/02"}
    resources = root.find("w:resources", space)
    assert resources is not None
    assert resources.get("base") == "http://atlas.example:81/"
    found = set()
    for resource in resources.findall("w:resource", space):
        path = f"/{resource.get('path')}"
        places = {p.get("name") for p in resource.findall("w:param", space)}
        assert places == set(re.findall(r"{(\w+)}", path))
        for method in resource.findall("w:method", space):
            name = str(method.get("name"))
            operation = document["paths"][path][name.lower()]
            asked = {p.get("name") for p in method.findall("w:request/w:param", space)}
            assert asked == {
                p["name"] for p in operation.get("parameters", ()) if p["in"] != "path"
            }
            statuses = [r.get("status") for r in method.findall("w:response", space)]
            assert statuses == list(operation["responses"])
            found.add((name, path))
    assert found == described(document)
