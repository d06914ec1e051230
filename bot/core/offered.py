"""What a message offers, so that nothing else can be pressed, selected or submitted.

Discord's own client sends only what is there; other programs send what they like. What the message
offers is taken from Discord's copy of it, which comes with the press. The router checks each one,
of every feature.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.core.actions import Action
from embeddings.errors import VerbatimError


class NotOffered(VerbatimError):
    """A component that its message does not have, or a value that a menu does not offer."""

    def __init__(self) -> None:
        super().__init__("that is not offered there. Use the command again")


def check_offered(interaction: discord.Interaction, action: Action) -> None:
    """Raise `NotOffered` unless an action can be done where somebody does it.

    The message must have the component of the action, enabled, and with the values that were
    selected; for a modal, the component that opens it. What is shown to one user alone is for that
    user.
    """
    message, opener = interaction.message, action.opened_by
    is_modal = interaction.type is discord.InteractionType.modal_submit
    if is_modal != (opener is not None) or message is None:
        raise NotOffered
    if message.flags.ephemeral and invoker_id(message) not in (None, interaction.user.id):
        raise NotOffered
    component = _component(message, (opener or action).custom_id)
    if component is None:
        raise NotOffered
    if isinstance(component, discord.SelectMenu) and not is_modal:
        _check_selected(component, interaction)


def invoker_id(message: discord.Message | None) -> int | None:
    """The user whose interaction a message of the bot replies to, if any."""
    metadata = message.interaction_metadata if message else None
    return metadata.user.id if metadata else None


def _check_selected(menu: discord.SelectMenu, interaction: discord.Interaction) -> None:
    """Raise `NotOffered` unless a menu has the values, and takes as many different ones."""
    data: Any = interaction.data or {}
    values = [str(value) for value in data.get("values") or ()]
    if len({*values}) != len(values) or not menu.min_values <= len(values) <= menu.max_values:
        raise NotOffered
    if not set(values) <= _values(menu, interaction.guild):
        raise NotOffered


def _values(menu: discord.SelectMenu, guild: discord.Guild | None) -> set[str]:
    """The values of a menu: its options, or the channels of the server that it is for."""
    match menu.type:
        case discord.ComponentType.select:
            return {option.value for option in menu.options}
        case discord.ComponentType.channel_select:
            channels = guild.channels if guild else ()
            return {str(each.id) for each in channels if each.type in menu.channel_types}
    return set()  # the bot has no others


def _component(message: discord.Message, custom_id: str) -> object | None:
    """The component of a message with a custom_id, unless it is disabled."""
    for each in _components(message.components):
        if getattr(each, "custom_id", None) == custom_id and not getattr(each, "disabled", False):
            return each
    return None


def _components(components: Iterable[object]) -> Iterator[object]:
    for each in components:
        yield each
        yield from _components(getattr(each, "children", ()))
        if accessory := getattr(each, "accessory", None):
            yield accessory
