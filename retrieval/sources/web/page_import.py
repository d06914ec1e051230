"""Fetch the pages of releases that are due, each stored before the next one is asked for."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from retrieval.sources.web.errors import FetchError, NotFound
from retrieval.sources.web.import_report import ImportProgress
from retrieval.sources.web.import_session import ImportSession
from retrieval.sources.web.page import Page

_RECENT = timedelta(days=30)
_RECENT_INTERVAL = timedelta(days=1)  # a release is corrected in its first days, if ever
_OLD_INTERVAL = timedelta(days=30)
_ALL = 10_000_000


class PageImport:
    """The pages of one import."""

    def __init__(self, session: ImportSession) -> None:
        self._session = session
        self._copy, self._visits = session.copy, session.visits

    async def fetch_due(self) -> None:
        """Fetch the pages that are due. Raises `ImportStopped`."""
        due = self._visits.due(_ALL)
        for number, visit in enumerate(due):
            self._session.on_progress(ImportProgress("fetching", number, len(due)))
            has_page = self._copy.has_page(visit.address)
            try:
                page = await self._session.fetch(visit.address, visit.version if has_page else None)
                _check_is_there(page)
            except FetchError as error:
                error.asked = visit.address
                is_gone = isinstance(error, NotFound) and has_page
                again = self._interval(visit.address) if is_gone else _OLD_INTERVAL
                self._visits.failed(error, again)
                self._session.fail(visit.address, error)
                continue
            self._store(visit.address, page)
        if due:
            self._session.on_progress(ImportProgress("fetching", len(due), len(due)))

    async def check_no_longer_named(self, named: Iterable[tuple[str, str]]) -> None:
        """Ask whether releases are still there whose texts came with a source that named them.

        ``named`` are (source, release) as in `ListImport`. Raises `ImportStopped`.
        """
        for source, address in named:
            try:
                _check_is_there(await self._session.fetch(address))
            except NotFound as error:
                self._session.fail(address, error)
            except FetchError:
                continue  # asked for again when the archive is gone through the next time
            self._copy.progress.forget_archived(source, address)

    def _store(self, address: str, page: Page) -> None:
        if page.unchanged:
            self._session.note_back(self._copy.release(address))
            self._copy.unchanged(address)
            self._session.report.unchanged += 1
        elif not self._session.keep(address, page):
            self._session.report.unchanged += 1
        self._visits.succeeded(page, self._interval(address))

    def _interval(self, address: str) -> timedelta:
        release = self._copy.release(address)
        published = release.published if release else None
        is_old = published and self._session.clock.now().date() - published > _RECENT
        return _OLD_INTERVAL if is_old else _RECENT_INTERVAL


def _check_is_there(page: Page) -> None:
    """Raise `NotFound` where a release's address leads to the home page now, as many sites do."""
    path, asked = urlsplit(page.address), urlsplit(page.asked)
    if path.path in ("", "/") and not path.query and (asked.path not in ("", "/") or asked.query):
        raise NotFound(page.asked, 404)
