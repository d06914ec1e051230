"""Connections to a PostgreSQL database: pooled, bounded, and made anew when they are lost."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from retrieval.postgres.errors import DatabaseError, DatabaseRefused, DatabaseUnreachable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_CHECKED = 1.0  # seconds after its last use in which a connection is taken to be alive

MAX_CONNECTIONS = 8  # of one pool
_WAIT = 5.0  # seconds for a free connection, or a new one
_CONNECT = 5  # seconds for one try to connect
# A machine that is cut off is noticed within half a minute, not after the hours of the system.
_OPTIONS: Mapping[str, Any] = {
    "connect_timeout": _CONNECT,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}


class PostgresDatabase:
    """A schema of a PostgreSQL database. Safe to use from several threads.

    Each statement is a transaction of its own, unless it is in a `transaction`. Every method raises
    `DatabaseUnreachable` where the database cannot be reached, and `DatabaseRefused` where it
    refuses. A connection that was lost is replaced by the next call.

    Args:
        url: where it is, as libpq reads it: ``postgresql://role@host/name``.
        schema: the schema that unqualified names are of.
        connections: how many are open at most.
    """

    def __init__(self, url: str, schema: str, *, connections: int = MAX_CONNECTIONS) -> None:
        self.url = url
        self.schema = schema
        self.address = address(url)
        self._used = WeakKeyDictionary[Connection, float]()
        self._pool = ConnectionPool[Connection](
            url,
            min_size=0,
            max_size=connections,
            open=False,
            timeout=_WAIT,
            reconnect_timeout=_WAIT,  # or a long outage would be followed by a long pause
            configure=self._configure,
            check=self._check,
            kwargs={"autocommit": True, **_OPTIONS},
            name=f"verbatim-{schema}",
        )

    def _configure(self, connection: Connection) -> None:
        connection.execute(
            sql.SQL("SET search_path TO {}, public").format(sql.Identifier(self.schema))
        )

    def _check(self, connection: Connection) -> None:
        """Raise if a connection that has not been used lately is lost."""
        if time.monotonic() - self._used.get(connection, 0.0) > _CHECKED:
            ConnectionPool.check_connection(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection of the pool, for several statements."""
        with self.errors():
            self._pool.open()
            with self._pool.connection() as connection:
                try:
                    yield connection
                except BaseException:
                    connection.close()  # whatever state it is in, nobody else gets it
                    raise
                self._used[connection] = time.monotonic()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection on which the block is one transaction, rolled back if the block raises."""
        with self.connection() as connection, connection.transaction():
            yield connection

    def select(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query, which changes nothing: if its connection is lost, it is repeated."""
        try:
            return self._selected(query, values)
        except DatabaseUnreachable:
            with self.errors():
                self._pool.check()
            return self._selected(query, values)

    def _selected(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self.connection() as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def execute(self, query: str, values: Sequence[object] = ()) -> int:
        """Run a statement; how many rows it touched."""
        with self.connection() as connection:
            return connection.execute(query.encode(), values or None).rowcount

    @contextmanager
    def own_connection(self) -> Iterator[Connection]:
        """A connection outside the pool, for locks and notifications, which are its own."""
        with self.errors():
            connection = psycopg.connect(self.url, autocommit=True, **_OPTIONS)
            with connection:
                self._configure(connection)
                yield connection

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise what the driver raises as the project's own errors."""
        try:
            yield
        except DatabaseError:
            raise
        except (PoolTimeout, PoolClosed) as error:
            raise DatabaseUnreachable(self.address, self._reason() or "no connection") from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.DiskFull):
                raise DatabaseRefused(self.address, _line(error)) from error
            raise DatabaseUnreachable(self.address, _line(error)) from error
        except psycopg.Error as error:
            raise DatabaseRefused(self.address, _line(error)) from error

    def _reason(self) -> str:
        """Why no connection can be made; empty if one can."""
        try:
            psycopg.connect(self.url, connect_timeout=_CONNECT).close()
        except psycopg.Error as error:
            return _line(error)
        return "all connections are in use"


def address(url: str) -> str:
    """An address without its password and its options: "verbatim on db.example.org"."""
    try:
        values = conninfo_to_dict(url)
    except psycopg.Error:
        return "of VERBATIM_STORE"
    host = values.get("host") or values.get("hostaddr") or "this machine"
    port = values.get("port")
    return f"{values.get('dbname') or 'postgres'} on {host}{f':{port}' if port else ''}"


def _line(error: Exception) -> str:
    """The first line of what the database said, without the name of the driver's error."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
