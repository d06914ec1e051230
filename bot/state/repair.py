"""Checks the state at the start, and repairs it.

What can still be read of a damaged file stays, down to the row. Tables and rows that cannot be read
come from the backup of at most a day before. The damaged file is put aside, never deleted here.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from bot.private_files import FILE
from bot.sqlite_snapshot import snapshot
from bot.state.answers import parse_passages, parse_voter_secret
from bot.state.database import MIGRATIONS, Database, StateUnusable
from bot.state.outbox import parse_scopes
from bot.state.stored_values import parse_items, parse_object
from retrieval.disk import flush
from retrieval.sqlite_damage import ERRORS, has_damaged_header, tells_of_damage
from retrieval.timestamps import parse_timestamp

BACKUP = "state.backup.sqlite"
_LOCK = "state.lock"
_REPAIRED = "state.repaired"
_WAL = "-wal"

Row = tuple[Any, ...]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (int, float),
    "TEXT": (str,),
    "BLOB": (bytes,),
}
_MAX_SECONDS = 1e11  # since 1970: the year 5138, which every computation of times takes


_MAX_ID = 2**53


def _own_id(value: int) -> None:
    if not _is_id(value):
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

# What is of no use without the other.
_TOGETHER = {"outbox": "outbox_release", "outbox_release": "outbox"}


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done to a damaged state.

    Attributes:
        reason: what is wrong with it.
        aside: where the damaged file is now.
        tables: the tables of which something could not be read.
        backup: when the backup was taken from which that came; None if there is none.
    """

    reason: str
    aside: Path
    tables: tuple[str, ...]
    backup: datetime | None

    def __str__(self) -> str:
        lost = ", ".join(self.tables) or "nothing"
        source = f"the backup of {self.backup:%Y-%m-%d %H:%M} UTC" if self.backup else "nowhere"
        return (
            f"the state of the bot was damaged ({self.reason}) and has been repaired. "
            f"Not readable: {lost}, which came from {source}. "
            f"The damaged file is {self.aside}"
        )


def find_damage(path: Path) -> str | None:
    """What is wrong with a state, every row of it read; None if nothing is.

    A file of a newer version is not looked at. Raises `StateUnusable` if it cannot be read for
    another reason than damage.
    """
    if not path.exists():
        return None
    try:
        if has_damaged_header(path):
            return "its header is damaged"
        with closing(_connect(path)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                return None
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                return " ".join(str(found).split())
            tables = {each: _columns(connection, each) for each in _tables(connection)}
            if version < 0 or tables != _schemas()[version]:
                return f"its tables are not those of its version, {version}"
            for table in tables:
                if broken := _read(connection, table).broken:
                    return f"{len(broken)} unreadable rows of the table {table}"
            if not all(_is_id(count) for _, count in _counters(connection) if count):
                return "a counter of ids that is none"
    except ERRORS as error:
        if not tells_of_damage(error):
            raise StateUnusable(path, str(error)) from error
        return str(error)
    except OSError as error:
        raise StateUnusable(path, str(error)) from error
    return None


def repair_state(path: Path) -> Repair | None:
    """Repair a state if it is damaged; return what was done. Raises `StateUnusable`."""
    if not path.exists():
        return None
    try:
        # Of several processes that start together, one repairs.
        with FileLock(path.with_name(_LOCK), mode=FILE):
            reason = find_damage(path)
            return _repair(path, reason) if reason else None
    except OSError as error:
        raise StateUnusable(path, str(error)) from error


def back_up_state(path: Path, now: float) -> None:
    """Replace the backup of a state, at the time ``now``, by one of what it is now.

    Raises `StateUnusable`, with the backup as it was, if the state is damaged.
    """
    backup = path.with_name(BACKUP)
    new = backup.with_suffix(".new")
    try:
        snapshot(path, new)
        if damage := find_damage(new):
            new.unlink()
            raise StateUnusable(path, f"{damage}. It is repaired when the bot is started again")
        os.utime(new, (now, now))
        flush(new)
        new.replace(backup)
    except (OSError, *ERRORS) as error:
        raise StateUnusable(path, str(error)) from error


def renew_copies(path: Path, now: float) -> None:
    """Let no copy of a state have what was deleted from it.

    The backup is taken anew, and damaged files that were put aside are deleted: nothing in them can
    be deleted singly. Raises `StateUnusable`.
    """
    for each in put_aside(path):
        each.unlink(missing_ok=True)
    path.with_name(BACKUP).unlink(missing_ok=True)
    back_up_state(path, now)


def backed_up(path: Path) -> float | None:
    """When the backup of a state was taken, in seconds since 1970; None if there is none."""
    try:
        return path.with_name(BACKUP).stat().st_mtime
    except OSError:
        return None


def put_aside(path: Path) -> list[Path]:
    """The damaged files that were put aside for a state."""
    return sorted(path.parent.glob(f"{path.stem}.damaged*"))


@dataclass(frozen=True, slots=True)
class _Table:
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


def _repair(path: Path, reason: str) -> Repair:
    aside = _copied_aside(path)
    backup: Path | None = path.with_name(BACKUP)
    when = backed_up(path)
    if not backup or when is None or find_damage(backup):
        backup, when = None, None
    repaired = path.with_name(_REPAIRED)
    for suffix in ("", _WAL, "-shm"):
        Path(f"{repaired}{suffix}").unlink(missing_ok=True)
    database = Database(repaired)
    try:
        with database.transaction() as connection:
            tables = _fill(connection, aside, backup)
    finally:
        database.close()
    flush(repaired)
    # What the old file has not yet taken from its log is in the copy that was put aside.
    for suffix in (_WAL, "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    repaired.replace(path)
    return Repair(reason, aside, tables, datetime.fromtimestamp(when, UTC) if when else None)


def _fill(new: sqlite3.Connection, damaged: Path, backup: Path | None) -> tuple[str, ...]:
    """Fill the tables of a new state; return those of which something could not be read."""
    new.execute("PRAGMA defer_foreign_keys = ON")
    tables = _tables(new)
    found = _all_tables(damaged, tables)
    saved = _all_tables(backup, tables) if backup else {}
    lost = tuple(each for each in tables if each not in found or not found[each].is_whole)
    for table, other in _TOGETHER.items():
        if table not in found:
            found.pop(other, None)
    if "seen" in found and not found["seen"].is_whole:
        # Nothing seen is nothing new: better than to announce again what was announced.
        found["seen"] = replace(found["seen"], rows=())
    sent_perhaps = list[Row]()
    for table in tables:
        if table in found:
            _insert(new, table, found[table], found[table].rows)
        if table == "seen" or table not in saved:
            continue
        backed_up = saved[table]
        rows = [
            row
            for row in backed_up.rows
            if table not in found or found[table].lacks(backed_up.key_of(row))
        ]
        _insert(new, table, backed_up, rows)
        if table == "outbox":
            sent_perhaps = [backed_up.key_of(row) for row in rows]
    # It may have been sent since: look for it before it is sent again.
    new.executemany(
        "UPDATE outbox SET first_tried = coalesce(first_tried, queued),"
        " tried_revision = coalesce(tried_revision, revision) WHERE id = ?",
        sent_perhaps,
    )
    for child, key, parent in (
        ("verdict", "answer", "answer"),
        ("outbox_release", "item", "outbox"),
    ):
        new.execute(f"DELETE FROM {child} WHERE {key} NOT IN (SELECT id FROM {parent})")
    for source in filter(None, (damaged, backup)):
        _go_on_counting(new, source)
    return lost


def _all_tables(path: Path, names: Iterable[str]) -> dict[str, _Table]:
    """The tables of a file that can be read."""
    found = {}
    for name in names:
        try:
            with closing(_connect(path)) as connection:
                found[name] = _read(connection, name)
        except ERRORS:
            continue
    return found


def _read(connection: sqlite3.Connection, table: str) -> _Table:
    """Read what can be read of a table. Raises one of `ERRORS` if nothing can."""
    columns = _columns(connection, table)
    if columns not in [each.get(table) for each in _schemas()]:
        raise sqlite3.DatabaseError(f"there is no table {table} with the columns it had")
    known = _known_columns()[table]
    checks = [known.columns[name] for name in columns]
    query = f"SELECT {', '.join(columns)} FROM {table}"
    found = _Table(columns, known.key, (), frozenset())
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
    return _Table(columns, known.key, whole, frozenset(map(found.key_of, broken)), gap)


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


def _insert(
    connection: sqlite3.Connection, table: str, source: _Table, rows: Iterable[Row]
) -> None:
    """Insert rows, unless there are such; columns that a former version did not have are left."""
    marks = ", ".join("?" * len(source.columns))
    connection.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(source.columns)}) VALUES ({marks})", rows
    )


@dataclass(frozen=True, slots=True)
class _KnownTable:
    """A table of this version: its columns by name, and the names of those of its key."""

    columns: Mapping[str, _KnownColumn]
    key: tuple[str, ...]


@cache
def _schemas() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """The columns of each table, after none of the migrations, after one, and so on."""
    with closing(sqlite3.connect(":memory:")) as connection:
        schemas: list[Mapping[str, tuple[str, ...]]] = [{}]
        for migration in MIGRATIONS:
            connection.executescript(migration)
            schemas.append({each: _columns(connection, each) for each in _tables(connection)})
        return tuple(schemas)


@cache
def _known_columns() -> Mapping[str, _KnownTable]:
    """The tables of this version."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in MIGRATIONS:
            connection.executescript(migration)
        tables = {}
        for table in _tables(connection):
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


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The names of a table's columns."""
    name = table.replace('"', '""')
    return tuple(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))


def _go_on_counting(new: sqlite3.Connection, source: Path) -> None:
    """Give out no id again that was given out before, as far as the source knows."""
    try:
        with closing(_connect(source)) as connection:
            counted = _counters(connection)
    except ERRORS:
        return
    known = set(_tables(new))
    for name, count in counted:
        if name not in known or not _is_id(count):
            continue
        updated = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
        if not new.execute(updated, [count, name]).rowcount:
            new.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [name, count])


def _counters(connection: sqlite3.Connection) -> list[tuple[object, object]]:
    """The tables that give no id out twice, each with the last one."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
    ).fetchall():
        return []
    return connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()


def _is_id(value: object) -> bool:
    """Whether a table has counted so far: with the highest number, SQLite gives out no other."""
    return type(value) is int and 0 < value <= _MAX_ID


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [str(name) for (name,) in rows.fetchall()]


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    # A text that is not UTF-8 makes no other one unreadable.
    connection.text_factory = _decoded
    return connection


def _copied_aside(path: Path) -> Path:
    """Copy a damaged file, its log included. Those put aside before it stay."""
    aside, number = path.with_suffix(".damaged"), 1
    while aside.exists():
        number += 1
        aside = path.with_suffix(f".damaged-{number}")
    for suffix in (_WAL, ""):
        if (source := Path(f"{path}{suffix}")).exists():
            target = Path(f"{aside}{suffix}")
            shutil.copyfile(source, target)
            target.chmod(FILE)
            flush(target)
    return aside
