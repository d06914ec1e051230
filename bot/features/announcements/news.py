"""Which of the releases that were not known before are news, and which came with a new source."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from retrieval.release import ReleaseInfo

NEWS_DAYS = 7
"""A release that is older when it is first seen is no news."""

_LINE = re.compile(r":\d+$")  # of a file with many releases


def news_of(
    releases: Sequence[ReleaseInfo], today: date, known: Iterable[str]
) -> list[ReleaseInfo]:
    """Those of some new releases that are to be announced, in the same order.

    A site or a folder that is added to others brings years of releases, of which those of the last
    days are news. An undated release is news only if its source is one that was read before.

    Args:
        releases: what was not known before.
        today: when it is seen first.
        known: the sources of the releases that were.
    """
    since = today - timedelta(days=NEWS_DAYS)
    sources = set(map(source_root, known))
    return [
        each
        for each in releases
        if (each.date >= since if each.date else source_root(each.source) in sources)
    ]


def source_root(source: str) -> str:
    """What a release was read from: the name of a site, of a folder, or of a file with several."""
    _, is_address, page = source.partition("://")
    root, _, _ = (page if is_address else source).partition("/")
    return root if is_address else _LINE.sub("", root)
