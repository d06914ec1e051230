"""The passages of a segment in rows, made of the analyses of its releases, and their words."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.index.postings import Occurrences, Postings
from retrieval.indexing.analysis import Analysis
from retrieval.passages import Passage, embedded_text
from retrieval.release import Release
from retrieval.text.tokens import STOP_WORDS, stems

_ROWS = 16_384  # rows whose words are gathered at a time
_WORDS = 1 << 20  # words renumbered at a time


class PassageRows:
    """The n passages of releases, one after the other.

    Attributes:
        passages: (n, 5) int32: the release number, paragraph, start, end and under of each row.
        keys: (n, 16) uint8: the `passage_key` of each row's embedded text.
    """

    def __init__(self, releases: Sequence[Release], analyses: Sequence[Analysis]) -> None:
        self._releases = releases
        counts = [len(each.passages) for each in analyses]
        self.keys = np.concatenate([np.empty((0, 16), np.uint8), *(each.keys for each in analyses)])
        self.passages = np.empty((len(self.keys), 5), dtype=np.int32)
        self.passages[:, 0] = np.repeat(np.arange(len(counts)), counts)
        if analyses:
            np.concatenate([each.passages for each in analyses], out=self.passages[:, 1:])

    def release_of(self, row: int) -> int:
        """The number of a row's release."""
        return int(self.passages[row, 0])

    def embedded_texts(self, rows: Sequence[int]) -> list[str]:
        """What the encoder reads of some rows."""
        texts = []
        for number, *fields in self.passages[rows].tolist():
            release, passage = self._releases[number], Passage(*fields)
            heading, text = passage.heading(release.paragraphs), passage.text(release.paragraphs)
            texts.append(embedded_text(release.title, heading, text))
        return texts


class CorpusTokens:
    """The words of the r releases of a segment, of n passages, numbered alphabetically.

    Attributes:
        words: (w,) int32: the words of all analyses, one after the other, by number.
        lengths: (n + 2 r,) int32: the lengths of all their pieces.
        vocabulary: every word that occurs, sorted: the word of each number.
        counts: (v,) int64: how often each word of the vocabulary occurs.
    """

    def __init__(self, analyses: Sequence[Analysis], word_ids: Mapping[str, int]) -> None:
        """Renumber the words of analyses whose numbers are those of ``word_ids``."""
        none = np.empty(0, dtype=np.int32)
        self._counts = np.array([len(each.passages) for each in analyses], dtype=np.int64)
        self._paragraphs = np.concatenate([none, *(each.passages[:, 0] for each in analyses)])
        self.lengths = np.concatenate([none, *(each.lengths for each in analyses)])
        self.words = np.concatenate([none, *(each.words for each in analyses)])
        self._first_rows = np.cumsum(self._counts) - self._counts
        self._ends = np.cumsum(self.lengths, dtype=np.int64)
        counts = np.zeros(len(word_ids), dtype=np.int64)
        for each in analyses:
            np.add.at(counts, each.words, 1)
        self.vocabulary = sorted(word for word, number in word_ids.items() if counts[number])
        order = np.array([word_ids[word] for word in self.vocabulary], dtype=np.intp)
        self.counts = counts[order]
        renumbered = np.zeros(len(word_ids), dtype=np.int32)
        renumbered[order] = np.arange(len(order), dtype=np.int32)
        for start in range(0, len(self.words), _WORDS):
            block = self.words[start : start + _WORDS]
            block[:] = renumbered[block]

    def paragraph_words(self, release: int) -> dict[int, str]:
        """The words of the paragraphs of a release that are passages, by paragraph number."""
        first = int(self._first_rows[release])
        found: dict[int, list[str]] = {}
        for row in range(first, first + int(self._counts[release])):
            piece = row + 2 * release + 1
            begin, end = self._ends[piece] - self.lengths[piece], self._ends[piece]
            words = map(self.vocabulary.__getitem__, self.words[begin:end].tolist())
            found.setdefault(int(self._paragraphs[row]), []).extend(words)
        return {paragraph: " ".join(words) for paragraph, words in found.items()}

    def row_hashes(self) -> NDArray[np.uint64]:
        """(n,) uint64: a hash of the words of each passage, the same in every build.

        It is multilinear: the sum of the hashes of the words, each times that of its position.
        """
        of_words = _hashes(self.vocabulary)
        of_positions = _hashes(map(str, range(int(self.lengths.max(initial=0)))))
        release_of = np.repeat(np.arange(len(self._counts)), self._counts)
        pieces = np.arange(len(release_of)) + 2 * release_of + 1
        found = np.empty(len(pieces), dtype=np.uint64)
        for first in range(0, len(pieces), _ROWS):
            block = pieces[first : first + _ROWS]
            lengths = self.lengths[block].astype(np.int64)
            ends = np.cumsum(lengths)
            positions = np.arange(lengths.sum()) - np.repeat(ends - lengths, lengths)
            places = positions + np.repeat(self._ends[block] - lengths, lengths)
            hashes = of_words[self.words[places]] * of_positions[positions]
            sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(hashes)])
            found[first : first + len(block)] = sums[ends] - sums[ends - lengths]
        return found

    def postings(self) -> Postings:
        """The postings of the passages: a row's terms are those of title, author and passage."""
        content = [word for word in self.vocabulary if word not in STOP_WORDS]
        stemmed = dict(zip(content, stems(content), strict=True))
        numbers = {term: number for number, term in enumerate(dict.fromkeys(stemmed.values()))}
        term_of = np.array(
            [numbers[stemmed[word]] if word in stemmed else -1 for word in self.vocabulary],
            dtype=np.int32,
        )
        # A row has the words of two pieces: the first of its release, and its own.
        release_of = np.repeat(np.arange(len(self._counts)), self._counts)
        pieces = np.empty((len(release_of), 2), dtype=np.int64)
        pieces[:, 0] = self._first_rows[release_of] + 2 * release_of
        pieces[:, 1] = np.arange(len(pieces)) + 2 * release_of + 1
        blocks = self._occurrences(pieces, term_of)
        return Postings.from_occurrences(len(pieces), list(numbers), blocks)

    def _occurrences(
        self, pieces: NDArray[np.int64], term_of: NDArray[np.int32]
    ) -> Iterator[Occurrences]:
        """The terms of rows and the rows that they occur in, some rows at a time.

        ``pieces`` is (n, 2), the pieces of each row; ``term_of`` (v,) the term of each word, or -1.
        """
        for first in range(0, len(pieces), _ROWS):
            block = pieces[first : first + _ROWS].ravel()
            lengths = self.lengths[block].astype(np.int64)
            # Where the words of these pieces are, one after the other.
            places = np.arange(lengths.sum()) + np.repeat(
                self._ends[block] - np.cumsum(lengths), lengths
            )
            terms = term_of[self.words[places]]
            rows = np.repeat(first + np.arange(len(block), dtype=np.int32) // 2, lengths)
            is_term = terms >= 0
            yield terms[is_term], rows[is_term]


def _hashes(texts: Iterable[str]) -> NDArray[np.uint64]:
    """(m,) uint64: one for each text."""
    encoded = (text.encode("utf-8", "surrogatepass") for text in texts)
    joined = b"".join(hashlib.blake2b(text, digest_size=8).digest() for text in encoded)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)
