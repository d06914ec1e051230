"""The lexical index: BM25 (Robertson and Zaragoza 2009, in Lucene's form), as bm25s computes it.

As in bm25s (Lù 2024, "BM25S: Orders of magnitude faster lexical search via eager sparse scoring")
every term is scored in every row when the index is built, and a search adds up columns. The terms
are sorted and the columns in files of their own, so that opening them reads nothing, a filter over
neighbouring rows reads its share of each column, and no search sorts all rows.
"""

import array
import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.vectors import Mask, Rows, Top, top_k

_K1, _B = 1.5, 0.75
_KEPT = 1024  # columns, which are views
_TOGETHER = 1 << 18  # postings made at a time
_LETTERS, _ENDS, _STARTS, _ROWS, _SCORES = "letters", "ends", "starts", "rows", "scores"

Column = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The rows that hold a term, ascending, and what it scores in each."""

Occurrences = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Numbers of terms (p,), and the row of each (p,)."""


class Bm25Index:
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
        self._letters = letters
        self._ends = ends
        self._starts = starts
        self._rows = rows
        self._scores = scores
        # One question asks for each of its terms several times. The cache does not hold the index,
        # which would then hold its files until the collector comes.
        find = partial(_column, letters.data, ends.data, starts, rows, scores)
        self._column: Callable[[str], Column] = lru_cache(_KEPT)(find)

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]]) -> "Bm25Index":
        """Index one list of terms a row. They are read once, and only their numbers are held."""
        numbers: dict[str, int] = {}
        terms, lengths = array.array("i"), array.array("i")
        for document in documents:
            terms.extend(numbers.setdefault(term, len(numbers)) for term in document)
            lengths.append(len(document))
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        whole = np.array(terms, dtype=np.int32), rows
        return cls.of_occurrences(len(lengths), list(numbers), [whole], len(terms))

    @classmethod
    def of_occurrences(
        cls, size: int, terms: Sequence[str], blocks: Iterable[Occurrences], most: int
    ) -> "Bm25Index":
        """Index ``size`` rows by the occurrences of terms in them, of which there are ``most``.

        There may also be fewer. It takes up to 17 bytes for each of them.
        """
        encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
        order = sorted(range(len(terms)), key=encoded.__getitem__)
        rank = np.empty(len(terms), dtype=np.int64)
        rank[order] = np.arange(len(terms))
        # One number for term and row: sorted, equal ones are how often a row has the term. What is
        # never written of them takes no memory.
        cells = np.empty(most, dtype=np.int64)
        lengths = np.zeros(size, dtype=np.int64)
        filled = 0
        for numbers, rows in blocks:
            np.add(rank[numbers] * size, rows, out=cells[filled : filled + len(rows)])
            filled += len(rows)
            lengths += np.bincount(rows, minlength=size)
        cells = cells[:filled]
        cells.sort()
        other = np.ones(filled, dtype=np.bool_)
        np.not_equal(cells[1:], cells[:-1], out=other[1:])
        held = int(np.count_nonzero(other))
        first = np.empty(held, dtype=np.int32)
        held_by = np.empty(held, dtype=np.int32)
        frequencies = np.zeros(len(terms), dtype=np.int64)
        held = 0
        for block in _slices(filled):
            at = np.flatnonzero(other[block]) + block.start
            some = slice(held, held + len(at))
            first[some] = at
            term, held_by[some] = np.divmod(cells[at], size)
            frequencies += np.bincount(term, minlength=len(terms))
            held += len(at)
        del cells, other
        counts = np.diff(first, append=np.int32(filled))
        del first
        used = np.flatnonzero(frequencies)
        frequencies = frequencies[used]
        letters = [encoded[order[at]] for at in used.tolist()]
        return cls(
            size,
            np.frombuffer(b"".join(letters), dtype=np.uint8),
            np.cumsum(list(map(len, letters)), dtype=np.int64),
            np.concatenate([[0], np.cumsum(frequencies)]),
            held_by,
            _scored(counts, held_by, np.repeat(_idf(frequencies, size), frequencies), lengths),
        )

    @classmethod
    def open(cls, folder: Path, size: int) -> "Bm25Index":
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
        for name, kind, held in zip(names, kinds, arrays, strict=True):
            if held.ndim != 1 or held.dtype != kind:
                raise ValueError(f"{name}.npy holds {held.dtype} {held.shape}")
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


def _column(
    letters: memoryview,
    ends: memoryview,
    starts: NDArray[np.int64],
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    term: str,
) -> Column:
    """A term's column, empty where no row has it; the rest is as in `Bm25Index`.

    Views give plain bytes and ints, a lookup of which takes a fraction of numpy's.
    """

    def term_at(at: int) -> bytes:
        return bytes(letters[ends[at - 1] if at else 0 : ends[at]])

    wanted = term.encode("utf-8", "surrogatepass")
    low = bisect_left(range(len(ends)), wanted, key=term_at)
    if low == len(ends) or term_at(low) != wanted:
        return rows[:0], scores[:0]
    span = slice(int(starts[low]), int(starts[low + 1]))
    return rows[span], scores[span]


def _idf(counts: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    """How rare terms are that so many of ``size`` rows hold, as bm25s rounds it."""
    idf = [math.log(1 + (size - count + 0.5) / (count + 0.5)) for count in counts.tolist()]
    return np.array(idf, dtype=np.float32)


def _scored(
    counts: NDArray[np.int32],
    rows: NDArray[np.int32],
    idf: NDArray[np.float32],
    lengths: NDArray[np.int64],
) -> NDArray[np.float32]:
    """(p,) float32: what a term scores that a row of one of these lengths has so many times.

    Each step is done in the order and precision of bm25s, so that scores are those of bm25s.
    """
    scores = np.empty(len(counts), dtype=np.float32)
    if not len(counts):
        return scores
    saturation = _K1 * ((1 - _B) + _B * lengths / lengths.mean())
    for some in _slices(len(counts)):
        count = counts[some].astype(np.float32)
        scores[some] = idf[some] * (count / (saturation[rows[some]] + count))
    return scores


def _slices(length: int) -> Iterator[slice]:
    """What covers so many, a block at a time."""
    return (slice(start, start + _TOGETHER) for start in range(0, length, _TOGETHER))


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
