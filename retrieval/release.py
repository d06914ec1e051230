"""What was published: a release and its paragraphs, as values."""

import datetime
from dataclasses import dataclass


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
class Refused:
    """A document that could not be read, by name and reason."""

    source: str
    reason: str
