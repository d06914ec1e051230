"""One release under several addresses or file names is one release.

Releases are compared by their normalised text, if they are of about one date. The first one read
is kept; where it lacks a date or URL that a copy has, it takes the copy's. Every copy stays
findable by id and newsroom, since a joint release belongs to each newsroom that published it.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from retrieval.release import Release
from retrieval.text.tokens import words

# Below this length two texts may be alike by chance ("Click here to watch"): then titles count too.
_DISTINCTIVE_WORDS = 40


@dataclass(frozen=True, slots=True)
class ContentDigests:
    """Two digests of a release, 32 bytes each.

    ``said`` changes with any character of title, author and paragraphs. ``text`` is what two copies
    of a release have in common: it follows from the words.
    """

    said: bytes
    text: bytes


def digests_of(release: Release) -> ContentDigests:
    """The identity of a release, read word for word."""
    return ContentDigests(
        said(release), common(words(release.title), map(words, release.paragraphs))
    )


def said(release: Release) -> bytes:
    """32 bytes for title, author and paragraphs as they are."""
    texts = (release.title, release.author or "", *release.paragraphs)
    # The lengths keep apart what runs together.
    lengths = f"{release.author is None} {' '.join(map(str, map(len, texts)))}\n"
    return _digest(lengths + "".join(texts))


def common(title: Sequence[str], paragraphs: Iterable[Sequence[str]]) -> bytes:
    """32 bytes for the words of the paragraphs, and of the title where these are few."""
    body = [word for paragraph in paragraphs for word in paragraph]
    if len(body) < _DISTINCTIVE_WORDS:
        body = [*title, "\0", *body]
    return _digest(" ".join(body))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


# A text that comes again later ("Mobile office hours") is another release.
_SAME_TIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DistinctRelease:
    """A release to index, with all its copies (itself first).

    ``said`` is that of its `ContentDigests`.
    """

    release: Release
    copies: tuple[Release, ...]
    said: bytes

    @property
    def digest(self) -> bytes:
        """32 bytes that change whenever the release or its copies do, wherever they were read."""
        of = self.release
        copies = [(copy.id, copy.url, copy.newsroom) for copy in self.copies]
        content = repr((self.said, of.id, of.date, of.url, of.newsroom, of.dateline, copies))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()


def editions(
    releases: Iterable[Release], identify: Callable[[Release], ContentDigests] = digests_of
) -> list[DistinctRelease]:
    """The distinct releases, oldest first and undated last, each with its copies."""
    groups: dict[bytes, list[tuple[bytes, list[Release]]]] = {}
    for release in releases:
        identity = identify(release)
        alike = groups.setdefault(identity.text, [])
        for _, copies in alike:
            if _at_one_time(copies[0], release):
                copies.append(release)
                break
        else:
            alike.append((identity.said, [release]))
    merged = [
        DistinctRelease(_merged(copies), tuple(copies), said)
        for alike in groups.values()
        for said, copies in alike
    ]
    return sorted(merged, key=lambda edition: _published(edition.release))


def _at_one_time(release: Release, other: Release) -> bool:
    """Whether two dates may be those of one release; one that is not known may be any."""
    if release.date is None or other.date is None:
        return True
    return abs(release.date - other.date) <= _SAME_TIME


def _merged(copies: list[Release]) -> Release:
    first = copies[0]
    if len(copies) == 1:
        return first
    return replace(
        first,
        date=first.date or next((copy.date for copy in copies if copy.date), None),
        url=first.url or next((copy.url for copy in copies if copy.url), None),
        newsroom=first.newsroom or next((copy.newsroom for copy in copies if copy.newsroom), None),
    )


def _published(release: Release) -> tuple[bool, str, str]:
    return release.date is None, release.date.isoformat() if release.date else "", release.id
