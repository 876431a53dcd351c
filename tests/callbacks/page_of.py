"""A page without a browser: its components, and callbacks posted as the browser posts them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component
from flask.testing import FlaskClient


def parts(layout: Any) -> Iterator[Component]:
    """Yield every component with an id."""
    if isinstance(layout, list | tuple):
        for item in layout:
            yield from parts(item)
    elif isinstance(layout, Component):
        if getattr(layout, "id", None) is not None:
            yield layout
        yield from parts(getattr(layout, "children", None))


def key(identity: Any) -> str:
    """Return an id as Dash writes it."""
    return (
        identity
        if isinstance(identity, str)
        else json.dumps(identity, sort_keys=True, separators=(",", ":"))
    )


class PageOf:
    """The components of a layout, by id, and a client to post callbacks with."""

    def __init__(self, client: FlaskClient, layout: Any) -> None:
        self.client = client
        self.parts = {key(p.id): p for p in parts(layout)}
        self.side_update: dict[str, Any] = {}  # what the last call set beside its outputs
        self.dependencies = client.get("/_dash-dependencies").get_json()

    def call(self, trigger: Any, prop: str, value: Any, output: str = "") -> dict[str, Any]:
        """Set `prop` of `trigger` and return what the callback that listens to it answers.

        `output` picks among several callbacks: a piece of the output's name.
        """
        setattr(self.parts[key(trigger)], prop, value)
        found = [
            d
            for d in self.dependencies
            if output in d["output"]
            and not d.get("clientside_function")
            and any(self._listens(i, trigger, prop) for i in d["inputs"])
        ]
        assert len(found) == 1, [d["output"] for d in found]
        body = {
            "output": found[0]["output"],
            "outputs": self._outputs(found[0]["output"], trigger),
            "inputs": [self._values(i, trigger) for i in found[0]["inputs"]],
            "state": [self._values(s, trigger) for s in found[0]["state"]],
            "changedPropIds": [f"{key(trigger)}.{prop}"],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code in (200, 204), answer.text[:600]
        said = answer.get_json() if answer.status_code == 200 else {}
        self.side_update = said.get("sideUpdate", {})
        return dict(said.get("response", {}))

    def _listens(self, item: dict[str, Any], trigger: Any, prop: str) -> bool:
        return item["property"] == prop and self._fits(item["id"], key(trigger))

    def _fits(self, pattern: str, identity: str) -> bool:
        if not pattern.startswith("{"):
            return pattern == identity
        if not identity.startswith("{"):
            return False
        wanted, given = json.loads(pattern), json.loads(identity)
        return wanted.keys() == given.keys() and all(
            isinstance(v, list) or given[k] == v for k, v in wanted.items()
        )

    def _values(self, item: dict[str, Any], trigger: Any) -> Any:
        pattern, prop = item["id"], item["property"]
        if not pattern.startswith("{"):
            return {"id": pattern, "property": prop, "value": self._get(pattern, prop)}
        found = [i for i in self.parts if self._fits(pattern, i)]
        entries = [
            {"id": json.loads(i), "property": prop, "value": self._get(i, prop)} for i in found
        ]
        if '["MATCH"]' in pattern:
            return next(e for e in entries if self._same(pattern, e["id"], trigger))
        return entries

    def _same(self, pattern: str, identity: dict[str, Any], trigger: Any) -> bool:
        given = json.loads(key(trigger))
        names = [k for k, v in json.loads(pattern).items() if v == ["MATCH"]]
        return all(identity[name] == given[name] for name in names)

    def _get(self, identity: str, prop: str) -> Any:
        part = self.parts.get(identity)
        value = part.id if part is not None and prop == "id" else getattr(part, prop, None)
        return value.to_plotly_json() if isinstance(value, Component) else value

    def _outputs(self, output: str, trigger: Any) -> Any:
        names = output.strip(".").split("...") if output.startswith("..") else [output]
        outputs = [self._output(name, trigger) for name in names]
        return outputs if output.startswith("..") else outputs[0]

    def _output(self, name: str, trigger: Any) -> Any:
        identity, _, prop = name.rpartition(".")
        if not identity.startswith("{"):
            return {"id": identity, "property": prop}
        if '["MATCH"]' in identity:
            given = json.loads(key(trigger))
            pattern = json.loads(identity)
            filled = {k: given[k] if v == ["MATCH"] else v for k, v in pattern.items()}
            return {"id": filled, "property": prop}
        found = [i for i in self.parts if self._fits(identity, i)]
        return [{"id": json.loads(i), "property": prop} for i in found]
