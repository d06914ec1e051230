"""Deletes old answers."""

import asyncio
import logging
from datetime import timedelta

import discord
from discord.ext import tasks

from bot.core.services import Services
from bot.state.database import StateUnusable

log = logging.getLogger(__name__)


class RetentionTask:
    """Deletes the answers that are older than the settings allow, every minute.

    discord.py retries it, with a delay, if it fails.
    """

    def __init__(self, services: Services) -> None:
        self._answers = services.state.answers
        self._keep = timedelta(days=services.keep_days)
        # On the instance: discord.py does not copy the types of a loop from the class.
        self.loop.add_exception_type(Exception)

    @tasks.loop(minutes=1)
    async def loop(self) -> None:
        """Delete the old answers unless the state is unusable."""
        try:
            await asyncio.to_thread(
                self._answers.delete_before, discord.utils.utcnow() - self._keep
            )
        except StateUnusable as error:
            log.error("cannot delete old answers: %s", error)
