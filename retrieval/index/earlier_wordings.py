"""The earlier wordings of releases, in a file beside the generations.

A build writes it before it publishes: the wording that a changed release has in the current
generation, and when the change was seen. So no change is lost if a build is killed in between. What
it wrote is then no earlier wording yet: the latest one is the one that the release still has. It is
left out by `earlier_wordings`, and deleted by the next build that changes the release. Nothing here
depends on the format of the index, on its model or on its segments.
"""

import json
import logging
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from retrieval.errors import HistoryNewer
from retrieval.index.database import storable
from retrieval.release import Release
from retrieval.sqlite_damage import ERRORS, tells_of_damage

log = logging.getLogger(__name__)

HISTORY = "history.sqlite"
MAX_WORDINGS = 20
"""How many earlier wordings of a release are kept: the latest ones."""
MAX_SIZE = 5_000_000
"""How many characters they may have together.

A longer one is not kept: the change that led to it and the one that replaced it then appear as one
change, with the time of the former.
"""

_FORMAT = 1
_SCHEMA = """
CREATE TABLE wording (
    number INTEGER PRIMARY KEY,
    release TEXT NOT NULL,      -- its id
    replaced TEXT NOT NULL,     -- when the change was seen, in UTC
    size INTEGER NOT NULL,      -- characters
    text BLOB NOT NULL          -- title and paragraphs in JSON, compressed
);
CREATE INDEX wording_release ON wording (release, number);
"""
_WAIT = 10.0  # seconds for another process


@dataclass(frozen=True, slots=True)
class Wording:
    """What a release says. Attachments are no part of it: they are documents of their own."""

    title: str
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, release: Release) -> "Wording":
        """The wording of a release."""
        return cls(release.title, tuple(release.own_paragraphs))


@dataclass(frozen=True, slots=True)
class EarlierWording:
    """What a release said until a build saw another wording, at the time ``replaced``, in UTC."""

    wording: Wording
    replaced: datetime


@dataclass(frozen=True, slots=True)
class WordingChange:
    """A release whose text is another one in the next generation.

    Attributes:
        id: of the release.
        before: what it says in the current generation.
        is_kept: whether that is kept; it is not where only the form of the text changed.
    """

    id: str
    before: Wording
    is_kept: bool


def record_changes(
    data: Path,
    changes: Sequence[WordingChange],
    releases: Collection[str],
    now: datetime,
) -> Path | None:
    """Keep the wordings that the next generation replaces, in one transaction.

    Args:
        data: the data folder.
        changes: what changes.
        releases: the ids of all releases of both generations, and of their copies: what is kept of
            others is deleted.
        now: when the changes were seen.

    Returns:
        Where a file was put that cannot be read, and in place of which a new one was begun; None if
        there was none.

    Raises:
        HistoryNewer: if a newer version of Verbatim wrote the file.
        sqlite3.OperationalError: if it cannot be written.
    """
    path = data / HISTORY
    if not path.exists() and not any(each.is_kept for each in changes):
        return None
    try:
        _record(path, changes, releases, now)
    except ERRORS as error:
        if not tells_of_damage(error):
            raise
    else:
        return None
    aside = _put_aside(path)
    _record(path, changes, releases, now)
    return aside


def earlier_wordings(data: Path, id: str, now: Wording) -> tuple[EarlierWording, ...]:
    """The earlier wordings of a release, the latest first; ``now`` is what it says.

    A file that cannot be read has none, and is named in the log.
    """
    path = data / HISTORY
    if not path.exists():
        return ()
    try:
        with _opened(path) as connection:
            found = [] if _is_new(connection, path) else [*_wordings(connection, id)]
    except (sqlite3.Error, HistoryNewer, ValueError) as error:
        log.error("the earlier wordings in %s cannot be read: %s", path, error)
        return ()
    return tuple(found[1:] if found and found[0].wording == now else found)


def _put_aside(path: Path) -> Path:
    """Rename a file that cannot be read. Those put aside before it stay."""
    aside, number = path.with_suffix(".damaged"), 1
    while aside.exists():
        number += 1
        aside = path.with_suffix(f".damaged-{number}")
    return path.replace(aside)


def _record(
    path: Path, changes: Sequence[WordingChange], releases: Collection[str], now: datetime
) -> None:
    known = {storable(id) for id in releases}
    with _opened(path) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection, path):
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        ids = connection.execute("SELECT DISTINCT release FROM wording").fetchall()
        gone = [(id,) for (id,) in ids if id not in known]
        connection.executemany("DELETE FROM wording WHERE release = ?", gone)
        for change in changes:
            _delete_unpublished(connection, change)
            if change.is_kept:
                _keep(connection, change, now)


def _delete_unpublished(connection: sqlite3.Connection, change: WordingChange) -> None:
    """Take away what a build wrote that was stopped before it published."""
    rows = connection.execute(
        "SELECT number, text FROM wording WHERE release = ? ORDER BY number DESC LIMIT 1",
        [storable(change.id)],
    )
    for number, text in rows.fetchall():
        if _unpacked(text) == change.before:
            connection.execute("DELETE FROM wording WHERE number = ?", [number])


def _keep(connection: sqlite3.Connection, change: WordingChange, now: datetime) -> None:
    """Keep a wording unless it is too long, and delete the oldest ones that are too many."""
    id, before = storable(change.id), change.before
    size = len(before.title) + sum(map(len, before.paragraphs))
    if size > MAX_SIZE:
        return
    connection.execute(
        "INSERT INTO wording (release, replaced, size, text) VALUES (?,?,?,?)",
        [id, now.astimezone(UTC).isoformat(timespec="seconds"), size, _packed(before)],
    )
    rows = connection.execute(
        "SELECT number, size FROM wording WHERE release = ? ORDER BY number DESC", [id]
    ).fetchall()
    total = 0
    for position, (number, size) in enumerate(rows):
        total += size
        if position >= MAX_WORDINGS or total > MAX_SIZE:
            connection.execute("DELETE FROM wording WHERE number = ?", [number])


def _wordings(connection: sqlite3.Connection, id: str) -> Iterator[EarlierWording]:
    """The latest first."""
    rows = connection.execute(
        "SELECT replaced, text FROM wording WHERE release = ? ORDER BY number DESC",
        [storable(id)],
    )
    for replaced, text in rows.fetchall():
        yield EarlierWording(_unpacked(text), datetime.fromisoformat(replaced))


def _packed(wording: Wording) -> bytes:
    text = json.dumps([wording.title, *wording.paragraphs])
    return zlib.compress(text.encode())


def _unpacked(text: bytes) -> Wording:
    """The wording of `_packed`. Raises `sqlite3.DatabaseError` where it is damaged."""
    try:
        title, *paragraphs = json.loads(zlib.decompress(text))
    except (zlib.error, ValueError, TypeError) as error:
        raise sqlite3.DatabaseError(str(error)) from error
    return Wording(title, tuple(paragraphs))


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file has no tables yet. Raises `HistoryNewer`."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > _FORMAT:
        raise HistoryNewer(path)
    return bool(found == 0)
