"""Which mentions in a text notify somebody."""

from __future__ import annotations

import re
from typing import Any

_MENTIONS = {
    "everyone": re.compile(r"@(?:everyone|here)"),
    "roles": re.compile(r"<@&(\d+)>"),
    "users": re.compile(r"<@!?(\d+)>"),
}


def pings(text: str, allowed_mentions: Any = None) -> tuple[str, ...]:
    """Return the mentions in ``text`` that notify somebody, given its ``allowed_mentions``.

    With None every mention notifies; with ``{}`` or an empty ``parse``, none does. Source:
    /resources/message#allowed-mentions-object.
    """
    found: list[str] = []
    for kind, pattern in _MENTIONS.items():
        for match in pattern.finditer(text):
            if allowed_mentions is None or kind in (allowed_mentions.get("parse") or ()):
                found.append(match[0])
            elif kind != "everyone":
                named = {str(one) for one in allowed_mentions.get(kind) or ()}
                if match[1] in named:
                    found.append(match[0])
    return tuple(found)
