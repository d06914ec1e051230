"""The real encoder, but for one word: it waits at it, or fails at it."""

import threading
from collections.abc import Callable, Sequence

from embeddings.encoder import Encoder, Vectors
from embeddings.models import Model


class At:
    """Does something first where a text has the word in it, in the thread that encodes it."""

    def __init__(self, encoder: Encoder, word: str, do: Callable[[], object]) -> None:
        self._encoder = encoder
        self._word = word
        self._do = do

    @property
    def model(self) -> Model:
        return self._encoder.model

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self._meet(texts)
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self._meet(texts)
        return self._encoder.encode_passages(texts)

    def _meet(self, texts: Sequence[str]) -> None:
        if any(self._word in text for text in texts):
            self._do()


class Halt:
    """Where a search waits until the test lets it go on."""

    def __init__(self) -> None:
        self._reached = threading.Semaphore(0)
        self._go_on = threading.Event()

    def __call__(self) -> None:
        self._reached.release()
        self._go_on.wait(60)

    def reached(self) -> bool:
        """Wait until a search is there."""
        return self._reached.acquire(timeout=20)

    def end(self) -> None:
        """Let it go on, and halt none any more."""
        self._go_on.set()
