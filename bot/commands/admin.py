"""Running it: ``/reindex``, for people who may manage the server."""

import asyncio

import discord
from discord import app_commands
from discord.ext import commands

from bot.desk import Desk
from bot.render import report_message
from bot.replies import NotAllowed
from bot.wording import progress_line

_EVERY = 2.0  # seconds between two edits of the progress


class Running(commands.Cog):
    """What managers do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @app_commands.command(description="Read the press releases again")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def reindex(self, interaction: discord.Interaction) -> None:
        """Build the index anew, with progress; answers go on from the old one meanwhile."""
        acknowledged = await interaction.response.defer(thinking=True)
        # What the client hides is only a hint: the server may be told anything.
        if not interaction.permissions.manage_guild:
            raise NotAllowed
        progress = asyncio.create_task(self._show_progress(interaction))
        try:
            report = await self._desk.reindex()
        finally:
            progress.cancel()
            await asyncio.gather(progress, return_exceptions=True)
        embeds = report_message(report).embeds
        try:
            await interaction.edit_original_response(content=None, embeds=embeds)
        except discord.HTTPException:
            # An interaction can be answered for a quarter of an hour; a build may take longer.
            if acknowledged is None or not isinstance(interaction.channel, discord.TextChannel):
                raise
            answer = interaction.channel.get_partial_message(acknowledged.message_id or 0)
            await answer.edit(content=None, embeds=embeds)

    async def _show_progress(self, interaction: discord.Interaction) -> None:
        """Edit the reply whenever the progress has changed."""
        shown = None
        while True:
            if self._desk.building and (line := progress_line(self._desk.building)) != shown:
                shown = line
                await interaction.edit_original_response(content=f"{line[:1].upper()}{line[1:]} …")
            await asyncio.sleep(_EVERY)
