"""Checks of a message body without a running loopback."""

from __future__ import annotations

from collections import Counter

from .description import Description
from .models import Json
from .rules import MESSAGES, Draft

_ROUTE = "/channels/{channel_id}/messages"


def check_message(body: Json) -> None:
    """Raise `Refused` if Discord would refuse to create a message with this JSON body.

    The body is checked against the rules and, if ``DISCORD_OPENAPI`` is set, against Discord's API
    description. The files of the message are those that its ``attachments`` list.
    """
    draft = Draft(
        body=body,
        content=body.get("content") or "",
        embeds=body.get("embeds") or [],
        components=body.get("components") or [],
        attachments=tuple(each["filename"] for each in body.get("attachments") or ()),
        flags=body.get("flags") or 0,
    )
    MESSAGES.check(draft, Counter())
    if (description := Description.from_environment()) is not None:
        description.check_request("POST", _ROUTE, body)
