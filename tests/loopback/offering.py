"""What Discord's own client lets a person do, and how it sends what they fill in.

Whatever that client would not let happen is `NotOffered`: no interaction is sent then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import payloads
from .recording import NotOffered
from .records import (
    CHANNEL_SELECT,
    CHECKBOX_GROUP,
    SELECTS,
    USER_SELECT,
    Channel,
    Json,
    Person,
)
from .world import ADMINISTRATOR, World

STRING, INTEGER, BOOLEAN, USER, CHANNEL, NUMBER = 3, 4, 5, 6, 7, 10
"""Types of option that the loopback can fill in."""

GUILD_INSTALL, USER_INSTALL = 0, 1
"""Types of installation (/resources/application#application-object)."""
CONTEXTS = ("guilds", "DMs", "private channels")
"""By number (/interactions/receiving-and-responding#interaction-object)."""

Wrap = Callable[[list[Json]], list[Json]]


def check_command(world: World, command: Json, user: Person, place: Channel) -> None:
    """Whether a command is shown to ``user`` in that place.

    In a private channel, and in a guild where the bot is not, everybody who uses one has
    installed the app for themselves.
    """
    name, contexts = command["name"], command.get("contexts")
    at_home = place.guild_id == world.guild_id
    hidden = place.is_dm and not command.get("dm_permission", "guild_id" not in command)
    if hidden or (contexts is not None and place.context not in contexts):
        raise NotOffered(f"{name!r} is not offered in {CONTEXTS[place.context]}")
    fitting = {GUILD_INSTALL} if at_home else {USER_INSTALL}
    if place.is_dm:
        fitting.add(GUILD_INSTALL)
    if not fitting & set(_installs(command)) or ("guild_id" in command and not at_home):
        raise NotOffered(f"{name!r} is not installed in {place.name!r}")
    needed = command.get("default_member_permissions")
    if at_home and needed is not None and not user.permissions & ADMINISTRATOR:
        bits = int(needed)
        if bits == 0 or user.permissions & bits != bits:
            raise NotOffered(f"{name!r} is not offered to {user.name}")


def installer(world: World, command: Json, user: Person, place: Channel) -> Person | None:
    """``user`` where only their own installation brings the command to that place."""
    by_guild = GUILD_INSTALL in _installs(command)
    is_there = place.guild_id == world.guild_id or place.is_dm
    return None if is_there and by_guild else user


def _installs(command: Json) -> list[int]:
    return command.get("integration_types") or [GUILD_INSTALL]


def leaf_of(command: Json, path: Sequence[str]) -> tuple[Json, Wrap]:
    """The (sub)command that has the options, and how to wrap them up to the top."""
    leaf, parents = command, []
    for step in path:
        leaf = option_of(leaf, step)
        parents.append(leaf)

    def wrap(options: list[Json]) -> list[Json]:
        for parent in reversed(parents):
            options = [{"name": parent["name"], "type": parent["type"], "options": options}]
        return options

    return leaf, wrap


def option_of(leaf: Json, name: str) -> Json:
    """The option of that name, which must be there."""
    options: list[Json] = leaf.get("options") or []
    for option in options:
        if option["name"] == name:
            return option
    known = [option["name"] for option in options]
    raise NotOffered(f"{leaf['name']!r} has no option {name!r}, only {known}")


def check_options(leaf: Json, given: Mapping[str, Any]) -> None:
    """Whether the options can be filled in like that."""
    for option in leaf.get("options") or []:
        name = option["name"]
        if option.get("required") and name not in given:
            raise NotOffered(f"{leaf['name']!r} needs {name!r}")
    for name, value in given.items():
        option = option_of(leaf, name)
        wanted: dict[int, Any] = {
            STRING: str,
            INTEGER: int,
            BOOLEAN: bool,
            NUMBER: (int, float),
            USER: Person,
            CHANNEL: Channel,
        }
        kind = option["type"]
        fits = isinstance(value, wanted.get(kind, object))
        if not fits or (kind != BOOLEAN and isinstance(value, bool)):
            raise NotOffered(f"{name!r} is not of option type {kind}: {value!r}")
        if kind == CHANNEL:
            _check_kind(option, value)
        choices = [choice["value"] for choice in option.get("choices") or []]
        if choices and value not in choices:
            raise NotOffered(f"{name!r} must be one of {choices}")
        if isinstance(value, str) and kind == STRING:
            low, high = option.get("min_length", 0), option.get("max_length", 6000)
            if not low <= len(value) <= high:
                raise NotOffered(f"{name!r} must have {low} to {high} characters")
        if kind in (INTEGER, NUMBER):
            low, high = option.get("min_value"), option.get("max_value")
            if (low is not None and value < low) or (high is not None and value > high):
                raise NotOffered(f"{name!r} must be from {low} to {high}")


def fill_option(
    world: World, user: Person, leaf: Json, name: str, value: Any, resolved: Json
) -> Json:
    """An option as ``user`` sends it; whom or what it names is described in ``resolved``."""
    kind = option_of(leaf, name)["type"]
    if kind in (USER, CHANNEL):
        value = resolve(world, user, value, resolved)
    elif kind not in (STRING, INTEGER, BOOLEAN, NUMBER):
        raise NotImplementedError(f"options of type {kind}")
    return {"name": name, "type": kind, "value": value}


def choose(world: World, user: Person, item: Json, chosen: Sequence[Any], resolved: Json) -> Json:
    """What ``user`` chose in a select, as it is sent; ``chosen`` may name people by their ids."""
    if item["type"] not in (USER_SELECT, CHANNEL_SELECT):
        return {"values": list(chosen)}
    found = [_find(world, each) or each for each in chosen]
    return {"values": [resolve(world, user, each, resolved) for each in found]}


def check_component(world: World, item: Json, chosen: Sequence[Any] | None) -> None:
    """Whether a component of a message can be used like that."""
    if item.get("disabled"):
        raise NotOffered(f"{item['custom_id']!r} is disabled")
    if item["type"] in SELECTS:
        check_chosen(world, item, chosen or [])


def check_chosen(world: World, item: Json, chosen: Sequence[Any]) -> None:
    """Whether that can be chosen in a select, a radio group or a group of checkboxes."""
    name, options = item["custom_id"], [each["value"] for each in item.get("options") or []]
    several = len(options) if item["type"] == CHECKBOX_GROUP else 1
    least, most = item.get("min_values", 1), item.get("max_values") or several
    if not least <= len(chosen) <= most:
        raise NotOffered(f"{name!r} takes {least} to {most} values, not {len(chosen)}")
    if options and (unknown := [each for each in chosen if each not in options]):
        raise NotOffered(f"{name!r} has no {unknown}, only {options}")
    wanted = {USER_SELECT: Person, CHANNEL_SELECT: Channel}
    if item["type"] not in wanted:
        return
    for each in chosen:
        found = _find(world, each)
        if not isinstance(found, wanted[item["type"]]):
            raise NotOffered(f"{name!r} does not offer {each!r}")
        if isinstance(found, Channel):
            _check_kind(item, found)


def resolve(world: World, user: Person, chosen: Person | Channel | str, resolved: Json) -> str:
    """The id of somebody or something that ``user`` chose, described in ``resolved``.

    An id of nobody, which can only be forged, stays as it is.
    """
    if isinstance(chosen, str):
        return chosen
    id_ = str(chosen.id)
    if isinstance(chosen, Channel):
        described = payloads.chosen_channel(world, chosen, user)
        resolved.setdefault("channels", {})[id_] = described
        return id_
    resolved.setdefault("users", {})[id_] = payloads.user(chosen)
    resolved.setdefault("members", {})[id_] = payloads.member(
        chosen, with_user=False, with_permissions=True
    )
    return id_


def _find(world: World, chosen: Any) -> Any:
    """Whom or what an id names; anything else is what was chosen itself."""
    if not isinstance(chosen, str) or not chosen.isdigit():
        return chosen
    return world.people.get(int(chosen)) or world.channels.get(int(chosen))


def _check_kind(item: Json, place: Channel) -> None:
    """Whether an option or a select takes that channel."""
    kinds = item.get("channel_types")
    if place.guild_id is None or (kinds and place.kind not in kinds):
        raise NotOffered(f"{place.name!r} is of type {place.kind}, not of {kinds}")
