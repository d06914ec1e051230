"""An SQLite file in the copy of a site."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from retrieval.sources.web.page_files import CopyUnusable
from retrieval.sqlite_damage import ERRORS


class CopyDatabase:
    """A connection to the file, for one thread. Every method raises `CopyUnusable`.

    Args:
        folder: the folder of the copy.
        name: the name of the file in it, which is created if it is missing.
        format: the highest ``user_version`` that this version of Verbatim reads.
    """

    def __init__(self, folder: Path, name: str, format: int) -> None:
        self._folder = folder
        try:
            self._connection = sqlite3.connect(folder / name, isolation_level=None)
        except sqlite3.Error as error:
            raise CopyUnusable(folder, str(error)) from error
        try:
            with self.reading() as connection:
                with suppress(sqlite3.OperationalError):  # another process is just setting it
                    connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                found = format_of(connection)
            if found > format:
                raise CopyUnusable(folder, "a newer version of Verbatim wrote it")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for statements that each stand alone."""
        try:
            yield self._connection
        except (*ERRORS, sqlite3.Error, UnicodeEncodeError) as error:
            raise CopyUnusable(self._folder, str(error)) from error

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """What is made of stored values here raises `CopyUnusable` where one is not what it was."""
        try:
            yield
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise CopyUnusable(self._folder, f"one of its values is damaged: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction, which an error takes back."""
        with self.reading() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection


def stored_time(time: datetime) -> str:
    """A time as the files of a copy have it: UTC, to the second; texts sort as the times do."""
    return time.astimezone(UTC).isoformat(timespec="seconds")


def format_of(connection: sqlite3.Connection) -> int:
    """The ``user_version`` of a file; 0 if it has no tables yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
