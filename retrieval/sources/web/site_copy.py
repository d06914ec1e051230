"""The copy of a site's releases: the pages as they were sent, and what is known of each.

    DATA/web/HOST-HASH/
      site.sqlite     the site, how far its lists were read, and its releases
      visits.sqlite   when each page is to be asked for again, and as which version
      pages/          what was sent, compressed, by the hash of the content
      pdfs.sqlite     the PDFs that releases link to (`pdf_copy`); pdf_visits.sqlite and pdfs/
                      are for them what visits.sqlite and pages/ are for pages

A page's file is complete on the disk before the database names it, so that an import can be killed
at any moment. Nothing here knows of the network.
"""

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from embeddings.errors import VerbatimError
from retrieval.sources.web.copy_database import CopyDatabase, format_of, stored_time
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_files import CopyUnusable, PageFiles
from retrieval.sources.web.site_plan import SitePlan
from retrieval.sources.web.source_progress import (
    PROGRESS_TABLE,
    SourceProgress,
    forget_named,
    prepare_named,
)
from retrieval.timestamps import parse_timestamp

SITES = "web"
VISITS = "visits.sqlite"
_DATABASE = "site.sqlite"
_PAGES = "pages"
_LOCK = "lock"
_FORMAT = 1
_HASH = 8  # hexadecimal digits of a folder's name
_SCHEMA = (
    """
    CREATE TABLE site (plan TEXT NOT NULL, added TEXT NOT NULL, read TEXT, failure TEXT NOT NULL)
    """,
    PROGRESS_TABLE,
    """
    CREATE TABLE release (
        key TEXT PRIMARY KEY,           -- its address, or what its source calls it
        address TEXT,
        title TEXT NOT NULL,            -- this and the next two: as the feed or list has them
        published TEXT,
        modified TEXT NOT NULL,
        page TEXT,                      -- where it was after redirects
        digest TEXT,                    -- of what was sent; NULL until then
        media_type TEXT NOT NULL DEFAULT '',
        charset TEXT NOT NULL DEFAULT '',
        fetched TEXT,
        failure TEXT NOT NULL DEFAULT '',
        gone TEXT                       -- since when its address has no page any more
    ) WITHOUT ROWID
    """,
)
_COLUMNS = (
    "key, address, title, published, modified, page, digest, media_type, charset, fetched, "
    "failure, gone"
)


class CopyBusy(VerbatimError):
    """Another process is reading the site into the copy."""

    def __init__(self, address: str) -> None:
        super().__init__(f"another process is reading {address}. Wait until it has finished")
        self.address = address


@dataclass(frozen=True, slots=True)
class CopiedRelease:
    """A release of a site, as far as it was copied.

    Attributes:
        key: its address, or what its source calls it if that gives none.
        address: where it is; None if its source does not say.
        title: as the feed or the list has it; empty if neither does.
        published: likewise.
        modified: what the source says of its last change.
        page: where it was after all redirects; None until it was fetched.
        digest: the hash of what was sent; None until then.
        media_type: of what was sent.
        charset: likewise, as the server named it.
        fetched: when it was sent.
        failure: why it could not be fetched the last time; empty if it could.
        gone: since when its address has no page any more; None if it has one.
    """

    key: str
    address: str | None
    title: str
    published: date | None
    modified: str
    page: str | None
    digest: str | None
    media_type: str
    charset: str
    fetched: datetime | None
    failure: str
    gone: datetime | None


@dataclass(frozen=True, slots=True)
class CopyStatus:
    """How far a copy is.

    Attributes:
        listed: how many releases the site's sources name.
        copied: how many of them are here.
        failed: how many could not be fetched, the last time that it was tried.
        gone: how many are here and no longer on the site.
        added: when the site was added.
        read: when it was last read to the end; None if it never was.
        failure: why it could not be read the last time; empty if it could.
    """

    listed: int
    copied: int
    failed: int
    gone: int
    added: datetime
    read: datetime | None
    failure: str


def copy_folder(data: Path, address: str) -> Path:
    """Where in a data folder the copy of a site is; ``address`` is canonical."""
    name = re.sub(r"[^a-z0-9.-]+", "-", address.partition("://")[2].partition("/")[0])
    return data / SITES / f"{name}-{hashlib.sha256(address.encode()).hexdigest()[:_HASH]}"


def is_site_copy(folder: Path) -> bool:
    """Whether a folder is the copy of a site."""
    return (folder / _DATABASE).is_file()


def delete_copy(folder: Path) -> None:
    """Delete the copy of a site; nothing else takes it for one in the meantime."""
    try:
        (folder / _DATABASE).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise CopyUnusable(folder, error.strerror or str(error)) from error


class SiteCopy:
    """The copy of a site in a folder. Use it as a context manager; each call is a transaction.

    Args:
        folder: the folder, which `create` made.
        now: tells the time in UTC.

    Attributes:
        plan: what is read of the site.
        progress: how far its sources were read.

    Every method raises `CopyUnusable`.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.folder = folder
        self._now = now
        self._files = PageFiles(folder / _PAGES)
        if not is_site_copy(folder):
            raise CopyUnusable(folder, "it is not there")
        self._database = CopyDatabase(folder, _DATABASE, _FORMAT)
        try:
            with self._database.reading() as connection:
                prepare_named(connection)
                self.plan = self._read_plan(connection)
        except BaseException:
            self._database.close()
            raise
        self.progress = SourceProgress(self._database, now)

    @classmethod
    def create(
        cls, folder: Path, plan: SitePlan, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> "SiteCopy":
        """Begin the copy of a site, or change the plan of the one that is there.

        With a new plan, what its sources named before counts no more.
        """
        try:
            (folder / _PAGES).mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise CopyUnusable(folder, error.strerror or str(error)) from error
        database = CopyDatabase(folder, _DATABASE, _FORMAT)
        try:
            with database.transaction() as connection:
                if format_of(connection) == 0:
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    connection.execute(
                        "INSERT INTO site (plan, added, failure) VALUES (?, ?, '')",
                        [plan.to_json(), stored_time(now())],
                    )
                    connection.execute(f"PRAGMA user_version = {_FORMAT}")
                else:
                    connection.execute("UPDATE site SET plan = ?, failure = ''", [plan.to_json()])
                    forget_named(connection)
        finally:
            database.close()
        return cls(folder, now)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process import into the copy. Raises `CopyBusy`."""
        lock = FileLock(self.folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise CopyBusy(self.plan.address) from error
        try:
            yield
        finally:
            lock.release()

    # -- the releases that the sources name

    def add(self, entries: Iterable[Entry]) -> list[Entry]:
        """Note what a source says of releases; return those that it says were modified."""
        modified = list[Entry]()
        with self._database.transaction() as connection:
            for entry in entries:
                row = connection.execute(
                    "SELECT modified FROM release WHERE key = ?", [entry.key]
                ).fetchone()
                published = entry.published.isoformat() if entry.published else None
                if row is None:
                    connection.execute(
                        "INSERT INTO release (key, address, title, published, modified) "
                        "VALUES (?, ?, ?, ?, ?)",
                        [entry.key, entry.address, entry.title, published, entry.modified],
                    )
                    continue
                if entry.modified and entry.modified != row[0]:
                    modified.append(entry)
                connection.execute(
                    "UPDATE release SET title = coalesce(nullif(?, ''), title), "
                    "published = coalesce(?, published), "
                    "modified = coalesce(nullif(?, ''), modified) WHERE key = ?",
                    [entry.title, published, entry.modified, entry.key],
                )
        return modified

    def release(self, key: str) -> CopiedRelease | None:
        """A release, if it is known."""
        return next(self._select("WHERE key = ?", [key]), None)

    def releases(self) -> Iterator[CopiedRelease]:
        """The releases that are here, in the order of their keys."""
        return self._select("WHERE digest IS NOT NULL ORDER BY key")

    def failures(self) -> list[CopiedRelease]:
        """The releases that could not be fetched the last time."""
        return list(self._select("WHERE failure != '' ORDER BY key"))

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that are known."""
        with self._database.reading() as connection:
            find = "SELECT 1 FROM release WHERE key = ?"
            return {key for key in keys if connection.execute(find, [key]).fetchone()}

    # -- their pages

    def store(self, key: str, page: Page) -> bool:
        """Keep what was sent for a release; return whether it is another content than before."""
        digest = self._files.write(page.body)
        with self._database.transaction() as connection:
            row = connection.execute("SELECT digest FROM release WHERE key = ?", [key]).fetchone()
            before = row[0] if row else None
            connection.execute(
                "UPDATE release SET page = ?, digest = ?, media_type = ?, charset = ?, "
                "fetched = ?, failure = '', gone = NULL WHERE key = ?",
                [
                    page.address,
                    digest,
                    page.media_type,
                    page.charset,
                    stored_time(self._now()),
                    key,
                ],
            )
            replaced = before if before != digest else None
            # Only where something was replaced, since this looks through all releases.
            named = "SELECT 1 FROM release WHERE digest = ? LIMIT 1"
            if replaced and connection.execute(named, [replaced]).fetchone():
                replaced = None
        if replaced:
            self._files.remove(replaced)
        return before != digest

    def unchanged(self, key: str) -> None:
        """Note that a release's page is as it was."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE release SET failure = '', gone = NULL WHERE key = ?", [key])

    def fail(self, key: str, reason: str, *, gone: bool = False) -> None:
        """Note why a page could not be fetched; what is here of it stays."""
        since = stored_time(self._now()) if gone else None
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE release SET failure = ?, gone = coalesce(gone, ?) WHERE key = ?",
                [reason, since, key],
            )

    def has_page(self, key: str) -> bool:
        """Whether what was sent for a release is here."""
        found = self.release(key)
        return bool(found and found.digest and self._files.has(found.digest))

    def page(self, release: CopiedRelease) -> Page:
        """What was sent for a release.

        Raises:
            ValueError: if its file is missing or damaged.
        """
        body = self._files.read(release.digest or "")
        address = release.page or release.address or ""
        return Page(
            asked=release.address or address,
            address=address,
            body=body,
            media_type=release.media_type,
            charset=release.charset,
            headers={},
        )

    # -- the site

    def was_read(self, failure: str = "") -> None:
        """Note that the site was read to its end, or why it was not."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE site SET failure = ?, read = coalesce(?, read)",
                [failure, None if failure else stored_time(self._now())],
            )

    def status(self) -> CopyStatus:
        """How far the copy is."""
        with self._database.reading() as connection:
            listed, copied, failed, gone = connection.execute(
                "SELECT count(*), count(digest), coalesce(sum(failure != ''), 0), "
                "coalesce(sum(gone IS NOT NULL AND digest IS NOT NULL), 0) FROM release"
            ).fetchone()
            site = connection.execute("SELECT added, read, failure FROM site").fetchone()
        with self._database.parsing():
            added, read, failure = site
            when = parse_timestamp(read) if read else None
            since = parse_timestamp(added)
        return CopyStatus(listed, copied, failed, gone, since, when, failure)

    def _read_plan(self, connection: sqlite3.Connection) -> SitePlan:
        row = connection.execute("SELECT plan FROM site").fetchone()
        try:
            return SitePlan.from_json(row[0])
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
            raise CopyUnusable(self.folder, "its record of the site is damaged") from error

    def _select(self, condition: str, values: Sequence[object] = ()) -> Iterator[CopiedRelease]:
        with self._database.reading() as connection:
            query = f"SELECT {_COLUMNS} FROM release {condition}"
            rows = connection.execute(query, values).fetchall()
        return self._parsed(rows)

    def _parsed(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[CopiedRelease]:
        for row in rows:
            with self._database.parsing():
                release = _release(row)
            yield release


def _release(row: tuple[Any, ...]) -> CopiedRelease:
    key, address, title, published, modified, page, digest, media_type, charset, *rest = row
    fetched, failure, gone = rest
    texts = (key, title, modified, media_type, charset, failure)
    if not all(isinstance(each, str) for each in texts) or not all(
        isinstance(each, str | None) for each in (address, page, digest)
    ):
        raise TypeError("a text is none")
    return CopiedRelease(
        key=key,
        address=address,
        title=title,
        published=date.fromisoformat(published) if published else None,
        modified=modified,
        page=page,
        digest=digest,
        media_type=media_type,
        charset=charset,
        fetched=parse_timestamp(fetched) if fetched else None,
        failure=failure,
        gone=parse_timestamp(gone) if gone else None,
    )
