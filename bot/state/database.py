"""A SQLite file that is brought up to date by ordered migrations.

Each migration is SQL that has run in the field and is never edited: the next change is a new one at
the end. ``PRAGMA user_version`` (https://www.sqlite.org/pragma.html#pragma_user_version) counts
those that the file has had.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from embeddings.errors import VerbatimError

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        asked TEXT NOT NULL,           -- when, in UTC, ISO
        server INTEGER,                -- NULL in direct messages
        channel INTEGER,
        message INTEGER,               -- the bot's, once it is sent
        asker INTEGER,                 -- NULL unless the settings say that names are kept
        kind TEXT NOT NULL,            -- question, or source: of a message
        question TEXT NOT NULL,
        searched TEXT NOT NULL,        -- the question with what it follows up, for what follows it
        folded TEXT NOT NULL,          -- the question's words, by which like ones are counted
        answered INTEGER NOT NULL,
        confidence REAL NOT NULL,
        generation TEXT NOT NULL,
        passages TEXT NOT NULL         -- JSON: what was found, best first
    );
    CREATE INDEX answer_message ON answer (message);
    CREATE INDEX answer_channel ON answer (channel, id);
    CREATE INDEX answer_unanswered ON answer (server, answered, kind, folded);
    CREATE INDEX answer_asked ON answer (asked);
    CREATE TABLE verdict (
        answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
        voter BLOB NOT NULL,           -- tells two people apart, and not who they are
        helpful INTEGER NOT NULL,
        reason TEXT,
        given TEXT NOT NULL,
        PRIMARY KEY (answer, voter)
    ) WITHOUT ROWID;
    CREATE TABLE server (
        id INTEGER PRIMARY KEY,
        settings TEXT NOT NULL         -- JSON
    );
    CREATE TABLE note (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE seen (
        release TEXT PRIMARY KEY
    ) WITHOUT ROWID;
    """,
)


class StateUnusable(VerbatimError):
    """What the bot remembers cannot be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"cannot use {path}: {reason}. Mend that, or move the file away: "
            "the bot then begins anew, without its servers' settings and feedback"
        )
        self.path = path
        self.reason = reason


class Database:
    """One SQLite file. Safe to use from several threads; each call is a transaction of its own."""

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise StateUnusable(path, str(error)) from error
        try:
            self._prepare(migrations)
        except StateUnusable:
            self._connection.close()
            raise

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises `StateUnusable`."""
        with self._turn() as connection:
            return connection.execute(query, values).fetchall()

    def write(self, query: str, values: Sequence[object] = ()) -> int:
        """Run one statement; the id of the row that it inserted, if it did. Raises as `read`."""
        with self._turn() as connection:
            return connection.execute(query, values).lastrowid or 0

    def write_many(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row, all or none. Raises as `read`."""
        with self._turn() as connection, connection:
            connection.execute("BEGIN")
            connection.executemany(query, rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as error:
            raise StateUnusable(self._path, str(error)) from error

    def _prepare(self, migrations: Sequence[str]) -> None:
        with self._turn() as connection:
            self._had(connection, migrations)  # before anything is changed
            # A reader never waits for a writer; a power cut loses at most the last writes. The file
            # stays so: where another process is just making it so, SQLite refuses without waiting.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            while (had := self._had(connection, migrations)) < len(migrations):
                # Another process may do the same: whoever comes second looks again.
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    if self._had(connection, migrations) == had:
                        for statement in _statements(migrations[had]):
                            connection.execute(statement)
                        connection.execute(f"PRAGMA user_version = {had + 1}")

    def _had(self, connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
        """How many migrations the file has had."""
        had = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if had > len(migrations):
            raise StateUnusable(self._path, "a newer version of Verbatim wrote it")
        return had


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit what has begun."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
