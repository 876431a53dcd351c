"""The API in WADL, which frameworks of Java read: made of the OpenAPI document.

Web Application Description Language, W3C member submission, 31 August 2009. It names paths,
methods, parameters and media types; what bodies hold, only the OpenAPI document says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

NAMESPACE = "http://wadl.dev.java.net/2009/02"
MEDIA_TYPE = "application/vnd.sun.wadl+xml"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_STYLES = {"path": "template", "query": "query", "header": "header"}
_TYPES = {"integer": "int", "number": "double", "boolean": "boolean"}
Json = Mapping[str, Any]


def to_wadl(document: Json, base: str) -> bytes:
    """Return the WADL of an OpenAPI document, UTF-8.

    Parameters
    ----------
    document : mapping
        OpenAPI 3.1.
    base : str
        Address of the server, to which paths are relative.
    """
    root = ET.Element("application", {"xmlns": NAMESPACE, "xmlns:xs": _SCHEMA})
    resources = ET.SubElement(root, "resources", {"base": f"{base.rstrip('/')}/"})
    for path, methods in document["paths"].items():
        resource = ET.SubElement(resources, "resource", {"path": path.lstrip("/")})
        places = {
            parameter["name"]: parameter
            for operation in methods.values()
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "path"
        }
        for parameter in places.values():
            _add_parameter(resource, parameter)
        for method, operation in methods.items():
            _add_method(resource, method, operation)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add_method(resource: ET.Element, method: str, operation: Json) -> None:
    name = {"name": method.upper(), "id": operation["operationId"]}
    element = ET.SubElement(resource, "method", name)
    asked = [p for p in operation.get("parameters", ()) if p["in"] in ("query", "header")]
    content = operation.get("requestBody", {}).get("content", {})
    if asked or content:
        request = ET.SubElement(element, "request")
        for parameter in asked:
            _add_parameter(request, parameter)
        _add_representations(request, content)
    for status, response in operation["responses"].items():
        answer = ET.SubElement(element, "response", {"status": str(status)})
        _add_representations(answer, response.get("content", {}))


def _add_parameter(parent: ET.Element, parameter: Json) -> None:
    kind = parameter.get("schema", {}).get("type")
    facts = {
        "name": parameter["name"],
        "style": _STYLES[parameter["in"]],
        "type": f"xs:{_TYPES.get(kind if isinstance(kind, str) else '', 'string')}",
    }
    if parameter.get("required"):
        facts["required"] = "true"
    ET.SubElement(parent, "param", facts)


def _add_representations(parent: ET.Element, content: Json) -> None:
    for media_type in content:
        ET.SubElement(parent, "representation", {"mediaType": media_type})
