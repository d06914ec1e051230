"""A copy of a SQLite file at one moment, while others write it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.private_files import private_file

_WAIT = 30.0  # seconds for another process


def snapshot(source: Path, target: Path) -> None:
    """Copy a SQLite file as it is at one moment, without what was deleted from it.

    The target is private, and replaces a file that is there. Raises `sqlite3.Error`, also for a
    source that is damaged, and `OSError`.
    """
    target.unlink(missing_ok=True)
    private_file(target)  # an empty file is what VACUUM INTO takes
    uri = f"{source.absolute().as_uri()}?mode=rw"  # no file is made of a wrong name
    with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", [str(target)])
