"""What is wanted several times at the same time, done once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class SharedWork:
    """Does once what is wanted several times at the same time."""

    def __init__(self) -> None:
        self._running: dict[Hashable, _Shared] = {}

    async def run(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work``, or of what is being done for the same key already.

        It is cancelled when all who wait for it are. Raises what the work raises.
        """
        shared = self._running.get(key)
        if shared is None:
            shared = self._running[key] = _Shared(asyncio.ensure_future(work()))
            shared.task.add_done_callback(lambda task: self._remove(key, task))
        shared.waiting += 1
        try:
            return cast(T, await asyncio.shield(shared.task))
        finally:
            shared.waiting -= 1
            if not shared.waiting and not shared.task.done():
                self._remove(key, shared.task)
                shared.task.cancel()

    def _remove(self, key: Hashable, task: asyncio.Future[Any]) -> None:
        if key in self._running and self._running[key].task is task:
            del self._running[key]


class _Shared:
    """What is being done, and how many wait for it."""

    def __init__(self, task: asyncio.Future[Any]) -> None:
        self.task = task
        self.waiting = 0
