"""One import of a site: what its parts fetch with, and what they note in copy and report."""

from embeddings.errors import VerbatimError
from retrieval.sources.web.clock import Clock
from retrieval.sources.web.errors import (
    Blocked,
    FetchError,
    NotFound,
    RobotsUnavailable,
    TooManyRequests,
    Unreachable,
)
from retrieval.sources.web.import_report import FailedPage, ImportReport, OnImport
from retrieval.sources.web.page import FetchVersion, Page, Version
from retrieval.sources.web.site_copy import CopiedRelease, SiteCopy
from retrieval.sources.web.suspicion import SourceSuspected
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.visits import Visits

_CLOSED = 3  # pages in a row that the site does not give: then it gives none


class ImportStopped(Exception):
    """The site does not let itself be read, or what it says cannot be believed.

    ``error`` says which.
    """

    def __init__(self, error: VerbatimError) -> None:
        super().__init__(str(error))
        self.error = error


class ImportSession:
    """One import of a site into its copy.

    Attributes:
        copy: the copy of the site.
        visits: when each page is due.
        clock: tells the time.
        on_progress: called after each page; may raise to stop.
        report: what the import did so far.
    """

    def __init__(
        self,
        copy: SiteCopy,
        visits: Visits,
        fetch: FetchVersion,
        clock: Clock,
        on_progress: OnImport,
    ) -> None:
        self.copy = copy
        self.visits = visits
        self.clock = clock
        self.on_progress = on_progress
        self.report = ImportReport()
        self._fetch = fetch
        self._closed = 0  # pages in a row that the site did not give

    async def fetch(self, address: str, version: Version | None = None) -> Page:
        """Fetch a page. Raises `ImportStopped` where the site no longer gives any."""
        try:
            page = await self._fetch(address, version)
        except FetchError as error:
            if isinstance(error, Blocked | Unreachable | RobotsUnavailable):
                self._closed += 1
            else:
                self._closed = 0
            if self._closed >= _CLOSED or isinstance(error, TooManyRequests):
                raise ImportStopped(error) from error
            raise
        self._closed = 0
        return page

    def keep(self, key: str, page: Page) -> bool:
        """Keep what was sent for a release; return whether it is another content than before."""
        before = self.copy.release(key)
        is_other = self.copy.store(key, page)
        if is_other and before and before.digest:
            self.report.changed += 1
        elif is_other:
            self.report.new += 1
        self.note_back(before)
        return is_other

    def note_back(self, before: CopiedRelease | None) -> None:
        """Note that a release is on the site; ``before`` is what was known of it."""
        if before and before.gone:
            self.report.back.append(before.key)

    def fail(self, address: str, error: FetchError | Unreadable | SourceSuspected) -> None:
        """Note why a page could not be fetched or read, and that a release is gone if it is."""
        reason = error.text if isinstance(error, FetchError) else error.reason
        is_gone = isinstance(error, NotFound)
        self.report.failed.append(FailedPage(address, reason))
        before = self.copy.release(address)
        self.copy.fail(address, reason, gone=is_gone)
        if is_gone and before and before.digest and not before.gone:
            self.report.gone.append(address)
