"""What the readers made of documents, kept so that a build reads only those that are new.

A document is known by a hash of its bytes: one that changed is another document, whatever its name
and its date say. All that is kept is of one version of the readers; with another version everything
is read anew. Whatever is missing or damaged here is read anew too, so the file may be deleted at
any time.
"""

import datetime
import hashlib
import importlib.metadata
import json
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from retrieval.places import places_of, places_text
from retrieval.release import DateSource
from retrieval.sources.draft import ReleaseDraft

LIBRARIES = ("mammoth", "markdown-it-py", "pypdf", "PyYAML", "selectolax")
"""The distributions that the readers read with."""

_TABLES = """
CREATE TABLE IF NOT EXISTS draft (key BLOB PRIMARY KEY, fields TEXT NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS version (version TEXT NOT NULL);
"""
_DRAFTS = "SELECT key, CAST(fields AS BLOB), sum FROM draft"
_AT_ONCE = 500  # drafts written in a transaction: so many are lost at most if a build is killed
_FOLDERS = ("sources", "text")
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

Read: TypeAlias = Callable[[], ReleaseDraft]
Drafts: TypeAlias = Callable[[bytes, Read], ReleaseDraft]
"""Gives the draft of the document with a hash, which it may read with the function given."""


def read_anew(key: bytes, read: Read) -> ReleaseDraft:
    """Read a document, whatever its hash."""
    return read()


def document_key(*parts: bytes | str) -> bytes:
    """The hash of what a draft is made of: what kind of document it is, and its content."""
    digest = hashlib.blake2b(digest_size=20)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big"))  # the parts cannot run into each other
        digest.update(content)
    return digest.digest()


class DraftCache:
    """The drafts of a file, which is made if there is none, and written when the context is left.

    At its end without an exception, drafts that were not asked for are removed. Errors of the disk
    are `sqlite3.OperationalError`.

    Args:
        path: the file.
        version: of the readers.
        anew: forget what is there.
    """

    def __init__(self, path: Path, version: str, *, anew: bool = False) -> None:
        self._path = path
        self._version = version
        self._anew = anew
        self._written = 0
        self._unused: dict[bytes, tuple[object, object]] = {}

    def __enter__(self) -> "DraftCache":
        with _damage(lambda: self._path.unlink()):
            self._connection = self._opened()
            return self
        self._connection = self._opened()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with _damage(self._start_over):
                if kind is None:
                    self._remove_unused()
                self._connection.commit()
        except sqlite3.OperationalError:
            if kind is None:
                raise
        finally:
            self._connection.close()

    def draft(self, key: bytes, read: Read) -> ReleaseDraft:
        """The draft with a key, as `Drafts`: kept from before, or read now."""
        if fields := self._known(key):
            return _draft(fields)
        draft = read()
        self._keep(key, _fields(draft))
        return draft

    def _known(self, key: bytes) -> bytes | None:
        """What is kept under a key, unless it is damaged. It is no longer unused then."""
        fields, sum = self._unused.pop(key) if key in self._unused else self._found(key)
        return fields if isinstance(fields, bytes) and _sum(key, fields) == sum else None

    def _found(self, key: bytes) -> tuple[object, object]:
        """What is kept under a key that is new, or was asked for before."""
        with _damage(self._start_over):
            for _, fields, sum in self._connection.execute(f"{_DRAFTS} WHERE key = ?", [key]):
                return fields, sum
        return None, None

    def _keep(self, key: bytes, fields: str) -> None:
        with _damage(self._start_over):
            values = key, fields, _sum(key, fields.encode())
            self._connection.execute("INSERT OR REPLACE INTO draft VALUES (?,?,?)", values)
            self._written += 1
            if self._written % _AT_ONCE == 0:
                self._connection.commit()

    def _remove_unused(self) -> None:
        unused = ((key,) for key in self._unused)
        self._connection.executemany("DELETE FROM draft WHERE key = ?", unused)

    def _start_over(self) -> None:
        self._connection.close()
        self._path.unlink()
        self._connection = self._opened()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        try:
            connection.executescript(_TABLES)
            found = connection.execute("SELECT version FROM version").fetchall()
            if self._anew or found != [(self._version,)]:
                connection.execute("DELETE FROM draft")
                connection.execute("DELETE FROM version")
                connection.execute("INSERT INTO version VALUES (?)", [self._version])
                connection.commit()
            # All at once: one by one, this would take longer than all else that is done with them.
            rows = connection.execute(_DRAFTS)
            self._unused = {key: (fields, sum) for key, fields, sum in rows}
        except (sqlite3.Error, UnicodeDecodeError):
            connection.close()
            raise
        return connection


@contextmanager
def _damage(mend: Callable[[], object]) -> Iterator[None]:
    """Go on after an error that tells of a damaged file, once it is mended."""
    try:
        yield
    except UnicodeDecodeError:  # of the message that tells of the damage
        mend()
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        # A text that is not UTF-8 has no code.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK:
            raise
        mend()


def readers_version() -> str:
    """What differs if any reader does: a hash of their code, and the versions of what they use."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted((package / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(document_key(path.relative_to(package).as_posix(), path.read_bytes()))
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return "; ".join([digest.hexdigest(), f"Python {sys.version}", *versions])


def _fields(draft: ReleaseDraft) -> str:
    return json.dumps(
        [
            draft.title,
            draft.paragraphs,
            draft.date.isoformat() if draft.date else None,
            draft.url,
            draft.newsroom,
            draft.author,
            draft.dateline,
            draft.id,
            draft.date_source,
            places_text(draft.places),
            draft.notes,
            draft.unread,
        ]
    )


def _draft(fields: bytes) -> ReleaseDraft:
    values: list[Any] = json.loads(fields.decode())
    title, paragraphs, date, url, newsroom, author, dateline, id, found_in, places, *others = values
    notes, unread = map(tuple, others)
    return ReleaseDraft(
        title,
        tuple(paragraphs),
        datetime.date.fromisoformat(date) if date else None,
        url,
        newsroom,
        author,
        dateline,
        id,
        DateSource(found_in) if found_in else None,
        places_of(places),
        notes,
        unread,
    )


def _sum(key: bytes, fields: bytes) -> int:
    """A checksum of a row: SQLite notices no changed byte of a value."""
    return zlib.crc32(fields, zlib.crc32(key))
