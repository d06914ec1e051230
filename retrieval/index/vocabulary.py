"""Spelling correction by the words that the releases themselves use.

A word of a question that no release has, nor any word with its stem, is replaced by the nearest
word that they do have. The distance is that of optimal string alignment: the number of letters
added, removed, replaced, or swapped with the next. A correct word is no slip, though no release has
it: "bought" is not "brought".

A name is no slip. A word with a capital letter, or one that says something ("what did pillai say"),
is replaced only by a name that is known; one that a hyphen joins to another ("Tracy-Anne") not at
all. The first letter of a text is often capital by
itself, so there a long word may be replaced by any other.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from retrieval.text.tokens import folded, stems

_MIN_LETTERS = 5  # of a word that is corrected: shorter ones are near too many others
_LONG = 8  # letters of a word that may have two errors, but not in its first letter
_AROUND = 12  # characters before a word that tell whether it is a speaker
_MIN_COUNT = 2  # occurrences of a word that may be a correction
_MAX_SEARCHED = 16  # unknown words of a text: each is compared with tens of thousands of others
_WORD = re.compile(r"[^\W\d_]+")
# What stands around who says or does something.
_BEFORE_SPEAKER = re.compile(r"(?:^|\b(?:did|does|has|have|will|would) )\W*$", re.IGNORECASE)
_AFTER_SPEAKER = re.compile(
    r"(?:['’]s)? (?:say|says|said|think|thinks|want|wants|vote|votes|announce|announces|propose"
    r"|call|write|writes|wrote|introduce|\w{2,20}ed)\b",
    re.IGNORECASE,
)
_HYPHENS = frozenset("-‐‑")


@dataclass(frozen=True, slots=True)
class SpellingCorrection:
    """A corrected text, and its ``changes``: pairs of a word as typed and its correction."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


class Vocabulary:
    """The folded words of all releases, and how often each occurs."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(stems(self._counts))

    @cached_property
    def _by_length(self) -> Mapping[int, Sequence[str]]:
        """The words that may be a correction."""
        found: dict[int, list[str]] = {}
        for word, count in self._counts.items():
            if count >= _MIN_COUNT and word.isalpha():
                found.setdefault(len(word), []).append(word)
        return found

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each word occurs, the words in alphabetical order."""
        return self._counts

    @classmethod
    def open(cls, path: Path) -> "Vocabulary":
        """Read a file of `write_words`. Raises `OSError` or `ValueError`."""
        fields = path.read_text(encoding="utf-8").split()  # no word has white space
        return cls(dict(zip(fields[::2], map(int, fields[1::2]), strict=True)))

    def corrected(
        self,
        text: str,
        names: Container[str] = frozenset(),
        is_kept: Callable[[str], bool] = lambda word: False,
        is_word: Callable[[str], bool] = lambda word: False,
    ) -> SpellingCorrection:
        """The text with each unknown word replaced by the nearest known one, if one is near.

        Only the first 16 different ones: a text that has more is no question with slips.

        Args:
            text: what was typed.
            names: folded names that are known; they are never replaced.
            is_kept: whether any other folded word is never replaced.
            is_word: whether a folded word is spelled correctly; asked only of one that would
                otherwise be replaced.
        """
        changes: dict[str, str] = {}
        nearest: dict[str, str | None] = {}
        all_capitals = text.isupper()
        start = len(text) - len(text.lstrip())

        def correct(match: re.Match[str]) -> str:
            word, key = match.group(), folded(match.group())
            if key in names or is_kept(key) or _is_hyphenated(match):
                return word
            if self._is_known(key):
                return word
            if key not in nearest:
                if len(nearest) >= _MAX_SEARCHED:
                    return word
                nearest[key] = self._nearest(key)
            correction = nearest[key]
            if correction is None:
                return word
            is_capital = word[0].isupper() and not all_capitals
            is_long_opening = match.start() == start and len(word) >= _LONG
            is_name = (is_capital and not is_long_opening) or _is_speaker(match)
            if (is_name and correction not in names) or is_word(key):
                return word
            changes[word] = correction
            return correction

        return SpellingCorrection(_WORD.sub(correct, text), tuple(changes.items()))

    def _is_known(self, word: str) -> bool:
        """Whether a folded word needs no correction: too short for one, or one of the releases."""
        return len(word) < _MIN_LETTERS or word in self._counts or stems([word])[0] in self._stems

    def _nearest(self, word: str) -> str | None:
        """The word of the releases that is nearest to a folded word, if one is near."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        max_distance = 2 if len(word) >= _LONG else 1
        ranked = []
        for length in range(len(word) - max_distance, len(word) + max_distance + 1):
            near = process.extract(
                word,
                self._by_length.get(length, []),
                scorer=OSA.distance,
                score_cutoff=max_distance,
                limit=None,
            )
            ranked += [
                (distance, candidate[0] != word[0], -self._counts[candidate], candidate)
                for candidate, distance, _ in near
                if distance == 1 or candidate[0] == word[0]
            ]
        return min(ranked)[-1] if ranked else None


def _is_speaker(match: re.Match[str]) -> bool:
    """Whether a word is who says or does something: "did pillai say", "Pillai announced"."""
    text, start, end = match.string, match.start(), match.end()
    before = text[max(0, start - _AROUND) : start]
    return bool(_BEFORE_SPEAKER.search(before) and _AFTER_SPEAKER.match(text, end))


def _is_hyphenated(match: re.Match[str]) -> bool:
    """Whether a hyphen joins a word to another one."""
    around = match.string[match.start() - 1 : match.start()], match.string[match.end() :][:1]
    return not _HYPHENS.isdisjoint(around)


def write_words(path: Path, counts: Iterable[tuple[str, int]]) -> None:
    """Write words and their counts, one pair a line, in the order given."""
    path.write_text("".join(f"{word}\t{count}\n" for word, count in counts), encoding="utf-8")
