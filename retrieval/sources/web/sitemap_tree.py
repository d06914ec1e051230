"""A sitemap with those that it names, and those that they name."""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from retrieval.sources.web.entries import Entry
from retrieval.sources.web.page import Page
from retrieval.sources.web.sitemaps import Sitemap, SitemapLink, read_sitemap
from retrieval.sources.web.unreadable import Unreadable

MAX_SITEMAPS = 8
"""How many of the sitemaps that an index names are read by default."""

_NEWS = re.compile(r"news|press|release|post|article|media|statement", re.IGNORECASE)
_OTHER = re.compile(r"image|video|categor|tag|author|taxonom|product|event|page", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SitemapTree:
    """A sitemap with all that was read of what it names.

    Attributes:
        parts: the sitemaps with entries, by address.
        is_whole: whether all was read, each to its end.
        unreadable: what it names that is no sitemap.
    """

    parts: dict[str, Sitemap]
    is_whole: bool
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The pages that it names, each once."""
        found = {each.address: each for part in self.parts.values() for each in part.entries}
        return tuple(found.values())

    def holders(self, addresses: Collection[str]) -> list[str]:
        """Return the addresses of the sitemaps that name any of these pages."""
        return [
            name
            for name, part in self.parts.items()
            if any(each.address in addresses for each in part.entries)
        ]


async def read_tree(
    address: str,
    sitemap: Sitemap,
    fetch: Callable[[str], Awaitable[Page | None]],
    *,
    max_sitemaps: int = MAX_SITEMAPS,
) -> SitemapTree:
    """Read the sitemaps that a sitemap names, those that are named for news first.

    Args:
        address: Where the sitemap is.
        sitemap: The sitemap.
        fetch: Fetches an address; None stands for a page that cannot be fetched, or need not.
        max_sitemaps: How many are read at most, indexes not counted.
    """
    parts = {address: sitemap} if sitemap.entries else {}
    pending = deque(_likeliest(sitemap.sitemaps))
    seen, is_whole = {address}, sitemap.is_whole
    unreadable: list[Unreadable] = []
    while pending and len(parts) < max_sitemaps:
        link = pending.popleft()
        if link.address in seen:
            continue
        seen.add(link.address)
        page = await fetch(link.address)
        if page is None:
            is_whole = False
            continue
        try:
            part = await asyncio.to_thread(read_sitemap, page)
        except Unreadable as error:
            unreadable.append(error)
            is_whole = False
            continue
        if part.entries:
            parts[link.address] = part
        is_whole = is_whole and part.is_whole
        pending.extendleft(reversed(_likeliest(part.sitemaps)))
    return SitemapTree(parts, is_whole and not pending, tuple(unreadable))


def _likeliest(sitemaps: Sequence[SitemapLink]) -> list[SitemapLink]:
    """Return sitemaps with those that are named for news first, those for other things last."""

    def rank(link: SitemapLink) -> int:
        name = urlsplit(link.address).path.rpartition("/")[2]
        return 0 if _NEWS.search(name) else 2 if _OTHER.search(name) else 1

    return sorted(sitemaps, key=rank)
