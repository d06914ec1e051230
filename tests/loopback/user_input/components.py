"""Message components: buttons that are clicked, and what is chosen in selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import payloads
from ..interactions import NotOffered
from ..models import (
    BUTTON,
    CHANNEL_SELECT,
    CHECKBOX_GROUP,
    SELECTS,
    STRING_SELECT,
    USER_SELECT,
    Channel,
    Json,
    Message,
    User,
)
from ..world import World


def component_data(
    world: World,
    message: Message,
    custom_id: str,
    values: Sequence[Any] | None,
    user: User,
    *,
    forged: bool = False,
) -> Json:
    """Return the interaction data of a click on a button, or of a choice in a select.

    Raises a LookupError if the message has no such component, and `NotOffered` if it is disabled
    or does not take those values; ``forged`` data is returned all the same.
    """
    try:
        component = message.component(custom_id)
    except LookupError:
        if not forged:
            raise
        component = {"type": BUTTON if values is None else STRING_SELECT, "id": 0}
    if not forged:
        if component.get("disabled"):
            raise NotOffered(f"{custom_id!r} is disabled")
        if component["type"] in SELECTS:
            check_values(world, component, values or [])
    data: Json = {"custom_id": custom_id, "component_type": component["type"]}
    data["id"] = component["id"]
    if values is not None:
        resolved: Json = {}
        data |= choose(world, user, component, values, resolved)
        data |= {"resolved": resolved} if resolved else {}
    return data


def choose(
    world: World, user: User, component: Json, values: Sequence[Any], resolved: Json
) -> Json:
    """Return the values of a select as they are sent; users and channels may be given as ids."""
    if component["type"] not in (USER_SELECT, CHANNEL_SELECT):
        return {"values": list(values)}
    found = [_find(world, value) or value for value in values]
    return {"values": [resolve(world, user, value, resolved) for value in found]}


def check_values(world: World, component: Json, values: Sequence[Any]) -> None:
    """Raise `NotOffered` unless a select, radio group or checkbox group takes these values."""
    name = component["custom_id"]
    options = [option["value"] for option in component.get("options") or []]
    default_most = len(options) if component["type"] == CHECKBOX_GROUP else 1
    least, most = component.get("min_values", 1), component.get("max_values") or default_most
    if not least <= len(values) <= most:
        raise NotOffered(f"{name!r} takes {least} to {most} values, not {len(values)}")
    if options and (unknown := [value for value in values if value not in options]):
        raise NotOffered(f"{name!r} has no {unknown}, only {options}")
    expected = {USER_SELECT: User, CHANNEL_SELECT: Channel}.get(component["type"])
    if expected is None:
        return
    for value in values:
        found = _find(world, value)
        if not isinstance(found, expected):
            raise NotOffered(f"{name!r} does not offer {value!r}")
        if isinstance(found, Channel):
            check_channel_type(component, found)


def check_channel_type(item: Json, channel: Channel) -> None:
    """Raise `NotOffered` unless an option or a select takes channels of that type."""
    types = item.get("channel_types")
    if channel.guild_id is None or (types and channel.type not in types):
        raise NotOffered(f"{channel.name!r} is of type {channel.type}, not of {types}")


def resolve(world: World, user: User, chosen: User | Channel | str, resolved: Json) -> str:
    """Return the id of what ``user`` chose, and describe it in ``resolved``.

    A string, which only a forged interaction can have here, is returned as it is.
    """
    if isinstance(chosen, str):
        return chosen
    id_ = str(chosen.id)
    if isinstance(chosen, Channel):
        described = payloads.resolved_channel(world, chosen, user)
        resolved.setdefault("channels", {})[id_] = described
        return id_
    resolved.setdefault("users", {})[id_] = payloads.user(chosen)
    resolved.setdefault("members", {})[id_] = payloads.member(
        chosen, with_user=False, with_permissions=True
    )
    return id_


def resolve_role(world: World, chosen: int, resolved: Json) -> str:
    """Return the id of a chosen role, and describe the role in ``resolved``.

    Raises `NotOffered` if the guild has no such role.
    """
    for role in payloads.guild(world)["roles"]:
        if role["id"] == str(chosen):
            resolved.setdefault("roles", {})[role["id"]] = role
            return str(chosen)
    raise NotOffered(f"no role {chosen}")


def _find(world: World, value: Any) -> Any:
    """Return the user or channel with that id; return anything that is not an id unchanged."""
    if not isinstance(value, str) or not value.isdigit():
        return value
    return world.users.get(int(value)) or world.channels.get(int(value))
