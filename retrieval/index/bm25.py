"""BM25 over passages (Robertson and Zaragoza 2009, in Lucene's form), scored at build time.

As in bm25s (Lù 2024, "BM25S: Orders of magnitude faster lexical search via eager sparse scoring"),
whose scores these are bit for bit, each term is scored in each row when the index is built, and a
query adds up the columns of its terms. ``tests/benchmarks/bm25.py`` measures both: bm25s counts
terms in Python, which takes several times as long and twice the memory.
"""

import array
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.vectors import Mask, Rows, Top, top_k

_K1, _B = 1.5, 0.75
_TERMS, _OFFSETS, _ROWS, _SCORES = "terms.txt", "offsets.npy", "rows.npy", "scores.npy"

Occurrences = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Numbers of terms (p,), and the row of each (p,)."""


class Bm25Index:
    """Lists of terms in rows, searched by BM25. Safe to use from several threads.

    Term t of ``terms`` is in the rows ``rows[offsets[t] : offsets[t + 1]]``, ascending, and has the
    ``scores`` of the same slice there; ``offsets`` is (t + 1,) int64, ``rows`` (p,) int32 and
    ``scores`` (p,) float32.
    """

    def __init__(
        self,
        size: int,
        terms: Iterable[str],
        offsets: NDArray[np.int64],
        rows: NDArray[np.int32],
        scores: NDArray[np.float32],
    ) -> None:
        self._size = size
        self._numbers = {term: number for number, term in enumerate(terms)}
        self._offsets = offsets
        self._rows = rows
        self._scores = scores

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]]) -> "Bm25Index":
        """Index documents, each a list of terms: document i becomes row i."""
        numbers: dict[str, int] = {}
        terms, lengths = array.array("i"), array.array("i")
        for document in documents:
            terms.extend(numbers.setdefault(term, len(numbers)) for term in document)
            lengths.append(len(document))
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        whole = np.array(terms, dtype=np.int32), rows
        return cls.from_occurrences(len(lengths), list(numbers), [whole])

    @classmethod
    def from_occurrences(
        cls, size: int, terms: Sequence[str], blocks: Iterable[Occurrences]
    ) -> "Bm25Index":
        """Index ``size`` rows by the occurrences of ``terms`` in them, in any order.

        Takes about 25 bytes for each of them while it works.
        """
        # One number for term and row: sorted, a run of equal ones is a term in a row.
        cells = np.concatenate(
            [
                np.empty(0, dtype=np.int64),
                *(np.multiply(numbers, size, dtype=np.int64) + rows for numbers, rows in blocks),
            ]
        )
        cells.sort()
        starts = np.flatnonzero(np.diff(cells, prepend=-1))
        counts = np.diff(starts, append=len(cells)).astype(np.float32)
        cells = cells[starts]
        del starts
        rows = (cells % max(size, 1)).astype(np.int32)
        frequencies = np.bincount(cells // max(size, 1), minlength=len(terms))
        del cells
        lengths = np.bincount(rows, counts, size)
        mean = lengths.sum() / max(size, 1) or 1.0
        idf = np.array([_idf(count, size) for count in frequencies.tolist()], dtype=np.float32)
        # In place, as these are the largest arrays of a build.
        scores = (_K1 * ((1 - _B) + _B * lengths / mean))[rows]
        scores += counts
        np.divide(counts, scores, out=scores)
        scores *= np.repeat(idf, frequencies)
        offsets = np.concatenate([[0], np.cumsum(frequencies)])
        return cls(size, terms, offsets, rows, scores.astype(np.float32))

    @classmethod
    def open(cls, folder: Path, size: int) -> "Bm25Index":
        """Map a saved index of ``size`` rows into memory. Raises `OSError` or `ValueError`."""
        terms = (folder / _TERMS).read_bytes().decode("utf-8", "surrogatepass")
        offsets, rows, scores = (
            # A plain array over the map: a slice of a mapped one takes longer to make.
            np.load(folder / name, mmap_mode="r", allow_pickle=False).view(np.ndarray)
            for name in (_OFFSETS, _ROWS, _SCORES)
        )
        return cls(size, terms.splitlines(), offsets, rows, scores)

    def save(self, folder: Path) -> None:
        """Write the index into a new ``folder``: a line a term, and the arrays as ``.npy``."""
        folder.mkdir()
        terms = "".join(f"{term}\n" for term in self._numbers)
        (folder / _TERMS).write_bytes(terms.encode("utf-8", "surrogatepass"))
        np.save(folder / _OFFSETS, self._offsets)
        np.save(folder / _ROWS, self._rows)
        np.save(folder / _SCORES, self._scores)

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
            column = self._column(term)
            np.add.at(scores, self._rows[column], self._scores[column])
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
        column = self._column(term)
        return _idf(column.stop - column.start, self._size)

    def _has(self, term: str) -> Mask:
        """(n,) bool: the rows that have a term."""
        has = np.zeros(self._size, dtype=np.bool_)
        has[self._rows[self._column(term)]] = True
        return has

    def _column(self, term: str) -> slice:
        """Where the rows and scores of a term are; empty if no row has it."""
        number = self._numbers.get(term)
        if number is None:
            return slice(0, 0)
        return slice(int(self._offsets[number]), int(self._offsets[number + 1]))


def best_matching(scores: NDArray[np.float32], k: int, allowed: Mask | None = None) -> Top:
    """The ``k`` best rows by their `Bm25Index.scores`, (n,) float32, as `Bm25Index.top`."""
    found = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
    best = found[top_k(scores[found], k)]
    return best, scores[best]


def _idf(count: int, size: int) -> float:
    """How rare a term is that ``count`` of ``size`` rows have."""
    return math.log(1 + (size - count + 0.5) / (count + 0.5))
