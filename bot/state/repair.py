"""Checks the state at the start, and repairs it.

What can still be read of a damaged file stays, down to the row. Tables and rows that cannot be read
come from the backup of at most a day before. The damaged file is put aside, never deleted here.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from bot.private_files import FILE
from bot.sqlite_snapshot import snapshot
from bot.state.database import StateUnusable
from bot.state.sqlite import MIGRATIONS, SqliteDatabase
from bot.state.tables import (
    Row,
    StateTable,
    columns_of,
    counters_of,
    is_id,
    open_to_read,
    read_table,
    read_tables,
    schemas,
    table_names,
)
from retrieval.disk import flush
from retrieval.sqlite_damage import ERRORS, has_damaged_header, tells_of_damage

BACKUP = "state.backup.sqlite"
_LOCK = "state.lock"
_REPAIRED = "state.repaired"
_WAL = "-wal"

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
        with closing(open_to_read(path)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                return None
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                return " ".join(str(found).split())
            tables = {each: columns_of(connection, each) for each in table_names(connection)}
            if version < 0 or tables != schemas()[version]:
                return f"its tables are not those of its version, {version}"
            for table in tables:
                if broken := read_table(connection, table).broken:
                    return f"{len(broken)} unreadable rows of the table {table}"
            if not all(is_id(count) for _, count in counters_of(connection) if count):
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


def _repair(path: Path, reason: str) -> Repair:
    aside = _copied_aside(path)
    backup: Path | None = path.with_name(BACKUP)
    when = backed_up(path)
    if not backup or when is None or find_damage(backup):
        backup, when = None, None
    repaired = path.with_name(_REPAIRED)
    for suffix in ("", _WAL, "-shm"):
        Path(f"{repaired}{suffix}").unlink(missing_ok=True)
    database = SqliteDatabase(repaired)
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
    tables = table_names(new)
    found = read_tables(damaged, tables)
    saved = read_tables(backup, tables) if backup else {}
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


def _insert(
    connection: sqlite3.Connection, table: str, source: StateTable, rows: Iterable[Row]
) -> None:
    """Insert rows, unless there are such; columns that a former version did not have are left."""
    marks = ", ".join("?" * len(source.columns))
    connection.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(source.columns)}) VALUES ({marks})", rows
    )


def _go_on_counting(new: sqlite3.Connection, source: Path) -> None:
    """Give out no id again that was given out before, as far as the source knows."""
    try:
        with closing(open_to_read(source)) as connection:
            counted = counters_of(connection)
    except ERRORS:
        return
    known = set(table_names(new))
    for name, count in counted:
        if name not in known or not is_id(count):
            continue
        updated = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
        if not new.execute(updated, [count, name]).rowcount:
            new.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [name, count])


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
