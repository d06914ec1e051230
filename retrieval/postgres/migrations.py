"""Ordered migrations of a schema.

A released migration is never edited; a change of the tables is a new one at the end. The table
``migration`` of the schema has those that were applied.
"""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from retrieval.postgres.database import Connection, PostgresDatabase
from retrieval.postgres.errors import DatabaseNewer, DatabaseOlder

_LOCK = "verbatim migrations"


def migrate(database: PostgresDatabase, migrations: Sequence[str]) -> None:
    """Apply the migrations that a schema lacks, each in a transaction of its own.

    Several processes may do so at once. A schema that lacks none is only read, which any role that
    may answer questions can.

    Raises:
        DatabaseNewer: if there are migrations that this version does not know.
        DatabaseOlder: if some are missing, and this role may not apply them.
        DatabaseRefused: if the database refuses one for another reason.
    """
    while (applied := applied_migrations(database)) < len(migrations):
        try:
            with database.transaction() as connection:
                connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
                _create(connection, database.schema)
                if _count(connection) == applied:  # another process may have been quicker
                    connection.execute(migrations[applied].encode())
                    connection.execute("INSERT INTO migration (number) VALUES (%s)", [applied + 1])
        except Exception as error:
            if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
                reason = getattr(error, "reason", "permission denied")
                raise DatabaseOlder(database.address, database.schema, reason) from error
            raise
    if applied > len(migrations):
        raise DatabaseNewer(database.address, database.schema, applied, len(migrations))


def applied_migrations(database: PostgresDatabase) -> int:
    """How many migrations a schema has; 0 if there is no such schema."""
    with database.connection() as connection:
        (exists,) = connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL", [f'"{database.schema}".migration']
        ).fetchone() or (False,)
        return _count(connection) if exists else 0


def _create(connection: Connection, schema: str) -> None:
    # To create it if need be takes the right to create it, also where it is there.
    (exists,) = connection.execute(
        "SELECT to_regnamespace(%s) IS NOT NULL", [f'"{schema}"']
    ).fetchone() or (False,)
    if not exists:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration ("
        " number integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
    )


def _count(connection: Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM migration").fetchone() or (0,)
    return int(count)
