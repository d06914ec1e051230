"""The vectors of a generation of several segments, searched segment by segment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.index.placement import SegmentRows
from retrieval.index.vectors import Mask, Rows, Top, VectorStore, stacked, top_k

_FEW = 100  # rows of a segment that are not of the generation


class SegmentedVectors:
    """A store of stores, one for each segment.

    The rows of a segment are in the order in which the generation has them, so that ties fall by
    row as in a store of all.

    Args:
        size: the number n of rows.
        segments: the store of each segment, and which rows it has.
    """

    def __init__(self, size: int, segments: Sequence[tuple[VectorStore, SegmentRows]]) -> None:
        self._segments = segments
        self._segment_of = np.empty(size, dtype=np.int16)
        self._local = np.empty(size, dtype=np.int32)
        for at, (_, rows) in enumerate(segments):
            here = np.arange(rows.size, dtype=np.int32)
            named = rows.named(rows.living(here).astype(np.intp))
            self._segment_of[named] = at
            self._local[named] = rows.living(here)

    def __len__(self) -> int:
        return len(self._local)

    @property
    def dimensions(self) -> int:
        """The length of a row."""
        return self._segments[0][0].dimensions

    def top(self, query: Vectors, k: int, allowed: Mask | None = None) -> Top:
        """As `VectorStore.top`, approximate where a segment's store is."""
        parts = []
        for store, rows in self._segments:
            if allowed is None and rows.gone <= _FEW:
                # A search for as many more is faster than one that leaves out single rows.
                found, scores = store.top(query, k + rows.gone)
            else:
                found, scores = store.top(query, k, rows.local(allowed))
            parts.append((rows.named(found), scores))
        merged = [
            _best([(rows[at], scores[at]) for rows, scores in parts], k)
            for at in np.ndindex(query.shape[:-1])
        ]
        return stacked(query, merged)

    def scores_of(self, query: Vectors, rows: Rows) -> NDArray[np.float32]:
        """As `VectorStore.scores_of`. Raises `IndexError` for a row that does not exist."""
        if rows.size and not 0 <= int(rows.min()) <= int(rows.max()) < len(self):
            raise IndexError(f"rows {rows.min()} to {rows.max()} of {len(self)}")
        scores = np.empty((*query.shape[:-1], len(rows)), dtype=np.float32)
        segment_of = self._segment_of[rows]
        for at, (store, _) in enumerate(self._segments):
            here = np.flatnonzero(segment_of == at)
            if here.size:
                local = self._local[rows[here]].astype(np.intp)
                scores[..., here] = store.scores_of(query, local)
        return scores


def _best(parts: Sequence[Top], k: int) -> Top:
    """The ``k`` best rows of all parts, best first, ties by row; those below 0 are none."""
    rows = np.concatenate([rows for rows, _ in parts])
    scores = np.concatenate([scores for _, scores in parts])
    alive = rows >= 0
    rows, scores = rows[alive], scores[alive]
    ascending = np.argsort(rows)
    rows, scores = rows[ascending], scores[ascending]
    best = top_k(scores, k)
    return rows[best], scores[best]
