"""Unit vectors in rows, searched by cosine: what a store does, and the exact one.

`retrieval.index.sign_codes` has the one for many rows. Any store must pass
``tests/retrieval/index/store_suite.py``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

Rows: TypeAlias = NDArray[np.intp]
Mask: TypeAlias = NDArray[np.bool_]
Top: TypeAlias = tuple[Rows, NDArray[np.float32]]
"""Rows and their scores, best first, ties by row."""

_BLOCK = 4096  # rows scored at a time: 6 MB of 384 dimensions, which several queries then share
_FETCHED = 512  # rows fetched one by one at a time
_APART = 8  # rows of a scan that a row fetched on its own takes the time of

_Block: TypeAlias = tuple[int, Vectors, Rows | None, Rows | None]
"""Where a block starts, its vectors, which rows of it they are (None for all, from the start on),
and which of the vectors are meant (None for all)."""


class VectorStore(Protocol):
    """Unit vectors in rows, searched by cosine. Safe to use from several threads.

    A ``query`` is (d,) float32, or (m, d) for several at once: what comes back then has m rows.
    """

    def __len__(self) -> int:
        """The number of rows n."""
        ...

    @property
    def dimensions(self) -> int:
        """The length d of a row."""
        ...

    def top(self, query: Vectors, k: int, allowed: Mask | None = None) -> Top:
        """The ``k`` rows with the highest cosines among those that ``allowed``, (n,) bool, lets in.

        (k,) intp and (k,) float32, or as many as are allowed; best first, ties by row. Which rows
        come may be approximate; the scores are the exact cosines of those that do.
        """
        ...

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """The exact cosines of the rows with these numbers, (r,) intp: (r,) float32."""
        ...


class ExactVectors:
    """Every allowed row is scored: blocks of ``vecdot`` over a mapped file."""

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
        """As `VectorStore.top`, exactly. Filters cost by the rows that they let in."""
        queries = np.atleast_2d(query)
        best = [_Best(k) for _ in queries]
        for start, block, rows, scored in self._blocks(allowed):
            for at, each in enumerate(queries):
                scores = np.vecdot(block, each)
                best[at].offer(scores if scored is None else scores[scored], start, rows)
        found = [each.top() for each in best]
        return as_asked(query, [rows for rows, _ in found], [scores for _, scores in found])

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """As `VectorStore.scores_of`. Rows in a run are read in place.

        Raises `IndexError` for a row that there is not.
        """
        if rows.size and not 0 <= int(rows.min()) <= int(rows.max()) < len(self):
            raise IndexError(f"rows {rows.min()} to {rows.max()} of {len(self)}")
        scores = np.empty((*query.shape[:-1], len(rows)), dtype=np.float32)
        # One small buffer for all that is fetched: it stays in the cache, and asking the system
        # for a larger one each time can take longer than the search.
        fetched = np.empty((min(len(rows), _FETCHED), self.dimensions), dtype=np.float32)
        for start in range(0, len(rows), _FETCHED):
            some = rows[start : start + _FETCHED]
            first, last = int(some[0]), int(some[-1])
            if last - first + 1 == len(some) and bool((np.diff(some) == 1).all()):
                block = self.vectors[first : last + 1]
            else:
                block = fetched[: len(some)]
                self.vectors.take(some, axis=0, out=block, mode="clip")  # "raise" would copy
            for at in np.ndindex(query.shape[:-1]):
                np.vecdot(block, query[at], out=scores[at][start : start + len(some)])
        return scores

    def _blocks(self, allowed: Mask | None) -> Iterator[_Block]:
        for start in range(0, len(self), _BLOCK):
            block = self.vectors[start : start + _BLOCK]
            if allowed is None:
                yield start, block, None, None
                continue
            rows = np.flatnonzero(allowed[start : start + _BLOCK])
            if not len(rows):
                continue
            first, stop = int(rows[0]), int(rows[-1]) + 1
            if len(rows) == stop - first:
                yield start + first, block[first:stop], None, None
            elif len(rows) * _APART < stop - first:
                yield start, block[rows], rows, None
            else:
                yield start, block[first:stop], rows, rows - first


class _Best:
    """The best ``k`` of what is offered block by block, lower rows first."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._least = np.float32(-np.inf)
        self._rows: list[Rows] = []
        self._scores: list[NDArray[np.float32]] = []
        self._held = 0

    def offer(self, scores: NDArray[np.float32], start: int, rows: Rows | None) -> None:
        """Take what may be among the best; ``rows`` are those scored, counted from ``start``."""
        good = np.flatnonzero(scores >= self._least)
        if not good.size:
            return
        self._rows.append((good if rows is None else rows[good]) + start)
        self._scores.append(scores[good])
        self._held += good.size
        if self._held >= 2 * self._k:
            held, best = self.top()
            self._rows, self._scores, self._held = [held], [best], len(held)
            if 0 < self._k == len(held):
                # What ties with the last one would come behind it: its row is higher.
                self._least = np.nextafter(best[-1], np.float32(np.inf))

    def top(self) -> Top:
        """What is best so far."""
        if not self._rows:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        rows, scores = np.concatenate(self._rows), np.concatenate(self._scores)
        order = top_k(scores, self._k)
        return rows[order], scores[order]


def map_vectors(path: Path) -> Vectors:
    """Map the (n, d) float32 rows of a ``.npy`` file into memory.

    Raises `ValueError` or `OSError` where the file is not such an array.
    """
    vectors: Vectors = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"{path.name} holds {vectors.dtype} {vectors.shape}, not rows of float32")
    return vectors


def as_asked(query: Vectors, rows: list[Rows], scores: list[NDArray[np.float32]]) -> Top:
    """One result a query: as it is for a query (d,), stacked for (m, d)."""
    if query.ndim == 1:
        return rows[0], scores[0]
    if not rows:
        return np.empty((0, 0), dtype=np.intp), np.empty((0, 0), dtype=np.float32)
    return np.stack(rows), np.stack(scores)


def top_k(scores: NDArray[np.float32], k: int) -> Rows:
    """The rows of the ``k`` highest finite scores, best first, ties by row."""
    k = min(k, scores.size)
    if k == 0:
        return np.empty(0, dtype=np.intp)
    # Everything that ties with the k-th is kept until the sort, so that ties fall by row.
    threshold = np.partition(scores, scores.size - k)[scores.size - k]
    rows = np.flatnonzero((scores >= threshold) & np.isfinite(scores))
    return rows[np.lexsort((rows, -scores[rows]))][:k]
