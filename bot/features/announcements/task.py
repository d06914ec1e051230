"""What is done now and then: new releases are announced, old answers forgotten."""

import asyncio
import logging
from datetime import timedelta

import discord

from bot.core.errors import SEND_ERRORS
from bot.core.sending import send_message
from bot.core.services import Services
from bot.features.announcements.messages import MOST as MOST_ANNOUNCED
from bot.features.announcements.messages import announcement_message
from bot.state.database import StateUnusable
from bot.state.servers import ServerSettings
from embeddings.errors import VerbatimError

log = logging.getLogger(__name__)


class AnnouncementTask:
    """Looks every minute whether a new generation was published, by whomever.

    ``keep_days`` is how long answers are remembered.
    """

    def __init__(
        self,
        client: discord.Client,
        services: Services,
        keep_days: int,
        every: float = 60.0,
    ) -> None:
        self._client = client
        self._services = services
        self._keep = timedelta(days=keep_days)
        self._every = every
        self._generation: str | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, and go on until `close`."""
        self._task = asyncio.create_task(self._run(), name="chores")

    async def close(self) -> None:
        """Stop."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def announce(self) -> int:
        """Announce what is new since the last time; how many releases that are.

        A release counts as seen before it is announced: rather not announced than twice.
        """
        archive, seen = self._services.archive, self._services.state.seen
        generation = await archive.generation()
        if generation == self._generation:
            return 0
        ids = await archive.release_ids()
        fresh = await asyncio.to_thread(seen.new, ids)
        await asyncio.to_thread(seen.add, ids)
        self._generation = generation
        if fresh:
            for server, settings in self._services.state.servers.announcing().items():
                await self._announce_in(server, settings, fresh)
        return len(fresh)

    async def _run(self) -> None:
        await self._client.wait_until_ready()
        while True:
            try:
                await self.announce()
                before = discord.utils.utcnow() - self._keep
                await asyncio.to_thread(self._services.state.answers.forget_before, before)
            except StateUnusable as error:
                log.error("%s", error)
            except VerbatimError as error:
                log.debug("nothing to announce: %s", error)
            except Exception:
                log.exception("a chore failed")
            await asyncio.sleep(self._every)

    async def _announce_in(self, server: int, settings: ServerSettings, fresh: set[str]) -> None:
        releases = await self._services.archive.summaries(sorted(fresh))
        if settings.newsroom:
            releases = [each for each in releases if each.info.newsroom == settings.newsroom]
        guild = self._client.get_guild(server)
        if not releases or guild is None:
            return
        language = self._services.languages.of(guild.preferred_locale.value)
        message = announcement_message(releases[:MOST_ANNOUNCED], len(releases), language)
        channel = self._client.get_partial_messageable(settings.announce or 0, guild_id=server)
        try:
            sent = await send_message(channel, message)
            place = guild.get_channel(settings.announce or 0)
            if isinstance(place, discord.TextChannel) and place.is_news():
                await sent.publish()  # to those who follow the channel elsewhere
        except SEND_ERRORS as error:
            log.warning("could not announce in server %d: %s", server, error)
