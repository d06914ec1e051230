"""Locks among the processes that share a PostgreSQL database.

They are advisory locks of a session
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS): the server ends them
with the connection that took them, and so with a process that is killed.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from retrieval.postgres.database import Connection, PostgresDatabase
from retrieval.postgres.errors import DatabaseError

# How soon the server ends the locks of a machine that is cut off: after 25 seconds.
_NOTICE = """
    SET tcp_keepalives_idle = 10;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3;
"""


def lock_key(name: str) -> int:
    """The number of a lock; the rest of the database does not use it."""
    digest = hashlib.blake2b(f"verbatim_bot {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class PostgresLocks:
    """The locks of this process, all on one connection. Safe to use from several threads."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._using = threading.Lock()
        self._held: dict[str, PostgresLock] = {}
        self._connection: Connection | None = None
        self._open = ExitStack()

    def try_lock(self, name: str) -> "PostgresLock | None":
        """Take a lock; None if anybody has it. Raises `DatabaseError`."""
        with self._using:
            if name in self._held:
                return None
            with self._session() as connection:
                query = "SELECT pg_try_advisory_lock(%s)"
                (is_free,) = connection.execute(query, [lock_key(name)]).fetchone() or (False,)
            if not is_free:
                return None
            self._held[name] = lock = PostgresLock(self, name)
            return lock

    def is_held(self, lock: "PostgresLock") -> bool:
        """Whether a lock is still held."""
        with self._using:
            if self._held.get(lock.name) is not lock:
                return False
            try:
                with self._session() as connection:
                    connection.execute("SELECT 1")
            except DatabaseError:
                return False
            return True

    def release(self, lock: "PostgresLock") -> None:
        """Let others have a lock. Without a connection, they have it already."""
        with self._using:
            if self._held.get(lock.name) is not lock:
                return
            del self._held[lock.name]
            try:
                with self._session() as connection:
                    connection.execute("SELECT pg_advisory_unlock(%s)", [lock_key(lock.name)])
            except DatabaseError:
                pass

    def close(self) -> None:
        """Release all locks."""
        with self._using:
            self._forget()

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """The connection. If it is lost, so are all locks."""
        try:
            with self._database.errors():
                if self._connection is None:
                    self._connection = self._open.enter_context(self._database.own_connection())
                    self._connection.execute(_NOTICE)
                yield self._connection
        except DatabaseError:
            self._forget()
            raise

    def _forget(self) -> None:
        self._held.clear()
        self._connection = None
        self._open.close()


class PostgresLock:
    """A lock that this process has taken."""

    def __init__(self, locks: PostgresLocks, name: str) -> None:
        self.name = name
        self._locks = locks

    def is_held(self) -> bool:
        """Whether it is still held."""
        return self._locks.is_held(self)

    def release(self) -> None:
        """Let others have it."""
        self._locks.release(self)
