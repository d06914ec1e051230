"""Fetch the PDFs that the releases of a site link to, after the releases themselves.

They are asked for as pages are, with the same manners. One that fails is noted by its address and
stops nothing: a host that gives none is only not asked again this time.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from retrieval.sources.pdf import is_pdf
from retrieval.sources.web.addresses import host
from retrieval.sources.web.errors import (
    Blocked,
    FetchError,
    NotPdf,
    RobotsUnavailable,
    TooManyRequests,
    Unreachable,
)
from retrieval.sources.web.page import FetchVersion, Page, Version
from retrieval.sources.web.page_links import PdfLink, pdf_links
from retrieval.sources.web.page_text import page_text
from retrieval.sources.web.pdf_copy import PdfCopy
from retrieval.sources.web.site_copy import SiteCopy
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.visits import Visits
from retrieval.sources.web.web_document import WebDocument

_INTERVAL = timedelta(days=30)
_CLOSED = 3  # PDFs in a row that a host does not give: then it gives none
_ALL = 10_000_000


OnDone: TypeAlias = Callable[[int, int], None]
"""Told after each page or PDF how many are done, of how many; may raise to stop."""


async def import_pdfs(
    copy: SiteCopy,
    pdfs: PdfCopy,
    visits: Visits,
    fetch: FetchVersion,
    on_searched: OnDone,
    on_fetched: OnDone,
) -> tuple[int, list[FetchError]]:
    """Bring the PDFs of a site's copy up to date.

    Args:
        copy: the copy, whose releases are up to date.
        pdfs: the PDFs of that copy.
        visits: when each PDF is due.
        fetch: fetches with manners.
        on_searched: called after each page that is looked through for links to PDFs.
        on_fetched: called after each PDF.

    Returns:
        How many PDFs are new or have another content than before, and why others were not fetched.

    Raises:
        CopyUnusable, VisitsUnusable: if it cannot be written.
    """
    await _note_links(copy, pdfs, on_searched)
    linked = pdfs.linked(copy.plan, (each.key for each in copy.releases()))
    wanted = {each.address for found in linked.of.values() for each in found}
    visits.add(sorted(wanted))
    due = [visit for visit in visits.due(_ALL) if visit.address in wanted]
    new, failures, closed = 0, list[FetchError](), Counter[str]()
    for number, visit in enumerate(due, start=1):
        address, server = visit.address, host(visit.address)
        if closed[server] < _CLOSED:
            try:
                version = visit.version if pdfs.has(address) else None
                page = await _fetch(fetch, address, version)
            except FetchError as error:
                closed[server] = _closed_for(error, closed[server])
                error.asked = address
                visits.failed(error, _INTERVAL)
                pdfs.fail(address, error.text)
                failures.append(error)
            else:
                closed[server] = 0
                if page.unchanged:
                    pdfs.unchanged(address)
                else:
                    new += pdfs.store(address, page)
                visits.succeeded(page, _INTERVAL)
        on_fetched(number, len(due))
    return new, failures


async def _note_links(copy: SiteCopy, pdfs: PdfCopy, on_searched: OnDone) -> None:
    """Note which PDFs each release links to, where its page is another one than before."""
    unnoted = pdfs.unnoted(copy.releases())
    for number, release in enumerate(unnoted, start=1):
        try:
            page = copy.page(release)
        except ValueError:
            pass  # a damaged file, which the build reports
        else:
            pdfs.note(release, await asyncio.to_thread(_links, page))
        on_searched(number, len(unnoted))


async def _fetch(fetch: FetchVersion, address: str, version: Version | None) -> Page:
    page = await fetch(address, version)
    if not page.unchanged and not is_pdf(page.body):
        raise NotPdf(address, page.media_type)
    return page


def _closed_for(error: FetchError, before: int) -> int:
    """How often in a row a host gave nothing, after one more error."""
    if isinstance(error, TooManyRequests):
        return _CLOSED
    return before + 1 if isinstance(error, Blocked | Unreachable | RobotsUnavailable) else 0


def _links(page: Page) -> tuple[PdfLink, ...]:
    """The PDFs that a release links to; none if it is one itself."""
    if is_pdf(page.body):
        return ()
    try:
        if "pdf" not in page_text(page, "a web page").lower():  # which is faster than to parse it
            return ()
        return pdf_links(WebDocument.parse(page))
    except Unreadable:
        return ()
