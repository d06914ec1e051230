"""What a newer version has stored, read by this one."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any


def known_values(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some stored values that a dataclass has fields for."""
    return {field.name: values[field.name] for field in fields(kind) if field.name in values}
