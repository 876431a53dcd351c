"""IDL-AuroraX 1.4 on the wire: what its routines put into requests, and how they read answers.

Written from what the client does, not from its code. Its requests leave through IDLnetURL, which
is libcurl: two headers of its own choice, no body and no Content-Type on GET. Structure tags come
out in lower case, numbers of filters as text (floating point ones in IDL's six digits), empty
hashes as ``{}``. Answers are parsed into structures: null is the text ``!NULL``, names are
compared without case, and `end`, being a word of the language, becomes `_end`.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

AGENT = "idl-aurorax/1.4.0"
# Where the client cuts 36 characters out of the headers, counted from the L of "Location: ".
OFFSETS = {"conjunctions": 65, "ephemeris": 62, "data_products": 66}
NULL = "!NULL"
TIMEOUT_S = 60


@dataclass
class Answer:
    """What IDLnetURL hands over: the code, all headers as one text, and the body."""

    status: int
    headers: str
    body: bytes

    def header(self, name: str) -> str | None:
        """Return a header by its name, as the name is written."""
        for line in self.headers.split("\r\n")[1:]:
            if line.startswith(f"{name}: "):
                return line.split(": ", 1)[1]
        return None

    def parsed(self) -> Any:
        """Return the body as JSON_PARSE(..., /TOSTRUCT) would."""
        return to_struct(json.loads(self.body))


class Struct(dict[str, Any]):
    """A structure: tags without case; one that is not there is an error that ends the routine."""

    def __getattr__(self, tag: str) -> Any:
        return self[tag.upper()]


def to_struct(value: Any) -> Any:
    """Turn JSON into structures, lists and scalars."""
    if value is None:
        return NULL
    if isinstance(value, list):
        return [to_struct(item) for item in value]
    if not isinstance(value, dict):
        return value
    tags = [tag_of(key) for key in value]
    assert len(set(tags)) == len(tags), f"tags that differ in case alone: {sorted(value)}"
    return Struct(zip(tags, map(to_struct, value.values()), strict=True))


def tag_of(key: str) -> str:
    """Return the tag that IDL makes of a key."""
    tag = "".join(c if c.isalnum() or c == "_" else "_" for c in key.upper())
    return f"_{tag}" if tag == "END" or tag[:1].isdigit() else tag


def scalar(value: float | str) -> str:
    """Write a value of a filter as STRTRIM does: six digits where it is a floating point one."""
    return f"{value:#.6g}" if isinstance(value, float) else str(value)


def expression(key: str, values: Any, operator: str) -> dict[str, Any]:
    """Make a comparison; more than one value after ``=`` makes it ``in``."""
    listed = values if isinstance(values, list) else [scalar(values)]
    return {
        "values": listed, "operator": "in" if operator == "=" and len(listed) > 1 else operator,
        "key": key,
    }  # fmt: skip


def filters(*expressions: dict[str, Any]) -> dict[str, Any]:
    """Make a group. Asked for OR, the client says AND all the same."""
    return {"expressions": list(expressions), "logical_operator": "AND"} if expressions else {}


def block(programs: list[str], *expressions: dict[str, Any], **lists: Any) -> dict[str, Any]:
    """Make a criteria block with all its keys."""
    empty: dict[str, Any] = {"programs": programs, "platforms": [], "instrument_types": []}
    return {**empty, **lists, "ephemeris_metadata_filters": filters(*expressions)}


def post(url: str, path: str, body: Any, *, expect: bool = False) -> Answer:
    """Send a POST as the client does; libcurl may ask first whether to go on (`expect`)."""
    text = json.dumps(body, separators=(",", ":")).encode()
    extra = [f"Content-Length: {len(text)}", *(["Expect: 100-continue"] if expect else [])]
    head = request_head("POST", url, path, "Content-Type: application/json", *extra)
    return talk(url, head, text, expect)


def get(url: str, path: str, version: str = "1.1") -> Answer:
    """Send a GET as the client does: without a body, and without saying of which type it is."""
    return talk(url, request_head("GET", url, path, version=version), b"", False)


def request_head(method: str, url: str, path: str, *lines: str, version: str = "1.1") -> bytes:
    """Return the lines before the body."""
    host = urlsplit(url).netloc
    first = [f"{method} {path} HTTP/{version}", f"Host: {host}", "Accept: */*"]
    return "\r\n".join([*first, f"User-Agent: {AGENT}", *lines, "", ""]).encode()


def talk(url: str, head: bytes, body: bytes, expect: bool) -> Answer:
    """Send over a connection of its own and read one answer, in chunks or not."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=TIMEOUT_S) as connection:
        connection.sendall(head)
        incoming = connection.makefile("rb")
        if expect:
            assert incoming.readline().startswith(b"HTTP/1.1 100 ")
            assert incoming.readline() == b"\r\n"
        connection.sendall(body)
        headers = b"".join(iter(incoming.readline, b"\r\n")).decode()
        read = read_body(incoming, headers.lower())
    return Answer(int(headers.split(" ", 2)[1]), headers, read)


def read_body(incoming: Any, headers: str) -> bytes:
    """Read a body that has a length, comes in chunks, or ends with the connection."""
    if "\r\ntransfer-encoding: chunked" in headers:
        parts = []
        while size := int(incoming.readline(), 16):
            parts.append(incoming.read(size))
            incoming.readline()
        return b"".join(parts)
    if "\r\ncontent-length: " in headers:
        length = headers.split("\r\ncontent-length: ", 1)[1].split("\r\n", 1)[0]
        return bytes(incoming.read(int(length)))
    return bytes(incoming.read())


def request_id(answer: Answer, kind: str) -> str:
    """Cut the id out of the headers, at the place that the client knows."""
    begin = answer.headers.index("Location: ")
    return answer.headers[begin + OFFSETS[kind] : begin + OFFSETS[kind] + 36]
