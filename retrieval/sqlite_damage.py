"""Which errors of SQLite tell of a damaged file, and which of the disk or of another process."""

import sqlite3

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
