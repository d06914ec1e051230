"""Notes which servers have removed the bot, and deletes in the end what is kept of them."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import discord
from discord.ext import tasks

from bot.core.shards import serves
from bot.health import Gateway
from bot.state.database import StateUnusable
from bot.state.memberships import MembershipStore

log = logging.getLogger(__name__)

KEEP_REMOVED = timedelta(days=30)
"""How long what is kept of a server outlives the bot there: a removal may be a mistake."""


class MembershipTask:
    """Compares every hour the servers that the bot is in with those that it was in.

    discord.py knows them: Discord names all of them when the bot connects, also one that an outage
    has made unavailable, and then tells of each that it is added to or removed from. So nothing is
    noted or deleted while it is not connected, with every shard. discord.py retries the task, with
    a delay, if it fails.

    Args:
        client: the client.
        gateway: its connection to Discord.
        store: where the servers are noted.
        clock: the time, in seconds since 1970.
    """

    def __init__(
        self,
        client: discord.Client,
        gateway: Gateway,
        store: MembershipStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._gateway = gateway
        self._store = store
        self._clock = clock
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(hours=1)
    async def loop(self) -> None:
        """Note and delete unless the state is unusable."""
        try:
            await self.compare()
        except StateUnusable as error:
            log.error("cannot note which servers have removed the bot: %s", error)

    @loop.before_loop
    async def _wait_until_ready(self) -> None:
        await self._client.wait_until_ready()

    async def compare(self) -> None:
        """Note the servers, and delete what has been kept for long enough of those that are gone.

        Raises `StateUnusable`.
        """
        if not self._gateway.connected:
            return
        present, now = {guild.id for guild in self._client.guilds}, self._clock()
        seen = partial(serves, self._client)
        await asyncio.to_thread(self._store.note, present, now, seen)
        before = now - KEEP_REMOVED.total_seconds()
        if left := await asyncio.to_thread(self._store.forget, before):
            log.info("deleted what was kept of %d servers that have removed the bot", left)
