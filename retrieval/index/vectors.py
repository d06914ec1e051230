"""Unit vectors in rows, searched by cosine: the protocol of a store, and the exact store.

`retrieval.index.sign_codes` has the store for many rows. Every store must pass
``tests/retrieval/index/store_suite.py``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.index.arrays import mapped_array

Rows: TypeAlias = NDArray[np.intp]
Mask: TypeAlias = NDArray[np.bool_]
Top: TypeAlias = tuple[Rows, NDArray[np.float32]]
"""Row numbers and their scores, best first, ties by row."""

_BLOCK = 4096  # rows scored at a time: 6 MB of 384 dimensions, which several queries share
_FETCHED = 512  # scattered rows copied at a time
_SCATTERED = 8  # rows of a scan that take as long as copying one scattered row


class VectorStore(Protocol):
    """Unit vectors in rows, searched by cosine. Safe to use from several threads.

    A ``query`` is (d,) float32, or (m, d) for m queries at once: results then have m rows.
    """

    def __len__(self) -> int:
        """The number of rows n."""
        ...

    @property
    def dimensions(self) -> int:
        """The length d of a row."""
        ...

    def top(self, query: Vectors, k: int, allowed: Mask | None = None) -> Top:
        """The ``k`` rows with the highest cosines among those that ``allowed``, (n,) bool, marks.

        (k,) intp and (k,) float32, or fewer if fewer are allowed; best first, ties by row. Which
        rows are returned may be approximate; their scores are exact cosines.
        """
        ...

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """(r,) float32: the exact cosines of the rows with these numbers, (r,) intp."""
        ...


class ExactVectors:
    """A store that scores every allowed row, by blocks of ``vecdot`` over a mapped file."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors

    @classmethod
    def open(cls, path: Path) -> "ExactVectors":
        """Map a file of `map_vectors`. Raises `ValueError` or `OSError`."""
        return cls(map_vectors(path))

    def __len__(self) -> int:
        return int(self.vectors.shape[0])

    @property
    def dimensions(self) -> int:
        """The length of a row."""
        return int(self.vectors.shape[1])

    def top(self, query: Vectors, k: int, allowed: Mask | None = None) -> Top:
        """As `VectorStore.top`, exactly. The time depends on the number of allowed rows."""
        queries = np.atleast_2d(query)
        best = [_Best(k) for _ in queries]
        for block in self._blocks(allowed):
            for vector, candidates in zip(queries, best, strict=True):
                scores = np.vecdot(block.vectors, vector)
                if block.scored is not None:
                    scores = scores[block.scored]
                candidates.offer(scores, block.start, block.rows)
        return stacked(query, [each.top() for each in best])

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """As `VectorStore.scores_of`. Consecutive rows are read in place.

        Raises `IndexError` for a row that does not exist.
        """
        if rows.size and not 0 <= int(rows.min()) <= int(rows.max()) < len(self):
            raise IndexError(f"rows {rows.min()} to {rows.max()} of {len(self)}")
        scores = np.empty((*query.shape[:-1], len(rows)), dtype=np.float32)
        # One small buffer stays in the processor's cache; allocating a larger one each time can
        # take longer than the search.
        fetched = np.empty((min(len(rows), _FETCHED), self.dimensions), dtype=np.float32)
        for start in range(0, len(rows), _FETCHED):
            chunk = rows[start : start + _FETCHED]
            first, last = int(chunk[0]), int(chunk[-1])
            if last - first + 1 == len(chunk) and bool((np.diff(chunk) == 1).all()):
                block = self.vectors[first : last + 1]
            else:
                block = fetched[: len(chunk)]
                self.vectors.take(chunk, axis=0, out=block, mode="clip")  # "raise" would copy
            for at in np.ndindex(query.shape[:-1]):
                np.vecdot(block, query[at], out=scores[at][start : start + len(chunk)])
        return scores

    def _blocks(self, allowed: Mask | None) -> Iterator["_Block"]:
        for start in range(0, len(self), _BLOCK):
            vectors = self.vectors[start : start + _BLOCK]
            if allowed is None:
                yield _Block(start, vectors)
                continue
            rows = np.flatnonzero(allowed[start : start + _BLOCK])
            if not len(rows):
                continue
            first, stop = int(rows[0]), int(rows[-1]) + 1
            if len(rows) == stop - first:
                yield _Block(start + first, vectors[first:stop])
            elif len(rows) * _SCATTERED < stop - first:
                yield _Block(start, vectors[rows], rows)
            else:
                yield _Block(start, vectors[first:stop], rows, rows - first)


class _Block(NamedTuple):
    """Vectors to score.

    Attributes:
        start: the row that the block starts at.
        vectors: those of the block that are scored.
        rows: the rows, counted from the start, whose scores count; None if they are consecutive.
        scored: the positions of these rows among the vectors; None for all vectors.
    """

    start: int
    vectors: Vectors
    rows: Rows | None = None
    scored: Rows | None = None


class _Best:
    """The best ``k`` rows of blocks that are offered one after the other, in ascending order."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._least = np.float32(-np.inf)
        self._rows: list[Rows] = []
        self._scores: list[NDArray[np.float32]] = []
        self._count = 0

    def offer(self, scores: NDArray[np.float32], start: int, rows: Rows | None) -> None:
        """Keep what may be among the best.

        ``rows`` are those that have the ``scores``, counted from ``start``; None if consecutive.
        """
        good = np.flatnonzero(scores >= self._least)
        if not good.size:
            return
        self._rows.append((good if rows is None else rows[good]) + start)
        self._scores.append(scores[good])
        self._count += good.size
        if self._count >= 2 * self._k:
            kept, best = self.top()
            self._rows, self._scores, self._count = [kept], [best], len(kept)
            if 0 < self._k == len(kept):
                # A later row with the same score as the last would rank below it.
                self._least = np.nextafter(best[-1], np.float32(np.inf))

    def top(self) -> Top:
        """The best rows offered so far."""
        if not self._rows:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        rows, scores = np.concatenate(self._rows), np.concatenate(self._scores)
        order = top_k(scores, self._k)
        return rows[order], scores[order]


def map_vectors(path: Path) -> Vectors:
    """Map the (n, d) float32 rows of a ``.npy`` file into memory.

    Raises `ValueError` or `OSError` if the file is not such an array.
    """
    vectors: Vectors = mapped_array(path)
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"{path.name} holds {vectors.dtype} {vectors.shape}, not rows of float32")
    return vectors


def stacked(query: Vectors, results: Sequence[Top]) -> Top:
    """The result of a query (d,), or those of the queries (m, d) stacked."""
    if query.ndim == 1:
        return results[0]
    if not results:
        return np.empty((0, 0), dtype=np.intp), np.empty((0, 0), dtype=np.float32)
    return np.stack([rows for rows, _ in results]), np.stack([scores for _, scores in results])


def top_k(scores: NDArray[np.float32], k: int) -> Rows:
    """The rows of the ``k`` highest finite scores, best first, ties by row."""
    k = min(k, scores.size)
    if k == 0:
        return np.empty(0, dtype=np.intp)
    # All that ties with the k-th is kept until the sort, so that ties are broken by row.
    threshold = np.partition(scores, scores.size - k)[scores.size - k]
    rows = np.flatnonzero((scores >= threshold) & np.isfinite(scores))
    return rows[np.lexsort((rows, -scores[rows]))][:k]
