"""The releases of a generation, cut into passages: what each row stands for, and its texts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.index.bm25 import Bm25Index, Occurrences
from retrieval.indexing.analysis import Analysis
from retrieval.passages import cut, embedded_text
from retrieval.release import Release
from retrieval.text.tokens import STOP_WORDS, stems


class PassageRows:
    """All passages of releases, in rows.

    ``places`` is (n, 2) int32, release number and paragraph number of each row; ``keys`` is (n, 16)
    uint8, what its embedded text is known by. What is embedded of a row is made when it is asked
    for.
    """

    def __init__(self, releases: Sequence[Release], analyses: Sequence[Analysis]) -> None:
        self._releases = releases
        rows = [len(each.paragraphs) for each in analyses]
        none = np.empty((0, 16), dtype=np.uint8)
        self.keys = np.concatenate([none, *(each.keys for each in analyses)])
        self.places = np.empty((len(self.keys), 2), dtype=np.int32)
        self.places[:, 0] = np.repeat(np.arange(len(rows)), rows)
        if rows:
            np.concatenate([each.paragraphs for each in analyses], out=self.places[:, 1])
        self._first = np.cumsum([0, *rows])

    def release_of(self, row: int) -> int:
        """The number of a row's release."""
        return int(self.places[row, 0])

    def embedded_texts(self, rows: Sequence[int]) -> list[str]:
        """What the encoder reads of some rows."""
        texts: list[str] = []
        for number, some in groupby(rows, key=self.release_of):
            release, first = self._releases[number], int(self._first[number])
            of_release = self.places[first : self._first[number + 1], 1]
            found = list(cut(release, dict.fromkeys(of_release.tolist())))
            texts += [embedded_text(release.title, found[row - first]) for row in some]
        return texts

    def repeats(self) -> NDArray[np.int32]:
        """(n,) int32: how many releases hold the paragraph of each row, word for word."""
        known: dict[str, int] = {}
        paragraphs = (
            self._releases[number].paragraphs[paragraph - 1]
            for number, paragraph in self.places.tolist()
        )
        texts = np.fromiter(
            (known.setdefault(text, len(known)) for text in paragraphs), np.int64, len(self.places)
        )
        # A release has a text once, however many of its rows are of it.
        held = np.unique(texts * len(self._releases) + self.places[:, 0])
        counts = np.bincount(held // max(len(self._releases), 1))
        return counts[texts].astype(np.int32)


_ROWS = 16_384  # rows whose words are gathered at a time
_WORDS = 1 << 20  # words numbered at a time


class CorpusTokens:
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

    def lexical_index(self) -> Bm25Index:
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
        blocks = self._occurrences(pieces, ends, term_of)
        return Bm25Index.from_occurrences(len(pieces), list(numbers), blocks)

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
