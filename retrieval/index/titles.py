"""Titles found while they are typed: within words, in any order, across slips.

Each typed word is held against the distinct words of all titles, which are far fewer than the
titles, and these are looked up by word. A title counts the share of the typed letters that it has;
letters of a longer word, and words with a slip (`retrieval.index.vocabulary` says what that
is), count a little less.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.release import ReleaseInfo
from retrieval.text.tokens import words

_WHOLE, _BEGUN, _WITHIN = 1.0, 0.95, 0.9
_SLIPPED = {1: 0.8, 2: 0.7}  # by the number of slips
_LEAST = 0.4  # of the typed letters: a title that has less is not meant
_BESIDE = 0.6  # of the best title's share: nor is one that has less of them than this
_STARTS = 1.0  # more than any share: the title begins with what is typed
_FEW = 25  # titles: where no more have a word as it is typed, it may be a slip
_SHORTEST = 4  # letters of a word in which a slip is looked for
_LONG = 8  # letters from which two are, if the first letter is right
_MOST_WORDS = 40  # that are looked at: who types more has pasted something
_TOGETHER = 0.1  # beside a share: the title has what is typed in one run
_CLOSELY = 200  # titles of which that is looked at
_BEHIND = "\U0010ffff"  # sorts behind every letter


class TitleIndex:
    """The titles of releases, to be searched. Safe to use from several threads."""

    def __init__(self, infos: Sequence[ReleaseInfo]) -> None:
        # Newest first: in a stable order by anything else the newer stays before the older.
        self._releases = sorted(infos, key=_age, reverse=True)
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
        # The words of each length with their numbers, to look for slips among.
        self._by_length: dict[int, tuple[list[int], list[str]]] = {}
        for number, word in enumerate(self._words):
            numbers, of_length = self._by_length.setdefault(len(word), ([], []))
            numbers.append(number)
            of_length.append(word)
        # The titles with the words from a to b, in their order, are holders[starts[a] : starts[b]].
        counts = [len(holders[word]) for word in self._words]
        self._starts = np.cumsum([0, *counts])
        self._holders = np.array([at for word in self._words for at in holders[word]], np.intp)
        # To look within all words at once; where each begins in that text.
        self._joined = "\n".join(self._words)
        self._begins = np.cumsum([0, *(len(word) + 1 for word in self._words)])

    def matching(self, typed: str, limit: int = 25) -> list[ReleaseInfo]:
        """The releases whose titles are like what is typed: best first, then newest first.

        All, newest first and undated last, where no word is typed; none where no title is like it.
        Any text is fine.
        """
        sought = words(typed)
        if not sought:
            return self._releases[:limit]
        text = " ".join(sought)
        scores = self._shares([*dict.fromkeys(sought)][:_MOST_WORDS])
        least = max(_LEAST, _BESIDE * float(scores.max(initial=0.0)))
        first, stop = _beginning(self._ordered, text)
        for last in (stop, bisect_right(self._ordered, text)):
            scores[self._by_text[first:last]] += _STARTS  # twice where that is the whole title
        near = np.flatnonzero(scores >= least)
        near = near[np.argsort(-scores[near], kind="stable")][: max(limit, _CLOSELY)]
        totals = scores[near] + np.float32(_TOGETHER) * self._together(text, near)
        best = near[np.argsort(-totals, kind="stable")]
        return [self._releases[at] for at in best[:limit].tolist()]

    def _together(self, text: str, near: NDArray[np.intp]) -> NDArray[np.float32]:
        """(k,) float32, in 0..1: how far each title has what is typed in one run.

        It is 1 where the run stands in a title as it is typed, within words too. If it stands in
        none, there is a slip or another order: then it is how alike the best aligned part is.
        """
        from rapidfuzz import fuzz

        titles = [self._texts[at] for at in near.tolist()]
        standing = [text in title for title in titles]
        if any(standing):
            return np.array(standing, dtype=np.float32)
        alike = [fuzz.partial_ratio(text, title) for title in titles]
        return np.array(alike, dtype=np.float32) / np.float32(100)

    def _shares(self, sought: Sequence[str]) -> NDArray[np.float32]:
        """(n,) float32: for each title the share, in 0..1, of the letters of ``sought``."""
        shares = np.zeros(len(self._releases), dtype=np.float32)
        for word in sought:
            found = np.zeros_like(shares)
            for quality, titles in self._found(word, unfinished=word == sought[-1]):
                found[titles] = quality
            shares += found * np.float32(len(word))
        return shares / np.float32(sum(map(len, sought)))

    def _found(self, word: str, *, unfinished: bool) -> Iterator[tuple[float, NDArray[np.intp]]]:
        """Titles with something like a word, and what that counts; the better comes later."""
        first, stop = _beginning(self._words, word)
        begun = self._holders[self._starts[first] : self._starts[stop]]
        # A single letter stands within too much to say anything.
        within = self._held(self._within(word)) if len(word) > 1 else begun
        if len(within) <= _FEW and len(word) >= _SHORTEST and word.isalpha():
            yield from self._slipped(word, unfinished)
        yield _WITHIN, within
        yield _BEGUN, begun
        if first < stop and self._words[first] == word:
            yield _WHOLE, self._holders[self._starts[first] : self._starts[first + 1]]

    def _held(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """The titles that hold any of the words of those numbers."""
        runs = [self._holders[self._starts[at] : self._starts[at + 1]] for at in numbers.tolist()]
        return np.concatenate([self._holders[:0], *runs])

    def _within(self, part: str) -> NDArray[np.intp]:
        """The numbers of the words that hold a text."""
        places, at = [], self._joined.find(part)
        while at >= 0:
            places.append(at)
            at = self._joined.find(part, at + 1)
        return np.unique(np.searchsorted(self._begins, places, side="right") - 1)

    def _slipped(self, word: str, unfinished: bool) -> Iterator[tuple[float, NDArray[np.intp]]]:
        """What `_found` gives for the words that a word with slips may have been meant for.

        One that is still being typed is held against the beginnings of words too.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= _LONG else 1
        near: list[int] = []
        forms: list[str] = []
        for length in range(len(word) - most, len(word) + most + 1):
            more, of_length = self._by_length.get(length, ([], []))
            near += more
            forms += of_length
        if unfinished:
            longer = [number for number, each in enumerate(self._words) if len(each) > len(word)]
            near += longer
            forms += [self._words[number][: len(word)] for number in longer]
        numbers = np.array(near, dtype=np.intp)
        slips = process.cdist(
            [word], forms, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8
        )[0]
        first, stop = _beginning(self._words, word[0])
        for count in range(most, 0, -1):
            meant = numbers[slips == count]
            if count > 1:
                meant = meant[(first <= meant) & (meant < stop)]
            yield _SLIPPED[count], self._held(meant)


def _beginning(ordered: Sequence[str], text: str) -> tuple[int, int]:
    """From where to where the texts of an ordered sequence begin with another."""
    return bisect_left(ordered, text), bisect_left(ordered, text + _BEHIND)


def _age(info: ReleaseInfo) -> tuple[bool, date, int]:
    """What orders releases from the undated over the oldest to the newest."""
    return info.date is not None, info.date or date.min, info.number
