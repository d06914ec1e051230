"""The releases of a generation in SQLite: what was published, when and by whom.

Their text is in the segments of the generation, where each release is a document.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from retrieval.errors import IndexDamaged
from retrieval.index.database import ReadOnlyDatabase
from retrieval.index.document_texts import TEXT, DocumentTexts
from retrieval.index.generations import current_folder, read_manifest, verify
from retrieval.index.manifest import Manifest, segment_folder
from retrieval.index.release_store import (
    OPENING,
    StoredDigest,
    chosen_newsroom,
    written_digest,
)
from retrieval.places import places_of
from retrieval.release import DateSource, Filter, Place, ReleaseCopy, ReleaseInfo
from retrieval.text.tokens import folded

RELEASES = "releases.sqlite"

_RELEASE = "number, id, title, date, url, newsroom, author, dateline, source, date_source"
_NEWEST_FIRST = "ORDER BY date IS NULL, date DESC, number DESC"


class SqliteReleases:
    """A `ReleaseStore` in files. Releases are numbered from 0 in the order of their dates.

    Args:
        path: the file of the releases.
        texts: the file of the texts of each segment.
    """

    def __init__(self, path: Path, texts: Sequence[Path] = ()) -> None:
        self._database = ReadOnlyDatabase(path)
        self._texts = [DocumentTexts(each) for each in texts]

    def close(self) -> None:
        """Close the databases."""
        self._database.close()
        for texts in self._texts:
            texts.close()

    def has_undated(self) -> bool:
        """As `ReleaseStore.has_undated`."""
        return bool(self._database.select("SELECT 1 FROM release WHERE date IS NULL LIMIT 1"))

    def select(
        self,
        allowed: Filter | None = None,
        *,
        search: str | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[ReleaseInfo]:
        """As `ReleaseStore.select`."""
        where, values = _title_condition(allowed, search)
        rows = self._database.select(
            f"SELECT {_RELEASE} FROM release WHERE {where} {_NEWEST_FIRST} LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
        return [self._info(row) for row in rows]

    def count(self, allowed: Filter | None = None, *, search: str | None = None) -> int:
        """As `ReleaseStore.count`."""
        where, values = _title_condition(allowed, search)
        rows = self._database.select(f"SELECT count(*) FROM release WHERE {where}", values)
        return int(rows[0][0])

    def numbers(self, allowed: Filter) -> list[int]:
        """The numbers of the releases that pass a filter, ascending."""
        where, values = _condition(allowed)
        query = f"SELECT number FROM release WHERE {where} ORDER BY number"
        return [number for (number,) in self._database.select(query, values)]

    def by_number(self, numbers: Sequence[int]) -> dict[int, ReleaseInfo]:
        """As `ReleaseStore.by_number`."""
        marks = ",".join("?" * len(numbers))
        query = f"SELECT {_RELEASE} FROM release WHERE number IN ({marks})"
        return {row[0]: self._info(row) for row in self._database.select(query, numbers)}

    def find(self, id: str) -> ReleaseInfo | None:
        """As `ReleaseStore.find`."""
        rows = self._database.select(
            f"SELECT {_RELEASE} FROM release"
            " WHERE number = coalesce((SELECT number FROM release WHERE id = ?),"
            " (SELECT release FROM copy WHERE id = ? LIMIT 1))",
            [id, id],
        )
        return self._info(rows[0]) if rows else None

    def copies(self, number: int) -> tuple[ReleaseCopy, ...]:
        """As `ReleaseStore.copies`."""
        rows = self._database.select(
            "SELECT id, url, newsroom, source FROM copy WHERE release = ? ORDER BY rowid", [number]
        )
        return tuple(ReleaseCopy(*row) for row in rows)

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """As `ReleaseStore.paragraphs`."""
        return self._first_paragraphs(number, -1)

    def places(self, number: int) -> tuple[Place, ...]:
        """As `ReleaseStore.places`."""
        rows = self._database.select("SELECT places FROM release WHERE number = ?", [number])
        try:
            return tuple(place for (text,) in rows for place in places_of(text))
        except (ValueError, TypeError) as error:
            raise self._database.damaged(error) from error

    def check(
        self,
        info: ReleaseInfo,
        paragraphs: Sequence[str],
        places: tuple[Place, ...],
        copies: Sequence[ReleaseCopy],
    ) -> None:
        """As `ReleaseStore.check`."""
        rows = self._database.select("SELECT digest FROM release WHERE number = ?", [info.number])
        try:
            found = written_digest(info, paragraphs, places, copies)
        except TypeError as error:  # a paragraph that is no text
            raise self._damaged_text(info.number) from error
        if rows != [(found,)]:
            raise self._damaged_text(info.number)

    def _damaged_text(self, number: int) -> IndexDamaged:
        ((segment, _),) = self._documents([number]).values()
        return self._texts[segment].damaged("a release is not the one that was written")

    def paragraphs_at(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """As `ReleaseStore.paragraphs_at`."""
        documents = self._documents([*dict.fromkeys(number for number, _ in places)])
        release_of = {document: number for number, document in documents.items()}
        wanted: dict[int, list[tuple[int, int]]] = {}
        for number, paragraph in places:
            if number in documents:
                segment, document = documents[number]
                wanted.setdefault(segment, []).append((document, paragraph))
        return {
            (release_of[segment, document], paragraph): text
            for segment, within in wanted.items()
            for (document, paragraph), text in self._texts[segment].at(within).items()
        }

    def openings(self, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """As `ReleaseStore.openings`."""
        return {number: self._first_paragraphs(number, OPENING) for number in numbers}

    def locations(self) -> list[tuple[int, int]]:
        """The segment and the document of each release, by number."""
        return self._database.select("SELECT segment, document FROM release ORDER BY number")

    @cached_property
    def _gone(self) -> Mapping[int, date]:
        """Since when releases are no longer on their sites, by number.

        A generation of an older version has no such table, and none are known to be gone.
        """
        tables = self._database.select("SELECT 1 FROM sqlite_master WHERE name = 'gone'")
        rows = self._database.select("SELECT release, since FROM gone") if tables else []
        try:
            return {number: date.fromisoformat(since) for number, since in rows}
        except (ValueError, TypeError) as error:
            raise self._database.damaged(error) from error

    def _info(self, row: tuple[Any, ...]) -> ReleaseInfo:
        number, id, title, published, url, newsroom, author, dateline, source, found_in = row
        try:
            date, date_source = _date(published), DateSource(found_in) if found_in else None
        except (ValueError, TypeError) as error:
            raise self._database.damaged(error) from error
        return ReleaseInfo(
            number,
            id,
            title,
            date,
            url,
            newsroom,
            author,
            dateline,
            source,
            date_source,
            self._gone.get(number),
        )

    def _first_paragraphs(self, number: int, limit: int) -> tuple[str, ...]:
        """The first paragraphs of a release; all with the limit -1."""
        for segment, document in self._documents([number]).values():
            return self._texts[segment].paragraphs(document, limit)
        return ()

    def _documents(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The segment and the document of the releases with these numbers, by number."""
        marks = ",".join("?" * len(numbers))
        query = f"SELECT number, segment, document FROM release WHERE number IN ({marks})"
        return {
            number: tuple(location) for number, *location in self._database.select(query, numbers)
        }

    def copy_sources(self) -> dict[int, tuple[str, ...]]:
        """Where each release and its copies were read, the one that stands for them first."""
        found: dict[int, list[str]] = {}
        rows = self._database.select("SELECT release, source FROM copy ORDER BY rowid")
        for number, source in rows:
            found.setdefault(number, []).append(source)
        return {number: tuple(sources) for number, sources in found.items()}

    def ids(self) -> dict[str, int]:
        """As `ReleaseStore.ids`."""
        return dict(self._database.select("SELECT id, number FROM release"))

    def ids_with_copies(self) -> dict[str, set[str]]:
        """As `ReleaseStore.ids_with_copies`."""
        found = {id: {id} for id in self.ids()}
        rows = self._database.select(
            "SELECT release.id, copy.id FROM copy JOIN release ON release.number = copy.release"
        )
        for id, copy in rows:
            found[id].add(copy)
        return found

    def newsrooms(self) -> list[tuple[str, int]]:
        """As `ReleaseStore.newsrooms`."""
        return self._database.select(
            "SELECT newsroom, count(DISTINCT release) AS releases FROM copy"
            " WHERE newsroom IS NOT NULL GROUP BY newsroom ORDER BY releases DESC, newsroom"
        )

    def authors(self) -> list[tuple[str | None, str | None, int]]:
        """As `ReleaseStore.authors`."""
        return self._database.select(
            "SELECT author, newsroom, count(*) FROM release"
            " WHERE author IS NOT NULL OR newsroom IS NOT NULL"
            " GROUP BY author, newsroom ORDER BY author, newsroom"
        )

    def newsroom(self, wanted: str | None) -> str | None:
        """As `ReleaseStore.newsroom`."""
        return chosen_newsroom(wanted, [name for name, _ in self.newsrooms()] if wanted else [])

    def span(self) -> tuple[date | None, date | None]:
        """As `ReleaseStore.span`."""
        ((first, last),) = self._database.select("SELECT min(date), max(date) FROM release")
        return _date(first), _date(last)

    def contents(self) -> dict[str, StoredDigest]:
        """As `ReleaseStore.contents`."""
        rows = self._database.select("SELECT id, digest, source, title FROM release")
        return {id: StoredDigest(*values) for id, *values in rows}


def open_release_store(data: Path) -> tuple[Manifest, SqliteReleases]:
    """Open the current generation's releases alone, which need neither model nor vectors.

    They are compared with their checksum. Texts are larger: `SqliteReleases.check` is for these.
    Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
    """
    folder = current_folder(data)
    manifest = read_manifest(folder)
    verify(folder, manifest, [RELEASES])
    return manifest, release_store(folder, manifest)


def release_store(folder: Path, manifest: Manifest) -> SqliteReleases:
    """Open the releases of the generation in a folder. Raises `IndexDamaged`."""
    texts = [segment_folder(folder, each.name) / TEXT for each in manifest.segments]
    return SqliteReleases(folder / RELEASES, texts)


def _condition(allowed: Filter) -> tuple[str, list[str]]:
    """The SQL condition of a filter over ``release``, and its parameters."""
    conditions, values = ["1"], []
    undated = "date IS NULL OR " if allowed.undated else ""
    if allowed.since:
        conditions.append(f"({undated}date >= ?)")
        values.append(allowed.since.isoformat())
    if allowed.until:
        conditions.append(f"({undated}date <= ?)")
        values.append(allowed.until.isoformat())
    if allowed.newsroom:
        conditions.append("number IN (SELECT release FROM copy WHERE newsroom = ?)")
        values.append(allowed.newsroom)
    return " AND ".join(conditions), values


def _title_condition(allowed: Filter | None, search: str | None) -> tuple[str, list[str]]:
    """The SQL condition of a filter and of words in the title, and its parameters."""
    where, values = _condition(allowed or Filter())
    for word in folded(search or "").split():
        where += " AND folded_title LIKE ? ESCAPE '\\'"
        values.append(f"%{_like_literal(word)}%")
    return where, values


def _like_literal(text: str) -> str:
    """A pattern for LIKE that matches a text literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
