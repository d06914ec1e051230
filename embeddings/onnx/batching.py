"""Questions that wait for the model at one time go through it in one forward pass.

A pass over a short text takes as long as reading the model's weights, and a second text reads them
no second time. Nobody waits for company: whoever gets a turn takes along those who wait already.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from embeddings.encoder import Vectors
from embeddings.scheduling import PriorityLock

T = TypeVar("T")


class QueryBatcher(Generic[T]):
    """Passes over several texts, first come, first served. Safe to use from several threads.

    ``run`` makes the (n, d) float32 rows of n texts in one pass, and ``length`` is how long one is.
    A pass computes every text at the length of its longest: it takes the next text along while that
    comes to no more than ``most``. Each pass takes ``model`` as a query.
    """

    def __init__(
        self,
        run: Callable[[Sequence[T]], Vectors],
        length: Callable[[T], int],
        most: int,
        model: PriorityLock,
    ) -> None:
        self._run = run
        self._length = length
        self._most = most
        self._model = model
        self._queue_lock = threading.Lock()
        self._waiting: deque[tuple[T, Future[Vectors]]] = deque()

    def run(self, texts: Sequence[T]) -> list[Vectors]:
        """The row (d,) of each text. Raises what the pass raises in which a text was."""
        futures: list[Future[Vectors]] = [Future() for _ in texts]
        with self._queue_lock:
            self._waiting.extend(zip(texts, futures, strict=True))
        while not all(future.done() for future in futures):
            with self._model.query():
                # Whoever had the turn before may have taken these along.
                if not all(future.done() for future in futures):
                    self._run_one()
        return [future.result() for future in futures]

    def _run_one(self) -> None:
        taken = self._take()
        try:
            rows = self._run([text for text, _ in taken])
        except BaseException as error:
            for _, future in taken:
                future.set_exception(error)
        else:
            for (_, future), row in zip(taken, rows, strict=True):
                future.set_result(row)

    def _take(self) -> list[tuple[T, Future[Vectors]]]:
        """The first who wait, as many as one pass takes, and one at least."""
        with self._queue_lock:
            taken = [self._waiting.popleft()]
            longest = self._length(taken[0][0])
            while self._waiting:
                longest = max(longest, self._length(self._waiting[0][0]))
                if (len(taken) + 1) * longest > self._most:
                    break
                taken.append(self._waiting.popleft())
        return taken
