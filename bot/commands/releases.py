"""What was published: ``/releases`` and ``/status``."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.commands.options import NEWSROOM, SINCE, UNTIL, Day, Name, optional_day
from bot.desk import Desk
from bot.render import PAGE, releases_message, status_message


class Published(commands.Cog):
    """Lists of what there is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @app_commands.command(description="List recent press releases, newest first")
    @app_commands.describe(
        search="Only releases with these words in the title",
        since=SINCE,
        until=UNTIL,
        newsroom=NEWSROOM,
    )
    async def releases(
        self,
        interaction: discord.Interaction,
        search: Name | None = None,
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
    ) -> None:
        """List the newest releases that match."""
        await interaction.response.defer(thinking=True)
        page = await self._desk.page(
            search=search,
            since=optional_day(since),
            until=optional_day(until),
            newsroom=newsroom,
            limit=PAGE,
        )
        message = releases_message(page)
        await interaction.edit_original_response(content=message.content, embeds=message.embeds)

    @app_commands.command(description="How many releases I have read, and when")
    async def status(self, interaction: discord.Interaction) -> None:
        """Say what the index holds."""
        await interaction.response.defer(thinking=True)
        message = status_message(await self._desk.status())
        await interaction.edit_original_response(content=message.content, embeds=message.embeds)
