"""Writing the releases of a new generation into SQLite (read by `ReleaseStore`)."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from retrieval.indexing.deduplication import DistinctRelease
from retrieval.text.tokens import folded

_TABLES = """
CREATE TABLE release (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    sought TEXT NOT NULL,  -- the title, folded
    date TEXT,
    url TEXT,
    newsroom TEXT,
    author TEXT,
    dateline TEXT,
    source TEXT NOT NULL,
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

_RELEASE = "number, id, title, date, url, newsroom, author, dateline, source, sought, digest"


def write_release_store(path: Path, editions: Sequence[DistinctRelease]) -> None:
    """Write a new database: release ``number`` is the edition's position."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Until it is published nobody reads it, and a failed write is thrown away whole.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO release ({_RELEASE}) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                (
                    number,
                    release.id,
                    release.title,
                    release.date.isoformat() if release.date else None,
                    release.url,
                    release.newsroom,
                    release.author,
                    release.dateline,
                    release.source,
                    folded(release.title),
                    digest,
                )
                for number, (release, digest) in enumerate(
                    (edition.release, edition.digest) for edition in editions
                )
            ),
        )
        connection.executemany(
            "INSERT INTO copy (id, release, url, newsroom, source) VALUES (?,?,?,?,?)",
            (
                (copy.id, number, copy.url, copy.newsroom, copy.source)
                for number, edition in enumerate(editions)
                for copy in edition.copies
            ),
        )
        connection.executemany(
            "INSERT INTO paragraph (release, number, text) VALUES (?,?,?)",
            (
                (number, at, text)
                for number, edition in enumerate(editions)
                for at, text in enumerate(edition.release.paragraphs, start=1)
            ),
        )
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)  # at the end, since sorting once is faster
