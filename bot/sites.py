"""Web sites as sources: what a site offers, how it is read, and what is new on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.settings import Settings
from embeddings.errors import VerbatimError
from retrieval.errors import FixedByCommand
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.web.addresses import typed_address
from retrieval.sources.web.clock import Clock, SystemClock
from retrieval.sources.web.discovery import discover
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.entry_reading import read_entries
from retrieval.sources.web.errors import FetchError
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.import_report import ImportReport, OnImport
from retrieval.sources.web.importing import import_site
from retrieval.sources.web.ip_addresses import is_public, is_public_or_private
from retrieval.sources.web.offers import AddressKind, Discovery
from retrieval.sources.web.page import Fetch, FetchVersion, Page, Version
from retrieval.sources.web.release_page import read_release_page, whole_page
from retrieval.sources.web.site_copy import SiteCopy
from retrieval.sources.web.site_plan import SitePlan
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.user_agent import user_agent

_WHAT_IT_IS = {
    AddressKind.RELEASE: "it is a single text",
    AddressKind.PDF: "it is a PDF",
    AddressKind.OTHER: "it is no web page",
}


class NothingOffered(FixedByCommand):
    """A site on which no list, feed or sitemap of releases was found."""

    def __init__(self, discovery: Discovery) -> None:
        what = _WHAT_IT_IS.get(discovery.kind, "no feed, list or sitemap of releases is found")
        super().__init__(
            f"{discovery.asked}: {what}. Give the page that lists the releases, or save their "
            "pages into a folder and add that",
            "sources add FOLDER",
        )
        self.discovery = discovery


class NothingCopied(VerbatimError):
    """No release of a site could be fetched."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"no release of {address} could be fetched: {reason}. It is not kept")
        self.address = address
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sample:
    """A release as it is read: its beginning, or why it cannot be read.

    Attributes:
        address: where it is; empty if its source does not say.
        title: its title, or what its source calls it.
        date: when it was published, as far as is known.
        paragraph: the first one; empty if it cannot be read.
        error: why it cannot be read; empty if it can.
    """

    address: str
    title: str
    date: date | None
    paragraph: str
    error: str


@dataclass(frozen=True, slots=True)
class SiteOffer:
    """What was found on a site, what of it is to be read, and the first releases as they are."""

    discovery: Discovery
    plan: SitePlan
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class SiteNews:
    """What is on a site that its copy has not, and what could not be read."""

    new: tuple[Entry, ...]
    error: str


class FirstLook:
    """Fetches the pages of a first look at a site, and hands them on to its import.

    So none of them is fetched twice, and only they are in memory.

    Args:
        on_page: called with the number of pages so far after each of them.
    """

    def __init__(self, on_page: Callable[[int], None] = lambda _: None) -> None:
        self._pages = dict[str, Page]()
        self._on_page = on_page

    def looking(self, fetcher: Fetcher) -> Fetch:
        """What fetches for the first look."""

        async def fetch(address: str) -> Page:
            if address not in self._pages:
                self._pages[address] = await fetcher.fetch(address)
                self._on_page(len(self._pages))
            return self._pages[address]

        return fetch

    def importing(self, fetcher: Fetcher) -> FetchVersion:
        """What fetches for the import."""

        async def fetch(address: str, version: Version | None = None) -> Page:
            return self._pages.pop(address, None) or await fetcher.fetch(address, version)

        return fetch


def fetcher_for(settings: Settings, clock: Clock | None = None) -> Fetcher:
    """What fetches pages as the settings say."""
    return Fetcher(
        user_agent(settings.contact),
        delay=settings.fetch_delay,
        allowed=is_public_or_private if settings.private_addresses else is_public,
        clock=clock,
    )


async def look_at(
    settings: Settings, address: str, look: FirstLook, clock: Clock | None = None
) -> SiteOffer:
    """What a site offers, and the first releases as they are read.

    Raises `FetchError`, and `NothingOffered` if there are no releases.
    """
    address = typed_address(address)
    async with fetcher_for(settings, clock) as fetcher:
        fetch = look.looking(fetcher)
        rules = await fetcher.robots(address)
        discovery = await discover(address, fetch, sitemaps=rules.sitemaps)
        plan, news = SitePlan.of(discovery), discovery.plan.news
        if plan is None or news is None:
            raise NothingOffered(discovery)
        return SiteOffer(
            discovery, plan, tuple([await _sample(each, fetch) for each in news.samples])
        )


def allow_pdf_hosts(folder: Path, hosts: Sequence[str]) -> None:
    """Let PDFs be read from some more hosts, where the releases of a site link to them."""
    with SiteCopy(folder) as copy:
        plan = copy.plan
    allowed = tuple(dict.fromkeys((*plan.pdf_hosts, *hosts)))
    with SiteCopy.create(folder, replace(plan, pdf_hosts=allowed)):
        pass


async def copy_site(
    settings: Settings,
    copy: SiteCopy,
    on_progress: OnImport,
    look: FirstLook | None = None,
    clock: Clock | None = None,
) -> ImportReport:
    """Bring the copy of a site up to date; see `import_site`."""
    async with fetcher_for(settings, clock) as fetcher:
        fetch = look.importing(fetcher) if look else fetcher.fetch
        return await import_site(copy, fetch, clock or SystemClock(), on_progress)


async def look_for_news(settings: Settings, folder: Path, clock: Clock | None = None) -> SiteNews:
    """What is new on a site; its copy stays as it is."""
    with SiteCopy(folder) as copy:
        async with fetcher_for(settings, clock) as fetcher:
            try:
                entries = await read_entries(copy.plan.news, copy.plan.examples, fetcher.fetch)
            except (FetchError, Unreadable) as error:
                return SiteNews((), str(error))
        known = copy.known(each.key for each in entries)
        return SiteNews(tuple(each for each in entries if each.key not in known), "")


async def _sample(entry: Entry, fetch: Fetch) -> Sample:
    address = entry.address or ""
    try:
        page = whole_page(entry) or (await fetch(address) if address else None)
        if page is None:
            raise ValueError("its source names neither its address nor its text")
        draft = read_release_page(page, entry)
    except FetchError as error:
        return Sample(address, entry.title, entry.day, "", error.text)
    except ValueError as error:
        return Sample(address, entry.title, entry.day, "", str(error))
    return _as_sample(address, draft)


def nothing_copied(address: str, report: ImportReport) -> VerbatimError:
    """Why an import has copied nothing."""
    if report.stopped:
        return report.stopped
    reasons = (each.reason for each in report.failed)
    return NothingCopied(address, next(reasons, "its sources name none"))


def _as_sample(address: str, draft: ReleaseDraft) -> Sample:
    return Sample(address, draft.title, draft.date, next(iter(draft.paragraphs), ""), "")
