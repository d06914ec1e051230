"""Announces new releases, however they were indexed, and corrects what was announced."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

import discord
from discord.ext import tasks

from bot.core.components import Message
from bot.core.delivery import Delivery
from bot.core.services import Services
from bot.features.announcements.messages import MAX_LISTED, announcement_message, digest_message
from bot.state.database import StateUnusable
from bot.state.outbox import NewItem, OutboxItem
from bot.state.servers import ServerSettings
from embeddings.errors import VerbatimError
from retrieval.release import ReleaseInfo

log = logging.getLogger(__name__)

MAX_SINGLE = 5  # new releases that are announced each in a message of its own


class AnnouncementTask:
    """Looks for new releases every minute, and delivers what is due.

    discord.py retries it, with a delay, if it fails.
    """

    def __init__(
        self, client: discord.Client, services: Services, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._services = services
        self._clock = clock
        self._delivery = Delivery(client, services.state.outbox, self._render, clock)
        self._generation: str | None = None
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(minutes=1)
    async def loop(self) -> None:
        """Announce new releases unless the state is unusable."""
        try:
            await self.announce()
        except StateUnusable as error:
            log.error("cannot announce new releases: %s", error)

    @loop.before_loop
    async def _wait_until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def announce(self) -> int:
        """Announce the releases that are new since the last call, and return their number.

        Announcements are queued in the outbox first; this and later calls deliver what is due
        there. Without an index nothing is new. Raises `StateUnusable`.
        """
        new = 0
        try:
            new = await self._look_for_news()
        except StateUnusable:
            raise
        except VerbatimError as error:
            log.debug("cannot look for new releases: %s", error)
        await self._delivery.deliver()
        return new

    async def _look_for_news(self) -> int:
        """Queue what is to be sent about new and corrected releases; return the number of new."""
        archive, state = self._services.archive, self._services.state
        generation = await archive.generation()
        if generation == self._generation:
            return 0
        releases = await archive.release_ids()
        ids = set().union(*releases.values())
        unseen = await asyncio.to_thread(state.seen.unseen, ids)
        # A copy of what was seen is no news, even if it has become the one that is kept.
        new = sorted(id for id, copies in releases.items() if copies <= unseen)
        items = await self._items(new) if new else []
        now = self._clock()
        announced = await asyncio.to_thread(state.outbox.correctable, now)
        checksums = await archive.checksums(sorted(announced))
        if not await asyncio.to_thread(state.outbox.record, ids, items, checksums, now):
            return 0  # another process with the same data folder was faster: look again
        self._generation = generation
        return len(new)

    async def _items(self, new: Sequence[str]) -> list[NewItem]:
        """The messages about new releases, for each channel in the order of sending."""
        archive = self._services.archive
        announcing = self._services.state.servers.announcing()
        releases = await archive.find_releases(new) if announcing else []
        planned = [
            (server, settings.announce or 0, group)
            for server, settings in announcing.items()
            for group in _messages(_wanted(releases, settings))
        ]
        listed = {info.id for _, _, group in planned for info in group[:MAX_LISTED]}
        checksums = await archive.checksums(sorted(listed))
        return [
            NewItem(
                server,
                channel,
                {info.id: checksums.get(info.id, "") for info in group[:MAX_LISTED]},
                len(group),
            )
            for server, channel, group in planned
        ]

    async def _render(self, item: OutboxItem) -> Message | None:
        """What an item says, in the language of its server; None if its releases are gone."""
        releases = await self._services.archive.summaries(list(item.releases))
        if not releases:
            return None
        guild = self._client.get_guild(item.server)
        locale = guild.preferred_locale.value if guild else None
        language = self._services.languages.for_locale(locale)
        if item.total > 1:
            return digest_message(releases, item.total, item.releases, language)
        # Its id may be another one by now: that of a copy of it.
        (changed,) = item.releases.values()
        return announcement_message(releases[0], changed, language)


def _wanted(releases: Sequence[ReleaseInfo], settings: ServerSettings) -> list[ReleaseInfo]:
    """The releases that are announced in a server."""
    return [each for each in releases if settings.newsroom in (None, each.newsroom)]


def _messages(releases: Sequence[ReleaseInfo]) -> list[Sequence[ReleaseInfo]]:
    """The releases of each message, in the order of sending: a few alone, many in one digest."""
    if len(releases) > MAX_SINGLE:
        return [releases]
    return [[release] for release in reversed(releases)]  # so that the newest comes last
