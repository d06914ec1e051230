"""The releases of a generation, wherever they are kept: what was published, when and by whom.

`retrieval.index.sqlite_releases` has them in a folder, `retrieval.index.postgres` in PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from retrieval.content import exact_digest, whole_digest
from retrieval.errors import UnknownNewsroom
from retrieval.release import Filter, Place, Release, ReleaseCopy, ReleaseInfo

OPENING = 4
"""How many paragraphs `ReleaseStore.openings` has of a release."""


class StoredDigest(NamedTuple):
    """The digest of a stored release (`DistinctRelease.digest`), its source and its title."""

    digest: bytes
    source: str
    title: str


class ReleaseStore(Protocol):
    """A generation's releases, read only. Safe to use from several threads.

    Releases have numbers, their paragraphs too, from 1. Every method raises `IndexDamaged` where
    what is stored cannot be read.
    """

    def has_undated(self) -> bool:
        """Whether any release is undated."""
        ...

    def select(
        self,
        allowed: Filter | None = None,
        *,
        search: str | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[ReleaseInfo]:
        """Releases newest first, undated last.

        Args:
            allowed: only releases that pass this filter.
            search: only releases whose title contains each of these words, whatever their case and
                accents.
            limit: how many at most; -1 for all.
            offset: how many of the newest to leave out.
        """
        ...

    def count(self, allowed: Filter | None = None, *, search: str | None = None) -> int:
        """How many releases `select` returns without a limit."""
        ...

    def by_number(self, numbers: Sequence[int]) -> dict[int, ReleaseInfo]:
        """The releases with these numbers, by number."""
        ...

    def find(self, id: str) -> ReleaseInfo | None:
        """The release with an id, its own or that of a copy; None if there is none."""
        ...

    def copies(self, number: int) -> tuple[ReleaseCopy, ...]:
        """All places where a release was read, itself included, the one that stands for it first.

        Each has an address, a newsroom or a file of its own.
        """
        ...

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """A release's paragraphs, in order; none if there is no such release."""
        ...

    def places(self, number: int) -> tuple[Place, ...]:
        """The place of each paragraph of a release, in order.

        None if it has neither pages nor attachments.
        """
        ...

    def check(
        self,
        info: ReleaseInfo,
        paragraphs: Sequence[str],
        places: tuple[Place, ...],
        copies: Sequence[ReleaseCopy],
    ) -> None:
        """Raise `IndexDamaged` unless this is all of a release, as it was written."""
        ...

    def paragraphs_at(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """The paragraphs with these release and paragraph numbers, by these."""
        ...

    def openings(self, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The first few paragraphs of the releases with these numbers, by number."""
        ...

    def ids(self) -> dict[str, int]:
        """The number of each release by its id."""
        ...

    def ids_with_copies(self) -> dict[str, set[str]]:
        """By the id of each release, all ids under which it was read: its own and its copies'."""
        ...

    def newsrooms(self) -> list[tuple[str, int]]:
        """Each newsroom with its number of releases, the most prolific first."""
        ...

    def authors(self) -> list[tuple[str | None, str | None, int]]:
        """Each author with a newsroom and the number of releases; either name may be missing."""
        ...

    def newsroom(self, wanted: str | None) -> str | None:
        """As `chosen_newsroom`, of the newsrooms of the generation."""
        ...

    def span(self) -> tuple[date | None, date | None]:
        """The earliest and the latest date of a release; None for both if none is dated."""
        ...

    def contents(self) -> Mapping[str, StoredDigest]:
        """The digest, source and title of each release by its id."""
        ...


def chosen_newsroom(wanted: str | None, known: Sequence[str]) -> str | None:
    """The newsroom with a name, or with a name that only it contains, whatever the case.

    None if no name is given. Raises `UnknownNewsroom`, with those to choose from, if there is none
    or several.
    """
    if wanted is None or not (name := wanted.strip().casefold()):
        return None
    exact = [each for each in known if each.casefold() == name]
    matches = exact or [each for each in known if name in each.casefold()]
    if len(matches) != 1:
        raise UnknownNewsroom(wanted, matches or known, ambiguous=bool(matches))
    return matches[0]


def written_digest(
    info: ReleaseInfo,
    paragraphs: Sequence[str],
    places: tuple[Place, ...],
    copies: Sequence[ReleaseCopy],
) -> bytes:
    """The digest that a release was written with, if this is all of it (`whole_digest`).

    Raises `TypeError` if a paragraph is no text.
    """
    release = Release(
        id=info.id,
        title=info.title,
        paragraphs=paragraphs,
        date=info.date,
        url=info.url,
        newsroom=info.newsroom,
        author=info.author,
        dateline=info.dateline,
        date_source=info.date_source,
        places=places,
        gone=info.gone,
    )
    return whole_digest(exact_digest(release), release, copies)
