"""The analyses that a segment stores, so that a later build tokenizes only what is new.

documents.npy    (r, 32) uint8: the exact digest of each document
words.txt        the words of all analyses, one a line, sorted
words.npy        (w,) int32: the words of all analyses, as line numbers of ``words.txt``, from 0
lengths.npy      (m + 2 r,) int32: the lengths of all their pieces
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.segments import ANALYSES, Segment
from retrieval.indexing.analysis import Analysis, WordIds
from retrieval.indexing.deduplication import DIGEST
from retrieval.indexing.rows import CorpusTokens

_DOCUMENTS, _VOCABULARY = "documents.npy", "words.txt"
_WORDS, _LENGTHS = "words.npy", "lengths.npy"


class StoredAnalyses:
    """The analyses of a segment's documents.

    Raises `OSError` or `ValueError` where a file is missing or damaged.
    """

    def __init__(self, segment: Segment) -> None:
        self._folder = segment.folder / ANALYSES
        self.documents = load_digests(self._folder / _DOCUMENTS)
        self._numbers = {digest: number for number, digest in enumerate(self.documents)}
        self._passages = segment.passages
        self._keys = segment.keys
        self._words = _map(self._folder / _WORDS)
        self._lengths = _map(self._folder / _LENGTHS)
        counts = np.bincount(self._passages[:, 0], minlength=len(self.documents))
        self._rows = _offsets(counts)
        self._pieces = _offsets(counts + 2)
        self._ends = _offsets(self._lengths)[self._pieces]

    @cached_property
    def words(self) -> Sequence[str]:
        """All words, by number."""
        return (self._folder / _VOCABULARY).read_text(encoding="utf-8").splitlines()

    def find(self, exact: bytes) -> int | None:
        """The number of a document with an exact digest, or None if there is none."""
        return self._numbers.get(exact)

    def get(self, document: int, word_ids: WordIds) -> Analysis:
        """The analysis of a document, its words numbered by ``word_ids``."""
        rows = slice(self._rows[document], self._rows[document + 1])
        words = self._words[self._ends[document] : self._ends[document + 1]]
        used, positions = np.unique(words, return_inverse=True)
        numbers = [word_ids[self.words[number]] for number in used.tolist()]
        return Analysis(
            self._passages[rows, 1:],
            self._keys[rows],
            np.array(numbers, dtype=np.int32)[positions],
            self._lengths[self._pieces[document] : self._pieces[document + 1]],
        )

    def pieces(self, document: int) -> list[list[str]]:
        """The words of a document in the pieces of its `Analysis`."""
        words = self._words[self._ends[document] : self._ends[document + 1]].tolist()
        lengths = self._lengths[self._pieces[document] : self._pieces[document + 1]]
        ends = np.cumsum(lengths).tolist()
        names = [self.words[number] for number in words]
        return [names[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def word_counts(self, documents: Sequence[int]) -> Mapping[str, int]:
        """How often each word occurs in some documents."""
        pieces = [self._words[self._ends[at] : self._ends[at + 1]] for at in documents]
        counts = np.bincount(np.concatenate([self._words[:0], *pieces]))
        return {
            self.words[number]: int(counts[number]) for number in np.flatnonzero(counts).tolist()
        }


def save_analyses(folder: Path, documents: Sequence[bytes], tokens: CorpusTokens) -> None:
    """Store the words of documents with these exact digests in a new ``folder``."""
    folder.mkdir()
    save_digests(folder / _DOCUMENTS, documents)
    vocabulary = "".join(f"{word}\n" for word in tokens.vocabulary)
    (folder / _VOCABULARY).write_text(vocabulary, encoding="utf-8")
    np.save(folder / _WORDS, tokens.words)
    np.save(folder / _LENGTHS, tokens.lengths)


def save_digests(path: Path, digests: Sequence[bytes]) -> None:
    """Write digests as (n, 32) uint8."""
    np.save(path, np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST))


def load_digests(path: Path) -> list[bytes]:
    """Read a file of `save_digests`. Raises `OSError` or `ValueError`."""
    joined = np.load(path, allow_pickle=False).tobytes()
    return [joined[start : start + DIGEST] for start in range(0, len(joined), DIGEST)]


def _map(path: Path) -> NDArray[np.int32]:
    array: NDArray[np.int32] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def _offsets(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n + 1,) int64: where each of n pieces begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
