"""A request as a route's handler gets it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from ..models import Upload
from ..rules import Refused


@dataclass(frozen=True)
class Call:
    """The parameters of the path, the query, the JSON body, and the uploaded files."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: tuple[Upload, ...]

    def id(self, name: str) -> int:
        """Return a snowflake of the path, or 0 (the id of nothing) if it is not a number."""
        return int(self.params[name]) if self.params[name].isdigit() else 0


Reply = tuple[int, Any]
"""Status and JSON body."""
Handler = Callable[[Call], Awaitable[Reply]]
Route = tuple[str, str, Handler]
"""Method, path template, handler."""


async def read_body(http: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """Read the JSON of a request, and the files of a multipart one (/reference#uploading-files).

    Raises `Refused` if there is no JSON in it.
    """
    if not http.can_read_body:
        return None, ()
    if http.content_type == "multipart/form-data":
        body: Any = {}
        files = []
        async for part in await http.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            data = bytes(await part.read())
            if part.name == "payload_json":
                body = _parse(data)
            elif match := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                files.append(Upload(int(match[1]), part.filename or "", data))
        return body, tuple(files)
    data = await http.read()
    if not data:
        return None, ()
    if http.headers.get("Content-Type") != "application/json":
        raise Refused("unreadable-body", 400, 50035, "Expected application/json")
    return _parse(data), ()


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise Refused(
            "unreadable-body", 400, 50109, "The request body contains invalid JSON."
        ) from None
