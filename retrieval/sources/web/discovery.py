"""Find out what an address offers: which sources of releases there are, and which to read.

What a page declares is tried first, then the usual paths, in this order: feeds, WordPress'
interface, lists, sitemaps, since what those before show tells which of a sitemap's pages are
releases. Nothing is fetched twice, and no more pages than are allowed.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit

from retrieval.sources.web.errors import Blocked, FetchError, ForbiddenByRobots, LoginRequired
from retrieval.sources.web.exploration import Exploration
from retrieval.sources.web.feeds import Feed, read_feed
from retrieval.sources.web.listings import Listing, find_listing, read_listing
from retrieval.sources.web.newsroom_links import newsroom_links
from retrieval.sources.web.offers import AddressKind, Discovery, OfferKind, Reach
from retrieval.sources.web.page import Fetch, Page
from retrieval.sources.web.page_links import PageLinks, read_page_links
from retrieval.sources.web.page_text import is_web_page, page_text
from retrieval.sources.web.sections import is_release_address, releases_among, section_examples
from retrieval.sources.web.sitemap_tree import read_tree
from retrieval.sources.web.sitemaps import Sitemap, read_sitemap
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument
from retrieval.sources.web.wordpress import (
    Collection,
    collection_address,
    plain_root,
    read_collection,
    read_types,
    release_types,
    types_address,
    usual_root,
)

MAX_REQUESTS = 30
"""How many pages one discovery fetches at most, by default."""

_FEED_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/feed.xml")
_SITEMAP_PATHS = ("/sitemap.xml", "/sitemap_index.xml")
_MAX_DECLARED_FEEDS = 4
_MAX_NEWSROOM_PAGES = 3
_MAX_TYPES = 3
_NO_LIST = "no list of releases is found in it"
_LEAST = 3  # releases of a list: with fewer, they are other links
_CLOSED = (Blocked, ForbiddenByRobots, LoginRequired)  # while other addresses may be open
_ARTICLE_PROSE = 40  # words of prose on a page that calls itself an article


async def discover(
    address: str, fetch: Fetch, *, sitemaps: Sequence[str] = (), max_requests: int = MAX_REQUESTS
) -> Discovery:
    """Return what an address offers.

    Args:
        address: The address of a site, a page of it, a feed, or whatever else a person gives.
        fetch: Fetches an address.
        sitemaps: The sitemaps that the site's robots.txt names.
        max_requests: How many pages to fetch at most.

    Raises:
        FetchError: If the address cannot be fetched, and nothing else of its site is found.
    """
    search = Exploration(fetch, max_requests)
    blocked: FetchError | None = None
    try:
        page = await search.fetch(address)
    except FetchError as error:
        if error.passing or not isinstance(error, _CLOSED):
            raise
        blocked, here, start = error, address, _Start(AddressKind.BLOCKED, address)
        search.reject(address, str(error).removeprefix(f"{error.address}: "))
    else:
        here, start = page.address, await _start(search, page)
    if start.kind not in (AddressKind.PDF, AddressKind.OTHER):
        await _find_feeds(search, start)
        await _find_wordpress(search, start)
        await _find_listings(search, start)
        await _find_sitemaps(search, start, sitemaps)
    if blocked and not search.offers:
        raise blocked
    return Discovery(
        asked=address,
        address=here,
        kind=start.kind,
        offers=tuple(search.offers),
        attempts=tuple(search.attempts),
        requests=search.requests,
        known=section_examples(search.known),
        was_cut=search.was_cut,
    )


@dataclass(frozen=True, slots=True)
class _SitePage:
    """A web page of the site, with what it declares and what it lists."""

    document: WebDocument
    links: PageLinks
    listing: Listing

    @classmethod
    def read(cls, page: Page) -> "_SitePage":
        """Raises `Unreadable` if it is no web page."""
        document = WebDocument.parse(page)
        return cls(document, read_page_links(document), find_listing(document))

    @property
    def kind(self) -> AddressKind:
        """Whether it is a list, a text, or neither."""
        address, prose = self.document.address, self.listing.prose
        is_list = len(self.listing.entries) >= _LEAST
        fields = dict(self.document.metadata.fields)
        is_article = fields.get("og:type") == "article" or any(
            "headline" in item for item in self.document.metadata.news
        )
        is_text = self.listing.is_text or (
            prose >= _ARTICLE_PROSE
            and (is_article or (not is_list and is_release_address(address)))
        )
        if is_text and urlsplit(address).path.strip("/"):
            return AddressKind.RELEASE
        return AddressKind.LISTING if is_list else AddressKind.PAGE


@dataclass(frozen=True, slots=True)
class _Start:
    """What the address itself is, where its site goes on, and the page there, if it is one."""

    kind: AddressKind
    here: str
    page: _SitePage | None = None
    sitemap: Sitemap | None = None

    @property
    def links(self) -> PageLinks:
        """What the page declares."""
        return self.page.links if self.page else PageLinks()

    def has_comments_at(self, feed: str) -> bool:
        """Whether a feed is of comments: below a single text there is no other."""
        return self.kind is AddressKind.RELEASE and feed.startswith(f"{self.here.rstrip('/')}/")


async def _start(search: Exploration, page: Page) -> _Start:
    """Say what the address is, and offer it if it is a source itself."""
    here = page.address
    if page.body.startswith(b"%PDF-") or page.media_type == "application/pdf":
        return _Start(AddressKind.PDF, here)
    if not _is_html(page):
        if start := await _start_at_source(search, page):
            return start
        if page.media_type not in ("text/html", "application/xhtml+xml"):
            search.reject(here, "it is neither a web page nor a feed nor a sitemap")
            return _Start(AddressKind.OTHER, here)
    found = await search.read(page, _SitePage.read)
    return _Start(found.kind if found else AddressKind.OTHER, here, found)


def _is_html(page: Page) -> bool:
    try:
        return is_web_page(page_text(page, "a web page"))
    except Unreadable:
        return False


async def _start_at_source(search: Exploration, page: Page) -> _Start | None:
    """Return the start at a feed, a sitemap or an interface; None if the page is none of these."""
    here = page.address
    with suppress(Unreadable):
        feed = await asyncio.to_thread(read_feed, page)
        await _offer_feed(search, here, feed)
        site = feed.site or urljoin(here, "/")
        found = await search.try_read(site, _SitePage.read)
        return _Start(AddressKind.FEED, found.document.address if found else here, found)
    with suppress(Unreadable):
        sitemap = await asyncio.to_thread(read_sitemap, page)
        return _Start(AddressKind.SITEMAP, here, sitemap=sitemap)
    with suppress(Unreadable):
        collection = await asyncio.to_thread(read_collection, page)
        slug = urlsplit(here).path.rstrip("/").rpartition("/")[2]
        _offer_collection(search, here, slug, collection)
        return _Start(AddressKind.WORDPRESS, here)
    return None


async def _find_feeds(search: Exploration, start: _Start) -> None:
    """Offer the feeds that the page declares, or else those at the usual paths."""
    links = start.links
    feeds = (each for each in links.feeds if not start.has_comments_at(each))
    declared = [*links.wire_feeds, *feeds]
    for address in list(dict.fromkeys(declared))[:_MAX_DECLARED_FEEDS]:
        await _try_feed(search, address)
    for address in links.wire_pages[:1] if not search.has(OfferKind.FEED) else ():
        await _find_wire_feed(search, address)
    for address in _usual_feeds(start.here):
        if search.has(OfferKind.FEED):
            return
        if not start.has_comments_at(address):
            await _try_feed(search, address)


def _usual_feeds(here: str) -> Iterable[str]:
    """Return where the feed of a page, or of its site, may be."""
    parts = urlsplit(here)
    folder = parts.path.rstrip("/")
    if folder and "." not in folder.rpartition("/")[2]:
        yield parts._replace(path=f"{folder}{_FEED_PATHS[0]}", query="").geturl()
    for path in _FEED_PATHS:
        yield urljoin(here, path)


async def _find_wire_feed(search: Exploration, address: str) -> None:
    """Offer the feed of an organization at its distributor, which its page there declares."""
    page = await search.try_read(address, _SitePage.read)
    if page is not None:
        feeds = page.links.wire_feeds or page.links.feeds
        for each in feeds[:1]:
            await _try_feed(search, each)


async def _try_feed(search: Exploration, address: str) -> None:
    feed = await search.try_read(address, read_feed)
    if feed is not None:
        await _offer_feed(search, address, feed)


async def _offer_feed(search: Exploration, address: str, feed: Feed) -> None:
    entries = feed.entries
    if not entries:
        search.reject(address, "it is a feed without releases")
        return
    if len(entries) > 1 and len({each.address for each in entries}) == 1:
        search.reject(address, "all its entries are at one address, as comments are")
        return
    if all(each.address in search.known for each in entries) and search.has(OfferKind.FEED):
        search.reject(address, "it has no other releases than the feed before")
        return
    reach = Reach.WHOLE if feed.is_complete else Reach.LATEST
    if feed.next and reach is Reach.LATEST:
        further = await search.further(feed.next, read_feed, entries)
        if further:
            entries, reach = (*entries, *further), Reach.PAGED
    total = len(entries) if reach is Reach.WHOLE else None
    search.offer(
        OfferKind.FEED,
        address,
        entries,
        form=feed.form,
        title=feed.title,
        reach=reach,
        total=total,
    )


async def _find_wordpress(search: Exploration, start: _Start) -> None:
    """Offer the collections of WordPress' interface."""
    if start.kind is AddressKind.WORDPRESS:
        return
    root = start.links.wordpress or usual_root(start.here)
    kinds = await search.try_read(types_address(root), read_types)
    body = start.page.document.page.body if start.page else b""
    if kinds is None and start.links.wordpress is None and b"/wp-content/" in body:
        root = plain_root(start.here)
        kinds = await search.try_read(types_address(root), read_types)
    if kinds is None:
        return
    likely = release_types(kinds)[:_MAX_TYPES]
    if not likely:
        search.reject(types_address(root), "no kind of posts there is named for releases or news")
    for kind in likely:
        address = collection_address(root, kind)
        collection = await search.try_read(address, read_collection)
        if collection is not None and collection.entries:
            _offer_collection(search, address, kind.slug, collection)
        elif collection is not None:
            search.reject(address, f"it has no posts of the kind {kind.slug}")


def _offer_collection(search: Exploration, address: str, slug: str, collection: Collection) -> None:
    total = collection.total
    if total is None and collection.next is None:
        total = len(collection.entries)
    search.offer(
        OfferKind.WORDPRESS,
        address,
        collection.entries,
        form=slug,
        reach=Reach.PAGED if total is None else Reach.WHOLE,
        total=total,
    )


async def _find_listings(search: Exploration, start: _Start) -> None:
    """Offer the page itself, if it is a list, or else the lists of the newsroom it links to."""
    page = start.page
    if page is None:
        return
    is_list = page.kind is AddressKind.LISTING
    if not (is_list and page.listing.next):
        for address in newsroom_links(page.document)[:_MAX_NEWSROOM_PAGES]:
            found = await search.try_read(address, _SitePage.read)
            if found is None:
                continue
            if len(found.listing.entries) < _LEAST:
                search.reject(address, _NO_LIST)
                continue
            await _offer_listing(search, found)
            if found.listing.next:
                return
    if is_list:
        await _offer_listing(search, page)
    elif start.kind is AddressKind.PAGE:
        search.reject(page.document.address, _NO_LIST)


async def _offer_listing(search: Exploration, page: _SitePage) -> None:
    address, listing = page.document.address, page.listing
    entries, reach, total = listing.entries, Reach.LATEST, None
    if search.has(OfferKind.LISTING) and all(each.address in search.known for each in entries):
        search.reject(address, "it lists no other releases than the list before")
        return
    if listing.next:
        further = await search.further(listing.next, read_listing, entries)
        if further:
            total = listing.pages * len(entries) if listing.pages else None
            entries, reach = (*entries, *further), Reach.PAGED
    if listing.years and total is None:
        # The first one may be this page. The second year has other releases, or nothing has.
        further = await search.further(listing.years[1], read_listing, entries)
        if further:
            entries, reach = (*entries, *further), Reach.PAGED
    search.offer(
        OfferKind.LISTING,
        address,
        entries,
        title=next(iter(page.document.metadata.titles), ""),
        reach=reach,
        total=total,
        is_estimate=total is not None,
        years=listing.years,
    )


async def _find_sitemaps(search: Exploration, start: _Start, given: Sequence[str]) -> None:
    """Offer the sitemaps that are given or declared, or else those at the usual paths."""
    if start.sitemap:
        await _offer_sitemap(search, start.here, start.sitemap)
        return
    found = False
    for address in dict.fromkeys((*given, *start.links.sitemaps)):
        found = await _try_sitemap(search, address) or found
    for path in _SITEMAP_PATHS:
        found = found or await _try_sitemap(search, urljoin(start.here, path))


async def _try_sitemap(search: Exploration, address: str) -> bool:
    """Offer the sitemap at an address; return whether there is one, with releases or without."""
    sitemap = await search.try_read(address, read_sitemap)
    if sitemap is not None:
        await _offer_sitemap(search, address, sitemap)
    return sitemap is not None


async def _offer_sitemap(search: Exploration, address: str, sitemap: Sitemap) -> None:
    """Offer the releases among the pages that a sitemap names, or those that it names in turn."""
    tree = await read_tree(address, sitemap, search.try_page)
    for each in tree.unreadable:
        search.reject(each.address, each.reason)
    pages = tree.entries
    releases = releases_among(pages, search.known)
    if not releases:
        reason = f"of the {len(pages):,} pages that it names, none is known to be a release"
        search.reject(address, reason if pages else "it names no pages")
        return
    newest_first = sorted(releases, key=lambda each: each.latest_day or date.min, reverse=True)
    holders = tree.holders({each.address for each in releases if each.address})
    is_news = all(tree.parts[name].is_news for name in holders)
    search.offer(
        OfferKind.SITEMAP,
        holders[0] if len(holders) == 1 and tree.is_whole else address,
        newest_first,
        reach=Reach.LATEST if is_news else Reach.WHOLE,
        total=len(releases),
        is_estimate=not tree.is_whole,
    )
