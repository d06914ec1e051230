"""The searches of the bot: so many at once, the others in a queue with an end and a known wait."""

import asyncio
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from statistics import fmean
from typing import TypeVar

from embeddings.errors import VerbatimError

T = TypeVar("T")

MAX_QUEUED = 100  # searches that run or wait
_MEASURED = 50  # searches whose times are remembered
_SHORTEST = 1.0  # seconds that a wait is said to be at least
_NICENESS = 10  # of a thread that searches; that of the event loop is 0 if nobody has changed it


class QueueFull(VerbatimError):
    """So many searches are waiting that another one would wait too long.

    Those ``waiting`` will be done in some ``seconds``.
    """

    def __init__(self, waiting: int, seconds: float) -> None:
        super().__init__(f"{waiting} questions are waiting already. Try again in {seconds:.0f} s")
        self.waiting = waiting
        self.seconds = seconds


class SearchQueue:
    """Runs searches in ``threads`` threads, first come, first served."""

    def __init__(self, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, "search", _yield_to_event_loop)
        self._clock = clock
        self._queued = 0
        self._progressed = 0.0  # when the queue was empty, or a search ended
        self._started: dict[object, float] = {}  # when each search that runs was started
        self._took: deque[float] = deque(maxlen=_MEASURED)  # seconds, of those that ended

    def close(self) -> None:
        """Drop the searches that wait."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def wait(self) -> float:
        """Seconds until all that is in the queue will be done, at the rate of the last searches."""
        now = self._clock()
        took = list(self._took) or [now - started for started in [*self._started.values()]]
        seconds = fmean(took) * self._queued / self._threads if took else 0.0
        return max(seconds, _SHORTEST)

    @property
    def queued(self) -> int:
        """How many searches run or wait."""
        return self._queued

    def stalled(self) -> float:
        """For how many seconds searches have waited and none has ended."""
        return self._clock() - self._progressed if self._queued else 0.0

    async def run(self, work: Callable[[], T]) -> T:
        """Run a search when a thread is free; a cancelled one leaves the queue.

        Raises:
            QueueFull: if too many are waiting.
            Exception: what ``work`` raises.
        """
        if self._queued >= MAX_QUEUED:
            raise QueueFull(self._queued, self.wait())
        if not self._queued:
            self._progressed = self._clock()
        self._queued += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, self._timed, work)
        finally:
            self._queued -= 1
            self._progressed = self._clock()

    def _timed(self, work: Callable[[], T]) -> T:
        search = object()
        self._started[search] = self._clock()
        try:
            return work()
        finally:
            self._took.append(self._clock() - self._started.pop(search))


def _yield_to_event_loop() -> None:
    """Let the event loop go before this thread where there are too few cores for both.

    Interactions must be acknowledged within three seconds, however many searches run. Only Linux
    has a niceness for each thread (https://man7.org/linux/man-pages/man2/setpriority.2.html).
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
