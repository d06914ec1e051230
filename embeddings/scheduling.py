"""Which thread may use a model next."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class PriorityLock:
    """A lock that serves queries before batches.

    An index build acquires it once per batch; a query that arrives meanwhile waits for the current
    batch only, however many are still to come.
    """

    def __init__(self) -> None:
        self._released = threading.Condition()
        self._held = False
        self._waiting_queries = 0

    @contextmanager
    def query(self) -> Iterator[None]:
        """Hold the lock for a query: next after the current holder and earlier queries."""
        with self._released:
            self._waiting_queries += 1
            try:
                self._released.wait_for(lambda: not self._held)
                self._held = True
            finally:
                self._waiting_queries -= 1
        yield from self._hold()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold the lock for one batch, once no query is waiting."""
        with self._released:
            self._released.wait_for(lambda: not self._held and not self._waiting_queries)
            self._held = True
        yield from self._hold()

    def _hold(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._released:
                self._held = False
                self._released.notify_all()
