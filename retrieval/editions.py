"""One release under several addresses or file names is one release.

Releases are compared by their normalised text, if they are of about one date. The first one read
is kept; where it lacks a date or URL that a copy has, it takes the copy's. Every copy stays
findable by id and newsroom, since a joint release belongs to each newsroom that published it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from retrieval.identity import Identity, identity_of
from retrieval.release import Release

# A text that comes again later ("Mobile office hours") is another release.
_SAME_TIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Edition:
    """A release to index, with all its copies (itself first); ``said`` as its `Identity` has it."""

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
    releases: Iterable[Release], identify: Callable[[Release], Identity] = identity_of
) -> list[Edition]:
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
        Edition(_merged(copies), tuple(copies), said)
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
