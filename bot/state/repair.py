"""Checks the state at the start, and repairs it.

What can still be read of a damaged file stays, down to the row. Tables and rows that cannot be read
come from the backup of at most a day before. The damaged file is put aside, never deleted here.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from bot.private_files import FILE
from bot.sqlite_snapshot import snapshot
from bot.state.database import MIGRATIONS, Database, StateUnusable
from retrieval.disk import flush
from retrieval.sqlite_damage import ERRORS, tells_of_damage

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
_PARSERS: Mapping[str, Callable[[str], object]] = {
    "answer.asked": datetime.fromisoformat,
    "answer.passages": lambda text: _parsed(text, list),
    "verdict.given": datetime.fromisoformat,
    "server.settings": lambda text: _parsed(text, dict),
    "outbox.roles": lambda text: _parsed(text, list),
    "outbox.scopes": lambda text: _parsed(text, list),
    "outbox.subscriptions": lambda text: _parsed(text, list),
    "refresh.due": datetime.fromisoformat,
    "refresh.failing_since": datetime.fromisoformat,
    "refresh.told": datetime.fromisoformat,
    "offer.made": datetime.fromisoformat,
    "subscription.unannounced": lambda text: _parsed(text, list),
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
        with closing(_connect(path)) as connection:
            if connection.execute("PRAGMA user_version").fetchone()[0] > len(MIGRATIONS):
                return None
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                return " ".join(str(found).split())
            for table in _tables(connection):
                if broken := _read(connection, table).broken:
                    return f"{len(broken)} unreadable rows of the table {table}"
    except ERRORS as error:
        if not tells_of_damage(error):
            raise StateUnusable(path, str(error)) from error
        return str(error)
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
    """What can be read of a table, and the keys of the rows that cannot."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Sequence[Row]
    broken: Sequence[Row]


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
    for table, other in _TOGETHER.items():
        if table not in found:
            found.pop(other, None)
    for table in tables:
        if table in found:
            _insert(new, table, found[table], found[table].rows)
            if (broken := found[table].broken) and table in saved:
                _insert(new, table, saved[table], _with_keys(saved[table], broken))
        elif table in saved and table != "seen":
            # Nothing seen is nothing new: better than to announce again what was announced.
            _insert(new, table, saved[table], saved[table].rows)
    if "outbox" not in found:
        # It may have been sent since: look for it before it is sent again.
        new.execute(
            "UPDATE outbox SET first_tried = coalesce(first_tried, queued),"
            " tried_revision = coalesce(tried_revision, revision)"
        )
    for child, key, parent in (
        ("verdict", "answer", "answer"),
        ("outbox_release", "item", "outbox"),
    ):
        new.execute(f"DELETE FROM {child} WHERE {key} NOT IN (SELECT id FROM {parent})")
    for source in filter(None, (damaged, backup)):
        _go_on_counting(new, source)
    return tuple(each for each in tables if each not in found or found[each].broken)


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
    """Read a table. Raises one of `ERRORS`."""
    info = connection.execute(f"PRAGMA table_info({table})").fetchall()
    if not info:
        raise sqlite3.DatabaseError(f"no such table: {table}")
    columns = tuple(name for _, name, *_ in info)
    types = [_TYPES.get(type, (object,)) for _, _, type, *_ in info]
    parsers = [_PARSERS.get(f"{table}.{name}") for name in columns]
    keys = [position for position, *_, is_key in info if is_key]
    rows, broken = list[Row](), list[Row]()
    for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall():
        is_whole = all(map(_is_valid, row, types, parsers))
        (rows if is_whole else broken).append(row)
    key = tuple(columns[each] for each in keys)
    return _Table(columns, key, rows, [tuple(row[each] for each in keys) for row in broken])


def _is_valid(
    value: object, types: tuple[type, ...], parser: Callable[[str], object] | None
) -> bool:
    if value is None:  # whether it may be, SQLite checks
        return True
    if not isinstance(value, types):
        return False
    try:
        if parser and isinstance(value, str):
            parser(value)
    except ValueError:
        return False
    return True


def _parsed(text: str, expected: type) -> object:
    value = json.loads(text)
    if not isinstance(value, expected):
        raise ValueError(f"it is no {expected.__name__}")
    return value


def _insert(
    connection: sqlite3.Connection, table: str, source: _Table, rows: Iterable[Row]
) -> None:
    """Insert rows, unless there are such; columns that a former version did not have are left."""
    marks = ", ".join("?" * len(source.columns))
    connection.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(source.columns)}) VALUES ({marks})", rows
    )


def _with_keys(table: _Table, keys: Sequence[Row]) -> Iterator[Row]:
    positions = [table.columns.index(each) for each in table.key]
    wanted = set(keys)
    return (row for row in table.rows if tuple(row[each] for each in positions) in wanted)


def _go_on_counting(new: sqlite3.Connection, source: Path) -> None:
    """Give out no id again that was given out before, as far as the source knows."""
    try:
        with closing(_connect(source)) as connection:
            counted = connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    except ERRORS:
        return
    known = set(_tables(new))
    for name, count in counted:
        if name not in known or not isinstance(count, int):
            continue
        updated = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
        if not new.execute(updated, [count, name]).rowcount:
            new.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [name, count])


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [str(name) for (name,) in rows.fetchall()]


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


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
