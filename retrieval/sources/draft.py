"""What a reader found, before it has an identity: a draft of a release."""

import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from retrieval.release import Release
from retrieval.text.lines import clean

_TITLE_LENGTH = 140  # a title taken from the text is cut to this many characters


@dataclass(frozen=True, slots=True)
class Draft:
    """One release as a reader found it; ``id`` and ``newsroom`` only where the record gave them."""

    title: str
    paragraphs: tuple[str, ...]
    date: datetime.date | None = None
    url: str | None = None
    newsroom: str | None = None
    author: str | None = None
    dateline: str | None = None
    id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a title nor a paragraph."""
        return not self.title and not self.paragraphs

    def release(self, *, id: str, source: str, newsroom: str | None) -> Release:
        """Return the release, with ``newsroom`` for one whose source names neither it nor a URL.

        A release that is only a title has that title as its one paragraph, so that it can be found
        and quoted; one without a title is called by the beginning of its text.
        """
        return Release(
            id=id,
            title=self.title or _beginning(self.paragraphs),
            paragraphs=self.paragraphs or (self.title,),
            date=self.date,
            url=self.url,
            newsroom=self.newsroom or host_of(self.url) or newsroom,
            author=self.author,
            dateline=self.dateline,
            source=source,
        )


class IdAllocator:
    """Gives each release of one run an id of its own, the same in every run over the same files."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, wanted: str, origin: str) -> str:
        """Return ``wanted``, or that and a hash of ``origin`` if an earlier release has it."""
        given, repeats = wanted, 0
        while given in self._taken:
            repeats += 1
            given = f"{wanted}-{digest(origin, *['again'] * (repeats - 1), length=6)}"
        self._taken.add(given)
        return given


def digest(*parts: str, length: int = 12) -> str:
    """Return the first ``length`` hexadecimal digits of the SHA-256 of ``parts``."""
    joined = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:length]


def host_of(url: str | None) -> str | None:
    """Return the host of a web address in lower case, as it is written: "www." stays."""
    try:
        return urlsplit(url).hostname or None if url else None
    except ValueError:
        return None


def slug(text: str) -> str:
    """Return ``text`` as a readable id: letters, digits and ``_`` kept, "a/b c" made "a-b-c"."""
    return re.sub(r"[^\w.]+", "-", text).strip("-.") or "release"


def text_or_none(value: object) -> str | None:
    """Return a record's value as clean text, or None if it is empty or no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime.date):
        return None
    return clean(str(value)) or None


def first_text(values: Iterable[object]) -> str | None:
    """Return the first of a record's values that is text."""
    return next((text for value in values if (text := text_or_none(value))), None)


def _beginning(paragraphs: tuple[str, ...]) -> str:
    """Return the first words of a text, for want of a title."""
    first = paragraphs[0]
    if len(first) <= _TITLE_LENGTH:
        return first
    return first[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
