"""``/status``: what the index holds."""

import discord
from discord import app_commands

from bot.core.cog import FeatureCog, for_everyone
from bot.core.reply import defer_message
from bot.features.status.messages import status_message
from bot.source_service import KnownSource
from embeddings.errors import VerbatimError


class StatusCog(FeatureCog):
    """The state of the index, for everyone."""

    @app_commands.command(description="Show how many releases I have read, and when")
    @for_everyone
    async def status(self, interaction: discord.Interaction) -> None:
        """Show what the index holds."""
        reply = await defer_message(interaction)
        status = await self.services.archive.status()
        mismatches = await self.services.sources.mismatches()
        failing = await self._failing()
        await reply.edit(status_message(status, reply.language, failing, mismatches))

    async def _failing(self) -> list[KnownSource]:
        """The sites that cannot be read; none if that is not known."""
        try:
            return await self.services.sources.failing()
        except VerbatimError:
            return []
