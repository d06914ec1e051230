"""Running it: ``/reindex``, for people who may manage the server."""

import asyncio
import contextlib

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.desk import Desk
from bot.render import Message, report_message
from bot.replies import NotAllowed, apology
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
        # What the client hides is only a hint: the server may be told anything.
        if not interaction.permissions.manage_guild:
            raise NotAllowed
        acknowledged = await interaction.response.defer(thinking=True)
        progress = asyncio.create_task(self._show_progress(interaction))
        try:
            message = report_message(await self._desk.reindex())
        except Exception as error:
            message = Message(apology(error))
        finally:
            progress.cancel()
            await asyncio.gather(progress, return_exceptions=True)
        await _conclude(interaction, acknowledged.message_id if acknowledged else None, message)

    async def _show_progress(self, interaction: discord.Interaction) -> None:
        """Edit the reply whenever the progress has changed."""
        shown = None
        while True:
            if self._desk.building and (line := progress_line(self._desk.building)) != shown:
                shown = line
                text = f"{line[:1].upper()}{line[1:]} …"
                with contextlib.suppress(discord.HTTPException, aiohttp.ClientError):
                    await interaction.edit_original_response(content=text)
            await asyncio.sleep(_EVERY)


async def _conclude(
    interaction: discord.Interaction, message_id: int | None, message: Message
) -> None:
    """Put the outcome where the progress stood, however long it took.

    An interaction can be answered for a quarter of an hour; after that its message is edited as
    any other of the bot's is.
    """
    try:
        await interaction.edit_original_response(content=message.content, embeds=message.embeds)
    except discord.HTTPException:
        if message_id is None or interaction.channel_id is None:
            raise
        channel = interaction.client.get_partial_messageable(interaction.channel_id)
        answer = channel.get_partial_message(message_id)
        await answer.edit(content=message.content, embeds=list(message.embeds))
