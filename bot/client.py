"""The Discord client: what it asks of Discord, and its commands."""

import logging
from collections.abc import Callable

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.commands.admin import Running
from bot.commands.ask import Asking
from bot.commands.releases import Published
from bot.desk import Desk
from bot.library import open_archive
from bot.replies import apology
from bot.settings import Settings
from bot.sources import release_sources

log = logging.getLogger(__name__)

Connector = Callable[[], aiohttp.BaseConnector]


def build_bot(settings: Settings, *, connector: Connector | None = None) -> "VerbatimBot":
    """The bot, ready to run with ``await bot.start(token)``.

    ``connector`` is called inside the running loop and carries all traffic to Discord; without it
    discord.py makes its own. Raises `ModelNotFound` or `ModelDamaged`.
    """
    desk = Desk(open_archive(settings), lambda: release_sources(settings), settings.newsroom)
    return VerbatimBot(desk, connector)


class VerbatimBot(commands.AutoShardedBot):
    """Comes online at once; what it needs is opened, or built, behind it."""

    def __init__(self, desk: Desk, connector: Connector | None) -> None:
        # Mentions and direct messages come with their text without the message content intent.
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=_Tree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
        )
        self._desk = desk
        self._connector = connector

    async def login(self, token: str) -> None:
        """Log in, through the connector that was given, if any."""
        if self._connector:
            self.http.connector = self._connector()
        await super().login(token)

    async def setup_hook(self) -> None:
        """Register the commands and begin to open the archive."""
        for cog in (Asking(self, self._desk), Published(self._desk), Running(self._desk)):
            await self.add_cog(cog)
        self._desk.open()
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            # Those that Discord knows from earlier go on working.
            log.error("Discord did not take the commands: %s", error)

    async def on_ready(self) -> None:
        """Say so in the log."""
        log.info("online as %s in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no text commands, and questions have a listener of their own."""

    async def close(self) -> None:
        """Let a build under way let go of the data folder, and leave Discord."""
        await self._desk.close()
        await super().close()


class _Tree(app_commands.CommandTree["VerbatimBot"]):
    """The commands, with one way from an error to a reply."""

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person what went wrong, in one sentence."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        text = apology(cause)
        try:
            if interaction.response.is_done():
                await interaction.edit_original_response(content=text, embeds=[], view=None)
            else:
                await interaction.response.send_message(text, ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError) as unsent:
            log.warning("could not tell %r: %s", text, unsent)
