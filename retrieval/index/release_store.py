"""The releases of one generation in SQLite: what they say, when, where, and under which names."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.errors import IndexDamaged, UnknownNewsroom
from retrieval.index.generations import current_folder, read_manifest
from retrieval.index.manifest import Manifest
from retrieval.release import Filter, ReleaseInfo
from retrieval.text.tokens import folded

RELEASES = "releases.sqlite"

_RELEASE = "number, id, title, date, url, newsroom, author, dateline, source"
_OPENING = 4  # paragraphs
_NEWEST_FIRST = "ORDER BY date IS NULL, date DESC, number DESC"


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """What a generation holds of a release: equal digests, equal releases."""

    digest: bytes
    source: str
    title: str


class ReleaseStore:
    """A generation's releases, read only. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        # immutable: a published generation never changes, so no lock or journal is needed.
        self._path = path
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def select(
        self,
        allowed: Filter | None = None,
        *,
        search: str | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[ReleaseInfo]:
        """Releases newest first, undated last; ``search`` is looked for in the titles."""
        where, values = self._where(allowed, search)
        rows = self._rows(
            f"SELECT {_RELEASE} FROM release WHERE {where} {_NEWEST_FIRST} LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
        return [_info(row) for row in rows]

    def count(self, allowed: Filter | None = None, *, search: str | None = None) -> int:
        """How many releases `select` would give without a limit."""
        where, values = self._where(allowed, search)
        return int(self._rows(f"SELECT count(*) FROM release WHERE {where}", values)[0][0])

    def numbers(self, allowed: Filter) -> list[int]:
        """The numbers of the releases that a filter lets through, ascending."""
        where, values = _where(allowed)
        query = f"SELECT number FROM release WHERE {where} ORDER BY number"
        return [row[0] for row in self._rows(query, values)]

    def by_number(self, numbers: Sequence[int]) -> dict[int, ReleaseInfo]:
        """Releases by number."""
        marks = ",".join("?" * len(numbers))
        rows = self._rows(f"SELECT {_RELEASE} FROM release WHERE number IN ({marks})", numbers)
        return {row[0]: _info(row) for row in rows}

    def find(self, id: str) -> ReleaseInfo | None:
        """The release of an id; the id of another copy of the same text finds it too."""
        rows = self._rows(
            f"SELECT {_RELEASE} FROM release"
            " WHERE number = coalesce((SELECT number FROM release WHERE id = ?),"
            " (SELECT release FROM copy WHERE id = ? LIMIT 1))",
            [id, id],
        )
        return _info(rows[0]) if rows else None

    def paragraphs(self, number: int) -> tuple[str, ...]:
        """A release's paragraphs, in order."""
        query = "SELECT text FROM paragraph WHERE release = ? ORDER BY number"
        return tuple(row[0] for row in self._rows(query, [number]))

    def paragraphs_at(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
        """The paragraphs with these release and paragraph numbers, by these."""
        if not places:
            return {}
        marks = ",".join(["(?, ?)"] * len(places))
        # CROSS JOIN looks up one paragraph a place; left to itself SQLite reads them all.
        query = (
            f"WITH place (release, number) AS (VALUES {marks})"
            " SELECT release, number, text FROM place CROSS JOIN paragraph USING (release, number)"
        )
        rows = self._rows(query, [value for place in places for value in place])
        return {(release, number): text for release, number, text in rows}

    def openings(self, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The first few paragraphs of releases, by number."""
        marks = ",".join("?" * len(numbers))
        query = (
            "SELECT release, text FROM paragraph"
            f" WHERE release IN ({marks}) AND number <= {_OPENING} ORDER BY release, number"
        )
        found: dict[int, tuple[str, ...]] = dict.fromkeys(numbers, ())
        for number, text in self._rows(query, numbers):
            found[number] += (text,)
        return found

    def ids(self) -> dict[str, int]:
        """The number of each release by its id."""
        return {row[0]: row[1] for row in self._rows("SELECT id, number FROM release", [])}

    def newsrooms(self) -> list[tuple[str, int]]:
        """Each newsroom with its number of releases, the most prolific first."""
        query = (
            "SELECT newsroom, count(DISTINCT release) AS n FROM copy"
            " WHERE newsroom IS NOT NULL GROUP BY newsroom ORDER BY n DESC, newsroom"
        )
        return [(row[0], row[1]) for row in self._rows(query, [])]

    def authors(self) -> list[tuple[str | None, str | None, int]]:
        """Each author with a newsroom and the number of releases; either name may be missing."""
        query = (
            "SELECT author, newsroom, count(*) FROM release"
            " WHERE author IS NOT NULL OR newsroom IS NOT NULL"
            " GROUP BY author, newsroom ORDER BY author, newsroom"
        )
        return [(row[0], row[1], row[2]) for row in self._rows(query, [])]

    def paragraphs_with(self, sought: Sequence[str]) -> list[tuple[int, int, str]]:
        """Release number, paragraph number and text of the paragraphs that hold each text in
        ``sought``, without regard to the case of plain letters.
        """
        where = " AND ".join(["text LIKE ? ESCAPE '\\'"] * len(sought)) or "1"
        query = f"SELECT release, number, text FROM paragraph WHERE {where}"
        rows = self._rows(query, [f"%{_literal(text)}%" for text in sought])
        return [(row[0], row[1], row[2]) for row in rows]

    def newsroom(self, wanted: str | None) -> str | None:
        """The newsroom meant, by its name or by a part that no other has; None for none.

        Raises `UnknownNewsroom`, which names those that it could be.
        """
        if wanted is None or not (folded := wanted.strip().casefold()):
            return None
        known = [name for name, _ in self.newsrooms()]
        exact = [name for name in known if name.casefold() == folded]
        alike = exact or [name for name in known if folded in name.casefold()]
        if len(alike) != 1:
            raise UnknownNewsroom(wanted, alike or known, ambiguous=bool(alike))
        return alike[0]

    def span(self) -> tuple[date | None, date | None]:
        """The earliest and the latest date."""
        first, last = self._rows("SELECT min(date), max(date) FROM release", [])[0]
        return _date(first), _date(last)

    def contents(self) -> dict[str, StoredDigest]:
        """By id, what each release holds and where it was read."""
        rows = self._rows("SELECT id, digest, source, title FROM release", [])
        return {id: StoredDigest(*values) for id, *values in rows}

    def _where(self, allowed: Filter | None, search: str | None) -> tuple[str, list[str]]:
        where, values = _where(allowed or Filter())
        for word in folded(search or "").split():
            where += " AND sought LIKE ? ESCAPE '\\'"
            values.append(f"%{_literal(word)}%")
        return where, values

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        storable = tuple(_storable(value) for value in values)
        try:
            with self._lock:
                return self._connection.execute(query, storable).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(self._path, str(error)) from error


def open_release_store(data: Path) -> tuple[Manifest, ReleaseStore]:
    """The current generation's releases alone, which need neither model nor vectors.

    Raises `NoIndex`, `IndexDamaged` or `IndexVersion`.
    """
    folder = current_folder(data)
    manifest = read_manifest(folder)
    return manifest, ReleaseStore(folder / RELEASES)


def _info(row: tuple[Any, ...]) -> ReleaseInfo:
    number, id, title, published, url, newsroom, author, dateline, source = row
    return ReleaseInfo(number, id, title, _date(published), url, newsroom, author, dateline, source)


def _where(allowed: Filter) -> tuple[str, list[str]]:
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


def _literal(text: str) -> str:
    """A text for LIKE, which takes it as it is."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _storable(value: object) -> object:
    """A text without lone surrogates: SQLite refuses them, and nothing that it stores has any."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return value


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
