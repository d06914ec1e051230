"""The PDFs that the releases of a site link to: where they are linked, and what they say.

They are kept in the folder of the site's copy (`site_copy`), in files of their own. Which release a
PDF belongs to is known only once all of them are here: one that several link to belongs to none.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Self

from retrieval.release import AttachedDocument, Place
from retrieval.sources.attachments import (
    MAX_ATTACHMENTS,
    READING,
    pdf_name,
    read_attachment,
    shown_name,
)
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.web.copy_database import CopyDatabase, format_of
from retrieval.sources.web.entries import is_same_site
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_files import PageFiles
from retrieval.sources.web.page_links import PdfLink
from retrieval.sources.web.site_copy import CopiedRelease
from retrieval.sources.web.site_plan import SitePlan

PDF_VISITS = "pdf_visits.sqlite"
_DATABASE = "pdfs.sqlite"
_FILES = "pdfs"
_FORMAT = 1
_SCHEMA = (
    """
    CREATE TABLE noted (
        release TEXT PRIMARY KEY,
        digest TEXT NOT NULL            -- of the page whose links these are
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE link (
        release TEXT NOT NULL,
        position INTEGER NOT NULL,      -- among the links of the release, from 0
        address TEXT NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (release, position)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX link_address ON link (address)",
    """
    CREATE TABLE pdf (
        address TEXT PRIMARY KEY,
        name TEXT,                      -- of the file, if it has one
        digest TEXT,                    -- of what was sent; NULL until then
        fetched TEXT,
        failure TEXT NOT NULL DEFAULT '',
        reading INTEGER,                -- which reading this is: `attachments.READING`
        text TEXT,                      -- [[paragraph, page], …]
        refusal TEXT                    -- why it has no text
    ) WITHOUT ROWID
    """,
)


@dataclass(frozen=True, slots=True)
class LinkedPdf:
    """A PDF that one release alone links to.

    Attributes:
        address: where, in canonical form.
        name: what it is called.
        digest: of what was sent; None if it was not fetched.
        failure: why it could not be fetched the last time; empty if it could.
    """

    address: str
    name: str
    digest: str | None
    failure: str

    @property
    def document(self) -> AttachedDocument:
        """What it is for the reader."""
        return AttachedDocument(self.name, self.address)


@dataclass(frozen=True, slots=True)
class LinkedPdfs:
    """What the releases of a site link to.

    Attributes:
        of: by the key of each release that has any: its attachments, in the order of its links.
        shared: the addresses of PDFs that belong to none, because several releases link to them.
        elsewhere: the addresses of PDFs on hosts from which none is read.
        too_many: the keys of releases that link to more PDFs than are read.
    """

    of: Mapping[str, Sequence[LinkedPdf]]
    shared: Sequence[str]
    elsewhere: Sequence[str]
    too_many: Sequence[str]


class PdfCopy:
    """The PDFs of a site's copy. Use it as a context manager; each call is a transaction.

    Args:
        folder: the folder of the copy.
        now: tells the time in UTC.

    Every method raises `CopyUnusable`.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._now = now
        self._files = PageFiles(folder / _FILES)
        self._database = CopyDatabase(folder, _DATABASE, _FORMAT)
        try:
            with self._database.transaction() as connection:
                if format_of(connection) == 0:
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_FORMAT}")
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    # -- which PDFs there are

    def unnoted(self, releases: Iterable[CopiedRelease]) -> list[CopiedRelease]:
        """Those of the releases whose links, in their present form, are not known."""
        with self._database.reading() as connection:
            noted = dict(connection.execute("SELECT release, digest FROM noted").fetchall())
        return [each for each in releases if noted.get(each.key) != each.digest]

    def note(self, release: CopiedRelease, links: Sequence[PdfLink]) -> None:
        """Note what a release links to."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM link WHERE release = ?", [release.key])
            connection.executemany(
                "INSERT INTO link (release, position, address, label) VALUES (?, ?, ?, ?)",
                (
                    (release.key, position, link.address, link.text)
                    for position, link in enumerate(links)
                ),
            )
            connection.execute(
                "INSERT OR REPLACE INTO noted (release, digest) VALUES (?, ?)",
                [release.key, release.digest],
            )

    def linked(self, plan: SitePlan, releases: Iterable[str]) -> LinkedPdfs:
        """What the releases link to.

        Args:
            plan: that of the site, which says from which hosts PDFs are read.
            releases: the keys of all releases of the site: a PDF that is one is no attachment.
        """
        keys = set(releases)
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT release, link.address, label, name, digest, coalesce(failure, '') "
                "FROM link LEFT JOIN pdf USING (address) ORDER BY release, position"
            ).fetchall()
        by_address, by_digest = dict[str, set[str]](), dict[str, set[str]]()
        for release, address, _, _, digest, _ in rows:
            by_address.setdefault(address, set()).add(release)
            by_digest.setdefault(digest or address, set()).add(release)
        found: dict[str, list[LinkedPdf]] = {}
        shared, elsewhere = dict[str, None](), dict[str, None]()
        for release, address, label, name, digest, failure in rows:
            if release not in keys or address in keys:
                continue
            if len(by_address[address]) > 1 or len(by_digest[digest or address]) > 1:
                shared[address] = None
            elif not _may_be_read(address, plan, release):
                elsewhere[address] = None
            else:
                shown = name or shown_name(label) or "PDF"
                found.setdefault(release, []).append(LinkedPdf(address, shown, digest, failure))
        return LinkedPdfs(
            of={release: pdfs[:MAX_ATTACHMENTS] for release, pdfs in found.items()},
            shared=tuple(shared),
            elsewhere=tuple(elsewhere),
            too_many=tuple(key for key, pdfs in found.items() if len(pdfs) > MAX_ATTACHMENTS),
        )

    # -- what they are

    def has(self, address: str) -> bool:
        """Whether what was sent for a PDF is here."""
        digest = self._digest(address)
        return bool(digest and self._files.has(digest))

    def store(self, address: str, page: Page) -> bool:
        """Keep what was sent for a PDF; return whether it is another content than before."""
        before = self._digest(address)
        digest = self._files.write(page.body)
        name = pdf_name(address) or pdf_name(page.address) or _name_in_header(page)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO pdf (address, name, digest, fetched) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (address) DO UPDATE SET name = excluded.name, "
                "reading = iif(digest = excluded.digest, reading, NULL), "
                "digest = excluded.digest, fetched = excluded.fetched, failure = ''",
                [address, name, digest, self._now().isoformat(timespec="seconds")],
            )
            shared = connection.execute(
                "SELECT 1 FROM pdf WHERE digest = ? LIMIT 1", [before]
            ).fetchone()
        if before and not shared:
            self._files.remove(before)
        return before != digest

    def unchanged(self, address: str) -> None:
        """Note that a PDF is as it was."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE pdf SET failure = '' WHERE address = ?", [address])

    def fail(self, address: str, reason: str) -> None:
        """Note why a PDF could not be fetched; what is here of it stays."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO pdf (address, failure) VALUES (?, ?) "
                "ON CONFLICT (address) DO UPDATE SET failure = excluded.failure",
                [address, reason],
            )

    def text(self, pdf: LinkedPdf) -> ReleaseDraft:
        """What a PDF has to read, as `read_attachment`. It is read once, and then remembered.

        Raises:
            ValueError: if it was not fetched or cannot be read; says why.
        """
        if not pdf.digest:
            raise ValueError(pdf.failure or "it was not fetched yet")
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT text, refusal FROM pdf WHERE address = ? AND digest = ? AND reading = ?",
                [pdf.address, pdf.digest, READING],
            ).fetchone()
        text, refusal = row or self._read(pdf)
        if text is None:
            raise ValueError(refusal)
        with self._database.parsing():
            rows: list[tuple[str, int]] = json.loads(text)
            places = tuple(Place(page) for _, page in rows)
            paragraphs = tuple(each for each, _ in rows)
        return ReleaseDraft("", paragraphs, places=places)

    def _read(self, pdf: LinkedPdf) -> tuple[str | None, str | None]:
        """Read a PDF, and remember its text, or why it has none."""
        data = self._files.read(pdf.digest or "")
        text, refusal = None, None
        try:
            found = read_attachment(data)
        except ValueError as error:
            refusal = str(error)
        else:
            pages = (place.page for place in found.places)
            rows = list(zip(found.paragraphs, pages, strict=True))
            text = json.dumps(rows)
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE pdf SET reading = ?, text = ?, refusal = ? "
                "WHERE address = ? AND digest = ?",
                [READING, text, refusal, pdf.address, pdf.digest],
            )
        return text, refusal

    def _digest(self, address: str) -> str | None:
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT digest FROM pdf WHERE address = ?", [address]
            ).fetchone()
        return row[0] if row else None


def _may_be_read(address: str, plan: SitePlan, release: str) -> bool:
    """Whether a PDF is on the site, on the release's host, or on a host that the plan names."""
    sites = (plan.address, release, *(f"https://{host}/" for host in plan.pdf_hosts))
    return any(is_same_site(address, site) for site in sites)


def _name_in_header(page: Page) -> str | None:
    """The name of the file in the header that came with it (RFC 6266)."""
    message = Message()
    message["Content-Disposition"] = page.headers.get("content-disposition", "")
    name = message.get_filename()
    return shown_name(name) if name else None
