"""What follows from what a release says: its passages, what these are known by, and its words.

A word is a number here. That takes a tenth of the memory of its letters, and lets numpy count.
"""

from dataclasses import dataclass
from itertools import chain, groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.indexing.deduplication import ContentDigests, common, said
from retrieval.passages import cut, embedded_text, passage_key, telling
from retrieval.release import Release
from retrieval.text.tokens import words

VERSION = 1
"""Raise it whenever an analysis comes out otherwise, as those of a generation are kept."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that a build needs of a release of r passages besides its text.

    ``paragraphs`` (r,) int32 are the paragraphs of the passages, from 1; ``keys`` (r, 16) uint8 is
    what their embedded texts are known by. ``words`` (w,) int32 are numbers: the words of title and
    author, of each passage, and of the paragraphs that are no passage; ``lengths`` (r + 2,) int32
    is how many each of these has.
    """

    paragraphs: NDArray[np.int32]
    keys: NDArray[np.uint8]
    words: NDArray[np.int32]
    lengths: NDArray[np.int32]


class WordIds(dict[str, int]):
    """A number for each word, given when it is first asked for."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


def analyse(release: Release, numbers: WordIds) -> tuple[ContentDigests, Analysis]:
    """Read a release word for word."""
    title = words(release.title)
    paragraphs = list(map(words, release.paragraphs))
    identity = ContentDigests(said(release), common(title, paragraphs))
    chosen = telling(release.paragraphs, paragraphs, title)
    found = list(cut(release, chosen))
    pieces = [[*title, *words(release.author or "")]]
    for number, parts in groupby(found, key=lambda passage: passage.paragraph):
        texts = [passage.text for passage in parts]
        whole = texts == [release.paragraphs[number - 1]]
        pieces += [paragraphs[number - 1]] if whole else map(words, texts)
    others = set(range(1, len(paragraphs) + 1)).difference(chosen)
    pieces.append([word for number in sorted(others) for word in paragraphs[number - 1]])
    lengths = np.fromiter(map(len, pieces), dtype=np.int32, count=len(pieces))
    keys = b"".join(passage_key(embedded_text(release.title, passage)) for passage in found)
    return identity, Analysis(
        np.fromiter((each.paragraph for each in found), dtype=np.int32, count=len(found)),
        np.frombuffer(keys, dtype=np.uint8).reshape(-1, 16),
        np.fromiter(
            map(numbers.__getitem__, chain.from_iterable(pieces)), np.int32, int(lengths.sum())
        ),
        lengths,
    )
