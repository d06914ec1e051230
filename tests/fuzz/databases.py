"""Inputs that are folders with SQLite files: damaged by a disk, or with rows that nobody wrote."""

import json
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any

from tests.fuzz.archives import archive_of, files_of
from tests.fuzz.mutations import ODD_VALUES, mutate_bytes, mutated_json, odd_json

_MAGIC = b"SQLite format 3\x00"
_JOURNAL = slice(18, 20)  # how the file is written: 2 for a log beside it, 1 otherwise
_VERSION = slice(60, 64)


def mutated_folder(seeds: Sequence[bytes], name: str, number: int) -> bytes:
    """One of the folders with one to three of its files damaged, swapped or gone."""
    picked = random.Random(f"{name}:{number}")
    files = files_of(picked.choice(seeds))
    for _ in range(picked.choice((1, 1, 1, 2, 3))):
        member = picked.choice(list(files))
        match picked.randrange(20):
            case 0:
                files[member] = files[picked.choice(list(files))]
            case 1 if len(files) > 1:
                del files[member]
            case _:
                files[member] = _damaged(files[member], picked)
    return archive_of(files)


def version_of(database: bytes) -> int:
    """The ``user_version`` in the header of a file."""
    return int.from_bytes(database[_VERSION], "big", signed=True)


def _damaged(content: bytes, picked: random.Random) -> bytes:
    if not content.startswith(_MAGIC):
        with suppress(ValueError):
            if picked.randrange(2):
                return mutated_json(content, picked)
        return mutate_bytes(content, [content], picked)
    if picked.randrange(2):
        with suppress(sqlite3.Error, UnicodeDecodeError):
            return _with_other_rows(content, picked)
    return _with_other_pages(content, picked)


def _with_other_pages(content: bytes, picked: random.Random) -> bytes:
    """What a disk makes of a file."""
    size = int.from_bytes(content[16:18], "big")
    size = size if size >= 512 else 4096
    changed = bytearray(content)
    pages = max(1, len(content) // size)
    one, other = (picked.randrange(pages) * size for _ in range(2))
    match picked.randrange(9):
        case 0 | 1 | 2:
            for _ in range(picked.choice((1, 1, 1, 3, 30))):
                changed[picked.randrange(len(changed))] ^= 1 << picked.randrange(8)
        case 3:
            fill = picked.choice((b"\x00", b"\xff", b"a", None))
            changed[one : one + size] = fill * size if fill else picked.randbytes(size)
        case 4:
            changed[one : one + size] = content[other : other + size]
        case 5:
            first, second = content[one : one + size], content[other : other + size]
            changed[one : one + size], changed[other : other + size] = second, first
        case 6:
            del changed[picked.choice((one, other, picked.randrange(len(changed)), 0)) :]
        case 7:
            start = picked.randrange(len(changed))
            changed[start : start + picked.choice((8, 512, size))] = picked.randbytes(8)
        case _:
            at = picked.randrange(100)  # the header
            changed[at] = picked.choice((0, 1, 0xFF, changed[at] ^ (1 << picked.randrange(8))))
    return bytes(changed)


def _with_other_rows(content: bytes, picked: random.Random) -> bytes:
    """A whole file with rows, tables and columns that the program never wrote."""
    journal = content[_JOURNAL]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(content[: _JOURNAL.start] + b"\x01\x01" + content[_JOURNAL.stop :])
        for _ in range(picked.choice((1, 1, 2, 4))):
            with suppress(sqlite3.Error):
                _change(connection, picked)
        changed = connection.serialize()
    return changed[: _JOURNAL.start] + journal + changed[_JOURNAL.stop :]


def _change(connection: sqlite3.Connection, picked: random.Random) -> None:
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    found = connection.execute(tables).fetchall()
    if not found:
        return
    table = picked.choice(found)[0]
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    column, other = picked.choice(columns), picked.choice(columns)
    ordered = f'FROM "{table}" ORDER BY {", ".join(columns)} LIMIT 1 OFFSET ?'
    (count,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    offset = picked.randrange(max(count, 1))
    row = connection.execute(f"SELECT {', '.join(columns)} {ordered}", [offset]).fetchone()
    known = " AND ".join(f"{each} IS ?" for each in columns)
    match picked.randrange(14):
        case 0 | 1 | 2 | 3 if row:
            connection.execute(
                f'UPDATE "{table}" SET {column} = ? WHERE {known}', [_odd(picked), *row]
            )
        case 4 | 5 if row:
            connection.execute(f'UPDATE "{table}" SET {column} = ?', [odd_json(picked)])
        case 6 if row:
            # A text that is not UTF-8.
            text = "CAST(x'61ff' AS TEXT)"
            connection.execute(f'UPDATE "{table}" SET {column} = {text} WHERE {known}', row)
        case 7 if row:
            connection.execute(f'UPDATE "{table}" SET {column} = {other}, {other} = {column}')
        case 8 if row:
            connection.execute(f'DELETE FROM "{table}" WHERE {known}', row)
        case 9:
            connection.execute(f'DELETE FROM "{table}"')
        case 10:
            connection.execute(f'DROP TABLE "{table}"')
        case 11:
            change = picked.choice((f"DROP COLUMN {column}", f"RENAME COLUMN {column} TO other"))
            connection.execute(f'ALTER TABLE "{table}" {change}')
        case 12:
            connection.execute(f"PRAGMA user_version = {picked.choice((-1, 0, 1, 2, 3, 99))}")
        case _:
            marks = ", ".join("?" * len(columns))
            values = [_odd(picked) for _ in columns]
            connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', values)


def _odd(picked: random.Random) -> Any:
    """A value that SQLite takes."""
    value = picked.choice((*ODD_VALUES, b"", b"\x00\xff"))
    if isinstance(value, list | dict | bool):
        return json.dumps(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
