"""Locks of the state for the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.state.database import StateLock, StateUnusable


@asynccontextmanager
async def lock_held(take: Callable[[], StateLock | None]) -> AsyncIterator[StateLock | None]:
    """Hold a lock for the block; None if somebody else has it. Raises `StateUnusable`.

    Args:
        take: takes the lock, in a thread.
    """
    taking = asyncio.ensure_future(asyncio.to_thread(take))
    try:
        yield await asyncio.shield(taking)
    finally:
        # Whoever is cancelled while the thread takes it must release it as well.
        await asyncio.wait([taking])
        if not isinstance(taking.exception(), StateUnusable) and (lock := taking.result()):
            await asyncio.shield(asyncio.to_thread(lock.release))
