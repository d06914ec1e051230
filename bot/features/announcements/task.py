"""Announces new releases, however they were indexed, and corrects what was announced."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

import discord
from discord.ext import tasks

from bot.core.components import Message
from bot.core.delivery import Delivery
from bot.core.services import Services
from bot.features.announcements.hours import next_hour
from bot.features.announcements.matching import releases_in_scope
from bot.features.announcements.messages import MAX_LISTED, item_message
from bot.features.announcements.news import news_of
from bot.features.announcements.planning import PlannedMessage, plan_messages
from bot.features.subscriptions.subscribers import Subscribers
from bot.state.announcements import Announcement
from bot.state.database import StateUnusable
from bot.state.outbox import NewItem, OutboxItem
from embeddings.errors import VerbatimError
from retrieval.errors import BadQuestion
from retrieval.release import ReleaseInfo

log = logging.getLogger(__name__)


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
        self._subscribers = Subscribers(services)
        self._delivery = Delivery(
            client,
            services.state.outbox,
            self._render,
            clock,
            refused=self._subscribers.end_refused,
        )
        self._generation: str | None = None
        self._announcing = asyncio.Lock()
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
        async with self._announcing:
            return await self._announce()

    async def announce_soon(self) -> None:
        """Announce what another process has just published, once the bot is ready."""
        if self._client.is_ready():
            await self.loop.coro(self)

    async def _announce(self) -> int:
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
        news = await self._news(new, unseen) if new else []
        items = await self._items(news) if news else []
        now = self._clock()
        announced = await asyncio.to_thread(state.outbox.correctable, now)
        checksums = await archive.checksums(sorted(announced))
        record = partial(state.outbox.record, ids, items, checksums, now, unseen=unseen)
        if not await asyncio.to_thread(record):
            return 0  # another process with the same data folder was faster: look again
        self._generation = generation
        return len(news)

    async def _news(self, new: Sequence[str], unseen: Collection[str]) -> list[ReleaseInfo]:
        """Those of the releases that are new here that are also news, newest first."""
        archive = self._services.archive
        releases = await archive.find_releases(new)
        sources: Mapping[str, str] = {}
        if any(each.date is None for each in releases):
            sources = await archive.sources_by_release()
        known = [source for id, source in sources.items() if id not in unseen]
        today = datetime.fromtimestamp(self._clock(), self._services.timezone).date()
        return news_of(releases, today, known)

    async def _items(self, releases: Sequence[ReleaseInfo]) -> list[NewItem]:
        """The messages about new releases, for each channel and person in the order of sending."""
        announcements = await asyncio.to_thread(self._services.state.announcements.all)
        subscriptions = await asyncio.to_thread(self._services.state.subscriptions.all)
        found = [(each, await self._wanted(each, releases)) for each in announcements]
        due = partial(next_hour, now=self._clock(), zone=self._services.timezone)
        planned = plan_messages(found, releases, due)
        planned += await self._subscribers.plan(subscriptions, releases)
        ids = {info.id for each in planned for info in _listed(each)}
        checksums = await self._services.archive.checksums(sorted(ids))
        return [
            NewItem(
                each.server,
                each.channel,
                {info.id: checksums.get(info.id, "") for info in _listed(each)},
                len(each.releases),
                each.roles,
                each.scopes,
                each.digest,
                None if each.digest is None else due(each.digest),
                each.subscriptions,
            )
            for each in planned
        ]

    async def _wanted(
        self, announcement: Announcement, releases: Sequence[ReleaseInfo]
    ) -> list[ReleaseInfo]:
        """Those of some releases that an announcement is about."""
        known = announcement.calibration
        try:
            wanted, calibration = await releases_in_scope(
                self._services.archive, announcement.scope, known, releases
            )
        except BadQuestion as error:  # to this version, unlike the one that accepted it
            log.error("announcement %s announces nothing: %s", announcement.id, error)
            return []
        if calibration and calibration != known and announcement.id is not None:
            store = self._services.state.announcements
            await asyncio.to_thread(store.calibrate, announcement.id, calibration)
        return wanted

    async def _render(self, item: OutboxItem) -> Message | None:
        """What an item says; None if nothing is left to say."""
        releases = await self._services.archive.summaries(list(item.releases))
        if not releases:
            return None
        if item.subscriptions:
            return await self._subscribers.message(item, releases)
        guild = self._client.get_guild(item.server)
        locale = guild.preferred_locale.value if guild else None
        return item_message(item, releases, self._services.languages.for_locale(locale))


def _listed(message: PlannedMessage) -> Sequence[ReleaseInfo]:
    """The releases that an item lists: all of a digest, which grows until it is sent."""
    return message.releases if message.digest is not None else message.releases[:MAX_LISTED]
