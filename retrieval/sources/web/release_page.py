"""The release that a page of a site holds, and a page for one that its source has whole."""

import html
import re
from dataclasses import replace

from retrieval.release import DateSource
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html.reader import read_html
from retrieval.sources.html_fragment import text_paragraphs
from retrieval.sources.pdf import is_pdf, read_pdf
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_text import page_text
from retrieval.sources.web.unreadable import Unreadable

_WHOLE = 40  # words: a text with fewer is a teaser
_CUT_OFF = re.compile(r"(?:\[?(?:…|\.\.\.)\]?|read more|continue reading)\W*$", re.IGNORECASE)


def read_release_page(page: Page, entry: Entry) -> ReleaseDraft:
    """Return the release that a page holds, through the reader of a saved page.

    What the feed or the list says of title and date counts only where the page has none.

    Raises:
        ValueError: If the page holds no release; says why.
    """
    if is_pdf(page.body):
        draft = read_pdf(page.body)
    else:
        try:
            draft = read_html(page_text(page, "a web page"))
        except Unreadable as error:
            raise ValueError(error.reason) from None
    if not draft.title and entry.title:
        draft = replace(draft, title=entry.title)
    if not draft.date and entry.published:
        draft = replace(draft, date=entry.published, date_source=DateSource.LISTED)
    return replace(draft, url=page.address or entry.address)


def whole_page(entry: Entry) -> Page | None:
    """Return an entry that has its release's whole text as a page; None if it has not."""
    if not entry.html:
        return None
    try:
        paragraphs = text_paragraphs(entry.html)
    except ValueError:  # nested too deeply
        return None
    words = sum(len(each.split()) for each in paragraphs)
    if words < _WHOLE or _CUT_OFF.search(paragraphs[-1][-40:]):
        return None
    day = entry.published.isoformat() if entry.published else ""
    text = (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        f"<title>{html.escape(entry.title)}</title>"
        + (f'<meta property="article:published_time" content="{day}">' if day else "")
        + f"</head>\n<body><main><article><h1>{html.escape(entry.title)}</h1>\n"
        f"{entry.html}\n</article></main></body></html>\n"
    )
    address = entry.address or ""
    return Page(address, address, text.encode("utf-8", "replace"), "text/html", "utf-8", {})
