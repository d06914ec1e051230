"""Migrations: applied once and in order, by one of several processes, or refused clearly."""

import threading
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from retrieval.postgres.database import PostgresDatabase
from retrieval.postgres.errors import DatabaseNewer, DatabaseOlder, DatabaseRefused
from retrieval.postgres.migrations import applied_migrations, migrate

FIRST = "CREATE TABLE thing (name text); INSERT INTO thing VALUES ('50 %')"
SECOND = "ALTER TABLE thing ADD COLUMN size int NOT NULL DEFAULT 1"


@pytest.fixture
def database(database_url: str):
    found = PostgresDatabase(database_url, "verbatim")
    yield found
    found.close()


def test_migrations_are_applied_once_and_in_order(database: PostgresDatabase) -> None:
    assert applied_migrations(database) == 0
    migrate(database, [FIRST])
    migrate(database, [FIRST, SECOND])
    migrate(database, [FIRST, SECOND])
    assert applied_migrations(database) == 2
    assert database.select("SELECT name, size FROM thing") == [("50 %", 1)]


def test_a_migration_that_fails_changes_nothing(database: PostgresDatabase) -> None:
    with pytest.raises(DatabaseRefused, match="syntax error"):
        migrate(database, [f"{FIRST}; CREATE TABEL other (a int)"])
    assert applied_migrations(database) == 0
    migrate(database, [FIRST])
    assert len(database.select("SELECT * FROM thing")) == 1


def test_several_processes_migrate_at_once(database_url: str) -> None:
    failures = []

    def start() -> None:
        database = PostgresDatabase(database_url, "verbatim")
        try:
            migrate(database, [FIRST, SECOND])
        except Exception as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures


def test_tables_of_a_newer_version_are_refused(database: PostgresDatabase) -> None:
    migrate(database, [FIRST, SECOND])
    with pytest.raises(DatabaseNewer, match=r"migration 2, this version knows 1.*Use that version"):
        migrate(database, [FIRST])


def test_a_role_that_may_only_read_needs_no_migration_but_makes_none(
    database: PostgresDatabase, database_url: str
) -> None:
    name = urlsplit(database_url).path.strip("/")
    role = f"{name}_reader"
    migrate(database, [FIRST])
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        owner.execute(f"GRANT USAGE ON SCHEMA verbatim TO {role}")
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA verbatim TO {role}")
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    reader = PostgresDatabase(urlunsplit(parts._replace(netloc=f"{role}:x@{host}")), "verbatim")
    try:
        migrate(reader, [FIRST])
        assert reader.select("SELECT name FROM thing") == [("50 %",)]
        with pytest.raises(
            DatabaseOlder, match=r"permission denied.*run as its owner: verbatim index"
        ):
            migrate(reader, [FIRST, SECOND])
    finally:
        reader.close()
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
