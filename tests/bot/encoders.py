"""The real encoder, except that it waits or fails at a given word; and one without a model."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.models import Model


class TriggerEncoder:
    """Calls ``action`` before it encodes a text with a given word, in the thread that encodes."""

    def __init__(self, encoder: Encoder, word: str, action: Callable[[], object]) -> None:
        self._encoder = encoder
        self._word = word
        self._action = action

    @property
    def model(self) -> Model:
        return self._encoder.model

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self._trigger(texts)
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self._trigger(texts)
        return self._encoder.encode_passages(texts)

    def _trigger(self, texts: Sequence[str]) -> None:
        if any(self._word in text for text in texts):
            self._action()


class Gate:
    """Holds the searches that reach it until it is opened."""

    def __init__(self) -> None:
        self._arrivals = threading.Semaphore(0)
        self._opened = threading.Event()

    def __call__(self) -> None:
        self._arrivals.release()
        self._opened.wait(60)

    def wait_for_arrival(self) -> bool:
        """Wait until a search has arrived; return whether one has."""
        return self._arrivals.acquire(timeout=20)

    def open(self) -> None:
        """Let all searches through."""
        self._opened.set()


class HashedEncoder:
    """Encodes texts as unit vectors that only tell whether they are equal.

    For tests in which nothing is found by meaning: it takes no time.
    """

    def __init__(self) -> None:
        self.model = Model("hashed", Path(), "0" * 64)
        self.dimensions = 64

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        digests = b"".join(
            hashlib.shake_128(text.encode("utf-8", "surrogatepass")).digest(self.dimensions)
            for text in texts
        )
        rows = np.frombuffer(digests, dtype=np.int8).reshape(-1, self.dimensions) + np.float32(0.5)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
