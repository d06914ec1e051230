"""The database: its migrations, damaged files, and threads."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.state.database import StateUnusable
from bot.state.sqlite import MIGRATIONS, SqliteDatabase

FIRST = "CREATE TABLE thing (name TEXT); INSERT INTO thing VALUES ('first; and only');"
SECOND = "ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 7;  -- in metres; not feet"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "state.sqlite"


def test_migrations_run_in_order_and_once(path: Path) -> None:
    SqliteDatabase(path, [FIRST]).close()
    SqliteDatabase(path, [FIRST]).close()
    for _ in range(2):
        database = SqliteDatabase(path, [FIRST, SECOND])
        assert database.read("SELECT * FROM thing") == [("first; and only", 7)]
        assert database.read("PRAGMA user_version") == [(2,)]
        database.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    SqliteDatabase(path, [FIRST]).close()
    with pytest.raises(StateUnusable, match="no such table: absent"):
        SqliteDatabase(path, [FIRST, "ALTER TABLE thing RENAME TO other; DELETE FROM absent;"])
    database = SqliteDatabase(path, [FIRST])
    assert database.read("SELECT name FROM thing") == [("first; and only",)]
    database.close()


def test_processes_that_start_together_migrate_once(path: Path) -> None:
    path.parent.mkdir()
    script = (
        "import sys; from pathlib import Path; from bot.state.sqlite import SqliteDatabase\n"
        "input(); SqliteDatabase(Path(sys.argv[1])).close()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, path],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in processes] == [""] * 4
    database = SqliteDatabase(path)
    assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]
    database.close()


def test_threads_that_start_together_migrate_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: SqliteDatabase(path, [FIRST, SECOND]), range(8)))
    assert {tuple(each.read("SELECT * FROM thing")) for each in opened} == {
        (("first; and only", 7),)
    }
    for each in opened:
        each.close()


def test_a_file_of_a_newer_version_is_refused_and_not_changed(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE future (x); PRAGMA user_version = 99;")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StateUnusable, match="a newer version of Verbatim wrote it") as refused:
        SqliteDatabase(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", [b"not a database, but long enough to look at" * 200, b"\0" * 9])
def test_a_damaged_file_is_refused_and_not_changed(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(StateUnusable, match="file is not a database"):
        SqliteDatabase(path)
    assert path.read_bytes() == damage


def test_a_damaged_page_is_reported_when_it_is_read(path: Path) -> None:
    database = SqliteDatabase(path)
    database.write("INSERT INTO note (name, value) VALUES ('long', ?)", ["x" * 100_000])
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:-50_000] + b"\xff" * 50_000)  # the tables are defined before
    database = SqliteDatabase(path)
    with pytest.raises(StateUnusable, match="malformed"):
        database.read("SELECT value FROM note")
    database.close()


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StateUnusable, match="cannot use"):
        SqliteDatabase(tmp_path / "file" / "state.sqlite")


def test_threads_write_at_the_same_time_and_nothing_is_lost(path: Path) -> None:
    database, other = SqliteDatabase(path), SqliteDatabase(path)

    def write(number: int) -> None:
        to = (database, other)[number % 2]
        to.write("INSERT INTO note (name, value) VALUES (?, 'x')", [f"one {number}"])
        to.write_many(
            "INSERT INTO seen (release) VALUES (?)", ((f"{number}-{at}",) for at in range(10))
        )
        to.read("SELECT count(*) FROM note")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(100)))
    assert database.read("SELECT count(*) FROM note") == [(100,)]
    assert other.read("SELECT count(*) FROM seen") == [(1000,)]
    assert database.read("PRAGMA integrity_check") == [("ok",)]
    database.close()
    other.close()


def test_many_rows_are_written_in_one_transaction(path: Path) -> None:
    database = SqliteDatabase(path)
    insert = "INSERT INTO seen (release) VALUES (?)"
    with pytest.raises(StateUnusable, match="UNIQUE"):
        database.write_many(insert, [("a",), ("b",), ("a",)])
    assert database.read("SELECT * FROM seen") == []
    database.write_many(insert, [("a",), ("b",)])
    assert len(database.read("SELECT * FROM seen")) == 2
    database.close()


def test_a_full_disk_is_reported_and_nothing_is_lost(path: Path) -> None:
    database = SqliteDatabase(path)
    database.write("INSERT INTO note (name, value) VALUES ('short', 'x')")
    (pages,) = database.read("PRAGMA page_count")[0]
    database.read(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StateUnusable, match="full"):
        database.write("INSERT INTO note (name, value) VALUES ('long', ?)", ["x" * 1_000_000])
    assert database.read("SELECT name FROM note") == [("short",)]
    database.close()


def test_a_closed_database_cannot_be_used(path: Path) -> None:
    database = SqliteDatabase(path)
    database.close()
    with pytest.raises(StateUnusable, match="closed"):
        database.read("SELECT 1")
