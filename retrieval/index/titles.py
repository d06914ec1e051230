"""Titles found while they are typed: by parts of words, in any order, despite typing errors.

Each typed word is compared with the distinct words of all titles, which are far fewer than the
titles, and these are looked up by word. The score of a title is the share of the typed letters that
it contains. Letters that are only a part of a longer word, and words with typing errors (counted as
in `retrieval.index.vocabulary`), count a little less.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.release import ReleaseInfo
from retrieval.text.tokens import words

_WHOLE_WORD, _PREFIX, _SUBSTRING = 1.0, 0.95, 0.9  # what a letter counts by the match of its word
_WITH_ERRORS = {1: 0.8, 2: 0.7}  # the same, by the number of typing errors in the word
_MIN_SHARE = 0.4  # of the typed letters: a title that has fewer does not match
_MIN_OF_BEST = 0.6  # of the best title's share: nor does one with a smaller share
_STARTS_WITH = 1.0  # added to the share, above any, if the title begins with the typed text
_FEW = 25  # titles: a word that no more of them contain as typed may have errors
_MIN_LETTERS = 4  # of a word that may have an error
_LONG = 8  # letters of a word that may have two errors, but not in its first letter
_MAX_WORDS = 40  # that are looked up: who types more has pasted something
_TOGETHER = 0.1  # added to the share if the title contains the typed text as it is
_RERANKED = 200  # titles that are compared with the whole typed text
_LAST = "\U0010ffff"  # sorts after every letter


class TitleIndex:
    """The searchable titles of releases. Safe to use from several threads."""

    def __init__(self, infos: Sequence[ReleaseInfo]) -> None:
        # Newest first, so that a stable sort by score leaves the newer before the older.
        self._releases = sorted(infos, key=_date_order, reverse=True)
        split = [words(info.title) for info in self._releases]
        texts = [" ".join(each) for each in split]
        self._texts = texts
        self._by_text = np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.intp)
        self._ordered = [texts[at] for at in self._by_text.tolist()]
        holders: dict[str, list[int]] = {}
        for at, each in enumerate(split):
            for word in dict.fromkeys(each):
                holders.setdefault(word, []).append(at)
        self._words = sorted(holders)
        # The words of each length with their numbers, among which corrections are looked for.
        self._by_length: dict[int, tuple[list[int], list[str]]] = {}
        for number, word in enumerate(self._words):
            numbers, of_length = self._by_length.setdefault(len(word), ([], []))
            numbers.append(number)
            of_length.append(word)
        # The titles with words a to b - 1, word by word, are holders[starts[a] : starts[b]].
        counts = [len(holders[word]) for word in self._words]
        self._starts = np.cumsum([0, *counts])
        self._holders = np.array([at for word in self._words for at in holders[word]], np.intp)
        # All words in one text, to look for parts of them, and where each begins in it.
        self._joined = "\n".join(self._words)
        self._begins = np.cumsum([0, *(len(word) + 1 for word in self._words)])

    def matching(self, typed: str, limit: int = 25) -> list[ReleaseInfo]:
        """The releases whose titles match a typed text, best first, equally good ones newest first.

        If no word is typed, these are all releases, newest first and undated last.

        Args:
            typed: any text; its last word may be unfinished.
            limit: how many releases at most.
        """
        sought = words(typed)
        if not sought:
            return self._releases[:limit]
        text = " ".join(sought)
        scores = self._shares([*dict.fromkeys(sought)][:_MAX_WORDS])
        minimum = max(_MIN_SHARE, _MIN_OF_BEST * float(scores.max(initial=0.0)))
        first, stop = _range_with_prefix(self._ordered, text)
        for last in (stop, bisect_right(self._ordered, text)):
            scores[self._by_text[first:last]] += _STARTS_WITH  # twice for the whole title
        near = np.flatnonzero(scores >= minimum)
        near = near[np.argsort(-scores[near], kind="stable")][: max(limit, _RERANKED)]
        totals = scores[near] + np.float32(_TOGETHER) * self._together(text, near)
        best = near[np.argsort(-totals, kind="stable")]
        return [self._releases[at] for at in best[:limit].tolist()]

    def _together(self, text: str, near: NDArray[np.intp]) -> NDArray[np.float32]:
        """(k,) float32, in 0..1: how well each of some titles matches the typed text as a whole.

        If any title contains the text, it is 1 for those that do and 0 for the others. Otherwise
        there is an error or another order of words: then it is the similarity of the part of the
        title that matches best.
        """
        from rapidfuzz import fuzz

        titles = [self._texts[at] for at in near.tolist()]
        contained = [text in title for title in titles]
        if any(contained):
            return np.array(contained, dtype=np.float32)
        percent = [fuzz.partial_ratio(text, title) for title in titles]
        return np.array(percent, dtype=np.float32) / np.float32(100)

    def _shares(self, sought: Sequence[str]) -> NDArray[np.float32]:
        """(n,) float32: the share, in 0..1, of the letters of typed words that each title has."""
        shares = np.zeros(len(self._releases), dtype=np.float32)
        for word in sought:
            weights = np.zeros_like(shares)
            for weight, titles in self._matches(word, unfinished=word == sought[-1]):
                weights[titles] = weight
            shares += weights * np.float32(len(word))
        return shares / np.float32(sum(map(len, sought)))

    def _matches(self, word: str, *, unfinished: bool) -> Iterator[tuple[float, NDArray[np.intp]]]:
        """What a letter counts in titles that a typed word matches, and these; the best last."""
        first, stop = _range_with_prefix(self._words, word)
        with_prefix = self._holders[self._starts[first] : self._starts[stop]]
        # A single letter is part of too many words to tell anything.
        with_part = self._titles_with(self._words_with(word)) if len(word) > 1 else with_prefix
        if len(with_part) <= _FEW and len(word) >= _MIN_LETTERS and word.isalpha():
            yield from self._matches_with_errors(word, unfinished)
        yield _SUBSTRING, with_part
        yield _PREFIX, with_prefix
        if first < stop and self._words[first] == word:
            yield _WHOLE_WORD, self._holders[self._starts[first] : self._starts[first + 1]]

    def _titles_with(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """The titles that have any of the words with these numbers."""
        runs = [self._holders[self._starts[at] : self._starts[at + 1]] for at in numbers.tolist()]
        return np.concatenate([self._holders[:0], *runs])

    def _words_with(self, part: str) -> NDArray[np.intp]:
        """The numbers of the words that contain a text."""
        positions, position = [], self._joined.find(part)
        while position >= 0:
            positions.append(position)
            position = self._joined.find(part, position + 1)
        return np.unique(np.searchsorted(self._begins, positions, side="right") - 1)

    def _matches_with_errors(
        self, word: str, unfinished: bool
    ) -> Iterator[tuple[float, NDArray[np.intp]]]:
        """As `_matches`, for the words that a word with typing errors may stand for.

        One that may be unfinished is compared with the beginnings of longer words too.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        max_errors = 2 if len(word) >= _LONG else 1
        near: list[int] = []
        forms: list[str] = []
        for length in range(len(word) - max_errors, len(word) + max_errors + 1):
            numbers_of_length, words_of_length = self._by_length.get(length, ([], []))
            near += numbers_of_length
            forms += words_of_length
        if unfinished:
            longer = [number for number, each in enumerate(self._words) if len(each) > len(word)]
            near += longer
            forms += [self._words[number][: len(word)] for number in longer]
        numbers = np.array(near, dtype=np.intp)
        errors = process.cdist(
            [word], forms, scorer=OSA.distance, score_cutoff=max_errors, dtype=np.uint8
        )[0]
        first, stop = _range_with_prefix(self._words, word[0])
        for count in range(max_errors, 0, -1):
            corrections = numbers[errors == count]
            if count > 1:
                corrections = corrections[(first <= corrections) & (corrections < stop)]
            yield _WITH_ERRORS[count], self._titles_with(corrections)


def _range_with_prefix(ordered: Sequence[str], prefix: str) -> tuple[int, int]:
    """Where the texts with a prefix begin and end in a sorted sequence."""
    return bisect_left(ordered, prefix), bisect_left(ordered, prefix + _LAST)


def _date_order(info: ReleaseInfo) -> tuple[bool, date, str]:
    """Sorts releases by date, undated ones first, then by id."""
    return info.date is not None, info.date or date.min, info.id
