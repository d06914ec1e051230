"""Spelling repair against the words that the releases themselves use.

A word of a question that no release has, and whose stem none has, is taken for a slip of the word
at the smallest distance (optimal string alignment: one letter more, less, other, or two swapped).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.text.tokens import folded, stems

_SHORTEST = 5  # letters of a word that is mended: shorter ones are too like many others
_LONG = 8  # letters from which two slips are mended, if the first letter is right
_SEEN = 2  # times that a word must stand in the releases to be what was meant
_TOKEN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class SpellingCorrection:
    """A text with its slips mended, and which: (as it was typed, as it is searched for)."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


class Vocabulary:
    """The words of all releases, folded, with how often each stands there."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._stems = frozenset(stems(counts))
        self._by_length: dict[int, list[str]] = {}
        for word, count in counts.items():
            if count >= _SEEN and word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)

    @property
    def words(self) -> Iterable[str]:
        """All words, in the order of the file."""
        return self._counts.keys()

    @classmethod
    def open(cls, path: Path) -> "Vocabulary":
        """Read what `write_words` wrote. Raises `OSError` or `ValueError`."""
        rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        return cls({word: int(count) for word, count in rows})

    def corrected(self, text: str) -> SpellingCorrection:
        """The text with every word that is unknown here replaced by the nearest known one."""
        changes: dict[str, str] = {}

        def mended(match: re.Match[str]) -> str:
            word = match.group()
            meant = self._meant(folded(word))
            if meant is None:
                return word
            changes[word] = meant
            return meant

        return SpellingCorrection(_TOKEN.sub(mended, text), tuple(changes.items()))

    def _meant(self, word: str) -> str | None:
        if len(word) < _SHORTEST or word in self._counts or stems([word])[0] in self._stems:
            return None
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= _LONG else 1
        near = []
        for length in range(len(word) - most, len(word) + most + 1):
            found = process.extract(
                word,
                self._by_length.get(length, []),
                scorer=OSA.distance,
                score_cutoff=most,
                limit=None,
            )
            near += [
                (distance, candidate[0] != word[0], -self._counts[candidate], candidate)
                for candidate, distance, _ in found
                if distance == 1 or candidate[0] == word[0]
            ]
        return min(near)[-1] if near else None


def write_words(path: Path, counts: Iterable[tuple[str, int]]) -> None:
    """Write a word and its count a line."""
    path.write_text("".join(f"{word}\t{count}\n" for word, count in counts), encoding="utf-8")
