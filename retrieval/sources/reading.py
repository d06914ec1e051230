"""Read press releases from folders, files and copies of sites, with one reader for each format."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from retrieval.errors import NoReleases, SourceMissing
from retrieval.release import DateSource, DocumentNote, RefusedDocument, Release
from retrieval.sources.attachments import (
    ELSEWHERE,
    SHARED,
    TOO_MANY,
    AttachedText,
    with_attachments,
)
from retrieval.sources.copied_page import read_copied_page
from retrieval.sources.decoding import decode
from retrieval.sources.docx import is_docx, read_docx
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.draft_cache import Drafts, document_key, read_anew
from retrieval.sources.file_name import date_in_name
from retrieval.sources.file_types import JSON_SUFFIX, LINES_SUFFIXES, SUFFIXES
from retrieval.sources.html.reader import read_html
from retrieval.sources.ids import IdAllocator, slugify
from retrieval.sources.jsonlines import InvalidRow, Row, read_json, read_rows
from retrieval.sources.limits import check_text
from retrieval.sources.linked_files import LinkedFile, LinkedFiles
from retrieval.sources.mail_header import decode_quoted_printable
from retrieval.sources.mail_message import is_message, read_message, read_saved_page
from retrieval.sources.markdown import read_markdown
from retrieval.sources.passed_over import PassedOverFiles, UnreadFields
from retrieval.sources.pdf import is_pdf, read_pdf, read_pdf_text
from retrieval.sources.refusing import guarded, refused
from retrieval.sources.walk import (
    OtherFile,
    SourceFile,
    UnreadableFile,
    display_name,
    find_files,
    real_path,
)
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.pdf_copy import PdfCopy
from retrieval.sources.web.release_page import read_release_page
from retrieval.sources.web.site_copy import CopiedRelease, SiteCopy, is_site_copy

_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)\b", re.IGNORECASE)
_MAX_FILE_SIZE = 20_000_000  # bytes, of a file that is not streamed


def _read_text(data: bytes) -> ReleaseDraft:
    return read_copied_page(check_text(decode_quoted_printable(decode(data))))


def _read_markdown(data: bytes) -> ReleaseDraft:
    return read_markdown(check_text(decode(data)))


def _read_html(data: bytes) -> ReleaseDraft:
    return read_html(decode(data))


_READERS: dict[str, Callable[[bytes], ReleaseDraft]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
    ".mht": read_saved_page,
    ".mhtml": read_saved_page,
    ".eml": read_message,
    ".pdf": read_pdf,
    ".docx": read_docx,
}

Document = Release | RefusedDocument | DocumentNote
"""What reading yields: a release, or what there is to say of a document or a folder."""


def read_sources(
    paths: Sequence[Path], *, newsroom: str | None = None, drafts: Drafts = read_anew
) -> Iterator[Document]:
    """Return an iterator over the releases in ``paths``, in a fixed order.

    A document that cannot be read is yielded as a `RefusedDocument` in its place, and reading
    continues with the next one. What a reader has to say of a document follows its release, and
    what was passed over in a folder follows the releases of the folder.

    Args:
        paths: Folders, which are searched recursively, files, and copies of web sites.
        newsroom: The newsroom of releases whose source gives neither a newsroom nor a URL.
        drafts: Gives the draft of a document that need not be read anew.

    Raises:
        SourceMissing: Immediately, if one of ``paths`` does not exist.
        NoReleases: At the end of the iteration, if no release was read.
    """
    for path in paths:
        if not path.exists():
            raise SourceMissing(path)
    return _Reading(newsroom, drafts).documents(tuple(paths))


class _Reading:
    """One reading of sources: the ids it gave, and the files it has seen."""

    def __init__(self, newsroom: str | None, drafts: Drafts) -> None:
        self._newsroom = newsroom
        self._drafts = drafts
        self._ids = IdAllocator()
        self._seen = set[Path]()
        self._passed_over = list[str]()

    def documents(self, paths: tuple[Path, ...]) -> Iterator[Document]:
        """Yield the releases in ``paths``, and what there is to say."""
        releases = unread = 0
        for path in paths:
            for item in self._source(path):
                releases += isinstance(item, Release)
                unread += isinstance(item, RefusedDocument)
                yield item
        if not releases:
            passed_over = "; ".join(self._passed_over)
            raise NoReleases(paths, SUFFIXES, unread, passed_over=passed_over)

    def _source(self, path: Path) -> Iterator[Document]:
        """Yield the documents of one path, and the notes on all of them."""
        if is_site_copy(path):
            yield from self._site(path)
            return
        others, unread = PassedOverFiles(), UnreadFields()
        files, has_pdf = list[SourceFile | UnreadableFile](), not path.is_dir()
        for file in find_files(path, SUFFIXES):
            if isinstance(file, OtherFile):
                others.add(file)
                has_pdf = has_pdf or file.ending == ".pdf"
            else:
                files.append(file)
                has_pdf = has_pdf or file.name.lower().endswith(".pdf")
        # Pages are read for their links only where there is anything to link to.
        pages = (each for each in files if has_pdf and isinstance(each, SourceFile))
        linked = LinkedFiles(path if path.is_dir() else path.parent, pages, _MAX_FILE_SIZE)
        for each in files:
            yield from self._found(each, linked, unread)
        name = display_name(real_path(path).name) or str(path)
        if fields := unread.describe("file"):
            yield DocumentNote(name, fields)
        if passed_over := str(others):
            self._passed_over.append(passed_over)
            yield DocumentNote(name, passed_over)

    def _site(self, path: Path) -> Iterator[Document]:
        """Yield the releases of a web site from its copy, and what could not be fetched."""
        with SiteCopy(path) as copy, PdfCopy(path) as pdfs:
            linked = pdfs.linked(copy.plan, (each.key for each in copy.releases()))
            for copied in copy.releases():
                name = copied.page or copied.key
                entry = Entry(copied.address, copied.title, copied.published)
                key = _page_key(copied)
                try:
                    draft = self._drafts(key, guarded(partial(_read_copied, copy, copied, entry)))
                except ValueError as error:
                    yield refused(name, error)
                    continue
                texts = list[AttachedText]()
                for pdf in linked.of.get(copied.key, ()):
                    try:
                        texts.append(AttachedText(pdf.document, pdfs.text(pdf)))
                    except ValueError as error:
                        yield refused(pdf.address, error)
                draft = self._with_attachments(key, draft, texts)
                wanted = slugify(copied.key.partition("://")[2] or copied.key)
                id = self._ids.allocate(wanted, origin=partial(str, copied.key))
                gone = copied.gone.date() if copied.gone else None
                yield draft.to_release(id=id, source=name, newsroom=self._newsroom, gone=gone)
                yield from (DocumentNote(name, note) for note in draft.notes)
                if copied.gone:
                    yield DocumentNote(name, f"no longer on the site since {copied.gone:%Y-%m-%d}")
            for copied in copy.failures():
                if not copied.digest:
                    yield RefusedDocument(copied.key, copied.failure)
            yield from (DocumentNote(each, SHARED) for each in linked.shared)
            yield from (DocumentNote(each, ELSEWHERE) for each in linked.elsewhere)
            yield from (DocumentNote(each, TOO_MANY) for each in linked.too_many)

    def _found(
        self, file: SourceFile | UnreadableFile, linked: LinkedFiles, unread: UnreadFields
    ) -> Iterator[Document]:
        """Yield the releases of one file, or the reason why it has none."""
        if isinstance(file, UnreadableFile):
            yield RefusedDocument(file.name, file.reason)
            return
        path = real_path(file.path)
        if path in self._seen or linked.is_attached(path):
            return
        self._seen.add(path)
        suffix = next((suffix for suffix in SUFFIXES if file.name.lower().endswith(suffix)), None)
        try:
            if suffix is None:
                types = ", ".join(SUFFIXES)
                yield RefusedDocument(file.name, f"unknown file type: the types read are {types}")
            elif suffix in LINES_SUFFIXES:
                yield from self._rows(file, read_rows(file.path, self._drafts))
            elif (size := file.path.stat().st_size) > _MAX_FILE_SIZE:
                yield RefusedDocument(file.name, f"larger than {_MAX_FILE_SIZE:,} bytes: {size:,}")
            elif suffix == JSON_SUFFIX:
                yield from self._rows(file, read_json(file.path.read_bytes()))
            else:
                attached = [each for each in linked.of(file) if each.file.path not in self._seen]
                yield from self._page(file, suffix, attached, unread)
        except sqlite3.Error:  # of the drafts that are kept: no document raises it
            raise
        except Exception as error:
            yield refused(file.name, error)

    def _page(
        self,
        file: SourceFile,
        suffix: str,
        attached: Sequence[LinkedFile],
        unread: UnreadFields,
    ) -> Iterator[Document]:
        """Yield the one release that a file holds with its attachments, and the notes on it."""
        data = file.path.read_bytes()
        if not data.strip():
            yield RefusedDocument(file.name, "the file is empty")
            return
        key = document_key("file", suffix, data)
        try:
            draft = self._drafts(key, guarded(partial(read_bytes, data, suffix)))
        except ValueError:
            for each in attached:  # which is then all that there is to read
                yield from self._page(each.file, ".pdf", (), unread)
            raise
        if draft.is_empty:
            yield RefusedDocument(file.name, "the file is empty")
            return
        texts = list[AttachedText]()
        for each in attached:
            try:
                text = self._attachment(each.file.path.read_bytes())
            except (OSError, ValueError) as error:
                yield refused(each.file.name, error)
            else:
                texts.append(AttachedText(each.document, text))
        draft = self._with_attachments(key, draft, texts)
        if not draft.date and (date := date_in_name(file.relative_path)):
            draft = replace(draft, date=date, date_source=DateSource.FILE_NAME)
        unread.add(draft.unread)
        wanted = draft.id or slugify(file.relative_path[: -len(suffix)])
        id = self._ids.allocate(wanted, origin=partial(str, file.name))
        yield draft.to_release(id=id, source=file.name, newsroom=self._newsroom)
        yield from (DocumentNote(file.name, note) for note in draft.notes)

    def _attachment(self, data: bytes) -> ReleaseDraft:
        """Return the text of a PDF. Raises `ValueError` with the reason if it cannot be read."""
        read = guarded(partial(read_pdf_text, data))
        return self._drafts(document_key("attachment", data), read)

    def _with_attachments(
        self, key: bytes, draft: ReleaseDraft, texts: Sequence[AttachedText]
    ) -> ReleaseDraft:
        """Return the draft with a key, with its attachments.

        It is another document as soon as one of these, its name or its address is another.
        """
        if not texts:
            return draft
        joined = document_key("with attachments", key, repr(texts))
        return self._drafts(joined, guarded(partial(with_attachments, draft, texts)))

    def _rows(self, file: SourceFile, rows: Iterator[Row | InvalidRow]) -> Iterator[Document]:
        """Yield the releases of a file that holds one per line, or in a list."""
        unread = UnreadFields()
        for row in rows:
            source = f"{file.name}:{row.line}"
            if isinstance(row, InvalidRow):
                yield RefusedDocument(source, row.reason)
            else:
                unread.add(row.draft.unread)
                id = self._ids.allocate(row.draft.id or row.digest(), origin=row.digest)
                yield row.draft.to_release(id=id, source=source, newsroom=self._newsroom)
                yield from (DocumentNote(source, note) for note in row.draft.notes)
        if text := unread.describe("row"):
            yield DocumentNote(file.name, text)


def _page_key(copied: CopiedRelease) -> bytes:
    """The hash of all that the draft of a copied page is made of. What was sent has one already."""
    fields = (copied.digest, copied.page, copied.address, copied.media_type, copied.charset)
    named = (copied.title, copied.published and copied.published.isoformat())
    return document_key("page", *(field or "" for field in (*fields, *named)))


def _read_copied(copy: SiteCopy, copied: CopiedRelease, entry: Entry) -> ReleaseDraft:
    """Read a copied page. Raises `ValueError` if it holds no release or is damaged."""
    return read_release_page(copy.page(copied), entry)


def read_bytes(data: bytes, suffix: str) -> ReleaseDraft:
    """Return the one release of a file whose name ends in ``suffix``.

    Raises:
        ValueError: If it holds none; says why.
    """
    return _reader(suffix, data)(data)


def _reader(suffix: str, data: bytes) -> Callable[[bytes], ReleaseDraft]:
    """Return the reader of a file: by what it is, where its name says something else."""
    if is_pdf(data):
        return read_pdf
    if is_docx(data):
        return read_docx
    if suffix in (".txt", ".text") and _HTML.match(data):
        return _read_html
    if suffix in (".txt", ".text", ".html", ".htm") and is_message(data):
        return read_message if suffix in (".txt", ".text") else read_saved_page
    return _READERS[suffix]
