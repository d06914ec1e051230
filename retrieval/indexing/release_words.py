"""The passages of a generation in a folder with their words, release by release."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.encoder import Vectors
from retrieval.index.folder_index import FolderIndex
from retrieval.index.postgres.stored_text import stored_words
from retrieval.index.segments import VECTORS
from retrieval.index.vectors import map_vectors
from retrieval.indexing.stored_analyses import StoredAnalyses
from retrieval.passages import Passage
from retrieval.text.tokens import STOP_WORDS, stems


@dataclass(frozen=True, slots=True)
class PassageWords:
    """A passage with its key (16 bytes), its vector (d,) float32, and its terms, with repeats."""

    passage: Passage
    key: bytes
    vector: Vectors
    terms: Sequence[str]


class ReleaseWords:
    """The passages of a generation's releases with their words, by number of the release."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._locations = index.releases.locations()
        self._analyses = [StoredAnalyses(each) for each in index.segments]
        self._vectors = [map_vectors(each.folder / VECTORS) for each in index.segments]
        self._stems = dict[str, str]()

    def of_paragraphs(self, number: int) -> dict[int, str]:
        """The words of the paragraphs of a release that are passages, by number, as stored."""
        found: dict[int, list[str]] = {}
        pieces = self._pieces(number)
        for passage, words in zip(self._index.passages_of(number), pieces[1:], strict=False):
            found.setdefault(passage.paragraph, []).extend(words)
        return {paragraph: stored_words(words) for paragraph, words in found.items()}

    def rows(self, number: int) -> Iterator[PassageWords]:
        """The passages of a release."""
        segment, document = self._locations[number]
        documents = self._index.segments[segment].passages[:, 0]
        first = int(np.searchsorted(documents, document))
        title, *pieces = self._pieces(number)
        of_title = self._terms(title)
        passages = self._index.passages_of(number)
        for row, (passage, words) in enumerate(zip(passages, pieces, strict=False), start=first):
            yield PassageWords(
                passage,
                self._index.segments[segment].keys[row].tobytes(),
                self._vectors[segment][row],
                [*of_title, *self._terms(words)],
            )

    def _pieces(self, number: int) -> list[list[str]]:
        """The words of title and author, then those of each passage, then all others."""
        segment, document = self._locations[number]
        return self._analyses[segment].pieces(document)

    def _terms(self, words: Sequence[str]) -> list[str]:
        content = [word for word in words if word not in STOP_WORDS]
        if new := [word for word in dict.fromkeys(content) if word not in self._stems]:
            self._stems.update(zip(new, stems(new), strict=True))
        return [self._stems[word] for word in content]
