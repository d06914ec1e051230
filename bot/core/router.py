"""From a pressed button or menu, or a dialogue that was sent off, to what it asks for.

What is asked for stands in the custom_id (`bot.core.actions`), so nothing has to be remembered of a
message for its buttons to work, after a restart or after a year.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.core.actions import Action, parse_action
from bot.core.errors import ShuttingDown, send_error
from bot.core.services import Services

Handler = Callable[[discord.Interaction, Any], Awaitable[None]]
"""Called with the interaction and the press; it acknowledges first."""

Handlers = Mapping[type[Action], Handler]


class Router:
    """Calls the handler of each press, with one way from an error to a reply."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._handlers: dict[type[Action], Handler] = {}

    def add(self, handlers: Handlers) -> None:
        """Take up the handlers of some presses."""
        self._handlers |= handlers

    async def route(self, interaction: discord.Interaction) -> None:
        """Do what a component or a dialogue asks for; others' are left alone."""
        data: Any = interaction.data or {}
        action = parse_action(str(data.get("custom_id", "")))
        if action is None:
            return
        language, in_flight = self._services.language(interaction), self._services.in_flight
        if in_flight.closing:
            await send_error(interaction, ShuttingDown("the bot is being shut down"), language)
            return
        in_flight.begin(interaction.id)
        try:
            await self._handlers[type(action)](interaction, action)
        except Exception as error:
            await send_error(interaction, error, language)
        finally:
            in_flight.end(interaction.id)


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


class FeatureCog(commands.Cog):
    """Commands over the services, with the buttons and menus under their replies."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def handlers(self) -> Handlers:
        """What is done for each press; nothing, where the replies have no buttons."""
        return {}
