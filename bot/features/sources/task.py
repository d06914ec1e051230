"""Reads web sites again when they are due, and tells managers of those that fail for days."""

import asyncio
import logging
from datetime import datetime, timedelta

import discord
from discord.ext import tasks

from bot.core.errors import SEND_ERRORS
from bot.core.sending import send_message
from bot.core.services import Services
from bot.features.sources.messages import failing_message, working_message
from bot.refreshing import Refreshed, Refresher
from bot.source_service import KnownSource
from bot.state.database import StateUnusable
from bot.state.sources import SiteRefresh
from embeddings.errors import VerbatimError

log = logging.getLogger(__name__)

TELL_AFTER = timedelta(days=3)
"""For how long a site must fail until managers are told."""


class RefreshTask:
    """Looks every minute for sites that are due. discord.py retries it if it fails."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services
        self._refresher = Refresher(services.sources, services.state.sources)
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(minutes=1)
    async def loop(self) -> None:
        """Read what is due unless sites are not read by themselves, or there is no state."""
        if self._services.sources.readings.interval is None:
            return
        try:
            await self.refresh()
        except StateUnusable as error:
            log.error("cannot read web sites again: %s", error)
        except VerbatimError as error:
            log.warning("cannot read web sites again: %s", error)

    @loop.before_loop
    async def _wait_until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def refresh(self) -> Refreshed:
        """Read what is due, index what changed, and tell managers what they should know.

        Raises as `Refresher.refresh` does.
        """
        refreshed = await self._refresher.refresh()
        await self._tell()
        return refreshed

    async def _tell(self) -> None:
        """Tell the managers once that a site fails, and once that it works again."""
        store, now = self._services.state.sources, self._services.sources.readings.clock.now()
        refreshes = await asyncio.to_thread(store.all)
        if not any(_is_to_be_told(each, now) for each in refreshes.values()):
            return
        for source in await self._services.sources.sources():
            refresh = source.refresh
            if refresh and _is_to_be_told(refresh, now) and await self._send(source, refresh):
                when = now if refresh.failing_since else None
                await asyncio.to_thread(store.tell, refresh.site, when)

    async def _send(self, source: KnownSource, refresh: SiteRefresh) -> bool:
        """Tell the managers of all servers how a site is; return whether any were reached."""
        reached = False
        # The same notice is sent again if the bot is killed before it notes that it was told.
        notice = f"{refresh.site} {refresh.failing_since or refresh.told}"
        for server, settings in self._services.state.servers.with_managers().items():
            guild = self._client.get_guild(server)
            if guild is None:
                continue
            language = self._services.languages.for_locale(guild.preferred_locale.value)
            message = (
                failing_message(source.name, refresh, language)
                if refresh.failing_since
                else working_message(source.name, language)
            )
            channel = self._client.get_partial_messageable(settings.managers or 0, guild_id=server)
            try:
                await send_message(channel, message, once=f"{server} {notice}")
                reached = True
            except SEND_ERRORS as error:
                log.warning("cannot tell the managers of server %d: %s", server, error)
        return reached


def _is_to_be_told(refresh: SiteRefresh, now: datetime) -> bool:
    """Whether a site has failed for days and nobody was told, or works again and nobody was."""
    if refresh.failing_since is None:
        return refresh.told is not None
    return refresh.told is None and now - refresh.failing_since >= TELL_AFTER
