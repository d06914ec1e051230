"""The releases of a generation in PostgreSQL: what was published, when and by whom."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import Any

from retrieval.errors import IndexDamaged
from retrieval.index.postgres.schema import Generation
from retrieval.index.postgres.stored_text import read_text, stored_text
from retrieval.index.release_store import (
    OPENING,
    StoredDigest,
    chosen_newsroom,
    written_digest,
)
from retrieval.places import places_of
from retrieval.postgres.database import PostgresDatabase
from retrieval.release import DateSource, Filter, Place, ReleaseCopy, ReleaseInfo
from retrieval.text.tokens import folded

_RELEASE = (
    "release.number, release.id, title, date, url, newsroom, author, dateline, source, date_source,"
    " gone"
)
_NEWEST_FIRST = 'ORDER BY date DESC NULLS LAST, id COLLATE "C" DESC'


class PostgresReleases:
    """A `ReleaseStore` in PostgreSQL. Every method raises `DatabaseError` too.

    Args:
        database: the schema of the index.
        generation: which rows are of it.
    """

    def __init__(self, database: PostgresDatabase, generation: Generation) -> None:
        self._database = database
        self._alive = generation.has("release")

    def has_undated(self) -> bool:
        """Whether any release is undated."""
        query = f"SELECT 1 FROM release WHERE {self._alive} AND date IS NULL LIMIT 1"
        return bool(self._database.select(query))

    def select(
        self,
        allowed: Filter | None = None,
        *,
        search: str | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[ReleaseInfo]:
        """As `ReleaseStore.select`."""
        where, values = self._condition(allowed, search)
        rows = self._database.select(
            f"SELECT {_RELEASE} FROM release WHERE {where} {_NEWEST_FIRST} LIMIT %s OFFSET %s",
            [*values, None if limit < 0 else limit, offset],
        )
        return [self._info(row) for row in rows]

    def count(self, allowed: Filter | None = None, *, search: str | None = None) -> int:
        """How many releases `select` returns without a limit."""
        where, values = self._condition(allowed, search)
        rows = self._database.select(f"SELECT count(*) FROM release WHERE {where}", values)
        return int(rows[0][0])

    def by_number(self, numbers: Sequence[int]) -> dict[int, ReleaseInfo]:
        """The releases with these numbers, by number."""
        query = f"SELECT {_RELEASE} FROM release WHERE number = ANY(%s) AND {self._alive}"
        rows = self._database.select(query, [[int(each) for each in numbers]])
        return {row[0]: self._info(row) for row in rows}

    def find(self, id: str) -> ReleaseInfo | None:
        """As `ReleaseStore.find`."""
        rows = self._database.select(
            f"SELECT {_RELEASE} FROM release WHERE id = %s AND {self._alive}"
            f" UNION ALL (SELECT {_RELEASE} FROM release WHERE {self._alive} AND number IN"
            " (SELECT copy.release FROM copy WHERE copy.id = %s) ORDER BY number LIMIT 1) LIMIT 1",
            [stored_text(id)] * 2,
        )
        return self._info(rows[0]) if rows else None

    def copies(self, number: int) -> tuple[ReleaseCopy, ...]:
        """As `ReleaseStore.copies`."""
        rows = self._database.select(
            "SELECT id, url, newsroom, source FROM copy WHERE release = %s ORDER BY position",
            [int(number)],
        )
        return tuple(ReleaseCopy(*_read(row)) for row in rows)

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """As `ReleaseStore.paragraphs`."""
        rows = self._database.select(
            "SELECT text FROM paragraph WHERE release = %s ORDER BY number", [int(number)]
        )
        return tuple(read_text(text) for (text,) in rows)

    def places(self, number: int) -> tuple[Place, ...]:
        """As `ReleaseStore.places`."""
        rows = self._database.select("SELECT places FROM release WHERE number = %s", [int(number)])
        with self._reading():
            return tuple(place for (text,) in rows for place in places_of(text))

    def check(
        self,
        info: ReleaseInfo,
        paragraphs: Sequence[str],
        places: tuple[Place, ...],
        copies: Sequence[ReleaseCopy],
    ) -> None:
        """As `ReleaseStore.check`."""
        rows = self._database.select("SELECT digest FROM release WHERE number = %s", [info.number])
        if rows != [(written_digest(info, paragraphs, places, copies),)]:
            raise self._damaged("a release is not the one that was written")

    def paragraphs_at(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """As `ReleaseStore.paragraphs_at`."""
        rows = self._database.select(
            "SELECT release, number, text FROM paragraph JOIN"
            " unnest(%s::bigint[], %s::integer[]) AS place (release, number)"
            " USING (release, number)",
            [[int(number) for number, _ in places], [int(at) for _, at in places]],
        )
        return {(release, number): read_text(text) for release, number, text in rows}

    def openings(self, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """As `ReleaseStore.openings`."""
        rows = self._database.select(
            "SELECT release, text FROM paragraph WHERE release = ANY(%s) AND number <= %s"
            " ORDER BY release, number",
            [[int(each) for each in numbers], OPENING],
        )
        found: dict[int, list[str]] = {int(each): [] for each in numbers}
        for release, text in rows:
            found[release].append(read_text(text))
        return {number: tuple(texts) for number, texts in found.items()}

    def ids(self) -> dict[str, int]:
        """As `ReleaseStore.ids`."""
        query = f"SELECT id, number FROM release WHERE {self._alive} ORDER BY number"
        return {read_text(id): number for id, number in self._database.select(query)}

    def ids_with_copies(self) -> dict[str, set[str]]:
        """As `ReleaseStore.ids_with_copies`."""
        found: dict[str, set[str]] = {}
        rows = self._database.select(
            "SELECT release.id, copy.id FROM copy JOIN release ON release.number = copy.release"
            f" WHERE {self._alive}"
        )
        for id, copy in rows:
            found.setdefault(read_text(id), {read_text(id)}).add(read_text(copy))
        return found

    def newsrooms(self) -> list[tuple[str, int]]:
        """As `ReleaseStore.newsrooms`."""
        return [*self._newsrooms]

    @cached_property
    def _newsrooms(self) -> Sequence[tuple[str, int]]:
        """The newsrooms, which every question about one of them wants."""
        rows = self._database.select(
            "SELECT copy.newsroom, count(DISTINCT copy.release) AS releases FROM copy"
            " JOIN release ON release.number = copy.release"
            f" WHERE {self._alive} AND copy.newsroom IS NOT NULL GROUP BY copy.newsroom"
            ' ORDER BY releases DESC, copy.newsroom COLLATE "C"'
        )
        return [(read_text(name), count) for name, count in rows]

    def authors(self) -> list[tuple[str | None, str | None, int]]:
        """As `ReleaseStore.authors`."""
        rows = self._database.select(
            f"SELECT author, newsroom, count(*) FROM release WHERE {self._alive}"
            " AND (author IS NOT NULL OR newsroom IS NOT NULL) GROUP BY author, newsroom"
            ' ORDER BY author COLLATE "C" NULLS FIRST, newsroom COLLATE "C" NULLS FIRST'
        )
        return [(*_read(names), count) for *names, count in rows]

    def newsroom(self, wanted: str | None) -> str | None:
        """As `ReleaseStore.newsroom`."""
        return chosen_newsroom(wanted, [name for name, _ in self.newsrooms()] if wanted else [])

    def span(self) -> tuple[date | None, date | None]:
        """As `ReleaseStore.span`."""
        query = f"SELECT min(date), max(date) FROM release WHERE {self._alive}"
        ((first, last),) = self._database.select(query)
        return first, last

    def contents(self) -> Mapping[str, StoredDigest]:
        """As `ReleaseStore.contents`."""
        query = f"SELECT id, digest, source, title FROM release WHERE {self._alive}"
        return {
            read_text(id): StoredDigest(digest, read_text(source), read_text(title))
            for id, digest, source, title in self._database.select(query)
        }

    def _condition(self, allowed: Filter | None, search: str | None) -> tuple[str, list[object]]:
        """The condition of a filter and of words in the title, and its values."""
        where, values = filter_condition(allowed or Filter())
        for word in folded(search or "").split():
            where += " AND position(%s IN folded_title) > 0"
            values.append(stored_text(word))
        return f"{self._alive} AND {where}", values

    def _info(self, row: tuple[Any, ...]) -> ReleaseInfo:
        number, id, title, published, url, newsroom, author, dateline, source, found_in, gone = row
        with self._reading():
            date_source = DateSource(found_in) if found_in else None
        id, title, url, newsroom, author, dateline, source = _read(
            (id, title, url, newsroom, author, dateline, source)
        )
        return ReleaseInfo(
            number,
            id,
            title,
            published,
            url,
            newsroom,
            author,
            dateline,
            source,
            date_source,
            gone,
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Raise `IndexDamaged` for a stored value that cannot be read."""
        try:
            yield
        except (ValueError, TypeError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(self._database.address, reason)


def filter_condition(allowed: Filter) -> tuple[str, list[object]]:
    """The condition of a filter over ``release``, and its values."""
    conditions, values = ["true"], list[object]()
    undated = "release.date IS NULL OR " if allowed.undated else ""
    if allowed.since:
        conditions.append(f"({undated}release.date >= %s)")
        values.append(allowed.since)
    if allowed.until:
        conditions.append(f"({undated}release.date <= %s)")
        values.append(allowed.until)
    if allowed.newsroom:
        conditions.append(
            "release.number IN (SELECT copy.release FROM copy WHERE copy.newsroom = %s)"
        )
        values.append(stored_text(allowed.newsroom))
    return " AND ".join(conditions), values


def _read(texts: Sequence[Any]) -> tuple[Any, ...]:
    """Stored texts, any of which may be None, as they were written."""
    return tuple(None if each is None else read_text(each) for each in texts)
