"""Discord's HTTP API, version 10."""

from .interactions import ACKNOWLEDGE_WITHIN
from .server import Rest

__all__ = ["ACKNOWLEDGE_WITHIN", "Rest"]
