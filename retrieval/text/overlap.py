"""Overlap between texts: near duplicates, and the longest run of words in common."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from retrieval.text.tokens import folded, words

_SHINGLE_LENGTH = 4  # words
_MIN_SHARED = 0.8  # of the shingles of the shorter text
_MIN_REPEATED = 0.9  # of the words of a text that is a repetition
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


class Repetition:
    """Tells of texts whether they merely repeat one text, given as its paragraphs."""

    def __init__(self, paragraphs: Iterable[str]) -> None:
        self._said = set[tuple[str, ...]]()
        self.add(paragraphs)

    def add(self, paragraphs: Iterable[str]) -> None:
        """Go on with the text: what repeats this is a repetition too."""
        self._said |= _runs([word for each in paragraphs for word in words(each)])

    def of(self, paragraphs: Sequence[str]) -> bool:
        """Whether nearly all that other paragraphs say is said in the text.

        A paragraph says it if most of its shingles are the text's. Short paragraphs (a letterhead,
        a signature) count only if there are no others.
        """
        tokens = list(map(words, paragraphs))
        long = [each for each in tokens if len(each) >= _MIN_WORDS]
        compared = long or [[word for each in tokens for word in each]]
        said = sum(len(each) for each in compared if self._says(each))
        return said >= _MIN_REPEATED * sum(map(len, compared))

    def _says(self, tokens: Sequence[str]) -> bool:
        runs = _runs(tokens)
        return len(runs & self._said) >= _MIN_SHARED * len(runs) > 0


def _runs(tokens: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(tokens[start:] for start in range(_SHINGLE_LENGTH)), strict=False))


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of words in ``text``; a short text is one run."""
    tokens = words(text)
    if len(tokens) < _MIN_WORDS:
        return frozenset([tuple(tokens)])
    return frozenset(_runs(tokens))


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
