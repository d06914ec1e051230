"""BM25 over passages (Robertson and Zaragoza 2009, in Lucene's form), from postings.

The scores are those of bm25s (Lù 2024, "BM25S: Orders of magnitude faster lexical search via eager
sparse scoring") bit for bit, but a term is scored when it is asked for, not when the index is
built: each release that comes or goes changes the number of rows, their mean length and how rare a
term is, and with them every score that there is. ``tests/benchmarks/bm25.py`` measures both.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.index.placement import SegmentRows
from retrieval.index.postings import Postings
from retrieval.index.vectors import Mask, Rows, Top, top_k

K1, B = 1.5, 0.75


class Bm25Index:
    """Rows searched by BM25, over the postings of one or more segments.

    Safe to use from several threads.

    Args:
        size: the number n of rows.
        segments: the postings of each segment, and which rows the segment has.
    """

    def __init__(self, size: int, segments: Sequence[tuple[Postings, SegmentRows]]) -> None:
        self._size = size
        self._segments = segments
        total = sum(
            int(rows.living(postings.lengths).sum(dtype=np.int64)) for postings, rows in segments
        )
        mean = total / max(size, 1) or 1.0
        # What a row's length adds to the number of times that a term is in it.
        self._norms = [
            K1 * ((1 - B) + B * postings.lengths.astype(np.float64) / mean)
            for postings, _ in segments
        ]

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]]) -> "Bm25Index":
        """Index documents, each a list of terms: document i becomes row i."""
        return cls.of(Postings.build(documents))

    @classmethod
    def of(cls, postings: Postings) -> "Bm25Index":
        """Index the rows of one segment as they are."""
        return cls(len(postings), [(postings, SegmentRows.all(len(postings)))])

    def __len__(self) -> int:
        return self._size

    def top(self, query: Iterable[str], k: int, allowed: Mask | None = None) -> Top:
        """The ``k`` best rows of those that ``allowed``, (n,) bool, lets in, ties by row.

        (k,) intp and (k,) float32, or fewer: rows without any term of the query are left out.
        """
        return best_matching(self.scores(query), k, allowed)

    def scores(self, query: Iterable[str]) -> NDArray[np.float32]:
        """(n,) float32: the score of every row; each different term of the query counts once."""
        scores = np.zeros(self._size, dtype=np.float32)
        for term in dict.fromkeys(query):
            columns = list(self._columns(term))
            idf = np.float32(idf_of(sum(len(each.rows) for each in columns), self._size))
            for column in columns:
                # In float64, and rounded only then, as bm25s does.
                values = column.norms
                values += column.counts
                np.divide(column.counts, values, out=values)
                values *= idf
                np.add.at(scores, column.rows, values.astype(np.float32))
        return scores

    def terms_in(self, query: Iterable[str], rows: Rows) -> list[frozenset[str]]:
        """Which terms of a query each of the rows with these numbers, (r,) intp, has."""
        terms = list(dict.fromkeys(query))
        held = [self._has(term)[rows].tolist() for term in terms]
        return [
            frozenset(term for term, has in zip(terms, each, strict=True) if has)
            for each in zip(*held, strict=True)
        ] or [frozenset()] * len(rows)

    def holding(self, query: Sequence[str]) -> Mask:
        """(n,) bool: the rows that have every term of a query; none for a query without terms."""
        held = np.full(self._size, bool(query))
        for term in query:
            held &= self._has(term)
        return held

    def idf(self, term: str) -> float:
        """How rare a term is: ``ln(1 + (N - n + .5) / (n + .5))``, with n = 0 if no row has it."""
        return idf_of(sum(len(rows) for rows in self._rows_with(term)), self._size)

    def _has(self, term: str) -> Mask:
        """(n,) bool: the rows that have a term."""
        has = np.zeros(self._size, dtype=np.bool_)
        for rows in self._rows_with(term):
            has[rows] = True
        return has

    def _rows_with(self, term: str) -> Iterator[NDArray[np.int32]]:
        """The rows that have a term, segment by segment."""
        for postings, rows in self._segments:
            held, _ = postings.of(term)
            found, _ = rows.find(held)
            yield found

    def _columns(self, term: str) -> Iterator["_Column"]:
        """The rows that have a term, with what their scores are made of, segment by segment."""
        for (postings, rows), norms in zip(self._segments, self._norms, strict=True):
            held, counts = postings.of(term)
            found, living = rows.find(held)
            if living is not None:
                held, counts = held[living], counts[living]
            yield _Column(found, counts, norms[held])


class _Column(NamedTuple):
    """Rows that have a term, how often each has it, and a copy of their norms."""

    rows: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    norms: NDArray[np.float64]


def best_matching(scores: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Top:
    """The ``k`` best rows by their `Bm25Index.scores`, (n,) float32, as `Bm25Index.top`."""
    found = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
    best = found[top_k(scores[found], k)]
    return best, scores[best]


def idf_of(count: int, size: int) -> float:
    """How rare a term is that ``count`` of ``size`` rows have."""
    return math.log(1 + (size - count + 0.5) / (count + 0.5))


def frequency_of(idf: float, size: int) -> float:
    """How many of ``size`` rows have a term that is so rare, as `idf_of` has it."""
    return (size + 1) / math.exp(idf) - 0.5
