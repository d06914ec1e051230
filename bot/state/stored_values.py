"""What is stored as JSON, also by a newer version: read by this one, and checked."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def known_values(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some stored values that a dataclass has fields for."""
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}


def parse_items(text: str, kind: type[T]) -> list[T]:
    """The list in JSON that a text is, all of it of one type. Raises `ValueError`."""
    try:
        items = json.loads(text)
    except RecursionError:
        raise ValueError("it nests too deeply") from None
    if not isinstance(items, list) or not all(type(each) is kind for each in items):
        raise ValueError(f"it is no list of {kind.__name__}")
    return items


def parse_object(text: str) -> dict[str, Any]:
    """The object in JSON that a text is. Raises `ValueError`."""
    (found,) = parse_items(f"[{text}]", dict)
    return found
