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
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from retrieval.content import (
    KeptParagraphs,
    KnownContent,
    decoded_paragraphs,
    encoded_paragraphs,
)
from retrieval.places import places_of, places_text
from retrieval.release import DateSource
from retrieval.sources.draft import ReleaseDraft
from retrieval.sqlite_damage import ERRORS, tells_of_damage

LIBRARIES = ("mammoth", "markdown-it-py", "pypdf", "PyYAML", "selectolax")
"""The distributions that the readers read with."""

_TABLES = """
CREATE TABLE draft (
    key BLOB PRIMARY KEY,
    fields TEXT NOT NULL,      -- in JSON: all but the paragraphs
    paragraphs TEXT NOT NULL,  -- in JSON
    sum INTEGER NOT NULL
);
CREATE TABLE version (version TEXT NOT NULL);
"""
_DRAFTS = "SELECT key, CAST(fields AS BLOB), CAST(paragraphs AS BLOB), sum FROM draft"
_AT_ONCE = 500  # drafts written in a transaction, which are lost if a build is killed
# Of which drafts are made.
_CODE = ("sources", "text", "content.py", "places.py", "release.py", "timestamps.py")
# Of sources/web: what finds the sources of a site and fetches pages. What becomes of a page then,
# in the copy of its site and in a draft, is the work of the other modules.
_FETCHING = (
    "backoff",
    "bot_walls",
    "content_encoding",
    "discovery",
    "exploration",
    "fetching",
    "newsroom_links",
    "pacing",
    "requesting",
    "resolver",
    "robots",
    "user_agent",
)

_Row: TypeAlias = tuple[Any, ...]  # fields, paragraphs and sum, or what a damaged file has instead

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
        self._unused: dict[bytes, _Row] = {}

    def __enter__(self) -> "DraftCache":
        self._connection = self._opened() or self._made()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
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
        row = self._unused.pop(key, None) or self._found(key)  # it is no longer unused then
        if row and (draft := _draft(key, *row)):
            return draft
        draft = read()
        self._keep(key, draft)
        return draft

    def _found(self, key: bytes) -> _Row | None:
        """The row of a key that is new, or was asked for before."""
        with _damage(self._start_over):
            for _, *row in self._connection.execute(f"{_DRAFTS} WHERE key = ?", [key]):
                return tuple(row)
        return None

    def _keep(self, key: bytes, draft: ReleaseDraft) -> None:
        fields, paragraphs = _fields(draft), encoded_paragraphs(draft.paragraphs)
        values = key, fields, paragraphs, _sum(key, fields.encode(), paragraphs.encode())
        with _damage(self._start_over):
            self._connection.execute("INSERT OR REPLACE INTO draft VALUES (?,?,?,?)", values)
            self._written += 1
            if self._written % _AT_ONCE == 0:
                self._connection.commit()

    def _remove_unused(self) -> None:
        unused = ((key,) for key in self._unused)
        self._connection.executemany("DELETE FROM draft WHERE key = ?", unused)

    def _start_over(self) -> None:
        self._connection.close()
        self._connection = self._made()

    def _opened(self) -> sqlite3.Connection | None:
        """The file, once its drafts are fetched; None if it is to be made anew."""
        if self._anew or not self._path.exists():
            return None
        with _damage(lambda: None), closing(sqlite3.connect(self._path)) as connection:
            if connection.execute("SELECT version FROM version").fetchall() == [(self._version,)]:
                # All at once, since finding each by its key takes four times as long.
                self._unused = {key: tuple(row) for key, *row in connection.execute(_DRAFTS)}
                return sqlite3.connect(self._path)
        return None

    def _made(self) -> sqlite3.Connection:
        """A new file in place of what is there."""
        self._path.unlink(missing_ok=True)
        connection = sqlite3.connect(self._path)
        connection.executescript(f"BEGIN; {_TABLES}")
        connection.execute("INSERT INTO version VALUES (?)", [self._version])
        connection.commit()
        self._unused = {}
        return connection


@contextmanager
def _damage(mend: Callable[[], object]) -> Iterator[None]:
    """Go on after an error that tells of a damaged file, once it is mended."""
    try:
        yield
    except ERRORS as error:
        if not tells_of_damage(error):
            raise
        mend()


def readers_version() -> str:
    """What differs if any reader does: a hash of their code, and the versions of what they use."""
    package = Path(__file__).parents[1]
    fetching = {package / "sources" / "web" / f"{name}.py" for name in _FETCHING}
    digest = hashlib.sha256()
    for name in _CODE:
        for path in sorted([package / name, *(package / name).rglob("*")]):
            if path.is_file() and "__pycache__" not in path.parts and path not in fetching:
                digest.update(document_key(path.relative_to(package).as_posix(), path.read_bytes()))
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return "; ".join([digest.hexdigest(), f"Python {sys.version}", *versions])


def _fields(draft: ReleaseDraft) -> str:
    content = None
    if draft.title and draft.paragraphs:  # then they are those of the release
        content = KnownContent.of(draft.to_release(id="", source="", newsroom=None))
    return json.dumps(
        [
            draft.title,
            [content.own, content.paragraphs, content.exact.hex()] if content else None,
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


def _draft(key: bytes, fields: object, paragraphs: object, sum: object) -> ReleaseDraft | None:
    """The draft of a row; None if that is damaged."""
    if not isinstance(fields, bytes) or not isinstance(paragraphs, bytes):
        return None
    if _sum(key, fields, paragraphs) != sum:
        return None
    values: list[Any] = json.loads(fields.decode())
    title, content, date, url, newsroom, author, dateline, id, found_in, places, *others = values
    notes, unread = map(tuple, others)
    return ReleaseDraft(
        title,
        _paragraphs(paragraphs, title, author, content),
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


def _paragraphs(
    encoded: bytes, title: str, author: str | None, content: list[Any] | None
) -> Sequence[str]:
    if content is None:
        return decoded_paragraphs(encoded)
    own, count, exact = content
    return KeptParagraphs(encoded, KnownContent(title, author, own, count, bytes.fromhex(exact)))


def _sum(key: bytes, fields: bytes, paragraphs: bytes) -> int:
    """A checksum of a row: SQLite notices no changed byte of a value."""
    return zlib.crc32(paragraphs, zlib.crc32(fields, zlib.crc32(key)))
