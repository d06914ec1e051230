"""Writing the releases of a new generation, and the texts of a new segment (`ReleaseStore`)."""

import shutil
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path

from retrieval.index.database import ReadOnlyDatabase, unpublished_database
from retrieval.indexing.deduplication import DistinctRelease
from retrieval.indexing.segment_plan import Location
from retrieval.places import places_text
from retrieval.release import Release
from retrieval.text.tokens import folded

_TABLES = """
CREATE TABLE release (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    date TEXT,
    url TEXT,
    newsroom TEXT,
    author TEXT,
    dateline TEXT,
    source TEXT NOT NULL,
    date_source TEXT,
    digest BLOB NOT NULL,
    places TEXT,
    segment INTEGER NOT NULL,
    document INTEGER NOT NULL
);
CREATE TABLE copy (
    id TEXT NOT NULL,
    release INTEGER NOT NULL REFERENCES release (number),
    url TEXT,
    newsroom TEXT,
    source TEXT NOT NULL
);
"""
# Databases of earlier versions lack it, and are copied too.
_GONE = """
CREATE TABLE IF NOT EXISTS gone (
    release INTEGER PRIMARY KEY REFERENCES release (number),
    since TEXT NOT NULL
);
"""
_INDEXES = """
CREATE INDEX release_date ON release (date);
CREATE INDEX release_newest ON release (date IS NULL, date DESC, number DESC);
CREATE INDEX copy_id ON copy (id);
CREATE INDEX copy_release ON copy (release);
CREATE INDEX copy_newsroom ON copy (newsroom);
"""
_TEXTS = """
CREATE TABLE paragraph (
    document INTEGER NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
"""

_MAX_DIFFERING = 0.1  # of the rows: to change more in a copy takes longer than to write all

_RELEASE = (
    "number, id, title, date, url, newsroom, author, dateline, source, date_source, folded_title,"
    " digest, places, segment, document"
)


def write_release_store(
    path: Path,
    releases: Sequence[DistinctRelease],
    locations: Sequence[Location],
    before: Path | None = None,
) -> None:
    """Write a new database. A release's number is its position; ``locations`` are by number.

    With ``before``, the database of an earlier generation, this is a copy of that in which what
    differs is written anew, unless that is too much of it.
    """
    numbers: Collection[int] = range(len(releases))
    if before:
        differing = _differing(before, releases, locations)
        if len(differing) <= _MAX_DIFFERING * len(releases):
            numbers = differing
            shutil.copyfile(before, path)
    is_copy = path.exists()
    with unpublished_database(path) as connection:
        if not is_copy:
            connection.executescript(_TABLES)
        connection.executescript(_GONE)
        connection.execute("BEGIN")
        if is_copy:
            _delete(connection, numbers, len(releases))
        _insert(connection, numbers, releases, locations)
        connection.execute("COMMIT")
        if not is_copy:
            connection.executescript(_INDEXES)  # last, since sorting once is faster


def _delete(connection: sqlite3.Connection, numbers: Collection[int], count: int) -> None:
    """Delete what is written anew: the releases with these numbers, and those from ``count`` on."""
    connection.execute("DELETE FROM gone")
    connection.executemany("DELETE FROM release WHERE number = ?", ((each,) for each in numbers))
    connection.execute("DELETE FROM release WHERE number >= ?", [count])
    connection.execute("DELETE FROM copy WHERE release NOT IN (SELECT number FROM release)")


def _insert(
    connection: sqlite3.Connection,
    numbers: Collection[int],
    releases: Sequence[DistinctRelease],
    locations: Sequence[Location],
) -> None:
    """Insert the releases with these numbers, their copies, and since when any release is gone."""
    connection.executemany(
        f"INSERT INTO release ({_RELEASE}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        ((*_values(number, releases[number]), *locations[number]) for number in numbers),
    )
    connection.executemany(
        "INSERT INTO copy (id, release, url, newsroom, source) VALUES (?,?,?,?,?)",
        (
            (copy.id, number, copy.url, copy.newsroom, copy.source)
            for number in numbers
            for copy in releases[number].copies
        ),
    )
    connection.executemany(
        "INSERT INTO gone (release, since) VALUES (?,?)",
        (
            (number, distinct.release.gone.isoformat())
            for number, distinct in enumerate(releases)
            if distinct.release.gone
        ),
    )


def _differing(
    before: Path, releases: Sequence[DistinctRelease], locations: Sequence[Location]
) -> list[int]:
    """The numbers of the releases whose rows are not the same in a database, ascending."""
    with closing(ReadOnlyDatabase(before)) as database:
        rows = database.select(
            "SELECT digest, source, segment, document FROM release ORDER BY number"
        )
        # Which other copies there are is in the digest, and where each was read is not.
        copies: dict[int, list[str]] = {}
        for number, source in database.select("SELECT release, source FROM copy ORDER BY rowid"):
            copies.setdefault(number, []).append(source)
    return [
        number
        for number, (distinct, location) in enumerate(zip(releases, locations, strict=True))
        if number >= len(rows)
        or rows[number] != (distinct.digest, distinct.release.source, *location)
        or copies[number] != [copy.source for copy in distinct.copies]
    ]


def write_texts(path: Path, releases: Sequence[Release]) -> None:
    """Write the paragraphs of releases: each is the document of its position (`DocumentTexts`)."""
    with unpublished_database(path) as connection:
        connection.executescript(_TEXTS)
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO paragraph (document, number, text) VALUES (?,?,?)",
            (
                (document, number, text)
                for document, release in enumerate(releases)
                for number, text in enumerate(release.paragraphs, start=1)
            ),
        )
        connection.execute("COMMIT")


def _values(number: int, distinct: DistinctRelease) -> tuple[object, ...]:
    """The row of a release, in the order of `_RELEASE`, without its location."""
    release = distinct.release
    return (
        number,
        release.id,
        release.title,
        release.date.isoformat() if release.date else None,
        release.url,
        release.newsroom,
        release.author,
        release.dateline,
        release.source,
        release.date_source,
        folded(release.title),
        distinct.digest,
        places_text(release.places),
    )
