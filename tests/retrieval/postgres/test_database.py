"""Connections: bounded, replaced when they are lost, with errors that say what to do."""

import threading

import psycopg
import pytest

from retrieval.postgres.database import PostgresDatabase, address
from retrieval.postgres.errors import DatabaseRefused, DatabaseUnreachable
from tests.postgres import PostgresServer


@pytest.fixture
def database(database_url: str):
    found = PostgresDatabase(database_url, "verbatim", connections=2)
    yield found
    found.close()


def test_a_query_returns_rows(database: PostgresDatabase) -> None:
    assert database.select("SELECT 1, %s", ["a % b"]) == [(1, "a % b")]
    assert database.select("SELECT '50 %'") == [("50 %",)]


def test_a_transaction_is_undone_if_its_block_raises(database: PostgresDatabase) -> None:
    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO public.number VALUES (1)")
            raise ZeroDivisionError

    database.execute("CREATE TABLE public.number (n int)")
    with pytest.raises(ZeroDivisionError):
        fail()
    assert database.execute("UPDATE public.number SET n = 2") == 0
    assert database.select("SELECT * FROM public.number") == []


def test_no_more_connections_are_opened_than_allowed(database: PostgresDatabase) -> None:
    seen = []

    def ask() -> None:
        seen.append(database.select("SELECT pg_backend_pid(), pg_sleep(0.05)")[0][0])

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(seen) == 10
    assert len(set(seen)) <= 2


def test_a_lost_connection_is_replaced(database: PostgresDatabase, database_url: str) -> None:
    (own,) = database.select("SELECT pg_backend_pid()")[0]
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
    (new,) = database.select("SELECT pg_backend_pid()")[0]
    assert new != own


def test_a_server_that_comes_back_is_used_again(
    database: PostgresDatabase, postgres: PostgresServer
) -> None:
    if not postgres.pgdata:
        pytest.skip("the server of VERBATIM_TEST_POSTGRES is not killed")
    assert database.select("SELECT 1")
    postgres.kill()
    try:
        with pytest.raises(DatabaseUnreachable, match="cannot reach the database verbatim_test_"):
            database.select("SELECT 1")
    finally:
        postgres.start()
    assert database.select("SELECT 1") == [(1,)]


def test_what_the_database_refuses_is_said(database: PostgresDatabase) -> None:
    with pytest.raises(DatabaseRefused, match='relation "nothing" does not exist'):
        database.select("SELECT * FROM nothing")


def test_a_password_is_in_no_message() -> None:
    url = "postgresql://bot:secret@127.0.0.1:1/press"
    assert address(url) == "press on 127.0.0.1:1"
    database = PostgresDatabase(url, "verbatim")
    with pytest.raises(DatabaseUnreachable) as caught, database.own_connection():
        pass
    assert "secret" not in str(caught.value)
    assert "press on 127.0.0.1:1" in str(caught.value)
    assert address("postgresql:///press") == "press on this machine"
    assert address("nonsense") == "of VERBATIM_STORE"
