"""A release as a reader returns it, before it has an id."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from retrieval.release import DateSource, Place, Release
from retrieval.text.lines import clean

_MAX_TITLE_LENGTH = 140  # characters, of a title taken from the text


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """One release as a reader parsed it.

    ``id`` and ``newsroom`` are None unless the document gives them. ``notes`` tell what is in doubt
    or was left out, each as a clause without a full stop. ``unread`` are the names of a record's
    fields that nothing was taken from.
    """

    title: str
    paragraphs: Sequence[str]
    date: datetime.date | None = None
    url: str | None = None
    newsroom: str | None = None
    author: str | None = None
    dateline: str | None = None
    id: str | None = None
    date_source: DateSource | None = None
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the draft has neither a title nor a paragraph."""
        return not self.title and not self.paragraphs

    def to_release(
        self,
        *,
        id: str,
        source: str,
        newsroom: str | None,
        gone: datetime.date | None = None,
    ) -> Release:
        """Return the release of this draft, which must not be empty.

        A release without paragraphs gets its title as its only one, so that it can be found and
        quoted; one without a title gets the beginning of its text.

        Args:
            id: The id of the release.
            source: The name of the file, or ``file:line``, that it was read from.
            newsroom: The newsroom to use if the draft has neither a newsroom nor a URL.
            gone: Since when it is no longer on its site; None if it is.
        """
        return Release(
            id=id,
            title=self.title or _beginning(self.paragraphs[0]),
            paragraphs=self.paragraphs or (self.title,),
            date=self.date,
            url=self.url,
            newsroom=self.newsroom or host_of(self.url) or newsroom,
            author=self.author,
            dateline=self.dateline,
            source=source,
            date_source=self.date_source if self.date else None,
            places=self.places if self.paragraphs else (),
            gone=gone,
        )


def host_of(url: str | None) -> str | None:
    """Return the host of a URL in lower case, "www." included, or None if it has none."""
    try:
        return urlsplit(url).hostname or None if url else None
    except ValueError:
        return None


def text_or_none(value: object) -> str | None:
    """Return a field of a record as clean text, or None if it is empty or not a scalar."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime.date):
        return None
    return clean(str(value)) or None


def _beginning(paragraph: str) -> str:
    """Return the first words of a paragraph, to serve as a title."""
    if len(paragraph) <= _MAX_TITLE_LENGTH:
        return paragraph
    return paragraph[: _MAX_TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
