"""Which PDFs beside the saved pages of a folder are attachments of releases.

A PDF is one if a page links to it, at the same place relative to the page as it has on the disk. If
several pages do, it is a form or a press kit and belongs to none of them.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from retrieval.release import AttachedDocument
from retrieval.sources.attachments import MAX_ATTACHMENTS, pdf_name, shown_name
from retrieval.sources.walk import SourceFile, real_path
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_links import pdf_links
from retrieval.sources.web.web_document import WebDocument

_PAGES = (".html", ".htm", ".xhtml")
_MAX_LINKING = 20  # pages: what is linked on more is the site's, in whatever part of the page
_HREF = re.compile(
    rb"""\bhref\s{0,9}=\s{0,9}(?:"([^"]{1,2048})"|'([^']{1,2048})'|([^\s"'>]{1,2048}))""",
    re.IGNORECASE,
)
_UNKNOWN = "http://saved.invalid/"  # where a page is taken to be that does not tell its address


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A PDF beside a page that links to it; the path of ``file`` is the real one."""

    file: SourceFile
    document: AttachedDocument


class LinkedFiles:
    """The PDFs that the saved pages of a source link to.

    Pages are parsed when they are asked for, or a PDF that has the name of one that they link to.

    Args:
        root: the folder of the source, which no link leads out of.
        files: the files of the source.
        max_size: bytes of a page or PDF that is read.
    """

    def __init__(self, root: Path, files: Iterable[SourceFile], max_size: int) -> None:
        self._root = real_path(root)
        self._max_size = max_size
        self._linking: dict[str, list[SourceFile]] = {}  # pages, by the name of what they link to
        self._with_links = set[Path]()
        self._parsed: dict[Path, list[LinkedFile]] = {}
        for file in files:
            names = self._names(file) if file.name.lower().endswith(_PAGES) else ()
            for name in names:
                self._linking.setdefault(name, []).append(file)
            if names:
                self._with_links.add(file.path)

    def of(self, page: SourceFile) -> list[LinkedFile]:
        """The attachments of a page, in the order of its links."""
        own = (each for each in self._linked(page) if self._belongs_to_one(each))
        return list(islice(own, MAX_ATTACHMENTS))

    def is_attached(self, path: Path) -> bool:
        """Whether the file with a real path is an attachment of a page."""
        pages = self._linking.get(path.name, ())
        return len(pages) <= _MAX_LINKING and any(
            each.file.path == path for page in pages for each in self.of(page)
        )

    def _belongs_to_one(self, pdf: LinkedFile) -> bool:
        """Whether only one page links to a PDF."""
        pages = self._linking.get(pdf.file.path.name, ())
        if len(pages) > _MAX_LINKING:
            return False
        owners = (page for page in pages if pdf.file.path in self._paths(page))
        return len(list(islice(owners, 2))) == 1

    def _paths(self, page: SourceFile) -> Iterator[Path]:
        return (each.file.path for each in self._linked(page))

    def _names(self, page: SourceFile) -> set[str]:
        """The names of all PDFs that a page links to, in its text or not."""
        data = self._read(page)
        if b".pdf" not in data.lower():
            return set()
        links = (b"".join(found).decode("utf-8", "replace") for found in _HREF.findall(data))
        paths = (unescape(link).partition("#")[0].partition("?")[0] for link in links)
        names = (posixpath.basename(unquote(path)) for path in paths)
        return {name for name in names if name.lower().endswith(".pdf")}

    def _linked(self, page: SourceFile) -> list[LinkedFile]:
        """The PDFs beside a page that it links to in its text, each once."""
        if page.path not in self._with_links:
            return []
        if page.path not in self._parsed:
            self._parsed[page.path] = list(self._parse(page))
        return self._parsed[page.path]

    def _parse(self, page: SourceFile) -> Iterator[LinkedFile]:
        saved_at = f"{_UNKNOWN}{quote(page.relative_path, errors='replace')}"
        data = self._read(page)
        try:
            document = WebDocument.parse(Page(saved_at, saved_at, data, "text/html", "", {}))
            if url := document.metadata.url:
                document = document.at(url)
            links = list(pdf_links(document))
        except Exception:  # of a page that its reader refuses, with the reason
            return
        found = set[Path]()
        for link in links:
            pdf = self._beside(page, link.address, document.address)
            if pdf and pdf.path not in found:
                found.add(pdf.path)
                name = pdf_name(link.address) or shown_name(posixpath.basename(pdf.name))
                yield LinkedFile(pdf, AttachedDocument(name, link.address if url else None))

    def _beside(self, page: SourceFile, link: str, address: str) -> SourceFile | None:
        """The file at a link of the page that was at an address, if it is here."""
        to, here = urlsplit(link), urlsplit(address)
        if to.netloc != here.netloc:
            return None
        relative = posixpath.relpath(unquote(to.path), posixpath.dirname(unquote(here.path)) or "/")
        try:
            path = real_path(page.path.parent / relative)
            if not path.is_relative_to(self._root) or not path.is_file():
                return None
            if path.stat().st_size > self._max_size:
                return None
        except (OSError, ValueError):  # a name that is too long, or has a zero byte
            return None
        return SourceFile(path, _beside(page.name, relative), _beside(page.relative_path, relative))

    def _read(self, page: SourceFile) -> bytes:
        """What is in a page's file; nothing if it cannot be read, which its reader reports."""
        try:
            return page.path.read_bytes() if page.path.stat().st_size <= self._max_size else b""
        except OSError:
            return b""


def _beside(name: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
