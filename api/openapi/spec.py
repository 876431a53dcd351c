"""From the list of operations to one OpenAPI document.

spectree makes paths, parameters and components of the models. It writes one media type an answer,
so that the rest (pictures, headers, examples, links) is added afterwards.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, cast

from spectree import Response, SecurityScheme, SpecTree, Tag
from spectree.plugins.base import BasePlugin

from api.openapi import texts
from api.openapi.common import WORDS, problem_model, problems_of
from api.openapi.headers import HEADERS
from api.openapi.models.errors import ErrorDocument
from api.openapi.operation import JSON, Operation
from api.openapi.operations import OPERATIONS
from api.openapi.places import parameters_of
from core import __version__

KEY, BEARER = "apiKey", "bearer"
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "open": [],
    "optional": [{}, {KEY: []}, {BEARER: []}],
    "key": [{KEY: []}, {BEARER: []}],
    "bearer": [{BEARER: []}],
}


class _Listed(BasePlugin[Any]):
    """Hands operations of a list to spectree, where its own plugins look at an application."""

    listed: tuple[tuple[Operation, Any], ...] = ()

    def find_routes(self) -> Any:
        return self.listed

    def parse_func(self, route: Any) -> Iterator[tuple[str, Any]]:
        operation, func = route
        yield operation.method, func

    def bypass(self, func: Any, method: str) -> bool:
        return False

    def parse_path(self, route: Any, path_parameter_descriptions: Any) -> tuple[str, list[Any]]:
        operation: Operation = route[0]
        return operation.path, parameters_of(operation)


@functools.cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document; it is made once in a process."""
    made = _tree(OPERATIONS).spec
    for operation in OPERATIONS:
        _complete(made["paths"][operation.path][operation.method.lower()], operation)
    made["info"]["summary"] = texts.SUMMARY
    made["components"]["headers"] = HEADERS
    made["components"]["schemas"] = _named(made["paths"], _plain(made["components"]["schemas"]))
    del made["security"]
    return dict(made)


def _named(paths: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that something refers to; those of query parameters stand with them."""
    found: dict[str, Any] = {}
    wanted = set(_references(paths))
    while wanted:
        name = wanted.pop()
        found[name] = schemas[name]
        wanted |= set(_references(schemas[name])) - set(found)
    return dict(sorted(found.items()))


def _references(node: Any) -> Iterator[str]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        place, _, name = node["$ref"].rpartition("/")
        if place == "#/components/schemas":
            yield name
    for item in inner:
        yield from _references(item)


def _tree(operations: tuple[Operation, ...]) -> SpecTree:
    tree = SpecTree(
        backend=_Listed,
        mode="strict",
        annotations=False,
        title="Aurora Atlas",
        version=__version__,
        description=texts.DESCRIPTION,
        naming_strategy=lambda model: model.__name__,
        nested_naming_strategy=lambda _parent, child: child,
        validation_error_status=400,
        validation_error_model=ErrorDocument,
        license={"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        servers=[{"url": "/", "description": "This server"}],
        security_schemes=[
            SecurityScheme(name=KEY, data=texts.KEY_SCHEME),
            SecurityScheme(name=BEARER, data=texts.BEARER_SCHEME),
        ],
    )
    cast(_Listed, tree.backend).listed = tuple((one, _described(tree, one)) for one in operations)
    return tree


def _described(tree: SpecTree, operation: Operation) -> Any:
    def view() -> None: ...

    view.__name__ = operation.name
    view.__doc__ = f"{operation.summary}\n\n{operation.description}".strip()
    answers: dict[str, Any] = {
        f"HTTP_{status}": (answer.model, answer.description)
        for status, answer in operation.answers.items()
    }
    problem = problem_model(operation)
    problems = {f"HTTP_{code}": (problem, WORDS[code]) for code in problems_of(operation)}
    return tree.validate(
        query=operation.query,
        json=operation.body,
        resp=Response(**problems | answers),
        tags=[Tag(name=operation.tag, description=texts.TAGS[operation.tag])],
        security=SECURITY[operation.access],
        operation_id=operation.name,
        deprecated=operation.deprecated,
        skip_validation=True,
    )(view)


def _complete(said: dict[str, Any], operation: Operation) -> None:
    """Add what spectree has no words for, and take out what it adds by itself."""
    said["description"] = operation.description
    listed = sorted(str(status) for status in (*operation.answers, *problems_of(operation)))
    said["responses"] = {status: said["responses"][status] for status in listed}
    for status, answer in operation.answers.items():
        response = said["responses"][str(status)]
        content = response.setdefault("content", {})
        content |= {media: {} for media in answer.media}
        if not content:
            del response["content"]
        if answer.headers:
            response["headers"] = {
                name: {"$ref": f"#/components/headers/{name}"} for name in answer.headers
            }
        if answer.links:
            response["links"] = dict(answer.links)
    if "429" in said["responses"]:
        retry = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
        said["responses"]["429"]["headers"] = retry
    for parameter in said["parameters"]:
        if parameter["in"] == "query":
            _complete_parameter(parameter, problem_model(operation) is ErrorDocument)
    if operation.examples:
        content = said["requestBody"]["content"][JSON]
        content["examples"] = {name: {"value": value} for name, value in operation.examples.items()}


def _complete_parameter(parameter: dict[str, Any], lenient: bool) -> None:
    schema = parameter["schema"]
    for key in ("title", "description"):
        schema.pop(key, None)
    if schema.get("default") in ("", None):
        schema.pop("default", None)
    examples = schema.pop("examples", None)
    if examples:
        parameter["examples"] = {str(value): {"value": value} for value in examples}
    if lenient and not parameter["required"]:
        # An empty text counts as absent, but in HAPI.
        parameter["allowEmptyValue"] = True


def _plain(node: Any) -> Any:
    """Take out the titles that pydantic makes of the names of fields."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _plain(value) for name, value in inner.items()}
        if key in ("properties", "patternProperties", "$defs") and isinstance(inner, dict)
        else inner
        if key in ("example", "examples", "default", "const", "enum")
        else _plain(inner)
        for key, inner in node.items()
        if not (key == "title" and isinstance(inner, str))
    }
