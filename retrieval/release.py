"""What was published, as values: a release, its particulars, and which releases are meant."""

import datetime
from dataclasses import dataclass

from retrieval.errors import BadQuestion


@dataclass(frozen=True, slots=True)
class Release:
    """One published press release, as a source gave it.

    ``paragraphs`` are as published and numbered from 1 by position. ``source`` names where the
    release was read: a file, or ``file:line`` in JSON Lines. ``dateline`` ("WASHINGTON, D.C.") is
    also part of the first paragraph, which stays verbatim.
    """

    id: str
    title: str
    paragraphs: tuple[str, ...]
    date: datetime.date | None = None
    url: str | None = None
    newsroom: str | None = None
    author: str | None = None
    dateline: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that could not be read, by name and reason."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """What a list of releases shows of one: all but its paragraphs."""

    number: int
    id: str
    title: str
    date: datetime.date | None
    url: str | None
    newsroom: str | None
    author: str | None
    dateline: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which releases count: published from ``since`` to ``until``, both included, by ``newsroom``.

    A filter by date leaves undated releases out, unless ``undated`` lets them in.
    """

    since: datetime.date | None = None
    until: datetime.date | None = None
    newsroom: str | None = None
    undated: bool = False

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise BadQuestion(
                "nothing is both since {since} and until {until}. Swap the two dates",
                since=self.since,
                until=self.until,
            )

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.newsroom)
