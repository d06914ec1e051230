"""Text to unit vectors: what an encoder is, and one that sentence-transformers runs."""

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.encodable import encodable
from embeddings.errors import ModelNotFound, first_line
from embeddings.models import Model
from embeddings.scheduling import PriorityLock
from embeddings.threads import torch_threads

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors: TypeAlias = NDArray[np.float32]
"""(n, d) float32, unit rows."""

_BATCH = 32


class Encoder(Protocol):
    """Encodes texts as vectors. Queries and passages may be encoded differently."""

    @property
    def model(self) -> Model:
        """The model behind it; its fingerprint goes into the index."""
        ...

    @property
    def dimensions(self) -> int:
        """The length d of a vector."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, one for each query."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, one for each passage; ``texts`` is not empty."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model, loaded at the first text.

    Safe to call from several threads: calls run one at a time, queries before further batches.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._lock = PriorityLock()
        self._loading = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def dimensions(self) -> int:
        """The length d of a vector, as the model's configuration says."""
        return int(self.load().get_embedding_dimension() or 0)

    def load(self) -> "SentenceTransformer":
        """Import torch and load the weights, once. Raises `ModelNotFound`."""
        with self._loading:
            if self._loaded is None:
                from sentence_transformers import SentenceTransformer

                try:
                    self._loaded = SentenceTransformer(
                        str(self.model.path), device="cpu", local_files_only=True
                    )
                # What the library raises for files that it cannot load is not documented.
                except Exception as error:
                    raise ModelNotFound(self.model.name, first_line(error)) from error
            return self._loaded

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, with the model's own query prompt if it has one."""
        loaded = self.load()
        with self._lock.query(), torch_threads(1):
            vectors = loaded.encode_query(
                [*map(encodable, texts)],
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, d) float32 unit rows, with the model's own document prompt if it has one."""
        loaded = self.load()
        # Texts of similar length share a batch, so that little of it is padding.
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        batches = []
        for start in range(0, len(by_length), _BATCH):
            batch = [texts[i] for i in by_length[start : start + _BATCH]]
            with self._lock.batch(), torch_threads(os.cpu_count() or 1):
                batches.append(
                    loaded.encode_document(
                        [*map(encodable, batch)],
                        batch_size=_BATCH,
                        normalize_embeddings=True,
                        show_progress_bar=False,
                    )
                )
        encoded = np.concatenate(batches).astype(np.float32, copy=False)
        vectors = np.empty_like(encoded)
        vectors[by_length] = encoded
        return vectors
