"""The commands' way in: nothing is begun while leaving, and every error becomes a reply."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.replies import Leaving, tell

if TYPE_CHECKING:
    from bot.client import VerbatimBot


class Tree(app_commands.CommandTree["VerbatimBot"]):
    """The commands of the bot."""

    async def interaction_check(self, interaction: "discord.Interaction[VerbatimBot]", /) -> bool:
        """Let a command begin, unless the bot is being shut down."""
        services = interaction.client.services
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        if services.duty.leaving:
            leaving = Leaving("the bot is being shut down")
            await tell(interaction, leaving, services.language(interaction))
            return False
        services.duty.begin(interaction.id)
        return True

    async def on_error(
        self,
        interaction: "discord.Interaction[VerbatimBot]",
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Tell the person what went wrong."""
        services = interaction.client.services
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        try:
            await tell(interaction, cause, services.language(interaction))
        finally:
            services.duty.end(interaction.id)
