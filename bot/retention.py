"""Deletes what is kept for a time only: answers, and what somebody was offered."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from discord.ext import tasks

from bot.core.services import Services
from bot.state.database import StateUnusable

log = logging.getLogger(__name__)


class RetentionTask:
    """Deletes what is older than the settings or the documents say, every minute.

    discord.py retries it, with a delay, if it fails.

    Args:
        services: their state has what is deleted.
        clock: the time, in seconds since 1970.
    """

    def __init__(self, services: Services, clock: Callable[[], float] = time.time) -> None:
        self._state = services.state
        self._keep = timedelta(days=services.keep_days)
        self._clock = clock
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(minutes=1)
    async def loop(self) -> None:
        """Delete what is old unless the state is unusable."""
        try:
            await asyncio.to_thread(self.delete_old)
        except StateUnusable as error:
            log.error("cannot delete what is old: %s", error)

    def delete_old(self) -> None:
        """Delete old answers and offers. Raises `StateUnusable`."""
        now = self._clock()
        self._state.answers.delete_before(datetime.fromtimestamp(now, UTC) - self._keep)
        self._state.announcements.forget_offers(now)
        self._state.subscriptions.forget_offers(now)
