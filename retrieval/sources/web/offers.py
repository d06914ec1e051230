"""What an address offers: sources of releases, what was tried, and which of them to read."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.sources.web.entries import Entry

SAMPLES = 3
"""How many releases an offer shows as examples."""
_NEARLY = 0.8  # of the most releases that any source has: with as many, it is as good
_STALE = datetime.timedelta(days=60)  # of the latest release of a source behind another's
_ARCHIVE_ORDER = ("wordpress", "feed", "listing", "sitemap")
_NEWS_ORDER = ("feed", "wordpress", "listing", "sitemap")


class OfferKind(StrEnum):
    """What kind of source an address is."""

    FEED = "feed"
    WORDPRESS = "wordpress"
    SITEMAP = "sitemap"
    LISTING = "listing"


class AddressKind(StrEnum):
    """What an address itself is, before what else its site has."""

    FEED = "feed"
    WORDPRESS = "wordpress"
    SITEMAP = "sitemap"
    LISTING = "listing"
    RELEASE = "release"
    """A single text: a release, or another article."""
    PDF = "pdf"
    PAGE = "page"
    """A web page that is none of these, such as a home page."""
    BLOCKED = "blocked"
    """It could not be fetched, while other addresses of its site can."""
    OTHER = "other"
    """No web page."""


class Reach(StrEnum):
    """How far back a source goes."""

    LATEST = "latest"
    """It holds the latest releases only."""
    PAGED = "paged"
    """It goes on at further pages, as far back as these lead."""
    WHOLE = "whole"
    """It names all there are."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A source of releases that an address offers.

    Attributes:
        kind: what it is.
        address: where to read it: its first page.
        form: its format, where there are several: "RSS 2.0", "press_release".
        title: what it calls itself.
        reach: how far back it goes.
        shown: how many releases were seen on the pages that were read.
        total: how many it has in all, as it says, or as its number of pages lets one expect; None
            if nothing tells.
        is_estimate: whether ``total`` is an estimate, or counts a part that was read.
        first: the day of the earliest release that was seen; None if none has a date.
        last: that of the latest.
        samples: the first releases, at most `SAMPLES`.
        years: where a list has the releases of each year, if it is divided so: for the whole
            archive they are to be read as well.
    """

    kind: OfferKind
    address: str
    form: str
    title: str
    reach: Reach
    shown: int
    total: int | None
    is_estimate: bool
    first: datetime.date | None
    last: datetime.date | None
    samples: tuple[Entry, ...]
    years: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many releases it has, as far as is known."""
        return max(self.shown, self.total or 0)

    @property
    def summary(self) -> str:
        """What it has, in words: "a feed (RSS 2.0) with the latest 10 releases"."""
        return f"{_NAMES[self.kind]}{f' ({self.form})' if self.form else ''} {self._extent}"

    @property
    def _extent(self) -> str:
        about = "about " if self.is_estimate else ""
        days = f", {self.first} to {self.last}" if self.first and self.last else ""
        releases = "release" if self.count == 1 else "releases"
        if self.reach is Reach.WHOLE:
            return f"with all {about}{self.count:,} {releases}"
        if self.reach is Reach.LATEST:
            return f"with the latest {self.shown:,} {releases}{days}"
        if self.total is None:
            return f"of several pages, the first two with {self.shown:,} {releases}{days}"
        return f"of several pages with {about}{self.total:,} {releases}"


_NAMES = {
    OfferKind.FEED: "a feed",
    OfferKind.WORDPRESS: "an interface of WordPress",
    OfferKind.SITEMAP: "a sitemap",
    OfferKind.LISTING: "a list",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An address that was tried, and why nothing there is used, a clause."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Which sources to read: one for the whole archive, once, and one for news, regularly.

    They may be the same. Both are None if there is no source.
    """

    archive: Offer | None
    news: Offer | None

    @property
    def is_complete(self) -> bool:
        """Whether the archive goes beyond the latest releases."""
        return self.archive is not None and self.archive.reach is not Reach.LATEST


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at an address.

    Attributes:
        asked: the address that was given.
        address: where it led.
        kind: what it is itself.
        offers: the sources of releases, those that it is or declares first.
        attempts: what was tried besides, and why it is not used.
        requests: how many pages were fetched.
        known: a release of each section that releases are in, to tell them in a sitemap.
        was_cut: whether more would have been tried, had more requests been allowed.
    """

    asked: str
    address: str
    kind: AddressKind
    offers: tuple[Offer, ...]
    attempts: tuple[Attempt, ...]
    requests: int
    known: tuple[str, ...] = ()
    was_cut: bool = False

    @property
    def plan(self) -> Plan:
        """Which of the offers to read."""
        return Plan(_best_archive(self.offers), _best_news(self.offers))


def _best_archive(offers: Sequence[Offer]) -> Offer | None:
    """Return the source with the most releases; of several with nearly as many, the handiest.

    WordPress and paged feeds have texts and dates, a list has titles, a sitemap only addresses. A
    paged feed of unknown length goes back as far as any.
    """
    deep = [each for each in offers if each.reach is not Reach.LATEST] or list(offers)
    most = max((each.count for each in deep), default=0)
    enough = [
        each
        for each in deep
        if each.count >= _NEARLY * most
        or (each.kind is OfferKind.FEED and each.reach is Reach.PAGED and each.total is None)
    ]
    return min(enough, key=lambda each: _ARCHIVE_ORDER.index(each.kind), default=None)


def _best_news(offers: Sequence[Offer]) -> Offer | None:
    """Return the source that shows new releases soonest and with the fewest requests.

    A sitemap without dates does not show what is new, and comes last; so does a feed or a list
    whose latest release is much older than that of another source.
    """
    dated = [each.last for each in offers if each.last]
    newest = max(dated, default=None)

    def rank(offer: Offer) -> tuple[bool, int]:
        is_stale = newest is not None and (offer.last is None or newest - offer.last > _STALE)
        return is_stale, _NEWS_ORDER.index(offer.kind)

    return min(offers, key=rank, default=None)
