"""Overlap between texts: near duplicates, and the longest run of words in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from retrieval.text.tokens import folded, words

_SHINGLE_LENGTH = 4  # words
_MIN_SHARED = 0.8  # of the shingles of the shorter text
_MIN_WORDS = 12  # shorter texts are near duplicates only if their words are the same


def near_duplicates(texts: Sequence[str]) -> list[int]:
    """Return for each text the index of the first one that it is a near duplicate of.

    A text that is no duplicate of an earlier one gets its own index. Two texts are near duplicates
    if they share most of their shingles, the runs of four words (Broder, "On the resemblance and
    containment of documents", 1997), and differ in length by at most a factor of two.
    """
    shingles = [_shingles(text) for text in texts]
    firsts: list[int] = []
    for index, own in enumerate(shingles):
        matches = (first for first in dict.fromkeys(firsts) if _are_similar(own, shingles[first]))
        firsts.append(next(matches, index))
    return firsts


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of words in ``text``; a short text is one run."""
    tokens = words(text)
    if len(tokens) < _MIN_WORDS:
        return frozenset([tuple(tokens)])
    return frozenset(zip(*(tokens[start:] for start in range(_SHINGLE_LENGTH)), strict=False))


def _are_similar(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    """Whether two sets of shingles are those of near duplicates."""
    shorter, longer = sorted((one, other), key=len)
    # A paragraph that contains the other among much else is not its duplicate.
    if len(longer) > 2 * len(shorter):
        return False
    return len(shorter & longer) >= _MIN_SHARED * len(shorter)


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class WordRun:
    """A run of words in a text: their number, and the characters ``[start, end)`` they span."""

    words: int
    start: int
    end: int


class OverlapMatcher:
    """Finds the longest run of words that other texts share with one text.

    Case, accents and punctuation are ignored. ``words`` is the number of words of the text.
    """

    def __init__(self, text: str) -> None:
        tokens = [folded(word) for word in _WORD.findall(text)]
        self.words = len(tokens)
        # difflib indexes the second sequence, once for all the texts compared with it.
        self._matcher: SequenceMatcher[str] = SequenceMatcher(None, "", tokens, autojunk=False)

    def longest_in(self, text: str) -> WordRun:
        """Return the longest shared run in ``text``, the first of equals, or an empty one."""
        words_in_text = list(_WORD.finditer(text))
        self._matcher.set_seq1([folded(word.group()) for word in words_in_text])
        match = self._matcher.find_longest_match()
        if not match.size:
            return WordRun(0, 0, 0)
        first, last = words_in_text[match.a], words_in_text[match.a + match.size - 1]
        return WordRun(match.size, first.start(), last.end())
