"""Follow the lists of a site: its newest releases each time, and its whole archive once a week.

The page to go on at is noted after each, so that an interrupted import goes on there.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from retrieval.sources.web.entries import Entry
from retrieval.sources.web.entry_reading import PAGE_READERS, read_sitemap_entries
from retrieval.sources.web.errors import FetchError, NotFound, Refused
from retrieval.sources.web.import_report import FailedPage, ImportProgress
from retrieval.sources.web.import_session import ImportSession, ImportStopped
from retrieval.sources.web.offers import OfferKind
from retrieval.sources.web.page_series import Ending, PageSeries
from retrieval.sources.web.release_page import whole_page
from retrieval.sources.web.site_plan import EntrySource
from retrieval.sources.web.suspicion import SourceSuspected, is_suspicious
from retrieval.sources.web.unreadable import Unreadable

ARCHIVE_INTERVAL = timedelta(days=7)
"""After how long the whole archive is gone through again, for what changed in it."""
MAX_ARCHIVE_PAGES = 20_000
"""How many pages of one source an import reads: more than any newsroom's list has."""

_MAX_NEWS_PAGES = 50  # with something new on each: more is left to the archive
_BAD_REQUEST = 400


class ListImport:
    """The lists of one import.

    Attributes:
        failure: why a list could not be read, the first one of them; empty if all could.
        no_longer_named: (source, release) of releases that a source names no longer, and whose own
            pages were never fetched: whether they are still there is to be asked for.
    """

    def __init__(self, session: ImportSession) -> None:
        self.failure = ""
        self.no_longer_named = list[tuple[str, str]]()
        self._session = session
        self._copy, self._visits = session.copy, session.visits
        self._progress = session.copy.progress
        self._named = 0  # releases so far, for the progress

    async def read(self) -> None:
        """Read the lists that are due. Raises `ImportStopped`."""
        plan = self._copy.plan
        was_read = all(self._progress.ended(each.address) for each in plan.archive)
        if was_read:
            await self._read_source(plan.news, self._read_news)
        for source in plan.archive:
            ended = self._progress.ended(source.address)
            if self._progress.next_page(source.address) is None and ended:
                if self._session.clock.now() - ended < ARCHIVE_INTERVAL:
                    continue
                self._progress.advance(source.address, source.address)
            await self._read_source(source, self._read_archive)

    async def _read_source(
        self, source: EntrySource, read: Callable[[EntrySource], Awaitable[None]]
    ) -> None:
        try:
            await read(source)
        except (FetchError, Unreadable, SourceSuspected) as error:
            self._session.fail(source.address, error)
            self.failure = self.failure or str(error)
            was_read = self._progress.named(source.address) is not None
            is_other = isinstance(error, SourceSuspected) or (
                isinstance(error, Unreadable) and was_read
            )
            if is_other and source == self._copy.plan.news:
                # Whatever is there now, the pages of its releases may be of the same kind.
                raise ImportStopped(error) from error

    def _believe(self, source: EntrySource, named: int, *, least: int = 0) -> None:
        """Note how many releases a source names.

        ``least`` is how many it had before if that was not noted. Raises `SourceSuspected`.
        """
        before = self._progress.named(source.address)
        if is_suspicious(named, least if before is None else before):
            raise SourceSuspected(source.address, named, before)
        self._progress.note_named(source.address, named)

    async def _read_news(self, source: EntrySource) -> None:
        """Read the newest releases, up to a page on which nothing is new."""
        if source.kind is OfferKind.SITEMAP:
            await self._take_sitemap(source)
            return
        series = PageSeries(
            source.address,
            self._session.fetch,
            PAGE_READERS[source.kind],
            max_pages=_MAX_NEWS_PAGES,
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
        before = self._progress.ended(source.address)
        if source.kind is OfferKind.SITEMAP:
            if await self._take_sitemap(source):  # or else it is read again the next time
                self._end_archive(source, before)
            return
        is_whole = True
        start = self._progress.next_page(source.address) or source.address
        series = PageSeries(
            start, self._session.fetch, PAGE_READERS[source.kind], max_pages=MAX_ARCHIVE_PAGES
        )
        is_first = start == source.address
        try:
            async for entries in series:
                if is_first:
                    self._believe(source, len(entries))
                    is_first = False
                self._take(entries)
                self._progress.note_archived(source.address, (each.key for each in entries))
                self._progress.advance(source.address, series.address)
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
            self._session.report.failed.append(FailedPage(source.address, reason))
            is_whole = False
        self._end_archive(source, before if is_whole else None)

    async def _take_sitemap(self, source: EntrySource) -> bool:
        """Note the releases that a sitemap names; return whether all its parts could be read."""
        failed = len(self._session.report.failed)
        examples = self._copy.plan.examples
        entries = await read_sitemap_entries(
            source.address, examples, self._session.fetch, self._session.fail
        )
        is_whole = len(self._session.report.failed) == failed
        if is_whole:  # or else it is no wonder that some are missing
            self._believe(source, len(entries))
        self._take(entries)
        if source in self._copy.plan.archive:
            self._progress.note_archived(source.address, (each.key for each in entries))
        return is_whole

    def _end_archive(self, source: EntrySource, before: datetime | None) -> None:
        """Note the end of a source, and ask for the pages of releases that it names no longer.

        A list that is shorter than it was does not mean that they are gone: only their pages show
        that.

        Args:
            source: the source.
            before: when its end was reached the time before; None if that says nothing.
        """
        self._progress.advance(source.address, None)
        if not before:
            return
        for key in self._progress.no_longer_archived(source.address, before):
            if self._visits.get(key):
                self._visits.expire([key])
                self._progress.forget_archived(source.address, key)
            else:
                self.no_longer_named.append((source.address, key))

    def _take(self, entries: Sequence[Entry]) -> None:
        """Note releases, and keep the text of those that have it whole."""
        modified = self._copy.add(entries)
        pages = list[str]()
        for entry in entries:
            # A release is always read from one place, or it would change with each reading.
            has_visit = bool(entry.address and self._visits.get(entry.address))
            text = None if has_visit else whole_page(entry)
            if text:
                self._session.keep(entry.key, text)
            elif entry.address and not has_visit and not self._copy.has_page(entry.key):
                pages.append(entry.address)
        self._visits.add(pages)
        self._visits.expire(entry.address for entry in modified if entry.address)
        self._named += len(entries)
        self._session.on_progress(ImportProgress("listing", self._named))
