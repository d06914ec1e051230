"""Read a site into its copy: what is new, what is due, and what an interrupted import left.

First the lists are followed, the page to go on at noted after each; then the releases' pages are
fetched, and then the PDFs that they link to, each stored before the next one is asked for. So an
import can be killed at any moment, and the next one goes on. What fails is noted by address and
stops nothing, except where the whole site does not let itself be read, or where what names its
newest releases cannot be believed any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from embeddings.errors import VerbatimError
from retrieval.sources.web.clock import Clock
from retrieval.sources.web.entries import Entry, EntryPage
from retrieval.sources.web.errors import (
    Blocked,
    FetchError,
    NotFound,
    Refused,
    RobotsUnavailable,
    TooManyRequests,
    Unreachable,
)
from retrieval.sources.web.feeds import read_feed
from retrieval.sources.web.import_report import (
    FailedPage,
    ImportProgress,
    ImportReport,
    OnImport,
)
from retrieval.sources.web.listings import read_listing
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.page import Fetch, FetchVersion, Page, Version
from retrieval.sources.web.page_series import Ending, PageSeries
from retrieval.sources.web.pdf_copy import PDF_VISITS, PdfCopy
from retrieval.sources.web.pdf_import import import_pdfs
from retrieval.sources.web.release_page import whole_page
from retrieval.sources.web.sections import releases_among
from retrieval.sources.web.site_copy import VISITS, CopiedRelease, SiteCopy
from retrieval.sources.web.site_plan import EntrySource
from retrieval.sources.web.sitemap_tree import read_tree
from retrieval.sources.web.sitemaps import read_sitemap
from retrieval.sources.web.suspicion import SourceSuspected, is_suspicious
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.visits import Visits
from retrieval.sources.web.wordpress import read_collection

ARCHIVE_INTERVAL = timedelta(days=7)
"""After how long the whole archive is gone through again, for what changed in it."""
MAX_ARCHIVE_PAGES = 20_000
"""How many pages of one source an import reads: more than any newsroom's list has."""

_RECENT = timedelta(days=30)
_RECENT_INTERVAL = timedelta(days=1)  # a release is corrected in its first days, if ever
_OLD_INTERVAL = timedelta(days=30)
_MAX_SITEMAPS = 1000
_MAX_NEWS_PAGES = 50  # with something new on each: more is left to the archive
_ALL = 10_000_000
_BAD_REQUEST = 400
_CLOSED = 3  # pages in a row that the site does not give: then it gives none
_READERS: dict[OfferKind, Callable[[Page], EntryPage]] = {
    OfferKind.FEED: read_feed,
    OfferKind.WORDPRESS: read_collection,
    OfferKind.LISTING: read_listing,
}


async def import_site(
    copy: SiteCopy, fetch: FetchVersion, clock: Clock, on_progress: OnImport = lambda _: None
) -> ImportReport:
    """Bring the copy of a site up to date.

    Args:
        copy: the copy, which is begun or of any age.
        fetch: fetches pages, with manners (`retrieval.sources.web.fetching.Fetcher`).
        clock: tells when pages are due.
        on_progress: called after each page; may raise to stop.

    Raises:
        CopyUnusable, VisitsUnusable: if it cannot be written.
        CopyBusy: if another process is importing into it.
    """
    with copy.locked():
        visits = Visits(copy.folder / VISITS, clock.now)
        try:
            report = await _Import(copy, visits, fetch, clock, on_progress).run()
        finally:
            visits.close()
        if not report.stopped:
            await _import_pdfs(copy, fetch, clock, on_progress, report)
        return report


async def _import_pdfs(
    copy: SiteCopy,
    fetch: FetchVersion,
    clock: Clock,
    on_progress: OnImport,
    report: ImportReport,
) -> None:
    """Fetch what the releases link to, and add that to the report."""
    visits = Visits(copy.folder / PDF_VISITS, clock.now)
    try:
        with PdfCopy(copy.folder, clock.now) as pdfs:
            report.pdfs, failures = await import_pdfs(
                copy,
                pdfs,
                visits,
                fetch,
                lambda done, total: on_progress(ImportProgress("searching", done, total)),
                lambda done, total: on_progress(ImportProgress("attaching", done, total)),
            )
    finally:
        visits.close()
    report.failed += (FailedPage(each.asked, each.text) for each in failures)


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
        return await _read_sitemap(source.address, examples, fetch, lambda *_: None)
    page = await asyncio.to_thread(_READERS[source.kind], await fetch(source.address))
    return tuple(page.entries)


async def _read_sitemap(
    address: str,
    examples: Sequence[str],
    fetch: Fetch,
    on_failure: Callable[[str, FetchError | Unreadable], None],
) -> tuple[Entry, ...]:
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


class _Stopped(Exception):
    """The site does not let itself be read, or what it says cannot be believed."""

    def __init__(self, error: VerbatimError) -> None:
        super().__init__(str(error))
        self.error = error


class _Import:
    """One import."""

    def __init__(
        self,
        copy: SiteCopy,
        visits: Visits,
        fetch: FetchVersion,
        clock: Clock,
        on_progress: OnImport,
    ) -> None:
        self._copy = copy
        self._visits = visits
        self._fetch_page = fetch
        self._clock = clock
        self._on_progress = on_progress
        self._report = ImportReport()
        self._list_failure = ""
        self._named = 0
        # (source, release) to ask for; they have no visit
        self._no_longer_named = list[tuple[str, str]]()
        self._closed = 0  # pages in a row that the site did not give

    async def run(self) -> ImportReport:
        try:
            await self._read_lists()
            await self._fetch_due()
        except _Stopped as stop:
            self._report.stopped = stop.error
            self._copy.was_read(str(stop.error))
        else:
            self._copy.was_read(self._list_failure)
        return self._report

    # -- the lists

    async def _read_lists(self) -> None:
        plan = self._copy.plan
        was_read = all(self._copy.ended(each.address) for each in plan.archive)
        if was_read:
            await self._read_source(plan.news, self._read_news)
        for source in plan.archive:
            ended = self._copy.ended(source.address)
            if self._copy.next_page(source.address) is None and ended:
                if self._clock.now() - ended < ARCHIVE_INTERVAL:
                    continue
                self._copy.advance(source.address, source.address)
            await self._read_source(source, self._read_archive)

    async def _read_source(
        self, source: EntrySource, read: Callable[[EntrySource], Awaitable[None]]
    ) -> None:
        try:
            await read(source)
        except (FetchError, Unreadable, SourceSuspected) as error:
            self._fail(source.address, error)
            self._list_failure = self._list_failure or str(error)
            was_read = self._copy.named(source.address) is not None
            is_other = isinstance(error, SourceSuspected) or (
                isinstance(error, Unreadable) and was_read
            )
            if is_other and source == self._copy.plan.news:
                # Whatever is there now, the pages of its releases may be of the same kind.
                raise _Stopped(error) from error

    def _believe(self, source: EntrySource, named: int, *, least: int = 0) -> None:
        """Note how many releases a source names.

        ``least`` is how many it had before if that was not noted. Raises `SourceSuspected`.
        """
        before = self._copy.named(source.address)
        if is_suspicious(named, least if before is None else before):
            raise SourceSuspected(source.address, named, before)
        self._copy.note_named(source.address, named)

    async def _read_news(self, source: EntrySource) -> None:
        """Read the newest releases, up to a page on which nothing is new."""
        if source.kind is OfferKind.SITEMAP:
            await self._take_sitemap(source)
            return
        series = PageSeries(
            source.address, self._fetch, _READERS[source.kind], max_pages=_MAX_NEWS_PAGES
        )
        pages = list[tuple[Entry, ...]]()
        async for entries in series:
            if not pages:
                self._believe(source, len(entries), least=1)
            pages.append(entries)
            if len(self._copy.known(each.key for each in entries)) == len(entries):
                break
        if not pages:
            self._believe(source, 0, least=1)  # it had some when it was found
        # The newest come last: if this is interrupted, they are still new the next time.
        for entries in reversed(pages):
            self._take(entries)

    async def _read_archive(self, source: EntrySource) -> None:
        """Read all that a source has, from where it was left."""
        before = self._copy.ended(source.address)
        if source.kind is OfferKind.SITEMAP:
            if await self._take_sitemap(source):  # or else it is read again the next time
                self._end_archive(source, before)
            return
        is_whole = True
        start = self._copy.next_page(source.address) or source.address
        series = PageSeries(start, self._fetch, _READERS[source.kind], max_pages=MAX_ARCHIVE_PAGES)
        is_first = start == source.address
        try:
            async for entries in series:
                if is_first:
                    self._believe(source, len(entries))
                    is_first = False
                self._take(entries)
                self._copy.note_archived(source.address, (each.key for each in entries))
                self._copy.advance(source.address, series.address)
            if is_first:
                self._believe(source, 0)
        except Refused as error:
            # So WordPress answers beyond its last page.
            is_last = source.kind is OfferKind.WORDPRESS and error.status == _BAD_REQUEST
            if not is_last or series.address == source.address:
                raise
        except (NotFound, Unreadable):
            if start == source.address:
                raise
            is_whole = False
        if series.ending is Ending.LIMIT:
            reason = f"it has more than {MAX_ARCHIVE_PAGES:,} pages; those beyond were not read"
            self._report.failed.append(FailedPage(source.address, reason))
            is_whole = False
        self._end_archive(source, before if is_whole else None)

    async def _take_sitemap(self, source: EntrySource) -> bool:
        """Note the releases that a sitemap names; return whether all its parts could be read."""
        failed = len(self._report.failed)
        examples = self._copy.plan.examples
        entries = await _read_sitemap(source.address, examples, self._fetch, self._fail)
        is_whole = len(self._report.failed) == failed
        if is_whole:  # or else it is no wonder that some are missing
            self._believe(source, len(entries))
        self._take(entries)
        if source in self._copy.plan.archive:
            self._copy.note_archived(source.address, (each.key for each in entries))
        return is_whole

    def _end_archive(self, source: EntrySource, before: datetime | None) -> None:
        """Note the end of a source, and ask for the pages of releases that it names no longer.

        That a list is shorter than it was does not mean that they are gone: only their pages tell.

        Args:
            source: the source.
            before: when its end was reached the time before; None if that tells nothing.
        """
        self._copy.advance(source.address, None)
        if not before:
            return
        for key in self._copy.no_longer_archived(source.address, before):
            if self._visits.get(key):
                self._visits.expire([key])
                self._copy.forget_archived(source.address, key)
            else:
                self._no_longer_named.append((source.address, key))

    def _take(self, entries: Sequence[Entry]) -> None:
        """Note releases, and keep the text of those that have it whole."""
        found = self._copy.add(entries)
        pages = list[str]()
        for entry in entries:
            # A release is always read from one place, or it would change with each reading.
            has_visit = bool(entry.address and self._visits.get(entry.address))
            text = None if has_visit else whole_page(entry)
            if text:
                self._keep(entry.key, text)
            elif entry.address and not has_visit and not self._copy.has_page(entry.key):
                pages.append(entry.address)
        self._visits.add(pages)
        self._visits.expire(entry.address for entry in found.modified if entry.address)
        self._named += len(entries)
        self._on_progress(ImportProgress("listing", self._named))

    def _keep(self, key: str, page: Page) -> bool:
        """Keep what was sent for a release; return whether it is another content than before."""
        before = self._copy.release(key)
        is_other = self._copy.store(key, page)
        if is_other and before and before.digest:
            self._report.changed += 1
        elif is_other:
            self._report.new += 1
        self._note_back(before)
        return is_other

    def _note_back(self, before: CopiedRelease | None) -> None:
        """Note that a release is on the site; ``before`` is what was known of it."""
        if before and before.gone:
            self._report.back.append(before.key)

    # -- the pages

    async def _fetch_due(self) -> None:
        due = self._visits.due(_ALL)
        for number, visit in enumerate(due):
            self._on_progress(ImportProgress("fetching", number, len(due)))
            has_page = self._copy.has_page(visit.address)
            try:
                page = await self._fetch(visit.address, visit.version if has_page else None)
                _check_is_there(page)
            except FetchError as error:
                error.asked = visit.address
                is_gone = isinstance(error, NotFound) and has_page
                again = self._interval(visit.address) if is_gone else _OLD_INTERVAL
                self._visits.failed(error, again)
                self._fail(visit.address, error)
                continue
            self._store(visit.address, page)
        if due:
            self._on_progress(ImportProgress("fetching", len(due), len(due)))
        await self._check_no_longer_named()

    async def _check_no_longer_named(self) -> None:
        """Ask whether releases are still there whose texts came with a source that named them."""
        for source, address in self._no_longer_named:
            try:
                _check_is_there(await self._fetch(address))
            except NotFound as error:
                self._fail(address, error)
            except FetchError:
                continue  # asked for again when the archive is gone through the next time
            self._copy.forget_archived(source, address)

    def _store(self, address: str, page: Page) -> None:
        if page.unchanged:
            self._note_back(self._copy.release(address))
            self._copy.unchanged(address)
            self._report.unchanged += 1
        elif not self._keep(address, page):
            self._report.unchanged += 1
        self._visits.succeeded(page, self._interval(address))

    def _interval(self, address: str) -> timedelta:
        release = self._copy.release(address)
        published = release.published if release else None
        is_old = published and self._clock.now().date() - published > _RECENT
        return _OLD_INTERVAL if is_old else _RECENT_INTERVAL

    async def _fetch(self, address: str, version: Version | None = None) -> Page:
        """Fetch a page. Raises `_Stopped` where the site gives none any more."""
        try:
            page = await self._fetch_page(address, version)
        except FetchError as error:
            if isinstance(error, Blocked | Unreachable | RobotsUnavailable):
                self._closed += 1
            else:
                self._closed = 0
            if self._closed >= _CLOSED or isinstance(error, TooManyRequests):
                raise _Stopped(error) from error
            raise
        self._closed = 0
        return page

    def _fail(self, address: str, error: FetchError | Unreadable | SourceSuspected) -> None:
        reason = error.text if isinstance(error, FetchError) else error.reason
        is_gone = isinstance(error, NotFound)
        self._report.failed.append(FailedPage(address, reason))
        before = self._copy.release(address)
        self._copy.fail(address, reason, gone=is_gone)
        if is_gone and before and before.digest and not before.gone:
            self._report.gone.append(address)


def _check_is_there(page: Page) -> None:
    """Raise `NotFound` where a release's address leads to the home page now, as many sites do."""
    path, asked = urlsplit(page.address), urlsplit(page.asked)
    if path.path in ("", "/") and not path.query and (asked.path not in ("", "/") or asked.query):
        raise NotFound(page.asked, 404)
