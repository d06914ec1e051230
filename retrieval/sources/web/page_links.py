"""What a web page declares: its feeds, its interface, its sitemaps; and the PDFs in its text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from retrieval.sources.html.blocks import visible_blocks
from retrieval.sources.html.headline import find_headline
from retrieval.sources.html.main_text import LeftOut, find_main_text
from retrieval.sources.html.tree import Element
from retrieval.sources.publication_date import DateOrder
from retrieval.sources.web.entries import absolute, is_same_site, site_of
from retrieval.sources.web.http_links import http_link
from retrieval.sources.web.web_document import WebDocument
from retrieval.sources.web.wordpress import API_RELATION
from retrieval.text.lines import clean

_FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json"
    " application/json text/xml application/xml".split()
)
_FEED_PATH = re.compile(
    r"/(?:feed|rss|atom|rdf|rssfeed)/?$|\.(?:rss|atom|rdf)$|/(?:feed|rss|atom|index)\.(?:xml|json)$"
    r"|/(?:rss|feeds?|rssfeed)/",
    re.IGNORECASE,
)
_FEED_HOST = re.compile(r"^feeds?\d*\.|(?:^|\.)feedburner\.com$")
_FEED_NAME = re.compile(r"\b(?:rss|atom|feeds?)\b", re.IGNORECASE)
# Feeds of comments, and of one author.
_NO_NEWS = re.compile(r"\bcomments?\b|kommentare?|comentarios|commentaires|/author/", re.IGNORECASE)
_INTERFACE = re.compile(r"/wp-json/|/oembed|[?&]rest_route=", re.IGNORECASE)
_WIRE_HOST = "globenewswire.com"
_WIRE_FEED = re.compile(r"/rssfeed/organization/[^/\s]", re.IGNORECASE)
_WIRE_PAGE = re.compile(r"/search/organization/[^/\s]", re.IGNORECASE)
_PDF_PATH = re.compile(r"\.pdf$", re.IGNORECASE)
_PDF_TEXT = re.compile(r"(?:^|[\s(\[.])pdf\b", re.IGNORECASE)
_FILE_PATH = re.compile(r"/(?:media/\d+/(?:dl|download)|file/\d+|download)(?:/|$)", re.IGNORECASE)
_BOXES = 2  # around the paragraphs: a list of attachments in the outer one is the release's


@dataclass(frozen=True, slots=True)
class PdfLink:
    """A link to a PDF, and its text."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The addresses that a page declares of its site.

    Attributes:
        feeds: the feeds in its head, then those that it links to; those of comments and of single
            authors are left out.
        wordpress: the root of WordPress' interface.
        sitemaps: the sitemaps that it names.
        wire_feeds: the feeds of organizations at GlobeNewswire, the distributor, among its links.
        wire_pages: the pages of organizations there, which have such a feed.
    """

    feeds: tuple[str, ...] = ()
    wordpress: str | None = None
    sitemaps: tuple[str, ...] = ()
    wire_feeds: tuple[str, ...] = ()
    wire_pages: tuple[str, ...] = ()


def read_page_links(document: WebDocument) -> PageLinks:
    """Return what a page declares, in its head, its body, and the header that it came with."""
    declared = [*document.links("link[href]")]
    anchors = [*document.links()]
    wire = [each for _, each in anchors if _is_at_wire(each)]
    interface = (each for node, each in declared if API_RELATION in _relations(node))
    return PageLinks(
        feeds=_unique(_feeds(declared, anchors, document.address)),
        wordpress=next(interface, None) or http_link(document.page, API_RELATION),
        sitemaps=_unique(each for node, each in declared if "sitemap" in _relations(node)),
        wire_feeds=_unique(each for each in wire if _WIRE_FEED.search(each)),
        wire_pages=_unique(each for each in wire if _WIRE_PAGE.search(each)),
    )


def pdf_links(document: WebDocument) -> tuple[PdfLink, ...]:
    """Return the PDFs that a release links to in its text or in the lists that belong to it.

    Those in menus, side bars and footers are none of its.
    """
    try:
        blocks = visible_blocks(document.body)
    except ValueError:  # more blocks than a release has
        return ()
    _, headline = find_headline(blocks, document.metadata)
    order = DateOrder.of(language=document.metadata.language, url=document.address)
    text = find_main_text(blocks, headline, order)
    box = _box([block.element for block in text.blocks])
    lines = {
        id(block)
        for block, reason in text.left_out
        if reason is not LeftOut.AROUND and any(each is box for each in block.element.lineage)
    }
    kept = {id(block) for block in text.blocks} | lines
    found = dict[str, PdfLink]()
    seen = set[int]()
    for block in (each for each in blocks if id(each) in kept):
        for each in (block.element, *block.element.elements()):
            if each.tag != "a" or id(each) in seen:
                continue
            seen.add(id(each))
            label = clean(each.text())
            address = absolute(each.attributes.get("href"), document.base)
            if address and _is_pdf(address, label, each):
                found.setdefault(address, PdfLink(address, label))
    return tuple(found.values())


def _box(elements: list[Element]) -> Element | None:
    """Return the element that holds the text of a release and what belongs to it."""
    if not elements:
        return None
    shared = set(elements[0].lineage)
    for element in elements[1:]:
        shared &= set(element.lineage)
    around = [each for each in elements[0].lineage if each in shared and each.tag != "body"]
    article = next((each for each in around if each.tag in ("article", "main")), None)
    return article or next(iter(around[_BOXES:] or around[-1:]), None)


def _is_pdf(address: str, label: str, element: Element) -> bool:
    path = urlsplit(address).path
    if _PDF_PATH.search(path) or element.attributes.get("type", "").startswith("application/pdf"):
        return True
    return _FILE_PATH.search(path) is not None and _PDF_TEXT.search(label) is not None


def _feeds(
    declared: list[tuple[LexborNode, str]], anchors: list[tuple[LexborNode, str]], page: str
) -> Iterator[str]:
    for node, address in declared:
        media_type = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        relations = _relations(node)
        is_feed = "alternate" in relations or "feed" in relations
        if is_feed and media_type in _FEED_TYPES and not _INTERFACE.search(address):
            title = clean(node.attributes.get("title") or "")
            if not _NO_NEWS.search(f"{title} {urlsplit(address).path}"):
                yield address
    for node, address in anchors:
        if _is_feed_link(address, clean(node.text()), page):
            yield address


def _is_feed_link(address: str, label: str, page: str) -> bool:
    """Whether a link in the text of a page is to a feed of its site, as far as that can be known.

    Feeds on other sites are mostly those of others, and "/dialog/feed" is where Facebook shares.
    """
    path, host = urlsplit(address).path, site_of(address)
    if _NO_NEWS.search(path):
        return False
    if _FEED_HOST.search(host):
        return path.strip("/") != ""
    is_named = is_same_site(address, page) or _FEED_NAME.search(label) is not None
    return is_named and _FEED_PATH.search(path) is not None


def _relations(node: LexborNode) -> list[str]:
    return (node.attributes.get("rel") or "").lower().split()


def _is_at_wire(address: str) -> bool:
    site = site_of(address)
    return site == _WIRE_HOST or site.endswith(f".{_WIRE_HOST}")


def _unique(addresses: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))
