"""What is being answered just now, so that closing can wait for it."""

import asyncio
from collections.abc import Hashable


class InFlight:
    """Things under way, by key."""

    def __init__(self) -> None:
        self._under_way: set[Hashable] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.closing = False
        """Whether nothing more is to be begun."""

    def begin(self, key: Hashable) -> None:
        """Something has been begun."""
        self._under_way.add(key)
        self._idle.clear()

    def end(self, key: Hashable) -> None:
        """It is done; fine where it never began."""
        self._under_way.discard(key)
        if not self._under_way:
            self._idle.set()

    async def finish(self, within: float) -> int:
        """Begin nothing more and wait, at most ``within`` seconds; how much is left undone."""
        self.closing = True
        try:
            async with asyncio.timeout(within):
                await self._idle.wait()
        except TimeoutError:
            pass
        return len(self._under_way)
