"""The guard in front of Dash's one endpoint for all callbacks.

Dash itself takes any body there and fails with a traceback on most that its own page would not
send. The guard compares a body with the list of callbacks that Dash publishes and refuses what
does not fit; only bodies of the right shape reach a callback. It also answers requests for
scripts that Dash does not have with 404, where Dash has none but a traceback.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import flask
from dash.exceptions import DependencyException

from api import inputs
from core.errors import BadInput

ENDPOINT = "/_dash-update-component"
LISTING = "/_dash-dependencies"
# The address of the page, which Dash's own router takes apart as text without looking at it.
ADDRESS = "_pages_location"
_WILDCARDS = (["ALL"], ["MATCH"], ["ALLSMALLER"])
_MANY = (["ALL"], ["ALLSMALLER"])


@dataclass(frozen=True, slots=True)
class Prop:
    """One property of one component, or of all components that a pattern fits."""

    component: Any
    name: str

    @classmethod
    def of(cls, entry: dict[str, Any]) -> Prop:
        """Read an input or state of Dash's list of callbacks."""
        return cls(_parse_id(entry["id"]), entry["property"])

    @classmethod
    def of_output(cls, text: str) -> Prop:
        """Read one output, as in ``id.property``; a duplicate's property ends with ``@hash``."""
        component, _, name = text.rpartition(".")
        return cls(_parse_id(component.replace("\\.", ".")), name.partition("@")[0])

    @property
    def many(self) -> bool:
        """Whether a list of components stands here."""
        return isinstance(self.component, dict) and any(
            item in _MANY for item in self.component.values()
        )

    def check(self, value: Any, path: str) -> None:
        """Raise BadInput unless `value` is what a page would send for this property."""
        if not self.many:
            self._check_one(value, path)
            return
        if not isinstance(value, list):
            raise _refusal(path, "is not a list of components")
        for number, item in enumerate(value):
            self._check_one(item, f"{path}[{number}]")

    def _check_one(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise _refusal(path, "is not an object with id and property")
        name = value.get("property")
        if not isinstance(name, str) or name.partition("@")[0] != self.name:
            raise _refusal(f"{path}.property", f"is not {self.name!r}")
        if not _fits(self.component, value.get("id")):
            raise _refusal(f"{path}.id", "is not the id of the callback's component")
        if self.name == "id" and value.get("value") != value.get("id"):
            raise _refusal(f"{path}.value", "is not the id that stands beside it")
        if self.component == ADDRESS and not isinstance(value.get("value"), str | None):
            raise _refusal(f"{path}.value", "is not a part of an address")


@dataclass(frozen=True, slots=True)
class Signature:
    """What one callback takes and gives."""

    inputs: tuple[Prop, ...]
    state: tuple[Prop, ...]
    outputs: tuple[Prop, ...]
    multiple: bool

    @classmethod
    def of(cls, callback: dict[str, Any]) -> Signature:
        """Read one entry of Dash's list of callbacks."""
        output = callback["output"]
        multiple = output.startswith("..") and output.endswith("..")
        names: list[str] = output[2:-2].split("...") if multiple else [output]
        if callback.get("no_output"):
            names = []
        return cls(
            tuple(Prop.of(entry) for entry in callback["inputs"]),
            tuple(Prop.of(entry) for entry in callback["state"]),
            tuple(Prop.of_output(name) for name in names),
            multiple,
        )

    def check(self, body: dict[str, Any]) -> None:
        """Raise BadInput unless `body` has the shape that this callback needs."""
        _check_list(self.inputs, body.get("inputs", []), "inputs")
        _check_list(self.state, body.get("state", []), "state")
        if self.multiple:
            _check_list(self.outputs, body.get("outputs"), "outputs")
        elif self.outputs:
            self.outputs[0].check(body.get("outputs"), "outputs")
        self._check_same(body)
        changed = body.get("changedPropIds", [])
        if not isinstance(changed, list) or not all(isinstance(item, str) for item in changed):
            raise _refusal("changedPropIds", "is not a list of strings")

    def _check_same(self, body: dict[str, Any]) -> None:
        # A page has one set of components for a pattern, wherever the callback names it. Handlers
        # rely on that: they give an output's values by the number of a state's.
        outputs = body.get("outputs") if self.multiple else [body.get("outputs")]
        seen: dict[str, list[Any]] = {}
        for props, given, path in (
            (self.inputs, body.get("inputs", []), "inputs"),
            (self.state, body.get("state", []), "state"),
            (self.outputs, outputs, "outputs"),
        ):
            for number, (prop, value) in enumerate(zip(props, given or [], strict=False)):
                if not prop.many:
                    continue
                named = [item["id"] for item in value]
                if seen.setdefault(json.dumps(prop.component, sort_keys=True), named) != named:
                    place = f"{path}[{number}]" if self.multiple or path != "outputs" else path
                    raise _refusal(place, "names other components than the same pattern before it")


class Guard:
    """Signatures of all callbacks of a server, read when first needed."""

    def __init__(self) -> None:
        self._known: dict[str, Signature] = {}

    def check(self, body: dict[str, Any]) -> None:
        """Raise BadInput unless a callback of this server would take `body`."""
        output = body.get("output")
        if not isinstance(output, str):
            raise _refusal("output", "is not a string")
        if output not in self._known:
            self._known = _published()
        signature = self._known.get(output)
        if signature is None:
            raise _refusal("output", f"names no callback: {output[:80]!r}")
        signature.check(body)


def install(server: flask.Flask) -> None:
    """Put the guard around Dash's endpoint, if Dash has put it on `server`."""
    server.register_error_handler(DependencyException, _no_such_script)
    view = server.view_functions.get(ENDPOINT)
    if view is not None:
        server.view_functions[ENDPOINT] = _guarded(view, Guard())


def _guarded(view: Callable[..., Any], guard: Guard) -> Callable[..., Any]:
    # Around the view, not before the request: only then has Dash collected its callbacks.
    @wraps(view)
    def dispatch() -> Any:
        if not flask.request.is_json:
            raise _refusal("body", "is not declared as application/json")
        guard.check(inputs.json_object())
        return view()

    return dispatch


def _no_such_script(error: DependencyException) -> tuple[str, int]:
    return "There is no such script.", 404


def _published() -> dict[str, Signature]:
    response = flask.current_app.view_functions[LISTING]()
    callbacks = json.loads(flask.make_response(response).get_data())
    return {entry["output"]: Signature.of(entry) for entry in callbacks}


def _check_list(expected: tuple[Prop, ...], given: Any, path: str) -> None:
    if not isinstance(given, list) or len(given) != len(expected):
        raise _refusal(path, f"is not a list of {len(expected)}")
    for number, (prop, value) in enumerate(zip(expected, given, strict=True)):
        prop.check(value, f"{path}[{number}]")


def _parse_id(text: str) -> Any:
    return json.loads(text) if text.startswith("{") else text


def _fits(declared: Any, given: Any) -> bool:
    if not isinstance(declared, dict) or not isinstance(given, dict):
        return bool(declared == given)
    return declared.keys() == given.keys() and all(
        isinstance(given[key], str | int | float) if value in _WILDCARDS else given[key] == value
        for key, value in declared.items()
    )


def _refusal(path: str, problem: str) -> BadInput:
    return BadInput(f"{path} {problem}.", field=path)
