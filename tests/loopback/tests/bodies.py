"""Parts of message and modal bodies."""

from __future__ import annotations

from typing import Any

from ..models import Json

TEXT = {"type": 10, "content": "a text"}
LINK = {"type": 2, "style": 5, "label": "Open", "url": "https://example.org"}


def button(**fields: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **fields}


def row(*items: Json) -> Json:
    return {"type": 1, "components": list(items)}


def select(**fields: Any) -> Json:
    options = [{"label": "One", "value": "1"}]
    return {"type": 3, "custom_id": "pick", "options": options, **fields}


def gallery(*urls: str) -> Json:
    return {"type": 12, "items": [{"media": {"url": url}} for url in urls]}


def section(*texts: Json, **fields: Any) -> Json:
    return {"type": 9, "components": list(texts or [TEXT]), **fields}


def modal(*components: Json) -> Json:
    return {"title": "Search", "custom_id": "search", "components": list(components)}


def label(component: Json, **fields: Any) -> Json:
    return {"type": 18, "label": "Which", "component": component, **fields}


def text_input(**fields: Any) -> Json:
    return {"type": 4, "custom_id": "words", "style": 1, **fields}
