"""Running it: ``/reindex``, for people who may manage the server."""

import asyncio
import contextlib
from collections.abc import Sequence

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
        reply = _LongReply(interaction, acknowledged.message_id if acknowledged else None)
        progress = asyncio.create_task(self._show_progress(reply))
        try:
            message = report_message(await self._desk.reindex())
        except Exception as error:
            message = Message(apology(error))
        finally:
            progress.cancel()
            await asyncio.gather(progress, return_exceptions=True)
        await reply.edit(message.content, message.embeds)

    async def _show_progress(self, reply: "_LongReply") -> None:
        """Edit the reply whenever the progress has changed."""
        shown = None
        while True:
            if self._desk.building and (line := progress_line(self._desk.building)) != shown:
                shown = line
                with contextlib.suppress(discord.HTTPException, aiohttp.ClientError):
                    await reply.edit(f"{line[:1].upper()}{line[1:]} …")
            await asyncio.sleep(_EVERY)


class _LongReply:
    """The reply to a command that may outlive its interaction.

    An interaction can be answered for a quarter of an hour; after that the reply is edited as any
    other of the bot's messages is.
    """

    def __init__(self, interaction: discord.Interaction, message_id: int | None) -> None:
        self._interaction = interaction
        self._message: discord.PartialMessage | None = None
        self._outlived = False
        if message_id and interaction.channel_id:
            channel = interaction.client.get_partial_messageable(interaction.channel_id)
            self._message = channel.get_partial_message(message_id)

    async def edit(self, content: str | None, embeds: Sequence[discord.Embed] = ()) -> None:
        """Make this what the reply says."""
        if self._message and self._outlived:
            await self._message.edit(content=content, embeds=list(embeds))
            return
        try:
            await self._interaction.edit_original_response(content=content, embeds=embeds)
        except discord.HTTPException:
            if self._message is None:
                raise
            self._outlived = True
            await self._message.edit(content=content, embeds=list(embeds))
