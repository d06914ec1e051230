"""Postings: for each term the rows that have it, and how often each has it.

They hold counts and lengths alone. What a term is worth depends on all rows that are searched
(`retrieval.index.bm25`), so that postings stay as they are while rows are added elsewhere.
"""

import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.arrays import mapped_array

_TERMS, _OFFSETS, _ROWS, _COUNTS = "terms.txt", "offsets.npy", "rows.npy", "counts.npy"
_LENGTHS = "lengths.npy"

Occurrences = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Numbers of terms (p,), and the row of each (p,)."""


class Postings:
    """The terms of n rows. Safe to use from several threads.

    Term t of ``terms`` is in the rows ``rows[offsets[t] : offsets[t + 1]]``, ascending, as often as
    the same slice of ``counts`` says. ``offsets`` is (t + 1,) int64, ``rows`` (p,) int32 and
    ``counts`` (p,) of unsigned integers.

    Attributes:
        lengths: (n,) int32: the number of terms of each row, repeated ones included.
    """

    def __init__(
        self,
        terms: Iterable[str],
        offsets: NDArray[np.int64],
        rows: NDArray[np.int32],
        counts: NDArray[np.unsignedinteger],
        lengths: NDArray[np.int32],
    ) -> None:
        self._numbers = {term: number for number, term in enumerate(terms)}
        self._offsets = offsets
        self._rows = rows
        self._counts = counts
        self.lengths = lengths

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]]) -> "Postings":
        """The postings of documents, each a list of terms: document i becomes row i."""
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
    ) -> "Postings":
        """The postings of ``size`` rows by the occurrences of ``terms`` in them, in any order.

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
        counts = np.diff(starts, append=len(cells))
        cells = cells[starts]
        del starts
        rows = (cells % max(size, 1)).astype(np.int32)
        frequencies = np.bincount(cells // max(size, 1), minlength=len(terms))
        del cells
        lengths = np.bincount(rows, counts, size).astype(np.int32)
        offsets = np.concatenate([[0], np.cumsum(frequencies)])
        smallest = np.min_scalar_type(int(counts.max(initial=0)))
        return cls(terms, offsets, rows, counts.astype(smallest), lengths)

    @classmethod
    def open(cls, folder: Path, size: int) -> "Postings":
        """Map the saved postings of ``size`` rows into memory. Raises `OSError` or `ValueError`."""
        terms = (folder / _TERMS).read_bytes().decode("utf-8", "surrogatepass")
        offsets, rows, counts, lengths = (
            mapped_array(folder / name) for name in (_OFFSETS, _ROWS, _COUNTS, _LENGTHS)
        )
        if lengths.shape != (size,):
            raise ValueError(f"{_LENGTHS} holds {lengths.shape} lengths, not those of {size} rows")
        return cls(terms.splitlines(), offsets, rows, counts, lengths)

    def save(self, folder: Path) -> None:
        """Write the postings into a new ``folder``: a line a term, and the arrays as ``.npy``."""
        folder.mkdir()
        terms = "".join(f"{term}\n" for term in self._numbers)
        (folder / _TERMS).write_bytes(terms.encode("utf-8", "surrogatepass"))
        np.save(folder / _OFFSETS, self._offsets)
        np.save(folder / _ROWS, self._rows)
        np.save(folder / _COUNTS, self._counts)
        np.save(folder / _LENGTHS, self.lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.unsignedinteger]]:
        """The rows that have a term, ascending, and how often each has it."""
        number = self._numbers.get(term)
        column = slice(0, 0)
        if number is not None:
            column = slice(int(self._offsets[number]), int(self._offsets[number + 1]))
        return self._rows[column], self._counts[column]
