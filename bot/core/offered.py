"""What a message offers, so that nothing else can be pressed or chosen.

Discord's own client sends only what is there; other programs send what they like. What the message
offers is taken from Discord's copy of it, which comes with the press.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from embeddings.errors import VerbatimError


class NotOffered(VerbatimError):
    """A component that its message does not have, or a value that a menu does not offer."""

    def __init__(self) -> None:
        super().__init__("that is not offered there. Use the command again")


def check_offered(interaction: discord.Interaction, custom_id: str) -> None:
    """Raise `NotOffered` if the message that was acted on has no such component."""
    if _component(interaction.message, custom_id) is None:
        raise NotOffered


def selected_values(interaction: discord.Interaction) -> list[str]:
    """The options that were selected in a menu. Raises `NotOffered`."""
    menu, values = _selected(interaction)
    offered = {option.value for option in menu.options}
    if not offered.issuperset(values):
        raise NotOffered
    return values


def selected_channels(interaction: discord.Interaction) -> list[int]:
    """The ids of the channels of the server that were selected in a menu. Raises `NotOffered`."""
    menu, values = _selected(interaction)
    guild = interaction.guild
    found = {str(channel.id): channel for channel in guild.channels} if guild else {}
    chosen = [found.get(value) for value in values]
    if any(each is None or each.type not in menu.channel_types for each in chosen):
        raise NotOffered
    return [each.id for each in chosen if each]


def _selected(interaction: discord.Interaction) -> tuple[discord.SelectMenu, list[str]]:
    """The menu of the message, and as many different values as it takes."""
    data: Any = interaction.data or {}
    menu = _component(interaction.message, str(data.get("custom_id", "")))
    values = [str(value) for value in data.get("values") or ()]
    if not isinstance(menu, discord.SelectMenu) or len({*values}) != len(values):
        raise NotOffered
    if not menu.min_values <= len(values) <= menu.max_values:
        raise NotOffered
    return menu, values


def _component(message: discord.Message | None, custom_id: str) -> object | None:
    """The component of a message with a custom_id, unless it is disabled."""
    for each in _components(message.components if message else ()):
        if getattr(each, "custom_id", None) == custom_id and not getattr(each, "disabled", False):
            return each
    return None


def _components(components: Iterable[object]) -> Iterator[object]:
    for each in components:
        yield each
        yield from _components(getattr(each, "children", ()))
        if accessory := getattr(each, "accessory", None):
            yield accessory
