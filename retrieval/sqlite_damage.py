"""Which errors of SQLite tell of a damaged file, and which of the disk or of another process."""

import sqlite3
from pathlib import Path

ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged file raises; the latter where SQLite quotes bytes of it that are not UTF-8."""

_OF_THE_DISK = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
)


def tells_of_damage(error: Exception) -> bool:
    """Whether one of `ERRORS` means that the content of a file is not what was written there."""
    if isinstance(error, sqlite3.ProgrammingError):
        return False
    # A text that is not UTF-8 has no code.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_THE_DISK


def has_damaged_header(path: Path) -> bool:
    """Whether SQLite would take a file for one of a later format, which it reads and never writes.

    Byte 18 is the format for writing, 1 or 2 (https://www.sqlite.org/fileformat.html, 1.3.3).
    Raises `OSError`.
    """
    with path.open("rb") as file:
        header = file.read(20)
    return header.startswith(b"SQLite format 3\0") and header[18:19] not in (b"\1", b"\2")
