"""Which texts share their words: near duplicates, and the longest run of words in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from retrieval.text.tokens import folded, words

_RUN = 4  # words
_ALIKE = 0.8
_SHORTEST = 12  # words: shorter texts are alike only if they are the same


def near_duplicates(texts: Sequence[str]) -> list[int]:
    """For each text the position of the first one that says the same; its own where none does."""
    runs = [_runs(text) for text in texts]
    firsts: list[int] = []
    for at, own in enumerate(runs):
        same = (first for first in dict.fromkeys(firsts) if _same(own, runs[first]))
        firsts.append(next(same, at))
    return firsts


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    said = words(text)
    if len(said) < _SHORTEST:
        return frozenset([tuple(said)])
    return frozenset(zip(*(said[at:] for at in range(_RUN)), strict=False))


def _same(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    shorter, longer = sorted((one, other), key=len)
    # A sentence within a long paragraph is not that paragraph.
    if len(longer) > 2 * len(shorter):
        return False
    return len(shorter & longer) >= _ALIKE * len(shorter)


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class WordRun:
    """So many ``words`` that stand in a text from ``start`` to ``end``."""

    words: int
    start: int
    end: int


class OverlapMatcher:
    """The words of one text, to be looked for in others; case, accents and marks aside."""

    def __init__(self, text: str) -> None:
        said = [folded(word) for word in _WORD.findall(text)]
        self.words = len(said)
        # What is compared with many others is prepared but once.
        self._matcher: SequenceMatcher[str] = SequenceMatcher(None, "", said, autojunk=False)

    def longest_in(self, text: str) -> WordRun:
        """The longest run in ``text``, the first of equals; without a shared word it is empty."""
        matches = list(_WORD.finditer(text))
        self._matcher.set_seq1([folded(match.group()) for match in matches])
        found = self._matcher.find_longest_match()
        if not found.size:
            return WordRun(0, 0, 0)
        first, last = matches[found.a], matches[found.a + found.size - 1]
        return WordRun(found.size, first.start(), last.end())
