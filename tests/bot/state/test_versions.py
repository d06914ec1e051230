"""A state of every version that was released: each is migrated at the start, and loses nothing.

``versions/N.sql`` is a dump of the state after N migrations, with a row in each table. A migration
that is new wants one more.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.state import STATE, open_repaired_state, open_state
from bot.state.database import StateUnusable
from bot.state.sqlite import MIGRATIONS

VERSIONS = Path(__file__).parent / "versions"
NUMBERS = range(1, len(MIGRATIONS) + 1)


def write_version(data: Path, number: int) -> Path:
    """Write the state of a version into a data folder."""
    with closing(sqlite3.connect(data / STATE)) as connection:
        connection.executescript((VERSIONS / f"{number}.sql").read_text(encoding="utf-8"))
    return data / STATE


def tables(path: Path) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The columns and the rows of each table."""
    with closing(sqlite3.connect(path)) as connection:
        found = {}
        query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        for (name,) in connection.execute(query).fetchall():
            cursor = connection.execute(f"SELECT * FROM {name}")
            found[name] = [each[0] for each in cursor.description], cursor.fetchall()
        return found


def test_there_is_a_state_of_every_version() -> None:
    assert {path.stem for path in VERSIONS.iterdir()} == {str(number) for number in NUMBERS}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_state_of_an_older_version_is_migrated_and_loses_nothing(
    tmp_path: Path, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = tables(write_version(tmp_path, number))
    assert all(rows for _, rows in before.values())
    open_repaired_state(tmp_path).close()
    assert not caplog.records, "nothing had to be repaired"
    after = tables(tmp_path / STATE)
    for name, (columns, rows) in before.items():
        places = [after[name][0].index(column) for column in columns]
        assert [tuple(row[place] for place in places) for row in after[name][1]] == rows
    (fresh := tmp_path / "fresh").mkdir()
    open_state(fresh).close()
    assert {name: set(columns) for name, (columns, _) in after.items()} == {
        name: set(columns) for name, (columns, _) in tables(fresh / STATE).items()
    }


def test_a_state_of_a_newer_version_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = write_version(tmp_path, len(MIGRATIONS))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StateUnusable, match="a newer version of Verbatim wrote it"):
        open_repaired_state(tmp_path)
    assert path.read_bytes() == before
    assert not [each for each in tmp_path.iterdir() if each.suffix not in {".sqlite", ".lock"}]
