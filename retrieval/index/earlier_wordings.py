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
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

from retrieval.errors import HistoryNewer
from retrieval.index.database import storable
from retrieval.release import Release
from retrieval.sqlite_damage import ERRORS, has_damaged_header, tells_of_damage
from retrieval.timestamps import parse_timestamp

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
_MAX_NUMBER = 2**53

_Row: TypeAlias = tuple[str, str, int, bytes]  # release, replaced, size and text


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


class StoredWording(NamedTuple):
    """An earlier wording as it is stored.

    ``number`` counts them, ``release`` is the id of the release, ``replaced`` the time in ISO 8601,
    ``size`` the number of its characters, and ``text``
    title and paragraphs in JSON, compressed.
    """

    number: int
    release: str
    replaced: str
    size: int
    text: bytes

    def read(self) -> EarlierWording:
        """What it is. Raises `ValueError` or `sqlite3.DatabaseError` where it is damaged."""
        return EarlierWording(_unpacked(self.text), parse_timestamp(self.replaced))


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
        Where a damaged file was put, in place of which is one with what can be read of it; None if
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
    _record(path, changes, releases, now, _readable(aside, releases))
    return aside


def earlier_wordings(data: Path, id: str, now: Wording) -> tuple[EarlierWording, ...]:
    """The earlier wordings of a release, the latest first; ``now`` is what it says.

    A wording that cannot be read is left out, and a file that cannot be read has none: the log
    names it.
    """
    path = data / HISTORY
    if not path.exists():
        return ()
    try:
        with _opened(path) as connection:
            found = [] if _is_new(connection, path) else [*_wordings(connection, path, id)]
    except (sqlite3.Error, HistoryNewer, ValueError) as error:
        log.error("the earlier wordings in %s cannot be read: %s", path, error)
        return ()
    return without_unpublished(found, now)


def without_unpublished(
    found: Sequence[EarlierWording], now: Wording
) -> tuple[EarlierWording, ...]:
    """Earlier wordings, the latest first, without one that the release still has."""
    return tuple(found[1:] if found and found[0].wording == now else found)


def stored_wordings(data: Path) -> list[StoredWording]:
    """All earlier wordings of a data folder, as they are stored, in the order of their times.

    Raises one of `retrieval.sqlite_damage.ERRORS` where they cannot be read.
    """
    path = data / HISTORY
    if not path.exists():
        return []
    with _opened(path) as connection:
        if _is_new(connection, path):
            return []
        rows = connection.execute(
            "SELECT number, release, replaced, size, text FROM wording ORDER BY number"
        )
        return [StoredWording(*row) for row in rows]


def store_wordings(data: Path, wordings: Iterable[StoredWording]) -> None:
    """Make these the earlier wordings of a data folder, in place of those that it has."""
    (data / HISTORY).unlink(missing_ok=True)
    rows = list(wordings)
    if not rows:
        return
    with _opened(data / HISTORY) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in filter(str.strip, _SCHEMA.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.executemany(
            "INSERT INTO wording (number, release, replaced, size, text) VALUES (?,?,?,?,?)", rows
        )


def _put_aside(path: Path) -> Path:
    """Rename a file that cannot be read. Those put aside before it stay."""
    aside, number = path.with_suffix(".damaged"), 1
    while aside.exists():
        number += 1
        aside = path.with_suffix(f".damaged-{number}")
    return path.replace(aside)


def _readable(path: Path, releases: Collection[str]) -> list[_Row]:
    """The rows of a damaged file that are as they were written, in the order of their times.

    They are those before a damage, those after it, and those that are found by their releases.
    """
    rows = dict[_Row, int]()
    found = "SELECT number, release, replaced, text FROM wording"
    queries = [
        (f"{found} ORDER BY number", ()),
        (f"{found} ORDER BY number DESC", ()),
        *((f"{found} WHERE release = ?", (storable(id),)) for id in releases),
    ]
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.text_factory = bytes  # of which some may be no text
        for query, values in queries:
            with suppress(*ERRORS):
                for number, id, replaced, text in connection.execute(query, values):
                    with suppress(sqlite3.DatabaseError, ValueError, AttributeError):
                        size, time = _size(_unpacked(text)), parse_timestamp(replaced.decode())
                        row = id.decode(), _timestamp(time), size, text
                        rows[row] = number if _is_number(number) else _MAX_NUMBER
    return sorted(rows, key=lambda row: (row[1], rows[row]))


def _is_number(value: object) -> bool:
    """Whether a file has counted so far: after the highest number, SQLite gives out any other."""
    return isinstance(value, int) and 0 < value <= _MAX_NUMBER


def _size(wording: Wording) -> int:
    """How many characters a wording has."""
    return len(wording.title) + sum(map(len, wording.paragraphs))


def _record(
    path: Path,
    changes: Sequence[WordingChange],
    releases: Collection[str],
    now: datetime,
    rows: Sequence[_Row] = (),
) -> None:
    """Record changes in a file, which has these ``rows`` first if it is new."""
    known = {storable(id) for id in releases}
    if path.exists() and has_damaged_header(path):
        raise sqlite3.DatabaseError("its header is damaged")
    with _opened(path) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection, path):
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
            connection.executemany(
                "INSERT INTO wording (release, replaced, size, text) VALUES (?,?,?,?)", rows
            )
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(str(found))
        last, numbered, count = connection.execute(
            "SELECT max(number), count(number), count(*) FROM wording NOT INDEXED"
        ).fetchone()
        if count and not (_is_number(last) and numbered == count):
            raise sqlite3.DatabaseError(f"{last!r} is not the number of a wording")
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
    size = _size(before)
    if size > MAX_SIZE:
        return
    connection.execute(
        "INSERT INTO wording (release, replaced, size, text) VALUES (?,?,?,?)",
        [id, _timestamp(now), size, _packed(before)],
    )
    rows = connection.execute(
        "SELECT number, size FROM wording WHERE release = ? ORDER BY number DESC", [id]
    ).fetchall()
    total = 0
    for position, (number, size) in enumerate(rows):
        if not isinstance(size, int) or not 0 <= size <= MAX_SIZE:
            raise sqlite3.DatabaseError(f"{size!r} is not the size of a wording")
        total += size
        if position >= MAX_WORDINGS or total > MAX_SIZE:
            connection.execute("DELETE FROM wording WHERE number = ?", [number])


def _wordings(connection: sqlite3.Connection, path: Path, id: str) -> Iterator[EarlierWording]:
    """The latest first."""
    rows = connection.execute(
        # As bytes: where one is damaged, the others are still read.
        "SELECT CAST(replaced AS BLOB), CAST(text AS BLOB) FROM wording WHERE release = ? "
        "ORDER BY number DESC",
        [storable(id)],
    )
    for replaced, text in rows.fetchall():
        try:
            yield EarlierWording(_unpacked(text), parse_timestamp(bytes(replaced or b"").decode()))
        except (sqlite3.DatabaseError, ValueError) as error:
            log.error("an earlier wording in %s cannot be read: %s", path, error)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _packed(wording: Wording) -> bytes:
    text = json.dumps([wording.title, *wording.paragraphs])
    return zlib.compress(text.encode())


def _unpacked(text: bytes) -> Wording:
    """The wording of `_packed`. Raises `sqlite3.DatabaseError` where it is damaged."""
    try:
        title, *paragraphs = json.loads(zlib.decompress(text))
    except (zlib.error, ValueError, TypeError, RecursionError) as error:
        raise sqlite3.DatabaseError(str(error)) from error
    if not all(isinstance(each, str) for each in (title, *paragraphs)):
        raise sqlite3.DatabaseError("a wording is not a list of texts")
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
