"""Writing the releases of a new generation (read by `ReleaseStore`)."""

from collections.abc import Sequence
from pathlib import Path

from retrieval.index.database import unpublished_database
from retrieval.index.places import places_text
from retrieval.indexing.deduplication import DistinctRelease
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
    places TEXT,
    digest BLOB NOT NULL
);
CREATE TABLE copy (
    id TEXT NOT NULL,
    release INTEGER NOT NULL REFERENCES release (number),
    url TEXT,
    newsroom TEXT,
    source TEXT NOT NULL
);
CREATE TABLE paragraph (
    release INTEGER NOT NULL REFERENCES release (number),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (release, number)
) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX release_date ON release (date);
CREATE INDEX release_newest ON release (date IS NULL, date DESC, number DESC);
CREATE INDEX copy_id ON copy (id);
CREATE INDEX copy_newsroom ON copy (newsroom);
"""

_RELEASE = (
    "number, id, title, date, url, newsroom, author, dateline, source, date_source, folded_title,"
    " digest, places"
)


def write_release_store(path: Path, releases: Sequence[DistinctRelease]) -> None:
    """Write a new database. The number of a release is its position."""
    with unpublished_database(path) as connection:
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO release ({_RELEASE}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (_values(number, distinct) for number, distinct in enumerate(releases)),
        )
        connection.executemany(
            "INSERT INTO copy (id, release, url, newsroom, source) VALUES (?,?,?,?,?)",
            (
                (copy.id, number, copy.url, copy.newsroom, copy.source)
                for number, distinct in enumerate(releases)
                for copy in distinct.copies
            ),
        )
        connection.executemany(
            "INSERT INTO paragraph (release, number, text) VALUES (?,?,?)",
            (
                (number, paragraph, text)
                for number, distinct in enumerate(releases)
                for paragraph, text in enumerate(distinct.release.paragraphs, start=1)
            ),
        )
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)  # last, since sorting once is faster


def _values(number: int, distinct: DistinctRelease) -> tuple[object, ...]:
    """The row of a release, in the order of `_RELEASE`."""
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
