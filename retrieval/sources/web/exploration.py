"""The book-keeping of a discovery: what was fetched, found and rejected."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from retrieval.sources.web.entries import Entry, EntryPage, span
from retrieval.sources.web.errors import FetchError
from retrieval.sources.web.offers import SAMPLES, Attempt, Offer, OfferKind, Reach
from retrieval.sources.web.page import Fetch, Page
from retrieval.sources.web.unreadable import Unreadable

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Exploration:
    """What was fetched, found and rejected so far.

    Attributes:
        fetch_page: fetches an address.
        max_requests: how many pages may be fetched.
        offers: the sources that were found.
        attempts: what was tried and is not used.
        known: the addresses of releases that the sources name, in order.
        requests: how many pages were fetched.
        was_cut: whether a page was not fetched since too many were.
        fetched: the addresses that were fetched, redirects included.
    """

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

    async def try_read(self, address: str, read: Callable[[Page], _Value]) -> _Value | None:
        """Return what the page at an address is read as; None if it was fetched, or cannot be.

        It is read in a thread: a large page takes seconds.
        """
        page = await self.try_page(address)
        return None if page is None else await self.read(page, read)

    async def read(self, page: Page, read: Callable[[Page], _Value]) -> _Value | None:
        """Return what a page is read as; None if it cannot be."""
        try:
            return await asyncio.to_thread(read, page)
        except Unreadable as error:
            self.reject(page.address, error.reason)
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
        years: tuple[str, ...] = (),
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
                years=years,
            )
        )
        self.known.update(dict.fromkeys(each.address for each in entries if each.address))

    def has(self, kind: OfferKind) -> bool:
        """Whether a source of a kind was found."""
        return any(each.kind is kind for each in self.offers)

    async def further(
        self, address: str, read: Callable[[Page], EntryPage], before: Sequence[Entry]
    ) -> tuple[Entry, ...]:
        """Return what the next page of a source has that its first has not."""
        found = await self.try_read(address, read)
        if found is None:
            return ()
        keys = {each.key for each in before}
        new = tuple(each for each in found.entries if each.key not in keys)
        if not new:
            self.reject(address, "it is linked as the next page, but has no other releases")
        return new
