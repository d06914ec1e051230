"""What recurs through a newsroom's releases: "About …", contacts, disclaimers.

Such a paragraph is known by two things together. It stands, word for word, in many releases of the
newsroom, from several months; and it closes them: only others of its kind follow it. What is
repeated for its content (a quotation, the terms of a program, the history of a bill) stands within
the text, or in the releases of a few weeks. docs/retrieval.md says how often that is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.release import Release

MIN_RELEASES = 10
"""How many releases a newsroom must have: fewer show no pattern."""

_MIN_RECURRENCES = 5  # releases
_MIN_SHARE = 0.05  # of the newsroom's releases
_MIN_MONTHS = 3
_MIN_CLOSING = 0.9  # of the releases that it stands in


@dataclass(frozen=True, slots=True)
class RowTexts:
    """The texts of n rows, as far as it is to be known which are equal.

    Attributes:
        words: (n,) uint64: a hash of the words of each (`CorpusTokens.row_hashes`).
        release_of: (n,) int32: the number of the release of each, ascending.
        paragraphs: (n,) int32: the number of the paragraph of each, from 1.
    """

    words: NDArray[np.uint64]
    release_of: NDArray[np.int32]
    paragraphs: NDArray[np.int32]


def recurring_rows(texts: RowTexts, releases: Sequence[Release]) -> NDArray[np.bool_]:
    """(n,) bool: which rows recur through the releases of their newsrooms.

    A release of which all rows would has none. Attachments have none, and do not count.

    Args:
        texts: the rows of all releases.
        releases: those, in order.
    """
    release_of = texts.release_of
    own_counts = np.array([each.own_count for each in releases], dtype=np.int32)
    own = texts.paragraphs <= own_counts[release_of]
    newsrooms = _numbered([each.newsroom for each in releases])
    months = np.array([_month(each) for each in releases], dtype=np.int32)
    sizes = np.bincount(newsrooms)
    # A group has the rows of one newsroom with the same words.
    _, words = np.unique(texts.words, return_inverse=True)
    keys = words * len(sizes) + newsrooms[release_of]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    count, size = len(first), sizes[newsrooms[release_of[first]]]
    standing = _distinct(group[own], release_of[own], count)
    dated = own & (months[release_of] >= 0)
    often = (
        (size >= MIN_RELEASES)
        & (standing >= np.maximum(_MIN_RECURRENCES, _MIN_SHARE * size))
        & (_distinct(group[dated], months[release_of[dated]], count) >= _MIN_MONTHS)
    )
    closing = _closing(often[group], own, release_of, len(releases))
    closes = _distinct(group[closing], release_of[closing], count) >= _MIN_CLOSING * standing
    recurring = own & (often & closes)[group]
    has_others = np.zeros(len(releases), dtype=np.bool_)
    has_others[release_of[~recurring]] = True
    found: NDArray[np.bool_] = recurring & has_others[release_of]
    return found


def _closing(
    often: NDArray[np.bool_],
    own: NDArray[np.bool_],
    release_of: NDArray[np.int32],
    releases: int,
) -> NDArray[np.bool_]:
    """(n,) bool: the rows of releases after the last one that does not stand in many releases.

    A release that has only such rows is a repeated one, and has no closing.
    """
    last = np.full(releases, len(own), dtype=np.int64)
    others = np.flatnonzero(own & ~often)
    last[release_of[others]] = others  # of several, the last one stays
    closing: NDArray[np.bool_] = own & often & (np.arange(len(own)) > last[release_of])
    return closing


def _distinct(groups: NDArray[np.intp], values: NDArray[np.int32], count: int) -> NDArray[np.intp]:
    """(count,): how many different values each of the groups has."""
    span = int(values.max(initial=0)) + 1
    pairs = np.sort(groups * span + values)  # which takes a tenth of the time of np.unique
    different = pairs[np.diff(pairs, prepend=-1) > 0]
    return np.bincount(different // span, minlength=count)


def _numbered(names: Sequence[str | None]) -> NDArray[np.int32]:
    numbers: dict[str | None, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int32)


def _month(release: Release) -> int:
    """The month of a release, counted on; -1 if it is undated."""
    return release.date.year * 12 + release.date.month if release.date else -1
