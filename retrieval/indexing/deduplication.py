"""Which releases are copies of one: the same text under several addresses or file names.

Releases are compared by their normalized text if their dates are close. The first one read is kept;
a date or URL that it lacks is taken from a copy, and so are attachments if it has none. If it is no
longer on its site and a copy still is on its own, the URL is that of the copy. Every copy
stays findable by id and newsroom, since a joint release belongs to each newsroom that published it.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from retrieval.content import exact_digest, whole_digest
from retrieval.release import Release
from retrieval.text.tokens import words

DIGEST = 32
"""The bytes of a digest."""

# Shorter texts may be equal by chance ("Click here to watch"), so their titles are compared too.
_DISTINCTIVE_WORDS = 40
# The same text much later ("Mobile office hours") is another release.
_SAME_TIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ContentDigests:
    """Two digests of the content of a release, 32 bytes each.

    Attributes:
        exact: differs if any character of title, author or paragraphs does (`exact_digest`).
        normalized: equal for copies, whose words are the same (`normalized_digest`).
    """

    exact: bytes
    normalized: bytes


@dataclass(frozen=True, slots=True)
class DistinctRelease:
    """A release to index, and all its copies.

    Attributes:
        release: the first one read, with date, URL and attachments of a copy if it has none.
        copies: all of them as they were read, the first one first.
        exact: the exact digest of the release.
        digest: its `whole_digest`.
    """

    release: Release
    copies: tuple[Release, ...]
    exact: bytes
    digest: bytes


def content_digests(release: Release) -> ContentDigests:
    """Both digests of a release."""
    return ContentDigests(
        exact_digest(release),
        normalized_digest(words(release.title), map(words, release.own_paragraphs)),
    )


def normalized_digest(title: Sequence[str], paragraphs: Iterable[Sequence[str]]) -> bytes:
    """32 bytes for the `words` of the paragraphs, and for those of the title if these are few.

    Attachments do not count: a copy of a release may have others, or none.
    """
    body = [word for paragraph in paragraphs for word in paragraph]
    if len(body) < _DISTINCTIVE_WORDS:
        body = [*title, "\0", *body]
    return _digest(" ".join(body))


def distinct_releases(
    releases: Iterable[Release], digests: Callable[[Release], ContentDigests] = content_digests
) -> list[DistinctRelease]:
    """Group releases that are copies; oldest first, undated last, then by id.

    ``digests`` gives the digests of a release.
    """
    groups: dict[bytes, list[tuple[bytes, list[Release]]]] = {}
    for release in releases:
        found = digests(release)
        same_text = groups.setdefault(found.normalized, [])
        for _, copies in same_text:
            if all(_may_be_copies(copy, release) for copy in copies):
                copies.append(release)
                break
        else:
            same_text.append((found.exact, [release]))
    distinct = [
        _distinct(exact, copies) for same_text in groups.values() for exact, copies in same_text
    ]
    return sorted(distinct, key=lambda each: _date_order(each.release))


def _distinct(exact: bytes, copies: list[Release]) -> DistinctRelease:
    """Copies as one release; ``exact`` is the digest of the first one."""
    merged = _merged(copies)
    if merged.paragraphs is not copies[0].paragraphs:
        exact = exact_digest(merged)
    return DistinctRelease(merged, tuple(copies), exact, whole_digest(exact, merged, copies))


def _may_be_copies(release: Release, other: Release) -> bool:
    """Whether the dates of two releases are close, or one of them is unknown."""
    if release.date is None or other.date is None:
        return True
    return abs(release.date - other.date) <= _SAME_TIME


def _merged(copies: list[Release]) -> Release:
    first = copies[0]
    if len(copies) == 1:
        return first
    dated = next((copy for copy in copies if copy.date), first)
    here = [copy for copy in copies if not copy.gone]
    addresses = [copy.url for copy in (*here, first, *copies) if copy.url]
    attached = [each for each in copies if each.own_count < len(each.paragraphs)]
    text = attached[0] if attached else first
    return replace(
        first,
        paragraphs=text.paragraphs,
        places=text.places,
        date=dated.date,
        date_source=dated.date_source,
        url=next(iter(addresses), None),
        newsroom=first.newsroom or next((copy.newsroom for copy in copies if copy.newsroom), None),
        gone=None if here else max(copy.gone for copy in copies if copy.gone),
    )


def _date_order(release: Release) -> tuple[bool, date, str]:
    return release.date is None, release.date or date.min, release.id


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
