"""Which PDFs beside the saved pages of a folder are attachments of releases.

A PDF is one if a page links to it, at the same place relative to the page as it has on the disk. If
several pages do, it is a form or a press kit and belongs to none of them.
"""

import posixpath
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from retrieval.release import AttachedDocument
from retrieval.sources.attachments import MAX_ATTACHMENTS, pdf_name, shown_name
from retrieval.sources.walk import SourceFile
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_links import pdf_links
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument

_PAGES = (".html", ".htm", ".xhtml")
_UNKNOWN = "http://saved.invalid/"  # where a page is taken to be that does not tell its address


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A PDF beside a page that links to it; the path of ``file`` is the real one."""

    file: SourceFile
    document: AttachedDocument


class LinkedFiles:
    """The PDFs that the saved pages of a source link to.

    Args:
        root: the folder of the source, which no link leads out of.
        files: the files of the source.
        max_size: bytes of a page or PDF that is read.
    """

    def __init__(self, root: Path, files: Iterable[SourceFile], max_size: int) -> None:
        self._root = root.resolve()
        self._max_size = max_size
        linked = {
            file.path: found
            for file in files
            if file.name.lower().endswith(_PAGES) and (found := self._linked(file))
        }
        counts = Counter(each.file.path for found in linked.values() for each in found)
        self._of = {
            path: [each for each in found if counts[each.file.path] == 1][:MAX_ATTACHMENTS]
            for path, found in linked.items()
        }
        self._attached = {each.file.path for found in self._of.values() for each in found}

    def of(self, page: SourceFile) -> list[LinkedFile]:
        """The attachments of a page, in the order of its links."""
        return self._of.get(page.path, [])

    def is_attached(self, path: Path) -> bool:
        """Whether the file with a real path is an attachment of a page."""
        return path in self._attached

    def _linked(self, file: SourceFile) -> list[LinkedFile]:
        """The PDFs beside a page that it links to, each once."""
        try:
            if file.path.stat().st_size > self._max_size:
                return []
            data = file.path.read_bytes()
        except OSError:
            return []
        if b"pdf" not in data.lower():  # which is faster than to parse it
            return []
        saved_at = f"{_UNKNOWN}{quote(file.relative_path, errors='replace')}"
        try:
            document = WebDocument.parse(Page(saved_at, saved_at, data, "text/html", "", {}))
        except Unreadable:
            return []
        if url := document.metadata.url:
            document = document.at(url)
        found = dict[Path, LinkedFile]()
        for link in pdf_links(document):
            if pdf := self._beside(file, link.address, document.address):
                name = pdf_name(link.address) or shown_name(posixpath.basename(pdf.name))
                address = link.address if url else None
                found.setdefault(pdf.path, LinkedFile(pdf, AttachedDocument(name, address)))
        return list(found.values())

    def _beside(self, page: SourceFile, link: str, address: str) -> SourceFile | None:
        """The file at a link of the page that was at an address, if it is here."""
        to, here = urlsplit(link), urlsplit(address)
        if to.netloc != here.netloc:
            return None
        relative = posixpath.relpath(unquote(to.path), posixpath.dirname(unquote(here.path)) or "/")
        try:
            path = (page.path.parent / relative).resolve()
            if not path.is_relative_to(self._root) or not path.is_file():
                return None
            if path.stat().st_size > self._max_size:
                return None
        except (OSError, ValueError):  # a name that is too long, or has a zero byte
            return None
        return SourceFile(path, _beside(page.name, relative), _beside(page.relative_path, relative))


def _beside(name: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
