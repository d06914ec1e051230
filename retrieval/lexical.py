"""The lexical index: BM25 (Robertson and Zaragoza 2009, in Lucene's form), as bm25s computes it.

bm25s (Lù 2024, "BM25S: Orders of magnitude faster lexical search via eager sparse scoring") scores
every term in every row when the index is built; a search adds up columns. Its columns are kept here
in files of our own, so that opening them reads nothing, a filter over neighbouring rows reads its
share of each column, and no search sorts all rows.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors import Mask, Rows, Top, top_k

_K1, _B = 1.5, 0.75
_KEPT = 1024  # columns, which are views
_LETTERS, _ENDS, _STARTS, _ROWS, _SCORES = "letters", "ends", "starts", "rows", "scores"

Column = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The rows that hold a term, ascending, and what it scores in each."""


class LexicalIndex:
    """Term lists in rows, searched by BM25. Safe to use from several threads.

    ``letters`` (bytes,) uint8 are all terms in UTF-8, sorted and run together; ``ends`` (t,) int64
    says where each ends. Term t holds the rows and scores from ``starts[t]`` to ``starts[t + 1]``;
    ``rows`` is (p,) int32, ``scores`` (p,) float32, ``starts`` (t + 1,) int64.
    """

    def __init__(
        self,
        size: int,
        letters: NDArray[np.uint8],
        ends: NDArray[np.int64],
        starts: NDArray[np.int64],
        rows: NDArray[np.int32],
        scores: NDArray[np.float32],
    ) -> None:
        self._size = size
        # Views give plain bytes and ints, a lookup of which takes a fraction of numpy's.
        self._letters = letters.data
        self._ends = ends.data
        self._starts = starts
        self._rows = rows
        self._scores = scores
        # One question asks for each of its terms several times.
        self._column = lru_cache(_KEPT)(self._found)

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]]) -> "LexicalIndex":
        """Index one list of terms a row. They are read once, and only their numbers are held."""
        import bm25s  # what is only searched does not need it

        numbers: dict[str, int] = {}
        numbered = [
            [numbers.setdefault(term, len(numbers)) for term in document] for document in documents
        ]
        if not numbers:
            none = np.empty(0, dtype=np.int64)
            return cls(
                len(numbered),
                none.astype(np.uint8),
                none,
                np.zeros(1, dtype=np.int64),
                none.astype(np.int32),
                none.astype(np.float32),
            )
        index = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        index.index((numbered, numbers), show_progress=False, create_empty_token=False)
        terms = sorted((term.encode("utf-8", "surrogatepass"), at) for term, at in numbers.items())
        order = np.array([at for _, at in terms])
        columns = index.scores["indptr"].astype(np.int64)
        lengths = np.diff(columns)[order]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        # Where each entry of the sorted columns stands in bm25s's.
        taken = np.arange(starts[-1]) + np.repeat(columns[order] - starts[:-1], lengths)
        return cls(
            len(numbered),
            np.frombuffer(b"".join(term for term, _ in terms), dtype=np.uint8),
            np.cumsum([len(term) for term, _ in terms], dtype=np.int64),
            starts,
            index.scores["indices"][taken].astype(np.int32, copy=False),
            index.scores["data"][taken].astype(np.float32, copy=False),
        )

    @classmethod
    def open(cls, folder: Path, size: int) -> "LexicalIndex":
        """Map a saved index of ``size`` rows into memory.

        Raises `ValueError` or `OSError` where it is damaged.
        """
        names = (_LETTERS, _ENDS, _STARTS, _ROWS, _SCORES)
        kinds = (np.uint8, np.int64, np.int64, np.int32, np.float32)
        arrays = [
            # Plain arrays over the maps: a slice of a mapped array takes longer to make.
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)
            for name in names
        ]
        for name, kind, array in zip(names, kinds, arrays, strict=True):
            if array.ndim != 1 or array.dtype != kind:
                raise ValueError(f"{name}.npy holds {array.dtype} {array.shape}")
        return cls(size, *arrays)

    def save(self, folder: Path) -> None:
        """Write the index as ``.npy`` files into ``folder``."""
        folder.mkdir()
        np.save(folder / f"{_LETTERS}.npy", self._letters)
        np.save(folder / f"{_ENDS}.npy", self._ends)
        np.save(folder / f"{_STARTS}.npy", self._starts)
        np.save(folder / f"{_ROWS}.npy", self._rows)
        np.save(folder / f"{_SCORES}.npy", self._scores)

    def __len__(self) -> int:
        return self._size

    def top(self, query: Sequence[str], k: int, allowed: Mask | None = None) -> Top:
        """The ``k`` best rows among those that ``allowed``, (n,) bool, lets in, ties by row.

        (k,) intp and (k,) float32, or as many as are allowed. Each term counts once; rows that hold
        none score 0.
        """
        first, stop = 0, self._size
        if allowed is not None:
            if not allowed.any():
                return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
            first, stop = int(allowed.argmax()), self._size - int(allowed[::-1].argmax())
        columns = [_between(column, first, stop) for column in self._columns(query)]
        scores = np.zeros(stop - first, dtype=np.float32)
        for rows, of_term in columns:
            np.add.at(scores, rows, of_term)  # in the order of the terms, as bm25s does
        inside = None if allowed is None else allowed[first:stop]
        good = scores >= _reached(columns, k, inside)
        near = np.flatnonzero(good if inside is None else good & inside)
        best = near[top_k(scores[near], k)]
        return best + first, scores[best]

    def scores_of(self, query: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """The BM25 scores of the rows with these numbers, (r,) intp: (r,) float32."""
        scores = np.zeros(len(rows), dtype=np.float32)
        for held, of_term in self._columns(query):
            at, found = _sought(held, rows)
            scores += np.where(found, of_term[at], np.float32(0))
        return scores

    def terms_in(self, query: Sequence[str], rows: Rows) -> list[frozenset[str]]:
        """Which terms of a query each of the rows with these numbers, (r,) intp, holds."""
        terms = [term for term in dict.fromkeys(query) if len(self._column(term)[0])]
        found = [_sought(self._column(term)[0], rows)[1].tolist() for term in terms]
        return [
            frozenset(term for term, held in zip(terms, each, strict=True) if held)
            for each in zip(*found, strict=True)
        ] or [frozenset()] * len(rows)

    def holding(self, query: Sequence[str]) -> NDArray[np.bool_]:
        """(n,) bool: the rows that hold every term of a query; none for a query without terms."""
        held = np.full(len(self), bool(query))
        for term in dict.fromkeys(query):
            rows = np.zeros(len(self), dtype=np.bool_)
            rows[self._column(term)[0]] = True
            held &= rows
        return held

    def idf(self, term: str) -> float:
        """How rare a term is: ``ln(1 + (N - n + .5) / (n + .5))``, with n = 0 if no row has it."""
        count = len(self._column(term)[0])
        return float(np.log1p((len(self) - count + 0.5) / (count + 0.5)))

    def _columns(self, query: Sequence[str]) -> Iterator[Column]:
        """The columns of the terms that there are, each once."""
        for term in dict.fromkeys(query):
            column = self._column(term)
            if len(column[0]):
                yield column

    def _found(self, term: str) -> Column:
        """A term's column, empty where no row has it."""
        wanted = term.encode("utf-8", "surrogatepass")
        low = bisect_left(range(len(self._ends)), wanted, key=self._term)
        if low == len(self._ends) or self._term(low) != wanted:
            return self._rows[:0], self._scores[:0]
        span = slice(int(self._starts[low]), int(self._starts[low + 1]))
        return self._rows[span], self._scores[span]

    def _term(self, at: int) -> bytes:
        return bytes(self._letters[self._ends[at - 1] if at else 0 : self._ends[at]])


def _sought(held: NDArray[np.int32], rows: Rows) -> tuple[Rows, Mask]:
    """Where rows stand in a column, which is not empty, or would; and whether they do."""
    sought = rows.astype(np.int32)
    at = np.minimum(np.searchsorted(held, sought), len(held) - 1)
    return at, held[at] == sought


def _between(column: Column, first: int, stop: int) -> Column:
    """What a column has from row ``first`` to before ``stop``, counted from ``first``."""
    rows, scores = column
    # Other integers than the column's own would have it copied.
    begin, end = np.searchsorted(rows, np.array((first, stop), dtype=rows.dtype)).tolist()
    inner = rows[begin:end]
    return inner - np.int32(first) if first else inner, scores[begin:end]


def _reached(columns: Sequence[Column], k: int, inside: Mask | None) -> float:
    """A score that at least ``k`` rows reach: the k-th highest in the rarest column that has k.

    What other terms add is not below 0. Where no column has so many, that is 0.
    """
    for rows, scores in sorted(columns, key=lambda column: len(column[0])):
        if len(rows) >= k > 0:
            counted = scores if inside is None else scores[inside[rows]]
            if len(counted) >= k:
                return float(np.partition(counted, len(counted) - k)[len(counted) - k])
    return 0.0
