"""The requests that are being served, so that shutting down can wait for them."""

import asyncio
from collections.abc import Hashable


class InFlight:
    """The requests in flight, by key. While ``closing`` is true no new ones are to begin."""

    def __init__(self) -> None:
        self.closing = False
        self._keys: set[Hashable] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self, key: Hashable) -> None:
        """Mark ``key`` in flight."""
        self._keys.add(key)
        self._idle.clear()

    def end(self, key: Hashable) -> None:
        """Mark ``key`` finished; unknown keys are ignored."""
        self._keys.discard(key)
        if not self._keys:
            self._idle.set()

    async def finish(self, seconds: float) -> int:
        """Set ``closing`` and wait until nothing is in flight, for at most so many seconds.

        Returns the number of unfinished requests.
        """
        self.closing = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            pass
        return len(self._keys)
