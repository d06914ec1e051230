"""A state is copied whole, between all kinds of databases, and goes on counting there."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.state import State, open_postgres_state, open_state
from bot.state.moving import COLUMNS, StateInUse, StateNotEmpty, copy_state
from bot.state.outbox import NewItem
from bot.state.sqlite import SqliteDatabase
from tests.bot.state.schemas import columns_of_state
from tests.bot.state.test_answers import NOON
from tests.fuzz.state import fill_state

KINDS = [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite")]
NOW = 1_700_000_000.0


@pytest.fixture(params=KINDS, ids="-".join)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[State, State]]:
    """The state to copy, and an empty one."""
    with ExitStack() as opened:
        found = []
        for number, kind in enumerate(request.param):
            if kind == "postgres":
                state = open_postgres_state(request.getfixturevalue("database_url"))
            else:
                state = open_state(tmp_path / str(number))
            opened.callback(state.close)
            found.append(state)
        yield found[0], found[1]


def rows(state: State) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, in the order of their keys."""
    return {
        table: sorted(state.database.read(f"SELECT {', '.join(columns)} FROM {table}"), key=repr)
        for table, columns in COLUMNS.items()
    }


def test_every_table_is_copied_with_all_that_it_has(two: tuple[State, State]) -> None:
    source, target = two
    fill_state(source, 1)
    before = rows(source)
    counts = copy_state(source.database, target.database)
    assert counts == {table: len(found) for table, found in before.items()}
    assert all(counts[table] for table in COLUMNS if table != "membership")
    assert rows(target) == rows(source) == before


def test_a_copy_gives_no_id_out_again(two: tuple[State, State]) -> None:
    source, target = two
    fill_state(source, 1)
    withdrawn = source.sources.add_offer("plan", NOON)
    assert source.sources.take_offer(withdrawn)
    copy_state(source.database, target.database)
    new = NewItem(1, 2, {"new": "sum"}, 1)
    for state in (source, target):
        assert state.outbox.record(["new"], [new], {}, NOW)
    newest = "SELECT max(id) FROM outbox"
    assert target.database.read(newest) == source.database.read(newest)
    assert target.sources.add_offer("plan", NOON) == withdrawn + 1
    highest = source.database.read("SELECT max(id) FROM answer")[0][0]
    fill_state(target, 2)
    assert target.database.read("SELECT min(id) FROM answer WHERE id > ?", [highest]) == [
        (highest + 1,)
    ]


def test_a_state_that_has_something_is_not_copied_over(two: tuple[State, State]) -> None:
    source, target = two
    fill_state(source, 1)
    target.notes.set("commands", "abc")
    with pytest.raises(StateNotEmpty, match="note"):
        copy_state(source.database, target.database)
    assert rows(target) == {table: [] for table in COLUMNS} | {"note": [("commands", "abc")]}


def test_an_empty_state_is_copied(two: tuple[State, State]) -> None:
    source, target = two
    assert copy_state(source.database, target.database) == dict.fromkeys(COLUMNS, 0)
    assert target.sources.add_offer("plan", NOON) == 1


def test_every_column_is_named(state: State) -> None:
    named = {table: [each.strip('"') for each in columns] for table, columns in COLUMNS.items()}
    found = columns_of_state(state)
    assert {table: sorted(each) for table, each in found.items()} == {
        table: sorted(each) for table, each in named.items()
    }


class ChangingDatabase(SqliteDatabase):
    """One that somebody writes to while it is copied."""

    def last_ids(self) -> Mapping[str, int]:
        self.write("INSERT INTO seen (release) VALUES ('late')")
        return super().last_ids()


def test_a_state_that_is_in_use_is_not_copied(tmp_path: Path, state: State) -> None:
    used = ChangingDatabase(tmp_path / "used" / "state.sqlite")
    with pytest.raises(StateInUse, match="seen"):
        copy_state(used, state.database)
    used.close()
    assert rows(state) == {table: [] for table in COLUMNS}
