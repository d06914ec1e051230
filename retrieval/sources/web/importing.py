"""Read a site into its copy: what is new, what is due, and what an interrupted import left.

First the lists are followed (`list_import`), then the releases' pages are fetched (`page_import`),
and then the PDFs that they link to (`pdf_import`). Each step notes how far it is, so an import can
be killed at any moment, and the next one goes on. What fails is noted by address and stops nothing,
except where the whole site does not let itself be read, or where what names its newest releases
cannot be believed any more.
"""

from retrieval.sources.web.clock import Clock
from retrieval.sources.web.import_report import (
    FailedPage,
    ImportProgress,
    ImportReport,
    OnImport,
)
from retrieval.sources.web.import_session import ImportSession, ImportStopped
from retrieval.sources.web.list_import import ListImport
from retrieval.sources.web.page import FetchVersion
from retrieval.sources.web.page_import import PageImport
from retrieval.sources.web.pdf_copy import PDF_VISITS, PdfCopy
from retrieval.sources.web.pdf_import import import_pdfs
from retrieval.sources.web.site_copy import VISITS, SiteCopy
from retrieval.sources.web.visits import Visits


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
            report = await _import_pages(ImportSession(copy, visits, fetch, clock, on_progress))
        finally:
            visits.close()
        if not report.stopped:
            await _import_pdfs(copy, fetch, clock, on_progress, report)
        return report


async def _import_pages(session: ImportSession) -> ImportReport:
    """Follow the lists and fetch the pages, up to where the site stops it."""
    lists, pages = ListImport(session), PageImport(session)
    try:
        await lists.read()
        await pages.fetch_due()
        await pages.check_no_longer_named(lists.no_longer_named)
    except ImportStopped as stop:
        session.report.stopped = stop.error
        session.copy.was_read(str(stop.error))
    else:
        session.copy.was_read(lists.failure)
    return session.report


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
