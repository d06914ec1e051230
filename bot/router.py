"""From a pressed button or menu, or a dialogue that was sent off, to what it asks for.

What is asked for stands in the custom_id (`bot.presses`), so nothing has to be remembered of a
message for its buttons to work, after a restart or after a year.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from bot.presses import Press, read_press
from bot.replies import Leaving, tell
from bot.services import Services

Handler = Callable[[discord.Interaction, Any], Awaitable[None]]
"""Called with the interaction and the press; it acknowledges first."""

Handlers = Mapping[type[Press], Handler]


class Router:
    """Calls the handler of each press, with one way from an error to a reply."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._handlers: dict[type[Press], Handler] = {}

    def add(self, handlers: Handlers) -> None:
        """Take up the handlers of some presses."""
        self._handlers |= handlers

    async def route(self, interaction: discord.Interaction) -> None:
        """Do what a component or a dialogue asks for; others' are left alone."""
        data: Any = interaction.data or {}
        press = read_press(str(data.get("custom_id", "")))
        if press is None:
            return
        language, duty = self._services.language(interaction), self._services.duty
        if duty.leaving:
            await tell(interaction, Leaving("the bot is being shut down"), language)
            return
        duty.begin(interaction.id)
        try:
            await self._handlers[type(press)](interaction, press)
        except Exception as error:
            await tell(interaction, error, language)
        finally:
            duty.end(interaction.id)


def chosen(interaction: discord.Interaction) -> list[str]:
    """The values that were chosen in a menu."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values") or ()]


def typed(interaction: discord.Interaction) -> str:
    """The text that was typed into the one field of a dialogue."""
    data: Any = interaction.data or {}
    for row in data.get("components") or ():
        for field in row.get("components") or [row.get("component") or {}]:
            if "value" in field:
                return str(field["value"]).strip()
    return ""


def asker(message: discord.Message | None) -> int | None:
    """Who caused a message of the bot, if an interaction did."""
    about = message.interaction_metadata if message else None
    return about.user.id if about else None
