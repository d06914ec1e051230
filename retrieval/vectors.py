"""The numpy vector store: exact search over memory-mapped unit vectors."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

_BLOCK = 8192  # rows scored at a time: 12 MB of 384 dimensions, so that a block stays in the cache


class VectorStore:
    """Unit vectors in rows, searched exactly by cosine."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors

    @classmethod
    def open(cls, path: Path) -> "VectorStore":
        """Map the (n, d) float32 rows of a ``.npy`` file into memory.

        Raises `ValueError` or `OSError` where the file is not such an array.
        """
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(
                f"{path.name} holds {vectors.dtype} {vectors.shape}, not rows of float32"
            )
        return cls(vectors)

    def __len__(self) -> int:
        return int(self.vectors.shape[0])

    @property
    def dimensions(self) -> int:
        """The length of a row."""
        return int(self.vectors.shape[1])

    def scores(self, query: Vectors, allowed: NDArray[np.bool_] | None = None) -> Vectors:
        """The cosine of ``query`` (d,) with each row: (n,) float32, ``-inf`` where not allowed.

        ``allowed`` is (n,) bool. Only the span from the first to the last allowed row is read, so
        that a filter over neighbouring rows costs its share.
        """
        scores = np.full(len(self), -np.inf, dtype=np.float32)
        first, stop = 0, len(self)
        if allowed is not None:
            rows = np.flatnonzero(allowed)
            first, stop = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)
        for start in range(first, stop, _BLOCK):
            end = min(start + _BLOCK, stop)
            np.vecdot(self.vectors[start:end], query, out=scores[start:end])
        if allowed is not None:
            scores[~allowed] = -np.inf
        return scores


def top_k(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """The rows of the ``k`` highest finite scores, best first, ties by row."""
    k = min(k, scores.size)
    if k == 0:
        return np.empty(0, dtype=np.intp)
    # Everything that ties with the k-th is kept until the sort, so that ties fall by row.
    threshold = np.partition(scores, scores.size - k)[scores.size - k]
    rows = np.flatnonzero((scores >= threshold) & np.isfinite(scores))
    return rows[np.lexsort((rows, -scores[rows]))][:k]
