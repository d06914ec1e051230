"""What messages and interactions say about the interaction behind them."""

from __future__ import annotations

from ..interactions import Interaction
from ..models import COMPONENT, Json
from .users import user


def interaction_metadata(event: Interaction) -> Json:
    """Return what a message says about the interaction that it responds to."""
    payload: Json = {
        "id": str(event.id),
        "type": event.type,
        "user": user(event.user),
        "authorizing_integration_owners": authorizing_owners(event),
    }
    if event.type == COMPONENT and event.source is not None:
        payload["interacted_message_id"] = str(event.source.id)
    if event.parent is not None:
        payload["triggering_interaction_metadata"] = interaction_metadata(event.parent)
    return payload


def authorizing_owners(event: Interaction) -> dict[str, str]:
    """Return whose installation the app is used by (#authorizing-integration-owners-object)."""
    if event.installer is not None:
        return {"1": str(event.installer.id)}
    return {"0": str(event.channel.guild_id or 0)}
