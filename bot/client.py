"""The Discord client: what it asks of Discord, its commands, and how it comes and goes."""

import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.archive_service import ArchiveService
from bot.core.errors import ShuttingDown, send_error
from bot.core.in_flight import InFlight
from bot.core.rate_limit import RateLimiter
from bot.core.registration import CommandTranslator, register
from bot.core.router import Router
from bot.core.services import Services
from bot.features.announcements.task import AnnouncementTask
from bot.features.ask.cog import AskCog
from bot.features.reindex.cog import ReindexCog
from bot.features.releases.cog import ReleasesCog
from bot.features.server_settings.cog import ServerSettingsCog
from bot.features.unanswered.cog import UnansweredCog
from bot.i18n import read_languages
from bot.settings import Settings, open_archive, release_sources
from bot.state import open_state
from retrieval.archive import Archive

log = logging.getLogger(__name__)

Connector = Callable[[], aiohttp.BaseConnector]

# Seconds that what is being answered may take when the bot is stopped: Docker kills after ten.
FINISH_WITHIN = 8.0


def build_bot(
    settings: Settings, *, connector: Connector | None = None, register_anew: bool = False
) -> "VerbatimBot":
    """The bot, ready to run with ``await bot.start(token)``.

    ``connector`` is called inside the running loop and carries all traffic to Discord; without it
    discord.py makes its own. ``register_anew`` tells Discord of the commands even if it knows them.
    Raises `ModelNotFound`, `ModelDamaged` or `StateUnusable`.
    """
    archive = open_archive(settings)
    return bot_over(archive, settings, connector=connector, register_anew=register_anew)


def bot_over(
    archive: Archive,
    settings: Settings,
    *,
    connector: Connector | None = None,
    register_anew: bool = False,
    finish_within: float = FINISH_WITHIN,
) -> "VerbatimBot":
    """The bot over an archive that is there already. Raises `StateUnusable`."""
    state = open_state(archive.data)
    services = Services(
        archive=ArchiveService(archive, lambda: release_sources(settings), settings.newsroom),
        state=state,
        languages=read_languages(),
        rate_limiter=RateLimiter(
            state.servers, settings.questions_per_minute, settings.server_questions_per_minute
        ),
        in_flight=InFlight(),
        keep_names=settings.keep_names,
    )
    return VerbatimBot(
        services,
        connector,
        keep_days=settings.keep_days,
        register_anew=register_anew,
        finish_within=finish_within,
    )


class VerbatimBot(commands.AutoShardedBot):
    """Comes online at once; what it needs is opened, or built, behind it."""

    def __init__(
        self,
        services: Services,
        connector: Connector | None,
        *,
        keep_days: int,
        register_anew: bool,
        finish_within: float,
    ) -> None:
        # Mentions and direct messages come with their text without the message content intent.
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
        )
        self.services = services
        self.announcements = AnnouncementTask(self, services, keep_days)
        self._router = Router(services)
        self._connector = connector
        self._register_anew = register_anew
        self._finish_within = finish_within

    async def login(self, token: str) -> None:
        """Log in, through the connector that was given, if any."""
        if self._connector:
            self.http.connector = self._connector()
        await super().login(token)

    async def setup_hook(self) -> None:
        """Take up the commands and begin to open the archive."""
        asking = AskCog(self, self.services)
        self.tree.add_command(asking.menu)
        for cog in (
            asking,
            ReleasesCog(self.services),
            ReindexCog(self.services),
            UnansweredCog(self.services),
            ServerSettingsCog(self, self.services),
        ):
            await self.add_cog(cog)
            self._router.add(cog.handlers())
        await self.tree.set_translator(CommandTranslator(self.services.languages))
        self.services.archive.open()
        notes = self.services.state.notes
        await register(self.tree, notes, self.application_id, force=self._register_anew)
        self.announcements.start()

    async def on_ready(self) -> None:
        """Say so in the log."""
        log.info("online as %s in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no text commands, and questions have a listener of their own."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Do what a button, a menu or a dialogue asks for; commands have a way of their own."""
        if interaction.type in (
            discord.InteractionType.component,
            discord.InteractionType.modal_submit,
        ):
            await self._router.route(interaction)

    async def on_app_command_completion(
        self,
        interaction: discord.Interaction,
        command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu,
    ) -> None:
        """A command is done."""
        self.services.in_flight.end(interaction.id)

    async def close(self) -> None:
        """Finish what is being answered, let go of the data folder, and leave Discord."""
        if self.services.in_flight.closing:  # discord.py closes a client on its own as well
            return
        self.services.in_flight.closing = True
        await self.announcements.close()
        self.services.archive.build.stop(None)
        if undone := await self.services.in_flight.finish(self._finish_within):
            log.warning("%d answers were not finished", undone)
        await self.services.archive.close()
        await super().close()
        self.services.state.close()


class Tree(app_commands.CommandTree["VerbatimBot"]):
    """The commands of the bot."""

    async def interaction_check(self, interaction: "discord.Interaction[VerbatimBot]", /) -> bool:
        """Let a command begin, unless the bot is being shut down."""
        services = interaction.client.services
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        if services.in_flight.closing:
            closing = ShuttingDown("the bot is being shut down")
            await send_error(interaction, closing, services.language(interaction))
            return False
        services.in_flight.begin(interaction.id)
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
            await send_error(interaction, cause, services.language(interaction))
        finally:
            services.in_flight.end(interaction.id)
