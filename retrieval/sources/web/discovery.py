"""Find out what an address offers: which sources of releases there are, and which to read.

What a page declares is tried first, then the usual paths, in this order: feeds, WordPress'
interface, lists, sitemaps, since what those before show tells which of a sitemap's pages are
releases. Nothing is fetched twice, and no more pages than are allowed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from retrieval.sources.web.entries import Entry, EntryPage, site_of, span
from retrieval.sources.web.errors import FetchError, NotFound
from retrieval.sources.web.feeds import Feed, read_feed
from retrieval.sources.web.listings import Listing, find_listing
from retrieval.sources.web.newsroom_links import newsroom_links
from retrieval.sources.web.offers import (
    SAMPLES,
    AddressKind,
    Attempt,
    Discovery,
    Offer,
    OfferKind,
    Reach,
)
from retrieval.sources.web.page import Fetch, Page
from retrieval.sources.web.page_links import PageLinks, read_page_links
from retrieval.sources.web.page_text import is_web_page, page_text
from retrieval.sources.web.sections import releases_among
from retrieval.sources.web.sitemaps import Sitemap, SitemapLink, read_sitemap
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument
from retrieval.sources.web.wordpress import (
    PostType,
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
_MAX_SITEMAPS = 8  # of those that an index names
_LEAST = 3  # releases of a list: with fewer, they are other links
_ARTICLE_PROSE = 40  # words of prose on a page that calls itself an article
_NEWS_SITEMAP = re.compile(r"news|press|release|post|article|media|statement", re.IGNORECASE)
_OTHER_SITEMAP = re.compile(
    r"image|video|categor|tag|author|taxonom|product|event|page(?!s?=)", re.IGNORECASE
)


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
    search = _Search(fetch, max_requests)
    kind, here = AddressKind.BLOCKED, address
    page: Page | None = None
    try:
        page = await search.fetch(address)
    except FetchError as error:
        if error.passing or isinstance(error, NotFound):
            raise
        blocked = error
    if page is not None:
        here = page.address
    start = await _start(search, page) if page is not None else _Start(AddressKind.BLOCKED)
    kind = start.kind
    await _find_feeds(search, here, start)
    await _find_wordpress(search, here, start)
    await _find_listings(search, start)
    await _find_sitemaps(search, here, start, sitemaps)
    if page is None and not search.offers:
        raise blocked
    return Discovery(
        asked=address,
        address=here,
        kind=kind,
        offers=tuple(search.offers),
        attempts=tuple(search.attempts),
        requests=search.requests,
        was_cut=search.was_cut,
    )


@dataclass(slots=True)
class _Search:
    """What was found, tried and fetched so far."""

    fetch_page: Fetch
    max_requests: int
    offers: list[Offer] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    known: dict[str, None] = field(default_factory=dict)
    requests: int = 0
    was_cut: bool = False
    fetched: set[str] = field(default_factory=set)

    async def fetch(self, address: str) -> Page:
        """Fetch an address, and count it."""
        self.requests += 1
        self.fetched.add(address)
        page = await self.fetch_page(address)
        self.fetched.add(page.address)
        return page

    async def try_page(self, address: str) -> Page | None:
        """Return the page at an address; None if it was fetched before, or cannot be."""
        if address in self.fetched:
            return None
        if self.requests >= self.max_requests:
            self.was_cut = True
            return None
        try:
            return await self.fetch(address)
        except FetchError as error:
            self.reject(address, str(error).removeprefix(f"{error.address}: "))
            return None

    def reject(self, address: str, reason: str) -> None:
        """Remember why what is at an address is not used."""
        self.attempts.append(Attempt(address, reason))

    def offer(
        self,
        kind: OfferKind,
        address: str,
        entries: Sequence[Entry],
        *,
        form: str = "",
        title: str = "",
        reach: Reach = Reach.LATEST,
        total: int | None = None,
        is_estimate: bool = False,
    ) -> None:
        """Add a source with the entries that were seen of it."""
        days = span(entries)
        self.offers.append(
            Offer(
                kind=kind,
                address=address,
                form=form,
                title=title,
                reach=reach,
                shown=len(entries),
                total=total,
                is_estimate=is_estimate,
                first=days[0] if days else None,
                last=days[1] if days else None,
                samples=tuple(entries[:SAMPLES]),
                has_text=sum(bool(each.html) for each in entries) > len(entries) / 2,
            )
        )
        self.known.update(dict.fromkeys(each.address for each in entries if each.address))

    def has(self, kind: OfferKind) -> bool:
        """Whether a source of a kind was found."""
        return any(each.kind is kind for each in self.offers)


@dataclass(frozen=True, slots=True)
class _Start:
    """What the address itself is, and what it tells of the rest."""

    kind: AddressKind
    document: WebDocument | None = None
    links: PageLinks = PageLinks()
    listing: Listing = Listing(())
    sitemap: tuple[str, Sitemap] | None = None


async def _start(search: _Search, page: Page) -> _Start:
    """Say what the address is, and offer it if it is a source itself."""
    if page.body.startswith(b"%PDF-") or page.media_type == "application/pdf":
        return _Start(AddressKind.PDF)
    try:
        is_html = is_web_page(page_text(page, "a web page"))
    except Unreadable:
        is_html = False
    if not is_html:
        if start := await _start_at_source(search, page):
            return start
        if page.media_type not in ("text/html", "application/xhtml+xml"):
            search.reject(page.address, "it is neither a web page nor a feed nor a sitemap")
            return _Start(AddressKind.OTHER)
    return _start_at_page(search, page)


async def _start_at_source(search: _Search, page: Page) -> _Start | None:
    """Return the start at a feed, a sitemap or an interface; None if the page is none of these."""
    try:
        feed = read_feed(page)
    except Unreadable:
        pass
    else:
        await _offer_feed(search, page.address, feed)
        site = feed.site if feed.site and site_of(feed.site) else urljoin(page.address, "/")
        around = await search.try_page(site)
        found = _start_at_page(search, around) if around else _Start(AddressKind.PAGE)
        return _Start(AddressKind.FEED, found.document, found.links, found.listing)
    try:
        return _Start(AddressKind.SITEMAP, sitemap=(page.address, read_sitemap(page)))
    except Unreadable:
        pass
    try:
        collection = read_collection(page)
    except Unreadable:
        return None
    slug = urlsplit(page.address).path.rstrip("/").rpartition("/")[2]
    _offer_collection(search, page.address, slug, collection.entries, collection.total, page)
    return _Start(AddressKind.WORDPRESS)


def _start_at_page(search: _Search, page: Page) -> _Start:
    try:
        document = WebDocument.parse(page)
    except Unreadable as error:
        search.reject(page.address, error.reason)
        return _Start(AddressKind.OTHER)
    listing = find_listing(document)
    return _Start(_page_kind(document, listing), document, read_page_links(document), listing)


def _page_kind(document: WebDocument, listing: Listing) -> AddressKind:
    """Say whether a page is a list, a text, or neither."""
    is_home = urlsplit(document.address).path.strip("/") == ""
    fields = dict(document.metadata.fields)
    is_article = fields.get("og:type") == "article" or any(
        "headline" in item for item in document.metadata.news
    )
    is_text = listing.is_text or (is_article and listing.prose >= _ARTICLE_PROSE)
    if is_text and not is_home:
        return AddressKind.RELEASE
    return AddressKind.LISTING if len(listing.entries) >= _LEAST else AddressKind.PAGE


async def _find_feeds(search: _Search, here: str, start: _Start) -> None:
    """Offer the feeds that the page declares, or else those at the usual paths."""
    links = start.links
    declared = [*links.wire_feeds, *(each.address for each in links.feeds)]
    for address in list(dict.fromkeys(declared))[:_MAX_DECLARED_FEEDS]:
        await _try_feed(search, address)
    for address in links.wire_pages[:1] if not search.has(OfferKind.FEED) else ():
        await _find_wire_feed(search, address)
    for address in _usual_feeds(here):
        if search.has(OfferKind.FEED):
            return
        await _try_feed(search, address)


def _usual_feeds(here: str) -> Iterable[str]:
    """Return where the feed of a page, or of its site, may be."""
    parts = urlsplit(here)
    folder = parts.path.rstrip("/")
    if folder and "." not in folder.rpartition("/")[2]:
        yield parts._replace(path=f"{folder}{_FEED_PATHS[0]}", query="").geturl()
    for path in _FEED_PATHS:
        yield urljoin(here, path)


async def _find_wire_feed(search: _Search, address: str) -> None:
    """Offer the feed of an organization at its distributor, which its page there declares."""
    page = await search.try_page(address)
    if page is None:
        return
    try:
        links = read_page_links(WebDocument.parse(page))
    except Unreadable as error:
        search.reject(address, error.reason)
        return
    for each in links.wire_feeds[:1] or tuple(feed.address for feed in links.feeds[:1]):
        await _try_feed(search, each)


async def _try_feed(search: _Search, address: str) -> None:
    page = await search.try_page(address)
    if page is None:
        return
    try:
        feed = read_feed(page)
    except Unreadable as error:
        search.reject(address, error.reason)
    else:
        await _offer_feed(search, page.address, feed)


async def _offer_feed(search: _Search, address: str, feed: Feed) -> None:
    entries = feed.entries
    if not entries:
        search.reject(address, "it is a feed without releases")
        return
    if all(each.address in search.known for each in entries) and search.has(OfferKind.FEED):
        search.reject(address, "it has no other releases than the feed before")
        return
    reach = Reach.WHOLE if feed.is_complete else Reach.LATEST
    if feed.next and reach is Reach.LATEST:
        further = await _further(search, feed.next, read_feed, entries)
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


async def _find_wordpress(search: _Search, here: str, start: _Start) -> None:
    """Offer the collections of WordPress' interface."""
    if start.kind is AddressKind.WORDPRESS:
        return
    root = start.links.wordpress or usual_root(here)
    kinds = await _post_types(search, root)
    body = start.document.page.body if start.document else b""
    if kinds is None and start.links.wordpress is None and b"/wp-content/" in body:
        root = plain_root(here)
        kinds = await _post_types(search, root)
    if kinds is None:
        return
    likely = release_types(kinds)[:_MAX_TYPES]
    if not likely:
        search.reject(types_address(root), "no kind of posts there is named for releases or news")
    for kind in likely:
        await _try_collection(search, root, kind)


async def _post_types(search: _Search, root: str) -> tuple[PostType, ...] | None:
    address = types_address(root)
    page = await search.try_page(address)
    try:
        return read_types(page) if page else None
    except Unreadable as error:
        search.reject(address, error.reason)
        return None


async def _try_collection(search: _Search, root: str, kind: PostType) -> None:
    address = collection_address(root, kind)
    page = await search.try_page(address)
    if page is None:
        return
    try:
        found = read_collection(page)
    except Unreadable as error:
        search.reject(address, error.reason)
        return
    if found.entries:
        _offer_collection(search, address, kind.slug, found.entries, found.total, page)
    else:
        search.reject(address, f"it has no posts of the kind {kind.slug}")


def _offer_collection(
    search: _Search,
    address: str,
    slug: str,
    entries: Sequence[Entry],
    total: int | None,
    page: Page,
) -> None:
    following = read_collection(page).next
    if total is None and following is None:
        total = len(entries)
    search.offer(
        OfferKind.WORDPRESS,
        address,
        entries,
        form=slug,
        reach=Reach.PAGED if total is None else Reach.WHOLE,
        total=total,
    )


async def _find_listings(search: _Search, start: _Start) -> None:
    """Offer the page itself, if it is a list, or else the lists of the newsroom it links to."""
    document = start.document
    if document is None:
        return
    own = start.listing
    is_list = _page_kind(document, own) is AddressKind.LISTING
    if is_list and (own.next or start.kind is AddressKind.FEED):
        await _offer_listing(search, document, own)
        return
    if start.kind is not AddressKind.RELEASE:
        for address in newsroom_links(document)[:_MAX_NEWSROOM_PAGES]:
            if await _try_listing(search, address):
                return
    if is_list:
        await _offer_listing(search, document, own)
    elif start.kind is AddressKind.PAGE:
        search.reject(document.address, "no list of releases is found in it")


async def _try_listing(search: _Search, address: str) -> bool:
    """Offer the list at an address; return whether there is one with further pages."""
    page = await search.try_page(address)
    if page is None:
        return False
    try:
        document = WebDocument.parse(page)
    except Unreadable as error:
        search.reject(address, error.reason)
        return False
    listing = find_listing(document)
    if len(listing.entries) < _LEAST:
        search.reject(address, "no list of releases is found in it")
        return False
    await _offer_listing(search, document, listing)
    return listing.next is not None


async def _offer_listing(search: _Search, document: WebDocument, listing: Listing) -> None:
    entries, reach, total = listing.entries, Reach.LATEST, None
    if listing.next:
        further = await _further(search, listing.next, _read_listing, entries)
        if further:
            total = listing.pages * len(entries) if listing.pages else None
            entries, reach = (*entries, *further), Reach.PAGED
    search.offer(
        OfferKind.LISTING,
        document.address,
        entries,
        title=next(iter(document.metadata.titles), ""),
        reach=reach,
        total=total,
        is_estimate=total is not None,
    )


def _read_listing(page: Page) -> EntryPage:
    return find_listing(WebDocument.parse(page))


async def _further(
    search: _Search,
    address: str,
    read: Callable[[Page], EntryPage],
    before: Sequence[Entry],
) -> tuple[Entry, ...]:
    """Return what the next page of a source has that the first has not."""
    page = await search.try_page(address)
    if page is None:
        return ()
    try:
        entries = read(page).entries
    except Unreadable as error:
        search.reject(address, error.reason)
        return ()
    keys = {each.key for each in before}
    new = tuple(each for each in entries if each.key not in keys)
    if not new:
        search.reject(address, "it is linked as the next page, but has no other releases")
    return new


async def _find_sitemaps(search: _Search, here: str, start: _Start, given: Sequence[str]) -> None:
    """Offer the sitemaps that are given or declared, or else those at the usual paths."""
    if start.sitemap:
        await _offer_sitemap(search, *start.sitemap)
        return
    named = list(dict.fromkeys((*given, *start.links.sitemaps)))
    for address in named or [urljoin(here, path) for path in _SITEMAP_PATHS]:
        page = await search.try_page(address)
        if page is None:
            continue
        try:
            sitemap = read_sitemap(page)
        except Unreadable as error:
            search.reject(address, error.reason)
            continue
        await _offer_sitemap(search, address, sitemap)
        if not named:
            return


async def _offer_sitemap(search: _Search, address: str, sitemap: Sitemap) -> None:
    """Offer a sitemap, or those that it names."""
    parts = {address: sitemap} if sitemap.entries else {}
    pending, is_whole = _likeliest(sitemap.sitemaps), sitemap.is_whole
    while pending:
        if len(parts) >= _MAX_SITEMAPS:
            is_whole = False
            break
        each = pending.pop(0).address
        if each in search.fetched:
            continue
        page = await search.try_page(each)
        if page is None:
            is_whole = False
            continue
        try:
            parts[each] = read_sitemap(page)
        except Unreadable as error:
            search.reject(each, error.reason)
            is_whole = False
            continue
        is_whole = is_whole and parts[each].is_whole
        pending = [*_likeliest(parts[each].sitemaps), *pending]
    everything = {each.address: each for part in parts.values() for each in part.entries}
    releases = releases_among(list(everything.values()), search.known)
    if not releases:
        reason = f"of the {len(everything):,} pages that it names, none is known to be a release"
        search.reject(address, reason if everything else "it names no pages")
        return
    found = {each.address for each in releases}
    holders = [
        name
        for name, part in parts.items()
        if not found.isdisjoint(each.address for each in part.entries)
    ]
    is_news = all(parts[name].is_news for name in holders)
    search.offer(
        OfferKind.SITEMAP,
        holders[0] if len(holders) == 1 and is_whole else address,
        releases,
        reach=Reach.LATEST if is_news else Reach.WHOLE,
        total=len(releases),
        is_estimate=not is_whole,
    )


def _likeliest(sitemaps: Sequence[SitemapLink]) -> list[SitemapLink]:
    """Return the sitemaps of an index, those that are named for news first."""

    def rank(link: SitemapLink) -> int:
        name = urlsplit(link.address).path.rpartition("/")[2]
        return 0 if _NEWS_SITEMAP.search(name) else 2 if _OTHER_SITEMAP.search(name) else 1

    return sorted(sitemaps, key=rank)
