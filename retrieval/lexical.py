"""The lexical index: BM25 (Robertson and Zaragoza 2009, in Lucene's form) by bm25s."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray


class LexicalIndex:
    """Term lists in rows, searched by BM25."""

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index

    @classmethod
    def build(cls, documents: Sequence[list[str]]) -> "LexicalIndex":
        """Index one list of terms a row."""
        index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        # One document without a term is fine; a corpus without one would have no vocabulary.
        rows = [list(document) for document in documents]
        index.index(rows if any(rows) else [["\0"], *rows[1:]], show_progress=False)
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """Map a saved index into memory.

        Raises `ValueError`, `KeyError` or `OSError` where it is damaged.
        """
        return cls(bm25s.BM25.load(folder, mmap=True, load_corpus=False))

    def save(self, folder: Path) -> None:
        """Write the index as plain ``.npy`` and JSON files into ``folder``."""
        self._index.save(folder, show_progress=False)

    def __len__(self) -> int:
        return int(self._index.scores["num_docs"])

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of each row for the terms of a query, each counted once: (n,) float32."""
        known = [term for term in dict.fromkeys(query) if self._document_count(term)]
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: NDArray[np.float32] = self._index.get_scores(known)
        return scores

    def holding(self, query: Sequence[str]) -> NDArray[np.bool_]:
        """(n,) bool: the rows that hold every term of a query; none for a query without terms."""
        held = np.full(len(self), bool(query))
        for term in dict.fromkeys(query):
            rows = np.zeros(len(self), dtype=np.bool_)
            rows[self._rows_of(term)] = True
            held &= rows
        return held

    def idf(self, term: str) -> float:
        """How rare a term is: ``ln(1 + (N - n + .5) / (n + .5))``, with n = 0 if no row has it."""
        count = self._document_count(term)
        return float(np.log1p((len(self) - count + 0.5) / (count + 0.5)))

    def _document_count(self, term: str) -> int:
        return len(self._rows_of(term))

    def _rows_of(self, term: str) -> NDArray[np.int32]:
        """The rows that hold a term, as bm25s lists them in its sparse columns."""
        number = self._index.vocab_dict.get(term)
        if number is None:
            return np.empty(0, dtype=np.int32)
        first, stop = self._index.scores["indptr"][number : number + 2]
        rows: NDArray[np.int32] = self._index.scores["indices"][first:stop]
        return rows
