"""The Discord client: its intents, its features, and how it starts and stops."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.archive_service import ArchiveService
from bot.core.cog import FeatureCog
from bot.core.deliveries import Deliveries
from bot.core.errors import ShuttingDown, send_error
from bot.core.gateway import use_lasting_connections
from bot.core.in_flight import InFlight
from bot.core.rate_limit import RateLimiter
from bot.core.registration import CommandTranslator, register
from bot.core.router import Router
from bot.core.services import Services, services_of
from bot.core.single_request import request_trace
from bot.features.announcements.cog import AnnouncementsCog
from bot.features.announcements.task import AnnouncementTask
from bot.features.ask.answers import AnswerFlow
from bot.features.ask.cog import AskCog
from bot.features.ask.mentions import MentionsCog
from bot.features.forget.cog import ForgetCog
from bot.features.reindex.cog import ReindexCog
from bot.features.releases.cog import ReleasesCog
from bot.features.server_settings.cog import ServerSettingsCog
from bot.features.sources.cog import SourcesCog
from bot.features.sources.task import RefreshTask
from bot.features.status.cog import StatusCog
from bot.features.subscriptions.cog import SubscriptionsCog
from bot.features.timeline.cog import TimelineCog
from bot.features.unanswered.cog import UnansweredCog
from bot.health import Gateway, HealthServer
from bot.i18n import load_languages
from bot.memberships import MembershipTask
from bot.release_sources import release_sources
from bot.retention import RetentionTask
from bot.settings import Settings, Shards, check_data_folder, open_archive
from bot.site_readings import SiteReadings
from bot.source_service import SourceService
from bot.state import open_postgres_state, open_repaired_state
from bot.state_backup import StateBackupTask
from retrieval.archive import Archive
from retrieval.sources.web.clock import Clock, SystemClock

log = logging.getLogger(__name__)

Connector = Callable[[], aiohttp.BaseConnector]

FINISH_TIMEOUT = 8.0
"""Seconds that requests in flight get to finish on shutdown; Docker kills after ten."""

_LONGEST_WAIT = 60.0
"""Seconds that discord.py waits for a rate limit by itself. Nobody waits that long for an answer,
and an announcement is due again later."""


def build_bot(
    settings: Settings, *, connector: Connector | None = None, force_registration: bool = False
) -> "VerbatimBot":
    """Build the bot. Run it with ``await bot.start(token)``.

    Args:
        settings: the settings; the archive is in their data folder.
        connector: called inside the running loop; its result carries all traffic to Discord. By
            default discord.py makes its own.
        force_registration: whether to register the commands even if they have not changed.

    Raises:
        ModelNotFound, ModelDamaged, RerankerNotFound, RerankerDamaged: if a model cannot be used.
        StateUnusable: if the bot's state cannot be used.
        DataFolderMissing: if a data folder was named that does not exist, and no releases to build
            its index from.
    """
    if not settings.releases:  # with releases it is made, as at the first start of a bot
        check_data_folder(settings)
    archive = open_archive(settings)
    return bot_for_archive(
        archive, settings, connector=connector, force_registration=force_registration
    )


def bot_for_archive(
    archive: Archive,
    settings: Settings,
    *,
    connector: Connector | None = None,
    force_registration: bool = False,
    finish_timeout: float = FINISH_TIMEOUT,
    clock: Clock | None = None,
) -> "VerbatimBot":
    """Build the bot for an archive that is open already. Raises `StateUnusable`.

    ``clock`` tells when web sites are due to be read again, and digests to be sent.
    """
    clock = clock or SystemClock()
    service = ArchiveService(archive, lambda: release_sources(settings), settings.newsroom)
    if settings.store is None:
        state = open_repaired_state(archive.data)
    else:
        state = open_postgres_state(settings.store)
    services = Services(
        archive=service,
        sources=SourceService(
            settings, service, state.sources, SiteReadings(settings, state.sources, clock)
        ),
        state=state,
        languages=load_languages(),
        rate_limiter=RateLimiter(
            settings.questions_per_minute, settings.server_questions_per_minute
        ),
        in_flight=InFlight(),
        deliveries=Deliveries(),
        keep_days=settings.keep_days,
        keep_names=settings.keep_names,
        timezone=settings.timezone,
    )
    return VerbatimBot(
        services,
        connector,
        force_registration=force_registration,
        finish_timeout=finish_timeout,
        clock=clock,
        health_port=settings.health_port,
        shards=settings.shards,
    )


class VerbatimBot(commands.AutoShardedBot):
    """Comes online at once; the archive is opened, or the first index built, in the background."""

    def __init__(
        self,
        services: Services,
        connector: Connector | None,
        *,
        force_registration: bool,
        finish_timeout: float,
        clock: Clock,
        health_port: int | None,
        shards: Shards | None,
    ) -> None:
        use_lasting_connections()
        # Mentions and direct messages have their text without the message content intent.
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        sharding: dict[str, Any] = {}
        if shards:
            sharding = {"shard_ids": list(shards.ids), "shard_count": shards.count}
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=CommandTree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=_LONGEST_WAIT,
            http_trace=request_trace(),
            enable_debug_events=health_port is not None,  # for `on_socket_raw_receive`
            **sharding,
        )
        self.services = services
        self._now = lambda: clock.now().timestamp()
        self.announcements = AnnouncementTask(self, services, self._now)
        self.refresh = RefreshTask(self, services)
        self.retention = RetentionTask(services, self._now)
        file = services.state.file
        self.state_backup = StateBackupTask(file, self._now) if file else None
        self._gateway = Gateway(self)
        self.memberships = MembershipTask(
            self, self._gateway, services.state.memberships, self._now
        )
        self.health = None
        if health_port is not None:
            self.health = HealthServer(self._gateway, services, health_port)
        self._router = Router(services)
        self._connector = connector
        self._force_registration = force_registration
        self._finish_timeout = finish_timeout
        self._following: asyncio.Task[None] | None = None

    async def login(self, token: str) -> None:
        """Log in, through the connector if there is one."""
        if self._connector:
            self.http.connector = self._connector()
        await super().login(token)

    async def setup_hook(self) -> None:
        """Register the commands, start to open the archive, and start the tasks."""
        services = self.services
        if self.health:
            await self.health.start()
        await self.add_features()
        await self.tree.set_translator(CommandTranslator(services.languages))
        services.archive.open()
        notes, force = services.state.notes, self._force_registration
        await register(self.tree, notes, self.application_id, force=force)
        self.announcements.loop.start()
        self.retention.loop.start()
        if self.state_backup:
            self.state_backup.loop.start()
        self.refresh.loop.start()
        self.memberships.loop.start()
        follow = services.archive.follow(self.announcements.announce_soon)
        self._following = asyncio.create_task(follow, name="follow other processes")

    async def add_features(self) -> None:
        """Add the commands of all features, and the handlers of their components."""
        services = self.services
        answers = AnswerFlow(services)
        ask = AskCog(services, answers)
        self.tree.add_command(ask.find_source_menu)
        cogs: list[FeatureCog] = [
            ask,
            MentionsCog(self, services, answers),
            ReleasesCog(services),
            TimelineCog(services),
            StatusCog(services),
            ReindexCog(services),
            SourcesCog(services),
            AnnouncementsCog(services, self._now),
            SubscriptionsCog(services, self._now),
            ForgetCog(services, self._now),
            UnansweredCog(services),
            ServerSettingsCog(services),
        ]
        for cog in cogs:
            await self.add_cog(cog)
            self._router.add(cog)

    async def on_ready(self) -> None:
        """Log that the bot is online."""
        log.info("online as %s in %d servers", self.user, len(self.guilds))

    async def on_socket_raw_receive(self, _: str) -> None:
        """Note that Discord has sent something; dispatched only where somebody asks for it."""
        self._gateway.hear()

    async def on_message(self, message: discord.Message, /) -> None:
        """Ignore text commands, of which there are none; `MentionsCog` has its own listener."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Route components and modals; discord.py handles commands."""
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
        """Mark a command as finished."""
        self.services.in_flight.end(interaction.id)

    async def close(self) -> None:
        """Finish the requests in flight, release the data folder, and disconnect."""
        if self.services.in_flight.closing:  # discord.py calls this as well
            return
        self.services.in_flight.closing = True
        self.announcements.loop.cancel()
        self.retention.loop.cancel()
        self.refresh.loop.cancel()
        self.memberships.loop.cancel()
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        self.services.archive.build.stop(None)
        stopping = asyncio.gather(
            self.services.sources.readings.close(),
            *([self.state_backup.close()] if self.state_backup else []),
        )
        if unfinished := await self.services.in_flight.finish(self._finish_timeout):
            log.warning("%d requests were not finished", unfinished)
        await stopping
        await self.services.archive.close()
        await super().close()
        if self.health:
            await self.health.close()
        self.services.state.close()


class CommandTree(app_commands.CommandTree[Any]):
    """The commands, with the checks and the error handling that all of them share."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Refuse commands while the bot is being shut down, and ignore repeated deliveries."""
        services = services_of(interaction)
        if not services.deliveries.is_first(interaction.id):
            return False
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        if services.in_flight.closing:
            await send_error(interaction, ShuttingDown(), services.language(interaction))
            return False
        services.in_flight.begin(interaction.id)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Explain an error to the user, and mark the command as finished."""
        services = services_of(interaction)
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        try:
            await send_error(interaction, cause, services.language(interaction))
        finally:
            services.in_flight.end(interaction.id)
