"""What feeds, sitemaps, interfaces and lists have in common: they name releases."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from retrieval.sources.publication_date import date_in_address
from retrieval.sources.web.addresses import linked_address
from retrieval.sources.web.errors import BadAddress
from retrieval.text.dates import date_readings

_LONGEST = 2048  # characters of an address, as the sitemap protocol has it
_DAY = 10  # characters of "2025-09-08"


@dataclass(frozen=True, slots=True)
class Entry:
    """A release as a source names it.

    Attributes:
        address: where it is, absolute; None if the source does not say.
        title: on one line, without tags; empty if the source gives none.
        published: the day on which it was published, as the source writes it.
        modified: when it was last changed, as the source writes it; empty if it does not say.
            Another text means another version.
        id: what the source calls it; empty if it gives none.
        html: its whole text, where the source has it.
        summary: its beginning, or what it is about, as HTML.
    """

    address: str | None
    title: str = ""
    published: datetime.date | None = None
    modified: str = ""
    id: str = ""
    html: str = ""
    summary: str = ""

    @property
    def key(self) -> str:
        """What distinguishes it from other entries of its source."""
        return self.address or self.id or f"{self.title} {self.published or ''}"

    @property
    def day(self) -> datetime.date | None:
        """When it was published, or else the date in its address, or None."""
        if self.published:
            return self.published
        found = date_in_address(self.address)
        return found.date if found else None

    @property
    def latest_day(self) -> datetime.date | None:
        """When it was published, or else when it was last changed, or None."""
        return self.day or next(iter(date_readings(self.modified[:_DAY])), None)


class EntryPage(Protocol):
    """A page of a source: the releases on it, and where it goes on."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The releases, as the page orders them."""

    @property
    def next(self) -> str | None:
        """The address of the page after it; None if it is the last."""


def absolute(link: str | None, base: str) -> str | None:
    """Return a link's canonical address; None if no browser opens it as a page."""
    if not (link or "").strip():
        return None
    try:
        address = linked_address(link or "", base)
    except BadAddress:
        return None
    return address if len(address) <= _LONGEST else None


def span(entries: Iterable[Entry]) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and the last day of those entries that tell theirs; None if none does."""
    days = sorted(day for entry in entries if (day := entry.day))
    return (days[0], days[-1]) if days else None


def site_of(address: str) -> str:
    """Return the host of an address in lower case, without "www."; empty if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_same_site(address: str, other: str) -> bool:
    """Whether two addresses are of one site: of one host, or of a host and one below it."""
    one, two = site_of(address), site_of(other)
    return bool(one and two) and (one == two or one.endswith(f".{two}") or two.endswith(f".{one}"))
