"""One release under several addresses or file names is one release.

Releases are compared by their normalised text, if they are of about one date. The first one read
is kept; where it lacks a date or URL that a copy has, it takes the copy's. Every copy stays
findable by id and newsroom, since a joint release belongs to each newsroom that published it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from retrieval.release import Release
from retrieval.terms import words

# Below this length two texts may be alike by chance ("Click here to watch"): then titles count too.
_DISTINCTIVE_WORDS = 40
# A text that comes again later ("Mobile office hours") is another release.
_SAME_TIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Edition:
    """A release to index, with all its copies (itself first) and a digest of all that is kept."""

    release: Release
    copies: tuple[Release, ...]

    @property
    def digest(self) -> bytes:
        """32 bytes that change whenever the release or its copies do, wherever they were read."""
        copies = [(copy.id, copy.url, copy.newsroom) for copy in self.copies]
        content = repr((replace(self.release, source=""), copies))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()


def editions(releases: Iterable[Release]) -> list[Edition]:
    """The distinct releases, oldest first and undated last, each with its copies."""
    groups: dict[bytes, list[list[Release]]] = {}
    for release in releases:
        alike = groups.setdefault(_text(release), [])
        for copies in alike:
            if _at_one_time(copies[0], release):
                copies.append(release)
                break
        else:
            alike.append([release])
    merged = [Edition(_merged(each), tuple(each)) for alike in groups.values() for each in alike]
    return sorted(merged, key=lambda edition: _published(edition.release))


def _text(release: Release) -> bytes:
    """What two copies of a release have in common."""
    body = [word for paragraph in release.paragraphs for word in words(paragraph)]
    if len(body) < _DISTINCTIVE_WORDS:
        body = [*words(release.title), "\0", *body]
    return hashlib.sha256(" ".join(body).encode("utf-8", "surrogatepass")).digest()


def _at_one_time(release: Release, other: Release) -> bool:
    """Whether two dates may be those of one release; one that is not known may be any."""
    if release.date is None or other.date is None:
        return True
    return abs(release.date - other.date) <= _SAME_TIME


def _merged(copies: list[Release]) -> Release:
    first = copies[0]
    return replace(
        first,
        date=first.date or next((copy.date for copy in copies if copy.date), None),
        url=first.url or next((copy.url for copy in copies if copy.url), None),
        newsroom=first.newsroom or next((copy.newsroom for copy in copies if copy.newsroom), None),
    )


def _published(release: Release) -> tuple[bool, str, str]:
    return release.date is None, release.date.isoformat() if release.date else "", release.id
