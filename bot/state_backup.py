"""Backs the state of the bot up once a day, for its repair."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from discord.ext import tasks

from bot.state.database import StateUnusable
from bot.state.repair import back_up_state, backed_up

log = logging.getLogger(__name__)

EVERY = 24 * 3600.0  # seconds


class StateBackupTask:
    """Replaces the backup when it is a day old; looks every minute.

    discord.py retries it, with a delay, if it fails.

    Args:
        path: the file of the state.
        clock: the time, in seconds since 1970.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._tried = 0.0
        self._running: asyncio.Future[None] | None = None
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(minutes=1)
    async def loop(self) -> None:
        """Back up if that is due. What fails is tried again after an hour."""
        now = self._clock()
        if now < self._tried + 3600.0:
            return
        last = await asyncio.to_thread(backed_up, self._path)
        if last is not None and last <= now < last + EVERY:
            return
        self._tried = now
        try:
            self._running = asyncio.ensure_future(asyncio.to_thread(back_up_state, self._path, now))
            await asyncio.shield(self._running)
        except StateUnusable as error:
            log.error("cannot back up the state: %s", error)

    async def close(self) -> None:
        """Stop, and wait for a backup that is being taken: its thread cannot be cancelled."""
        self.loop.cancel()
        if self._running:
            await asyncio.wait([self._running])
