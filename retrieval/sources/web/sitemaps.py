"""Read sitemaps: lists of a site's pages in XML or as plain text, and lists of such lists.

The format is that of sitemaps.org, with Google's extension for news. A sitemap may have tens of
thousands of entries and be compressed, so it is parsed as a stream. Entities are not resolved and
nothing is loaded.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from retrieval.sources.decoding import NotTextError, decode
from retrieval.sources.html_fragment import one_line
from retrieval.sources.web.entries import Entry, absolute
from retrieval.sources.web.page import Page
from retrieval.sources.web.unreadable import Unreadable
from retrieval.text.dates import date_readings
from retrieval.text.lines import clean

_WANTED = "a sitemap"
_MAX_SIZE = 52_428_800  # bytes without compression, as the protocol has it
_MAX_ENTRIES = 200_000  # four times what the protocol allows
_MAX_SITEMAPS = 50_000
_GZIP = b"\x1f\x8b"
_MAX_DATE = 40  # characters of "2026-03-05T10:00:00.000+00:00"
# Errors by their names in libxml2 after which nothing of a file is missing.
_HARMLESS = frozenset(("ERR_INVALID_CHAR", "ERR_DOCUMENT_END", "ERR_UNDECLARED_ENTITY"))
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_MAX_ENTITY = 12  # bytes
_START = 1000  # bytes in which the first element is expected


@dataclass(frozen=True, slots=True)
class SitemapLink:
    """A sitemap that an index names, and when it was last changed, as the index writes it."""

    address: str
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap.

    Attributes:
        entries: the pages of the site, releases and others.
        sitemaps: the sitemaps that it names, if it is an index.
        is_news: whether it has dates of publication: such a sitemap holds the last days only.
        is_whole: False where it was not read to its end: it is too long, or damaged there.
    """

    entries: tuple[Entry, ...]
    sitemaps: tuple[SitemapLink, ...] = ()
    is_news: bool = False
    is_whole: bool = True


def read_sitemap(page: Page) -> Sitemap:
    """Return the sitemap that a page is, compressed with gzip or not.

    Raises:
        Unreadable: if it is none.
    """
    stream = _BoundedStream(page.body)
    start = stream.peek()
    if not start:
        raise Unreadable(page.address, _WANTED, "it is empty, or damaged")
    if not start.startswith(b"<") and b"\x00" not in start:
        return _read_lines(page, stream)
    entries: list[Entry] = []
    sitemaps: list[SitemapLink] = []
    whole = True
    try:
        for each in _read_xml(page, stream):
            if isinstance(each, Entry):
                entries.append(each)
            else:
                sitemaps.append(each)
            if len(entries) >= _MAX_ENTRIES or len(sitemaps) >= _MAX_SITEMAPS:
                whole = False
                break
    except etree.XMLSyntaxError:
        whole = False
    if not (whole or entries or sitemaps):
        raise Unreadable(page.address, _WANTED, "it is damaged XML")
    is_news = any(entry.published for entry in entries)
    return Sitemap(tuple(entries), tuple(sitemaps), is_news, whole and not stream.was_cut)


class _BoundedStream:
    """The bytes of a sitemap, decompressed as they are read, up to a limit.

    Attributes:
        was_cut: whether there was more than could be read.
    """

    def __init__(self, body: bytes) -> None:
        raw = io.BytesIO(body)
        self._stream: Any = gzip.GzipFile(fileobj=raw) if body.startswith(_GZIP) else raw
        self._left = _MAX_SIZE
        self._start: bytes | None = None
        self._held = b""
        self.was_cut = False

    def peek(self) -> bytes:
        """Return the first bytes, without the white space and the marks before them."""
        if self._start is None:
            self._start = self._read(_START).lstrip(b"\xef\xbb\xbf \t\r\n")
        return self._start

    def read(self, size: int) -> bytes:
        """Return the next bytes, with "&" escaped where it begins nothing that XML knows.

        There are none at the end, or at the limit.
        """
        start, self._start = self._start, b""
        data = self._held + (start or self._read(size))
        if b"\x00" in data:  # another encoding than one with ASCII in it
            self._held = b""
            return data
        # What an "&" near the end begins is decided with the bytes after it.
        at = data.rfind(b"&", max(0, len(data) - _MAX_ENTITY))
        is_end = len(data) == len(self._held)
        data, self._held = (data, b"") if at < 0 or is_end else (data[:at], data[at:])
        escaped = _BARE.sub(b"&amp;", data)
        return escaped if escaped or not self._held else self.read(size)

    def read_all(self) -> bytes:
        """Return all bytes, or those up to the limit, as they are."""
        pieces = [self.peek()]
        while piece := self._read(1_000_000):
            pieces.append(piece)
        return b"".join(pieces)

    def _read(self, size: int) -> bytes:
        try:
            data: bytes = self._stream.read(min(size, self._left))
            if not data or self._left > len(data):
                self._left -= len(data)
                return data
            self.was_cut = bool(self._stream.read(1))
        except (OSError, EOFError, zlib.error):  # a damaged or truncated archive
            self.was_cut = True
            return b""
        self._left = 0
        return data


def _read_xml(page: Page, stream: _BoundedStream) -> Iterator[Entry | SitemapLink]:
    """Yield what a sitemap names."""
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    root: str | None = None
    for event, element in events:
        name = _name(element)
        if root is None:
            root = name
            if root not in ("urlset", "sitemapindex"):
                raise Unreadable(page.address, _WANTED, _what_it_is(root))
        if event == "start" or name not in ("url", "sitemap"):
            continue
        read = _entry if name == "url" else _link
        if found := read(element, page.address):
            yield found
        element.clear()
        while element.getprevious() is not None:  # what was read need not be kept
            del element.getparent()[0]
    if root is None:
        raise Unreadable(page.address, _WANTED, "it is not XML")
    fatal = (each.type_name for each in events.error_log if each.level_name == "FATAL")
    if not _HARMLESS.issuperset(fatal):
        stream.was_cut = True


def _what_it_is(root: str) -> str:
    if root.lower() == "html":
        return "it is a web page"
    if root.lower() in ("rss", "feed", "rdf"):
        return "it is a feed"
    return f"it is XML of another kind, <{root[:40]}>"


def _entry(element: etree._Element, base: str) -> Entry | None:
    """Return the page that ``<url>`` describes; None if it has no address."""
    address = _address(element, base)
    if address is None:
        return None
    news = next((each for each in element if _name(each) == "news"), None)
    published = _child(news, "publication_date") if news is not None else ""
    try:
        title = one_line(_child(news, "title")) if news is not None else ""
    except ValueError:  # HTML that is nested too deeply
        title = ""
    return Entry(
        address=address,
        title=title,
        published=next(iter(date_readings(published)), None),
        modified=_child(element, "lastmod")[:_MAX_DATE],
    )


def _link(element: etree._Element, base: str) -> SitemapLink | None:
    address = _address(element, base)
    return SitemapLink(address, _child(element, "lastmod")[:_MAX_DATE]) if address else None


def _address(element: etree._Element, base: str) -> str | None:
    """Return the address in an element; one that was escaped twice is unescaped."""
    return absolute(_child(element, "loc").replace("&amp;", "&"), base)


def _child(element: etree._Element, name: str) -> str:
    """Return the text of an element's child, whatever its namespace; empty if there is none."""
    return next((clean("".join(each.itertext())) for each in element if _name(each) == name), "")


def _name(element: etree._Element) -> str:
    """Return the name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _read_lines(page: Page, stream: _BoundedStream) -> Sitemap:
    """Return a sitemap that is a text with an address on each line."""
    try:
        lines = [line for each in decode(stream.read_all()).splitlines() if (line := each.strip())]
    except NotTextError as error:
        reason = str(error).replace("the file", "it")
        raise Unreadable(page.address, _WANTED, reason) from None
    entries = [Entry(found) for line in lines[:_MAX_ENTRIES] if (found := absolute(line, ""))]
    if not entries or not absolute(lines[0], ""):
        raise Unreadable(page.address, _WANTED, "it is neither XML nor a list of addresses")
    is_whole = len(lines) <= _MAX_ENTRIES and not stream.was_cut
    return Sitemap(tuple(entries), is_whole=is_whole)
