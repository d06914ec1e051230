"""Who may run the model next: one forward pass at a time, and a question before a batch."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class PriorityLock:
    """A lock with two kinds of holder.

    An index build takes one turn per batch; a question that arrives meanwhile waits for the batch
    under way and no longer, however many batches are still to come.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._queries_waiting = 0

    @contextmanager
    def query(self) -> Iterator[None]:
        """Hold the model for a question: next in line after the pass under way."""
        with self._changed:
            self._queries_waiting += 1
            try:
                self._changed.wait_for(lambda: not self._taken)
                self._taken = True
            finally:
                self._queries_waiting -= 1
        yield from self._hold()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold the model for one batch of a build: only while no question waits."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken and not self._queries_waiting)
            self._taken = True
        yield from self._hold()

    def _hold(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
