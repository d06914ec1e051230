"""What there is only of releases in files: older formats, and files that are damaged."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from retrieval.errors import IndexDamaged
from retrieval.index.sqlite_releases import SqliteReleases
from retrieval.release import Filter
from tests.retrieval.index.test_release_store import RELEASES, release, write_in_files


def test_numbers_are_in_the_order_of_the_dates(tmp_path):
    store = write_in_files(tmp_path, RELEASES)
    assert [store.by_number([n])[n].id for n in store.numbers(Filter())] == [
        "bridge",
        "budget",
        "library",
        "ferry",
        "joint",
        "undated",
    ]
    store.close()


def test_in_a_generation_that_does_not_know_of_it_no_release_is_gone(tmp_path):
    store = write_in_files(tmp_path, [release("a", "A", gone=date(2026, 5, 3))])
    (path,) = tmp_path.glob("*.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE gone")
        connection.execute("DROP INDEX copy_release")
    older = SqliteReleases(path)
    assert older.find("a").gone is None
    assert len(older.copies(0)) == 1
    older.close()
    store.close()


def test_a_file_that_is_not_a_database_is_damaged(tmp_path):
    path = tmp_path / "releases.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with (
        closing(SqliteReleases(path)) as store,
        pytest.raises(IndexDamaged, match="not a database"),
    ):
        store.select()
