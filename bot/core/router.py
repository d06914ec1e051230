"""Routes a used component or a submitted modal to the handler of its action.

The action is in the custom_id (`bot.core.actions`), so nothing about a message has to be stored for
its components to work after a restart, or a year later.
"""

from typing import Any

import discord

from bot.core.actions import Action, parse_action
from bot.core.cog import FeatureCog, Handler
from bot.core.errors import ShuttingDown, send_error
from bot.core.offered import check_offered
from bot.core.services import Services


class Router:
    """Calls the handlers of the cogs, and turns their errors into replies."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._routes: dict[type[Action], tuple[FeatureCog, Handler]] = {}

    def add(self, cog: FeatureCog) -> None:
        """Register the handlers of a cog."""
        self._routes |= {action: (cog, handler) for action, handler in cog.handlers().items()}

    async def route(self, interaction: discord.Interaction) -> None:
        """Handle a component or a modal. Those that are not the bot's are ignored."""
        data: Any = interaction.data or {}
        action = parse_action(str(data.get("custom_id", "")))
        if action is None or not self._services.deliveries.is_first(interaction.id):
            return
        language, in_flight = self._services.language(interaction), self._services.in_flight
        if in_flight.closing:
            await send_error(interaction, ShuttingDown(), language)
            return
        cog, handler = self._routes[type(action)]
        in_flight.begin(interaction.id)
        try:
            cog.interaction_check(interaction)  # as discord.py does before a command of the cog
            check_offered(interaction, action)
            await handler(interaction, action)
        except Exception as error:
            await send_error(interaction, error, language)
        finally:
            in_flight.end(interaction.id)
