"""Hearing of what other processes did: at once, and after a lost connection."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest

from retrieval.postgres.database import PostgresDatabase
from retrieval.postgres.notifications import Listener

PATIENCE = 20.0  # seconds that a busy machine may take


@pytest.fixture
def database(database_url: str) -> Iterator[PostgresDatabase]:
    found = PostgresDatabase(database_url, "public")
    yield found
    found.close()


def listening(database: PostgresDatabase) -> tuple[Listener, threading.Semaphore]:
    """A listener that has connected, and what counts its calls from then on."""
    heard = threading.Semaphore(0)
    listener = Listener(database, "news", heard.release)
    assert heard.acquire(timeout=PATIENCE)
    return listener, heard


def test_every_listener_hears_of_every_notification(database: PostgresDatabase) -> None:
    with ExitStack() as stack:
        calls = []
        for _ in range(3):
            listener, heard = listening(database)
            stack.enter_context(closing(listener))
            calls.append(heard)
        for _ in range(2):
            database.execute("SELECT pg_notify('news', '')")
            assert all(each.acquire(timeout=PATIENCE) for each in calls)


def test_nothing_is_heard_of_other_channels_or_of_what_is_rolled_back(
    database: PostgresDatabase,
) -> None:
    listener, heard = listening(database)
    with closing(listener):
        database.execute("SELECT pg_notify('other', '')")
        with pytest.raises(ZeroDivisionError):
            notify_and_fail(database)
        database.execute("SELECT pg_notify('news', '')")
        assert heard.acquire(timeout=PATIENCE)
        assert not heard.acquire(blocking=False)


def notify_and_fail(database: PostgresDatabase) -> None:
    with database.transaction() as connection:
        connection.execute("SELECT pg_notify('news', '')")
        raise ZeroDivisionError


def test_after_a_lost_connection_it_looks_again(
    database: PostgresDatabase, database_url: str
) -> None:
    listener, heard = listening(database)
    with closing(listener):
        with psycopg.connect(database_url, autocommit=True) as other:
            ended = other.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            ).fetchall()
        assert ended == [(True,)]
        assert heard.acquire(timeout=PATIENCE), "something may have been missed"
        database.execute("SELECT pg_notify('news', '')")
        assert heard.acquire(timeout=PATIENCE)


def test_it_ends_at_once_when_it_is_closed(database: PostgresDatabase) -> None:
    listener, _ = listening(database)
    listener.close()
    assert not any(each.name == "listen-news" for each in threading.enumerate())
