"""When a host may be asked next: one request at a time, and a pause after each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from retrieval.sources.web.clock import Clock

LONGEST_CRAWL_DELAY = 30.0  # seconds; a site that asks for more would never be read whole


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free: float = 0.0  # when it may be asked, by the monotonic clock


class Pacing:
    """Turns at asking hosts.

    Args:
        clock: tells the time and waits.
        delay: seconds from the end of a request to the beginning of the next one to the same host.
    """

    def __init__(self, clock: Clock, delay: float) -> None:
        self._clock = clock
        self._delay = delay
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, crawl_delay: float | None = None) -> AsyncIterator[None]:
        """Wait until a host may be asked, and keep others from asking it until the block ends.

        ``crawl_delay`` is the pause that the site asks for: the longer of the two is made.
        """
        delay = max(self._delay, min(crawl_delay or 0.0, LONGEST_CRAWL_DELAY))
        state = self._hosts.setdefault(host, _Host())
        async with state.lock:
            while (wait := state.free - self._clock.monotonic()) > 0:
                await self._clock.sleep(wait)
            try:
                yield
            finally:
                state.free = max(state.free, self._clock.monotonic() + delay)

    def postpone(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for some time."""
        state = self._hosts.setdefault(host, _Host())
        state.free = max(state.free, self._clock.monotonic() + seconds)
