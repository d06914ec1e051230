"""Read a source page by page: a list, a feed or a collection that goes on at other addresses.

A series ends where a page names no next one, or has no release that was not seen before, which ends
a calendar with a page for every month to come, or at a limit; it says which it was.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from enum import StrEnum

from retrieval.sources.web.entries import Entry, EntryPage
from retrieval.sources.web.errors import NotFound
from retrieval.sources.web.page import Fetch, Page
from retrieval.sources.web.unreadable import Unreadable

MAX_PAGES = 2_000
"""How many pages of one series are read by default."""


class Ending(StrEnum):
    """Why a series of pages was not read further."""

    LAST_PAGE = "last page"
    """It names no page after this one, or that page does not exist."""
    NOTHING_NEW = "nothing new"
    """Its last page had no release that was not on one before."""
    CIRCLE = "circle"
    """It leads back to a page that was read."""
    LIMIT = "limit"
    """There are more pages than were to be read."""


class PageSeries:
    """The pages of a source, one after the other.

    Iterate over it to get the new entries of each page; a page is read in a thread. Errors of
    ``fetch`` are raised as they are, but for a page after the first that does not exist: there the
    series ends.

    Attributes:
        address: the page that is read next; None once the series has ended.
        pages: how many pages were read.
        ending: why it ended; None until then.
    """

    def __init__(
        self,
        address: str,
        fetch: Fetch,
        read: Callable[[Page], EntryPage],
        *,
        max_pages: int = MAX_PAGES,
    ) -> None:
        self.address: str | None = address
        self.pages = 0
        self.ending: Ending | None = None
        self._fetch = fetch
        self._read = read
        self._max_pages = max_pages
        self._visited = set[str]()
        self._seen = set[str]()

    async def __aiter__(self) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield the entries of each page that were on none before."""
        while self.address is not None:
            if self.pages >= self._max_pages:
                self._end(Ending.LIMIT)
                return
            try:
                page = await asyncio.to_thread(self._read, await self._fetch(self.address))
            except (NotFound, Unreadable):
                if not self.pages:
                    raise
                self._end(Ending.LAST_PAGE)
                return
            entries = self.take(page)
            if entries:
                yield entries

    def take(self, page: EntryPage) -> tuple[Entry, ...]:
        """Return the new entries of the page at `address`, and go on to the next one."""
        if self.address is not None:
            self._visited.add(self.address)
        self.pages += 1
        new = {each.key: each for each in page.entries if each.key not in self._seen}
        self._seen.update(new)
        self.address = page.next
        if not new and page.entries:
            self._end(Ending.NOTHING_NEW)
        elif page.next is None or not page.entries:
            self._end(Ending.LAST_PAGE)
        elif page.next in self._visited:
            self._end(Ending.CIRCLE)
        return tuple(new.values())

    def _end(self, ending: Ending) -> None:
        self.address = None
        self.ending = ending
