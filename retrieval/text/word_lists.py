"""The words of English and Spanish, from the lists of the package pyspellchecker.

A list is a compressed file of 0.2 to 0.7 MB. It is read when a word is first looked up, and kept as
one text: unpacking it takes 0.03 s, and making a set of its 160,000 words 0.1 s more.
"""

import gzip
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from retrieval.text.tokens import folded

_ENTRY = '\n"{}":'  # how each word stands in a list, before its count
_MIN_STEM = 4  # letters that are left of a word without its ending
# Endings that a list may lack a form with, and what stands in their place in the word itself.
_ENDINGS = {
    "en": (("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e")),
    "es": (("s", ""), ("es", "")),
}


@dataclass(frozen=True)
class WordList:
    """The folded words of a language: ``"prisons" in word_list("en")``."""

    language: str
    _entries: str = field(repr=False)

    def __contains__(self, word: str) -> bool:
        """Whether a folded word is in the list, or is a form of one that is."""
        return self._has(word) or any(
            len(word) - len(ending) >= _MIN_STEM
            and word.endswith(ending)
            and self._has(word.removesuffix(ending) + instead)
            for ending, instead in _ENDINGS[self.language]
        )

    def _has(self, word: str) -> bool:
        return word.isalpha() and _ENTRY.format(word) in self._entries


@cache
def word_list(language: str) -> WordList:
    """The list of a language, "en" or "es", read once a process."""
    path = files("spellchecker") / "resources" / f"{language}.json.gz"
    return WordList(language, folded(gzip.decompress(path.read_bytes()).decode("utf-8")))
