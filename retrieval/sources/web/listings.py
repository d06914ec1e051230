"""Read a page that lists releases: which they are, when they appeared, and where the list goes on.

Lists of newsrooms of any kind are read by their form (`retrieval.sources.web.listed_links`), those
of Congress among them: Drupal's, Fireside's ``documentquery.aspx``, the Senate's ``PageNum_rs``,
``index.cfm``, and pages of Next.js with their data.
"""

from dataclasses import dataclass

from retrieval.sources.html.blocks import Block, visible_blocks
from retrieval.sources.html.surroundings import prose_words
from retrieval.sources.html.tree import Element
from retrieval.sources.publication_date import DateOrder
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.listed_links import listed_links
from retrieval.sources.web.next_page import NextPage, PageCounter, find_next_page, with_counter
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_data import PageData, read_page_data
from retrieval.sources.web.page_frame import PageFrame
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument
from retrieval.sources.web.year_links import year_links

_WANTED = "a list of releases"
_TEXT_WORDS = 120  # of prose beside a list: a page with more is a text itself


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that lists releases, or may.

    Attributes:
        entries: the releases on it; none if it lists none.
        next: its next page; None if it is the last.
        pages: how many pages the list has, as far as its links tell.
        years: the addresses of the same list by year, the newest first, if it is divided so.
        prose: the words of prose on the page that are no part of the list.
    """

    entries: tuple[Entry, ...]
    next: str | None = None
    pages: int | None = None
    years: tuple[str, ...] = ()
    prose: int = 0

    @property
    def is_text(self) -> bool:
        """Whether the page is rather a text, with a list beside it, such as related news."""
        return self.prose >= _TEXT_WORDS


def read_listing(page: Page) -> Listing:
    """Return the list of releases that a page is.

    Raises:
        Unreadable: if it is no web page, or lists no releases.
    """
    listing = find_listing(WebDocument.parse(page))
    if not listing.entries:
        raise Unreadable(page.address, _WANTED, "no list of releases is found in it")
    return listing


def find_listing(document: WebDocument) -> Listing:
    """Return what a page lists, which may be nothing."""
    try:
        blocks = visible_blocks(document.body)
    except ValueError:  # more text than a list of releases has
        blocks = []
    order = DateOrder.of(language=document.metadata.language, url=document.address)
    order = order.decided_by(block.text for block in blocks)
    frame = PageFrame(document)
    links = listed_links(document, order, frame)
    entries = tuple(each.entry for each in links)
    data = read_page_data(document, order)
    prose = _prose(blocks, frame, frozenset(each.box for each in links))
    following = find_next_page(document)
    if len(data.entries) > len(entries):
        entries = data.entries
        following = following if following.address else _next_by_data(document.address, data)
    return Listing(
        entries=entries,
        next=following.address if entries else None,
        pages=following.count,
        years=year_links(document) if entries else (),
        prose=prose,
    )


def _prose(blocks: list[Block], frame: PageFrame, boxes: frozenset[Element]) -> int:
    """Return the words of prose that are neither in a list nor in the frame."""
    return sum(
        words
        for block in blocks
        if (words := prose_words(block))
        and not frame.holds(block.element)
        and boxes.isdisjoint(block.element.lineage)
    )


def _next_by_data(address: str, data: PageData) -> NextPage:
    """Return the next page of a list that says in its data how many it has."""
    counter = PageCounter.of(address)
    number, name = (counter.number, counter.name) if counter else (1, "page")
    if data.pages is None or number >= data.pages:
        return NextPage(None, data.pages)
    return NextPage(with_counter(address, name, number + 1), data.pages)
