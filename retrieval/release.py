"""What was published, as values: a release, its particulars, and which releases are meant."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.errors import BadQuestion


class DateSource(StrEnum):
    """Where the date of a release was found."""

    FIELD = "field"
    """A field of a record: a row of JSON Lines, or front matter."""
    LABEL = "label"
    """Beside words that say so: "Published: March 5, 2024", "FOR IMMEDIATE RELEASE"."""
    LINE = "line"
    """A line of its own near the title."""
    DATELINE = "dateline"
    """The line that the text opens with: "LINDOW, N.Y., March 5, 2024 —"."""
    TIME_ELEMENT = "time element"
    """A ``<time>`` element of a web page."""
    JSON_LD = "JSON-LD"
    """``datePublished`` in a web page's JSON-LD."""
    META = "meta"
    """A ``<meta>`` element of a web page."""
    ADDRESS = "address"
    """The path of the URL: ``/2024/03/05/``."""
    FILE_NAME = "file name"
    """The name of the file: ``2024-03-05-title.md``."""
    MAIL_HEADER = "mail header"
    """The ``Date`` field of an email."""
    LISTED = "feed or list"
    """The feed, list or interface of the site that named the release."""


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """A document that a release links to, and whose paragraphs follow the release's own.

    ``name`` is what it is called ("letter.pdf"), ``url`` its address, or None if it has none.
    """

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph of a release stands.

    ``page`` is the number of its page, from 1, or None if its document has no pages.
    ``attachment`` is the attachment that it is from, or None if it is the release's own.
    """

    page: int | None = None
    attachment: AttachedDocument | None = None


def own_count(places: Sequence[Place], paragraphs: int) -> int:
    """The number of a release's paragraphs without those of attachments, which come last.

    Args:
        places: the place of each paragraph; empty if the release has neither pages nor attachments.
        paragraphs: the number of all paragraphs.
    """
    if not places:
        return paragraphs
    return sum(place.attachment is None for place in places)


@dataclass(frozen=True, slots=True)
class Release:
    """One published press release, as a source gave it.

    ``paragraphs`` are as published and numbered from 1 by position. ``source`` names where the
    release was read: a file, or ``file:line`` in JSON Lines. ``dateline`` ("WASHINGTON, D.C.") is
    also part of the first paragraph, which stays verbatim. ``date_source`` tells where ``date`` was
    found. ``places`` has the place of each paragraph; it is empty if the release has neither pages
    nor attachments. ``gone`` is the day since which it is no longer on its site, if it is not.
    """

    id: str
    title: str
    paragraphs: Sequence[str]
    date: datetime.date | None = None
    url: str | None = None
    newsroom: str | None = None
    author: str | None = None
    dateline: str | None = None
    source: str = ""
    date_source: DateSource | None = None
    places: tuple[Place, ...] = ()
    gone: datetime.date | None = None

    @property
    def own_count(self) -> int:
        """The number of paragraphs without those of attachments, which come last."""
        return own_count(self.places, len(self.paragraphs))

    @property
    def own_paragraphs(self) -> Sequence[str]:
        """The paragraphs without those of attachments."""
        return self.paragraphs[: self.own_count] if self.places else self.paragraphs


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """A document that could not be read, by name and reason."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentNote:
    """What the reader of a document was in doubt of or left out, or which files it passed over.

    ``source`` names the document, or the folder.
    """

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """What a list of releases shows of one: all but its paragraphs.

    ``gone`` is the day since which it is on none of the sites that it was read from.
    """

    number: int
    id: str
    title: str
    date: datetime.date | None
    url: str | None
    newsroom: str | None
    author: str | None
    dateline: str | None
    source: str
    date_source: DateSource | None = None
    gone: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ReleaseCopy:
    """The same release as it was read somewhere else: at another address, in another newsroom."""

    id: str
    url: str | None
    newsroom: str | None
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
