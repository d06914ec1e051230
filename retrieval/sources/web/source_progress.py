"""How far the sources of a site were read, and which releases each of them named."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime

from retrieval.sources.web.copy_database import CopyDatabase, stored_time
from retrieval.timestamps import parse_timestamp

PROGRESS_TABLE = """
    CREATE TABLE progress (
        address TEXT PRIMARY KEY,       -- of a source of the plan
        next TEXT,                      -- the page that is read next; NULL at the end
        ended TEXT                      -- when the end was reached
    ) WITHOUT ROWID
    """
"""The table that each copy has from the first format on."""

_NAMED = """
    CREATE TABLE IF NOT EXISTS named (
        address TEXT PRIMARY KEY,       -- of a source of the plan
        releases INTEGER NOT NULL       -- that its first page named, the last time it was believed
    ) WITHOUT ROWID
    """
_ARCHIVED = """
    CREATE TABLE IF NOT EXISTS archived (
        source TEXT NOT NULL,           -- the address of a source of the archive
        key TEXT NOT NULL,              -- a release that it named,
        named TEXT NOT NULL,            -- and when, the last time that it was gone through
        PRIMARY KEY (source, key)
    ) WITHOUT ROWID
    """


def prepare_named(connection: sqlite3.Connection) -> None:
    """Create the tables of what sources named, which copies of older versions lack."""
    connection.execute(_NAMED)
    connection.execute(_ARCHIVED)


def forget_named(connection: sqlite3.Connection) -> None:
    """Remove these tables: what the sources of another plan named counts no more."""
    connection.execute("DROP TABLE IF EXISTS named")
    connection.execute("DROP TABLE IF EXISTS archived")


class SourceProgress:
    """How far the sources of a site were read. Each call is a transaction.

    Args:
        database: the file of the copy.
        now: tells the time in UTC.

    Every method raises `CopyUnusable`. A source is given by its address.
    """

    def __init__(self, database: CopyDatabase, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def next_page(self, source: str) -> str | None:
        """Which page of a source is to be read next; None if its end was reached."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT next FROM progress WHERE address = ?", [source]
            ).fetchone()
        return str(row[0]) if row and row[0] else None if row else source

    def ended(self, source: str) -> datetime | None:
        """When the end of a source was last reached."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT ended FROM progress WHERE address = ?", [source]
            ).fetchone()
        with self._database.parsing():
            return parse_timestamp(row[0]) if row and row[0] else None

    def advance(self, source: str, next: str | None) -> None:
        """Note which page of a source is to be read next; None at its end."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO progress (address, next, ended) VALUES (?, ?, ?) "
                "ON CONFLICT (address) DO UPDATE SET next = excluded.next, "
                "ended = coalesce(excluded.ended, ended)",
                [source, next, None if next else stored_time(self._now())],
            )

    def named(self, source: str) -> int | None:
        """How many releases a source named the last time that it was believed, if ever."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT releases FROM named WHERE address = ?", [source]
            ).fetchone()
        with self._database.parsing():
            return int(row[0]) if row else None

    def note_named(self, source: str, releases: int) -> None:
        """Note how many releases a source names."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO named (address, releases) VALUES (?, ?)", [source, releases]
            )

    def note_archived(self, source: str, keys: Iterable[str]) -> None:
        """Note that a source of the archive names some releases."""
        now = stored_time(self._now())
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO archived (source, key, named) VALUES (?, ?, ?)",
                ((source, key, now) for key in keys),
            )

    def no_longer_archived(self, source: str, since: datetime) -> list[str]:
        """The releases that a source named and does not name since then, if they are here.

        Without those that have no address, and those that are known to be gone.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT key FROM archived JOIN release USING (key) "
                "WHERE source = ? AND named <= ? AND address IS NOT NULL "
                "AND digest IS NOT NULL AND gone IS NULL ORDER BY key",
                [source, stored_time(since)],
            ).fetchall()
        return [key for (key,) in rows]

    def forget_archived(self, source: str, key: str) -> None:
        """Forget that a source named a release, once that is followed up."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM archived WHERE source = ? AND key = ?", [source, key])
