"""Read what a source names: the first page of a feed, a list or a collection; a sitemap whole."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from retrieval.sources.web.entries import Entry, EntryPage
from retrieval.sources.web.errors import FetchError
from retrieval.sources.web.feeds import read_feed
from retrieval.sources.web.listings import read_listing
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.page import Fetch, Page
from retrieval.sources.web.sections import releases_among
from retrieval.sources.web.site_plan import EntrySource
from retrieval.sources.web.sitemap_tree import read_tree
from retrieval.sources.web.sitemaps import read_sitemap
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.wordpress import read_collection

PAGE_READERS: Mapping[OfferKind, Callable[[Page], EntryPage]] = {
    OfferKind.FEED: read_feed,
    OfferKind.WORDPRESS: read_collection,
    OfferKind.LISTING: read_listing,
}
"""What reads a page of each kind of source that has pages; a sitemap has none."""

_MAX_SITEMAPS = 1000


async def read_entries(
    source: EntrySource, examples: Sequence[str], fetch: Fetch
) -> tuple[Entry, ...]:
    """Return the releases that the first page of a source names, a sitemap with its parts.

    Args:
        source: the source.
        examples: a release of each section that has releases.
        fetch: fetches pages.

    Raises:
        FetchError: if it cannot be fetched.
        Unreadable: if it is no such source any more.
    """
    if source.kind is OfferKind.SITEMAP:
        return await read_sitemap_entries(source.address, examples, fetch, lambda *_: None)
    page = await asyncio.to_thread(PAGE_READERS[source.kind], await fetch(source.address))
    return tuple(page.entries)


async def read_sitemap_entries(
    address: str,
    examples: Sequence[str],
    fetch: Fetch,
    on_failure: Callable[[str, FetchError | Unreadable], None],
) -> tuple[Entry, ...]:
    """Return the releases that a sitemap names, with those in the sitemaps that it names.

    Args:
        address: where it is.
        examples: a release of each section that has releases.
        fetch: fetches pages.
        on_failure: called for each further sitemap that cannot be fetched or read.

    Raises:
        FetchError: if it cannot be fetched.
        Unreadable: if it is no sitemap.
    """

    async def part(address: str) -> Page | None:
        try:
            return await fetch(address)
        except FetchError as error:
            on_failure(address, error)
            return None

    sitemap = await asyncio.to_thread(read_sitemap, await fetch(address))
    tree = await read_tree(address, sitemap, part, max_sitemaps=_MAX_SITEMAPS)
    for each in tree.unreadable:
        on_failure(each.address, each)
    return releases_among(tree.entries, examples)
