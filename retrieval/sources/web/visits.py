"""What is remembered of every address: its version, whether it changed, and when it is due.

One SQLite file, so that an import that is interrupted goes on where it stopped, and pages are asked
for again with what their server called them the last time. It knows nothing of the network.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from embeddings.errors import VerbatimError
from retrieval.sources.web.errors import FetchError
from retrieval.sources.web.page import Page, Version
from retrieval.sqlite_damage import ERRORS
from retrieval.timestamps import parse_timestamp

_FORMAT = 1
_SCHEMA = (
    """
    CREATE TABLE visit (
        address TEXT PRIMARY KEY,
        etag TEXT NOT NULL DEFAULT '',
        modified TEXT NOT NULL DEFAULT '',  -- the Last-Modified header, as it was sent
        digest BLOB,                        -- of the content; NULL until it was fetched
        fetched TEXT,                       -- the last time: ISO 8601, UTC
        changed TEXT,                       -- the last time that the content was another one
        due TEXT NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0 -- in a row
    ) WITHOUT ROWID
    """,
    "CREATE INDEX visit_due ON visit (due, address)",
)
_COLUMNS = "address, etag, modified, fetched, changed, due, failures"
_DIGEST = 32  # bytes
_FIRST_RETRY = timedelta(minutes=5)
_MOST_DOUBLINGS = 20  # a retry is never later than the interval anyway


class VisitsUnusable(VerbatimError):
    """The file of visits cannot be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"cannot use {path}: {reason}. Fix that, or move the file away: "
            "every page is then fetched again"
        )
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of an address.

    Attributes:
        address: in canonical form.
        version: what the server called the content, to be sent with the next request.
        fetched: when the server last sent it, or said that it is unchanged; None if never.
        changed: when its content was last found to be another one; None if it was never fetched.
        due: when it is to be fetched again.
        failures: how many times in a row it could not be fetched.
    """

    address: str
    version: Version
    fetched: datetime | None
    changed: datetime | None
    due: datetime
    failures: int


class Visits:
    """Visits in a SQLite file. Safe to use from several threads; each call is a transaction.

    Args:
        path: the file; it is made if it does not exist, readable for its owner only.
        now: tells the time in UTC.

    Every method raises `VisitsUnusable`.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)  # its journal gets the same
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise VisitsUnusable(path, str(error)) from error
        try:
            self._prepare()
        except VisitsUnusable:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add(self, addresses: Iterable[str]) -> int:
        """Make addresses due at once, except those that are known; return how many are new."""
        now = _text(self._now())
        with self._transaction() as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT OR IGNORE INTO visit (address, due) VALUES (?, ?)",
                ((address, now) for address in addresses),
            )
            return connection.total_changes - before

    def get(self, address: str) -> Visit | None:
        """What is known of an address, if it is known at all."""
        found = self._select("WHERE address = ?", [address])
        return found[0] if found else None

    def due(self, limit: int) -> list[Visit]:
        """The addresses that are due, the one that has waited longest first."""
        return self._select(
            "WHERE due <= ? ORDER BY due, address LIMIT ?", [_text(self._now()), limit]
        )

    def succeeded(self, page: Page, interval: timedelta) -> bool:
        """Record that a page was fetched, and make it due again after the interval.

        Returns whether its content is new or has changed. The content decides, not the version:
        servers give a page a new version when only a copy of it is new.
        """
        now = self._now()
        digest = _digest(page.body)
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT digest, changed FROM visit WHERE address = ?", [page.asked]
            ).fetchone()
            known, changed_at = row or (None, None)
            changed = not page.unchanged and digest != known
            connection.execute(
                "INSERT OR REPLACE INTO visit "
                f"({_COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
                [
                    page.asked,
                    page.version.etag,
                    page.version.modified,
                    _text(now),
                    _text(now) if changed else changed_at,
                    _text(now + interval),
                    digest if changed else known,
                ],
            )
        return changed

    def failed(self, error: FetchError, interval: timedelta) -> Visit:
        """Record that a page could not be fetched; what is known of its content stays.

        An error that may pass makes it due again in five minutes, ten, twenty, and so on, at most
        the interval. Any other one makes it due after the interval. It is never due before the
        server asks for.
        """
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT failures FROM visit WHERE address = ?", [error.asked]
            ).fetchone()
            failures = (row[0] if row else 0) + 1
            wait = interval
            if error.passing:
                wait = min(wait, _FIRST_RETRY * 2 ** min(failures - 1, _MOST_DOUBLINGS))
            wait = max(wait, timedelta(seconds=error.retry_after or 0))
            connection.execute(
                "INSERT INTO visit (address, due, failures) VALUES (?, ?, ?) ON CONFLICT (address) "
                "DO UPDATE SET due = excluded.due, failures = excluded.failures",
                [error.asked, _text(self._now() + wait), failures],
            )
            return self._visits(connection, "WHERE address = ?", [error.asked])[0]

    def expire(self, addresses: Iterable[str]) -> None:
        """Make known addresses due at once, whatever is known of them."""
        now = _text(self._now())
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE visit SET due = ? WHERE address = ? AND due > ?",
                ((now, address, now) for address in addresses),
            )

    def _select(self, condition: str, values: Sequence[object]) -> list[Visit]:
        with self._locked() as connection:
            return self._visits(connection, condition, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._locked() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._connection
        except (*ERRORS, sqlite3.Error, UnicodeEncodeError) as error:
            raise VisitsUnusable(self._path, str(error)) from error

    def _prepare(self) -> None:
        """Make the table in a new file. Raises `VisitsUnusable` for a file that is another one."""
        with self._locked() as connection:
            self._check_format(connection)  # before anything is changed
            # If another process is just setting it, SQLite refuses at once; the file keeps it.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                # Another process may have made it before this one had the lock.
                if self._check_format(connection) == 0:
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_FORMAT}")

    def _check_format(self, connection: sqlite3.Connection) -> int:
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if found > _FORMAT:
            raise VisitsUnusable(self._path, "a newer version of Verbatim wrote it")
        return found

    def _visits(
        self, connection: sqlite3.Connection, condition: str, values: Sequence[object]
    ) -> list[Visit]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM visit {condition}", values).fetchall()
        try:
            return [_visit(row) for row in rows]
        except ValueError as error:
            raise VisitsUnusable(self._path, f"one of its times is damaged: {error}") from error


def _visit(row: tuple[Any, ...]) -> Visit:
    address, etag, modified, fetched, changed, due, failures = row
    return Visit(
        address=address,
        version=Version(etag, modified),
        fetched=parse_timestamp(fetched) if fetched else None,
        changed=parse_timestamp(changed) if changed else None,
        due=parse_timestamp(due),
        failures=failures,
    )


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST).digest()


def _text(time: datetime) -> str:
    # Always as many digits, so that texts are in the order of times.
    return time.astimezone(UTC).isoformat(timespec="microseconds")
