"""The words of a generation's releases as numbers: counted for spelling, in rows for search."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.analysis import Analysis
from retrieval.lexical import LexicalIndex, Occurrences
from retrieval.terms import STOP_WORDS, stems

_ROWS = 16_384  # rows whose words are gathered at a time
_WORDS = 1 << 20  # words numbered at a time


class Wording:
    """The words of analyses, numbered in order of the alphabet.

    ``words`` (w,) int32 and ``lengths`` (n + 2 r,) int32 are those of the analyses, end to end; a
    number is a place in ``vocabulary``, which has no word that does not occur. ``counts`` (v,) says
    how often each does.
    """

    def __init__(self, analyses: Sequence[Analysis], numbers: Mapping[str, int]) -> None:
        none = np.empty(0, dtype=np.int32)
        self._rows = np.array([len(each.paragraphs) for each in analyses], dtype=np.int64)
        self.lengths = np.concatenate([none, *(each.lengths for each in analyses)])
        self.words = np.concatenate([none, *(each.words for each in analyses)])
        counts = np.zeros(len(numbers), dtype=np.int64)
        for each in analyses:
            np.add.at(counts, each.words, 1)
        self.vocabulary = sorted(word for word, number in numbers.items() if counts[number])
        order = np.array([numbers[word] for word in self.vocabulary], dtype=np.intp)
        self.counts = counts[order]
        place = np.zeros(len(numbers), dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        for start in range(0, len(self.words), _WORDS):
            some = self.words[start : start + _WORDS]
            some[:] = place[some]

    def lexical_index(self) -> LexicalIndex:
        """The terms of each row: those of title, author and passage."""
        content = [word for word in self.vocabulary if word not in STOP_WORDS]
        stemmed = dict(zip(content, stems(content), strict=True))
        numbers = {term: number for number, term in enumerate(dict.fromkeys(stemmed.values()))}
        term_of = np.array(
            [numbers[stemmed[word]] if word in stemmed else -1 for word in self.vocabulary],
            dtype=np.int32,
        )
        ends = np.cumsum(self.lengths, dtype=np.int64)
        heads = np.cumsum(self._rows + 2) - self._rows - 2
        # A row's pieces are the head of its release and its own.
        pieces = np.empty((int(self._rows.sum()), 2), dtype=np.int64)
        pieces[:, 0] = np.repeat(heads, self._rows)
        pieces[:, 1] = np.arange(len(pieces)) + np.repeat(2 * np.arange(len(heads)) + 1, self._rows)
        most = int(self.lengths[pieces].sum(dtype=np.int64))
        blocks = self._occurrences(pieces, ends, term_of)
        return LexicalIndex.of_occurrences(len(pieces), list(numbers), blocks, most)

    def _occurrences(
        self, pieces: NDArray[np.int64], ends: NDArray[np.int64], term_of: NDArray[np.int32]
    ) -> Iterator[Occurrences]:
        """The terms of the rows (n, 2) of pieces that end there, some rows at a time."""
        for first in range(0, len(pieces), _ROWS):
            some = pieces[first : first + _ROWS].ravel()
            lengths = self.lengths[some].astype(np.int64)
            # The words of the pieces, end to end.
            at = np.arange(lengths.sum()) + np.repeat(ends[some] - np.cumsum(lengths), lengths)
            terms = term_of[self.words[at]]
            rows = np.repeat(first + np.arange(len(some), dtype=np.int32) // 2, lengths)
            held = terms >= 0
            yield terms[held], rows[held]
