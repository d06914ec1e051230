"""The tables of a state file, read row by row: which rows are whole, and which are not."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.state.answers import parse_passages, parse_voter_secret
from bot.state.outbox import parse_scopes
from bot.state.sqlite import MIGRATIONS
from bot.state.stored_values import parse_items, parse_object
from retrieval.sqlite_damage import ERRORS
from retrieval.timestamps import parse_timestamp

Row = tuple[Any, ...]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (int, float),
    "TEXT": (str,),
    "BLOB": (bytes,),
}
_MAX_SECONDS = 1e11  # since 1970: the year 5138, which every computation of times takes
_MAX_ID = 2**53  # no table counts so far: with the highest number, SQLite gives out no other


def _own_id(value: int) -> None:
    if not is_id(value):
        raise ValueError("no table has counted so far")


def _hour(value: int) -> None:
    if not 0 <= value < 24:
        raise ValueError("it is no hour")


_PARSERS: Mapping[str, Callable[[Any], object]] = {
    "answer.id": _own_id,
    "outbox.id": _own_id,
    "offer.id": _own_id,
    "announcement.id": _own_id,
    "subscription.id": _own_id,
    "answer.asked": parse_timestamp,
    "answer.passages": parse_passages,
    "verdict.given": parse_timestamp,
    "server.settings": parse_object,
    "outbox.roles": lambda text: parse_items(text, int),
    "outbox.scopes": parse_scopes,
    "outbox.subscriptions": lambda text: parse_items(text, int),
    "outbox.digest": _hour,
    "announcement.digest": _hour,
    "refresh.due": parse_timestamp,
    "refresh.failing_since": parse_timestamp,
    "refresh.told": parse_timestamp,
    "offer.made": parse_timestamp,
    "subscription.unannounced": lambda text: parse_items(text, str),
}
"""How values are read that are more than their type says; each raises `ValueError`."""


@dataclass(frozen=True, slots=True)
class StateTable:
    """What can be read of a table.

    Attributes:
        columns: their names.
        key: the names of those that make its key.
        rows: the rows that are whole.
        broken: the keys of those that are not.
        gap: the keys between which rows cannot be read at all, None for the beginning or the end;
            None if there are no such rows.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Sequence[Row]
    broken: Collection[Row]
    gap: tuple[Row | None, Row | None] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of it can be read."""
        return not self.broken and not self.gap

    def key_of(self, row: Row) -> Row:
        """The key of a row."""
        return tuple(row[self.columns.index(each)] for each in self.key)

    def lacks(self, key: Row) -> bool:
        """Whether a row with a key, if there was one, cannot be read."""
        if key in self.broken:
            return True
        if not self.gap:
            return False
        first, last = self.gap
        is_after = first is None or _order(first) < _order(key)
        return is_after and (last is None or _order(key) < _order(last))


@dataclass(frozen=True, slots=True)
class _KnownColumn:
    """What a column may hold."""

    types: tuple[type, ...]
    required: bool
    parser: Callable[[Any], object] | None


def read_tables(path: Path, names: Iterable[str]) -> dict[str, StateTable]:
    """The tables of a file that can be read."""
    found = {}
    for name in names:
        try:
            with closing(open_to_read(path)) as connection:
                found[name] = read_table(connection, name)
        except ERRORS:
            continue
    return found


def read_table(connection: sqlite3.Connection, table: str) -> StateTable:
    """Read what can be read of a table. Raises one of `ERRORS` if nothing can."""
    columns = columns_of(connection, table)
    if columns not in [each.get(table) for each in schemas()]:
        raise sqlite3.DatabaseError(f"there is no table {table} with the columns it had")
    known = _known_columns()[table]
    checks = [known.columns[name] for name in columns]
    query = f"SELECT {', '.join(columns)} FROM {table}"
    found = StateTable(columns, known.key, (), frozenset())
    order, backwards = ", ".join(known.key), ", ".join(f"{each} DESC" for each in known.key)
    rows, is_all = _rows(connection, f"{query} ORDER BY {order}")
    gap: tuple[Row | None, Row | None] | None = None
    if not is_all:
        last, _ = _rows(connection, f"{query} ORDER BY {backwards}")
        gap = (
            found.key_of(rows[-1]) if rows else None,
            found.key_of(last[-1]) if last else None,
        )
        rows = list(dict.fromkeys((*rows, *reversed(last))))
    whole, broken = list[Row](), list[Row]()
    for row in rows:
        is_whole = all(map(_is_valid, row, checks)) and _is_known_note(table, row)
        (whole if is_whole else broken).append(row)
    return StateTable(columns, known.key, whole, frozenset(map(found.key_of, broken)), gap)


def _rows(connection: sqlite3.Connection, query: str) -> tuple[list[Row], bool]:
    """The rows of a query up to one that cannot be read, and whether these are all."""
    rows = list[Row]()
    try:
        rows.extend(connection.execute(query))
    except ERRORS:
        return rows, False
    return rows, True


@dataclass(frozen=True, slots=True)
class _NotText:
    """What stands where a text was, and is not UTF-8."""

    content: bytes


def _decoded(content: bytes) -> str | _NotText:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _NotText(content)


def _is_valid(value: object, column: _KnownColumn) -> bool:
    if value is None:
        return not column.required
    if not isinstance(value, column.types):
        return False
    if isinstance(value, float) and not abs(value) < _MAX_SECONDS:
        return False
    try:
        if column.parser:
            column.parser(value)
    except ValueError:
        return False
    return True


def _is_known_note(table: str, row: Row) -> bool:
    """Whether a row is not the note that has to be more than a text, or is as it has to be."""
    if table == "note" and row[0] == "voters":
        try:
            parse_voter_secret(row[1])
        except ValueError:
            return False
    return True


def _order(key: Row) -> tuple[tuple[int, Any], ...]:
    """What compares as SQLite does: numbers first, then texts by their bytes, then bytes."""
    return tuple(map(_place, key))


def _place(value: object) -> tuple[int, Any]:
    match value:
        case None:
            return 0, 0
        case int() | float():
            return 1, value
        case str():
            return 2, value.encode()
        case _NotText():
            return 2, value.content
        case _:
            return 3, value


@dataclass(frozen=True, slots=True)
class _KnownTable:
    """A table of this version: its columns by name, and the names of those of its key."""

    columns: Mapping[str, _KnownColumn]
    key: tuple[str, ...]


@cache
def schemas() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """The columns of each table, after none of the migrations, after one, and so on."""
    with closing(sqlite3.connect(":memory:")) as connection:
        schemas: list[Mapping[str, tuple[str, ...]]] = [{}]
        for migration in MIGRATIONS:
            connection.executescript(migration)
            schemas.append({each: columns_of(connection, each) for each in table_names(connection)})
        return tuple(schemas)


@cache
def _known_columns() -> Mapping[str, _KnownTable]:
    """The tables of this version."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in MIGRATIONS:
            connection.executescript(migration)
        tables = {}
        for table in table_names(connection):
            info = connection.execute(f"PRAGMA table_info({table})").fetchall()
            columns = {
                name: _KnownColumn(
                    _TYPES[type], bool(required or position), _PARSERS.get(f"{table}.{name}")
                )
                for _, name, type, required, _, position in info
            }
            keys = sorted((position, name) for _, name, *_, position in info if position)
            tables[table] = _KnownTable(columns, tuple(name for _, name in keys))
        return tables


def columns_of(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The names of a table's columns."""
    name = table.replace('"', '""')
    return tuple(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))


def counters_of(connection: sqlite3.Connection) -> list[tuple[object, object]]:
    """The tables that give no id out twice, each with the last one."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
    ).fetchall():
        return []
    return connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()


def is_id(value: object) -> bool:
    """Whether a table may have counted so far."""
    return type(value) is int and 0 < value <= _MAX_ID


def table_names(connection: sqlite3.Connection) -> list[str]:
    """The names of the tables, SQLite's own aside."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [str(name) for (name,) in rows.fetchall()]


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    # A text that is not UTF-8 makes no other one unreadable.
    connection.text_factory = _decoded
    return connection
