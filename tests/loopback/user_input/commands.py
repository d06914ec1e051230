"""Application commands: who is offered which, and how their options are filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import payloads
from ..interactions import NotOffered
from ..models import Channel, Json, Message, User
from ..world import ADMINISTRATOR, World
from .components import check_channel_type, resolve, resolve_role

# Option types (/interactions/application-commands#application-command-object).
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, NUMBER = 3, 4, 5, 6, 7, 8, 10
_PYTHON_TYPES: dict[int, Any] = {
    STRING: str,
    INTEGER: int,
    BOOLEAN: bool,
    NUMBER: (int, float),
    USER: User,
    CHANNEL: Channel,
    ROLE: int,
}

MESSAGE_COMMAND = 3
"""Command type (/interactions/application-commands#application-command-object)."""

GUILD_INSTALL, USER_INSTALL = 0, 1
"""Installation types (/resources/application#application-object)."""
CONTEXTS = ("guilds", "DMs", "private channels")
"""Interaction contexts, by number."""


def find_command(
    world: World, name: str, type: int, user: User, channel: Channel, *, forged: bool = False
) -> Json:
    """Return the registered command. Raises `NotOffered` if ``user`` does not see it there."""
    command = world.command(name, type, channel)
    if not forged:
        _check_offered(world, command, user, channel)
    return command


def installer(world: World, command: Json, user: User, channel: Channel) -> User | None:
    """Return ``user`` if only their own installation makes the command available there."""
    by_guild = GUILD_INSTALL in _installation_types(command)
    is_bot_there = channel.guild_id == world.guild_id or channel.is_dm
    return None if is_bot_there and by_guild else user


def slash_data(
    world: World,
    command: Json,
    subcommands: Sequence[str],
    options: Mapping[str, Any],
    user: User,
    *,
    forged: bool = False,
) -> Json:
    """Return the interaction data of a slash command."""
    leaf = _path(command, subcommands)[-1]
    if not forged:
        _check_options(leaf, options)
    resolved: Json = {}
    filled = [
        _fill_option(world, user, leaf, name, value, resolved) for name, value in options.items()
    ]
    data = _command_data(command, _nest(command, subcommands, filled))
    return {**data, "resolved": resolved} if resolved else data


def autocomplete_data(
    world: World,
    command: Json,
    subcommands: Sequence[str],
    options: Mapping[str, Any],
    focused: tuple[str, str],
    user: User,
) -> Json:
    """Return the interaction data of an autocomplete; ``focused`` is an option and its text."""
    leaf, (name, typed) = _path(command, subcommands)[-1], focused
    option = _option(leaf, name)
    if not option.get("autocomplete"):
        raise NotOffered(f"/{' '.join((command['name'], *subcommands))} {name} has no autocomplete")
    filled = [_fill_option(world, user, leaf, *item, {}) for item in options.items()]
    filled.append({"name": name, "type": option["type"], "value": typed, "focused": True})
    return _command_data(command, _nest(command, subcommands, filled))


def message_command_data(world: World, command: Json, target: Message) -> Json:
    """Return the interaction data of a message command; it has the target's full content."""
    shown = payloads.message(world, target, always_visible=True)
    return {
        **_command_data(command, []),
        "target_id": str(target.id),
        "resolved": {"messages": {str(target.id): shown}},
    }


def _check_offered(world: World, command: Json, user: User, channel: Channel) -> None:
    """Raise `NotOffered` unless Discord shows ``user`` the command in that channel.

    In a group DM, and in a guild without the bot, whoever uses a command has installed the app
    for themselves.
    """
    name, contexts = command["name"], command.get("contexts")
    in_guild = channel.guild_id == world.guild_id
    hidden = channel.is_dm and not command.get("dm_permission", "guild_id" not in command)
    if hidden or (contexts is not None and channel.context not in contexts):
        raise NotOffered(f"{name!r} is not offered in {CONTEXTS[channel.context]}")
    suitable = {GUILD_INSTALL} if in_guild else {USER_INSTALL}
    if channel.is_dm:
        suitable.add(GUILD_INSTALL)
    is_installed = bool(suitable & set(_installation_types(command)))
    if not is_installed or ("guild_id" in command and not in_guild):
        raise NotOffered(f"{name!r} is not installed in {channel.name!r}")
    needed = command.get("default_member_permissions")
    if in_guild and needed is not None and not user.permissions & ADMINISTRATOR:
        bits = int(needed)
        if bits == 0 or user.permissions & bits != bits:
            raise NotOffered(f"{name!r} is not offered to {user.name}")


def _installation_types(command: Json) -> list[int]:
    return command.get("integration_types") or [GUILD_INSTALL]


def _path(command: Json, subcommands: Sequence[str]) -> list[Json]:
    """Return the command and the subcommands down to the one that takes the options."""
    path = [command]
    for name in subcommands:
        path.append(_option(path[-1], name))
    return path


def _nest(command: Json, subcommands: Sequence[str], options: list[Json]) -> list[Json]:
    """Wrap options in the subcommands that they belong to."""
    for parent in reversed(_path(command, subcommands)[1:]):
        options = [{"name": parent["name"], "type": parent["type"], "options": options}]
    return options


def _option(leaf: Json, name: str) -> Json:
    options: list[Json] = leaf.get("options") or []
    for option in options:
        if option["name"] == name:
            return option
    known = [option["name"] for option in options]
    raise NotOffered(f"{leaf['name']!r} has no option {name!r}, only {known}")


def _check_options(leaf: Json, options: Mapping[str, Any]) -> None:
    for option in leaf.get("options") or []:
        if option.get("required") and option["name"] not in options:
            raise NotOffered(f"{leaf['name']!r} needs {option['name']!r}")
    for name, value in options.items():
        _check_value(_option(leaf, name), value)


def _check_value(option: Json, value: Any) -> None:
    name, type_ = option["name"], option["type"]
    fits = isinstance(value, _PYTHON_TYPES.get(type_, object))
    if not fits or (type_ != BOOLEAN and isinstance(value, bool)):
        raise NotOffered(f"{name!r} is not of option type {type_}: {value!r}")
    if type_ == CHANNEL:
        check_channel_type(option, value)
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise NotOffered(f"{name!r} must be one of {choices}")
    if type_ == STRING:
        low, high = option.get("min_length", 0), option.get("max_length", 6000)
        if not low <= len(value) <= high:
            raise NotOffered(f"{name!r} must have {low} to {high} characters")
    if type_ in (INTEGER, NUMBER):
        low, high = option.get("min_value"), option.get("max_value")
        if (low is not None and value < low) or (high is not None and value > high):
            raise NotOffered(f"{name!r} must be from {low} to {high}")


def _fill_option(
    world: World, user: User, leaf: Json, name: str, value: Any, resolved: Json
) -> Json:
    """Return an option as it is sent; users, channels and roles are described in ``resolved``.

    A role is given as its id.
    """
    type_ = _option(leaf, name)["type"]
    if type_ in (USER, CHANNEL):
        value = resolve(world, user, value, resolved)
    elif type_ == ROLE:
        value = resolve_role(world, value, resolved)
    elif type_ not in (STRING, INTEGER, BOOLEAN, NUMBER):
        raise NotImplementedError(f"options of type {type_}")
    return {"name": name, "type": type_, "value": value}


def _command_data(command: Json, options: list[Json]) -> Json:
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if options:
        data["options"] = options
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data
