"""The SQLite files of a generation: opened for reading, or written before it is published."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from retrieval.errors import IndexDamaged
from retrieval.sqlite_damage import ERRORS


class ReadOnlyDatabase:
    """A SQLite database that never changes. Safe to use from several threads.

    Raises `IndexDamaged` where the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # immutable: a published generation never changes, so no lock or journal is needed.
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise IndexDamaged(path, str(error)) from error
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def select(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a SELECT with ``values`` for its parameters. Raises `IndexDamaged`."""
        values = tuple(storable(each) if isinstance(each, str) else each for each in values)
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except ERRORS as error:
            raise self.damaged(error) from error

    def damaged(self, error: Exception | str) -> IndexDamaged:
        """The error to raise where a row is not what was written."""
        return IndexDamaged(self._path, str(error))


def storable(text: str) -> str:
    """A text without lone surrogates, which SQLite refuses."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


@contextmanager
def unpublished_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open or create a database that nobody reads yet, in autocommit mode."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # A build that fails throws the file away, and what is published is flushed before.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        yield connection
