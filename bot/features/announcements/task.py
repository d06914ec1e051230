"""Announces new releases, however they were indexed."""

import asyncio
import logging
from collections.abc import Sequence

import discord
from discord.ext import tasks

from bot.archive_service import ReleaseSummary
from bot.core.errors import SEND_ERRORS
from bot.core.sending import send_message
from bot.core.services import Services
from bot.features.announcements.messages import announcement_message
from bot.state.database import StateUnusable
from bot.state.servers import ServerSettings
from embeddings.errors import VerbatimError

log = logging.getLogger(__name__)


class AnnouncementTask:
    """Looks for new releases every minute. discord.py retries it, with a delay, if it fails."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services
        self._generation: str | None = None
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(minutes=1)
    async def loop(self) -> None:
        """Announce new releases unless there is no index, or no state."""
        try:
            await self.announce()
        except StateUnusable as error:
            log.error("cannot announce new releases: %s", error)
        except VerbatimError as error:
            log.debug("cannot announce new releases: %s", error)

    @loop.before_loop
    async def _wait_until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def announce(self) -> int:
        """Announce the releases that are new since the last call, and return their number.

        A release is marked as seen before it is announced, so that it is never announced twice.
        Raises `StateUnusable` and what `ArchiveService` raises.
        """
        archive, seen = self._services.archive, self._services.state.seen
        generation = await archive.generation()
        if generation == self._generation:
            return 0
        ids = await archive.release_ids()
        new = await asyncio.to_thread(seen.unseen, ids)
        await asyncio.to_thread(seen.add, ids)
        self._generation = generation
        servers = self._services.state.servers.announcing()
        if new and servers:
            releases = await archive.summaries(sorted(new))
            for server, settings in servers.items():
                await self._announce_in(server, settings, releases)
        return len(new)

    async def _announce_in(
        self, server: int, settings: ServerSettings, releases: Sequence[ReleaseSummary]
    ) -> None:
        if settings.newsroom:
            releases = [each for each in releases if each.info.newsroom == settings.newsroom]
        guild = self._client.get_guild(server)
        if not releases or guild is None:
            return
        language = self._services.languages.for_locale(guild.preferred_locale.value)
        message = announcement_message(releases, len(releases), language)
        channel_id = settings.announce or 0
        channel = self._client.get_partial_messageable(channel_id, guild_id=server)
        try:
            sent = await send_message(channel, message)
            known = guild.get_channel(channel_id)
            if isinstance(known, discord.TextChannel) and known.is_news():
                await sent.publish()  # to the servers that follow the channel
        except SEND_ERRORS as error:
            log.warning("cannot announce in server %d: %s", server, error)
