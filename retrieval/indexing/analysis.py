"""What a build derives from the content of a release: its passages, their keys, and its words.

Words are numbers here: these take a tenth of the memory of strings, and numpy can count them.
"""

from dataclasses import dataclass
from itertools import chain, groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.content import exact_digest
from retrieval.indexing.deduplication import ContentDigests, normalized_digest
from retrieval.passages import embedded_text, passage_key, searched_paragraphs, split_paragraphs
from retrieval.release import Release
from retrieval.text.tokens import words

VERSION = 4
"""To be raised with any change that makes analyses differ, since a generation keeps its own."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that a build needs of a release of r passages besides its text.

    Attributes:
        passages: (r, 4) int32, the fields of each `Passage`: paragraph, start, end, under.
        keys: (r, 16) uint8, the `passage_key` of each embedded text.
        words: (w,) int32, numbers of words, in pieces: those of title and author; those of each
            passage; those of the paragraphs that are no passages.
        lengths: (r + 2,) int32, the number of words of each piece.
    """

    passages: NDArray[np.int32]
    keys: NDArray[np.uint8]
    words: NDArray[np.int32]
    lengths: NDArray[np.int32]


class WordIds(dict[str, int]):
    """A number for each word, counted up as new words are looked up."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


def analyse(release: Release, word_ids: WordIds) -> tuple[ContentDigests, Analysis]:
    """Tokenize a release and derive its digests and its analysis."""
    paragraphs = release.paragraphs
    title = words(release.title)
    tokens = list(map(words, paragraphs))
    own = tokens[: release.own_count]
    digests = ContentDigests(exact_digest(release), normalized_digest(title, own))
    searched = searched_paragraphs(paragraphs, tokens, title)
    passages = list(split_paragraphs(paragraphs, searched))
    pieces = [[*title, *words(release.author or "")]]
    for number, group in groupby(passages, key=lambda passage: passage.paragraph):
        parts = list(group)
        if len(parts) == 1:
            pieces.append(tokens[number - 1])
        else:
            pieces += (words(passage.text(paragraphs)) for passage in parts)
    others = set(range(1, len(paragraphs) + 1)).difference(searched)
    pieces.append([word for number in sorted(others) for word in tokens[number - 1]])
    lengths = np.fromiter(map(len, pieces), dtype=np.int32, count=len(pieces))
    keys = b"".join(
        passage_key(embedded_text(release.title, each.heading(paragraphs), each.text(paragraphs)))
        for each in passages
    )
    fields = [(each.paragraph, each.start, each.end, each.under) for each in passages]
    return digests, Analysis(
        np.array(fields, dtype=np.int32).reshape(-1, 4),
        np.frombuffer(keys, dtype=np.uint8).reshape(-1, 16),
        np.fromiter(
            map(word_ids.__getitem__, chain.from_iterable(pieces)), np.int32, int(lengths.sum())
        ),
        lengths,
    )
