"""Work with an event loop of its own, in a thread.

Reading a site parses pages, compresses them and waits for the disk. In the loop that also answers
Discord it would hold up every answer.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


async def run_in_own_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Call ``work`` in a thread, and run the coroutine that it returns in a loop there.

    If the caller is cancelled, so is the coroutine, and this returns once it has ended.
    """
    own = _OwnLoop(work)
    # Not one of the few threads that all share: this may take hours.
    executor = ThreadPoolExecutor(1, "own loop")
    thread = asyncio.get_running_loop().run_in_executor(executor, own.run)
    executor.shutdown(wait=False)  # once it has ended
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        own.cancel()
        await asyncio.wait([thread])
        if not thread.cancelled():
            thread.exception()  # it is of no interest any more
        raise


class _OwnLoop(Generic[T]):
    """A coroutine that a thread runs and another one may cancel."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._cancelled = False
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[T]] | None = None

    def run(self) -> T:
        """Run the coroutine to its end."""
        return asyncio.run(self._main())

    def cancel(self) -> None:
        """Cancel the coroutine, whether it has begun or not."""
        with self._lock:
            self._cancelled = True
            if self._running:
                loop, task = self._running
                with suppress(RuntimeError):  # it has just ended, and its loop is closed
                    loop.call_soon_threadsafe(task.cancel)

    async def _main(self) -> T:
        task = asyncio.create_task(self._work())
        with self._lock:
            self._running = asyncio.get_running_loop(), task
            if self._cancelled:
                task.cancel()
        return await task
