"""What is kept about people for how long, and the task that deletes it then."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from discord.ext import tasks

from bot.core.services import Services
from bot.state.database import StateUnusable
from bot.state.repair import put_aside

log = logging.getLogger(__name__)

KEEP_DAMAGED = timedelta(days=30)
"""How long a damaged state is kept that was put aside."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is kept, and until when."""

    what: str
    until: str


KEPT = (
    Kept("questions, and which passages answered them", "`VERBATIM_KEEP_DAYS` (90 days)"),
    Kept("ratings of answers, with the reasons given", "as long as the answer"),
    Kept("subscriptions", "their owner ends them, or takes no direct messages any more"),
    Kept("subscriptions and announcements that were offered, and not kept", "a day"),
    Kept("direct messages and announcements that are to be sent", "they are sent; a week at most"),
    Kept("those that were sent, to correct them", "a day"),
    Kept("web sites that managers looked at, and did not keep", "a day"),
    Kept("settings and announcements of a server", "its managers change them"),
    Kept(
        "these and its unanswered questions, once it has removed the bot",
        "30 days, unless the bot is back by then",
    ),
    Kept("which servers the bot is in, and which have removed it", "30 days after they did"),
    Kept("the backup of all of this", "a day, when the next one replaces it"),
    Kept("a damaged state that was put aside", "30 days"),
)
"""All of it, as `docs/privacy.md` says."""


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
        except (StateUnusable, OSError) as error:
            log.error("cannot delete what is old: %s", error)

    def delete_old(self) -> None:
        """Delete what has been kept for long enough. Raises `StateUnusable` and `OSError`."""
        now = self._clock()
        moment, state = datetime.fromtimestamp(now, UTC), self._state
        state.answers.delete_before(moment - self._keep)
        state.announcements.forget_offers(now)
        state.subscriptions.forget_offers(now)
        state.sources.forget_offers(moment)
        state.outbox.forget_sent(now)
        for path in put_aside(state.file) if state.file else ():
            if path.stat().st_mtime < now - KEEP_DAMAGED.total_seconds():
                path.unlink(missing_ok=True)
