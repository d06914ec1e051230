"""The longest run of words that two texts share."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from retrieval.terms import folded

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Run:
    """So many ``words`` that stand in a text from ``start`` to ``end``."""

    words: int
    start: int
    end: int


class SharedRuns:
    """The words of one text, to be looked for in others; case, accents and marks aside."""

    def __init__(self, text: str) -> None:
        said = [folded(word) for word in _WORD.findall(text)]
        self.words = len(said)
        # What is compared with many others is prepared but once.
        self._matcher: SequenceMatcher[str] = SequenceMatcher(None, "", said, autojunk=False)

    def longest_in(self, text: str) -> Run:
        """The longest run in ``text``, the first of equals; without a shared word it is empty."""
        matches = list(_WORD.finditer(text))
        self._matcher.set_seq1([folded(match.group()) for match in matches])
        found = self._matcher.find_longest_match()
        if not found.size:
            return Run(0, 0, 0)
        first, last = matches[found.a], matches[found.a + found.size - 1]
        return Run(found.size, first.start(), last.end())
