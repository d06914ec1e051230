"""The releases in a page's data: what Next.js sends along for its scripts to show.

Such a page may have no links at all, and its releases in ``<script id="__NEXT_DATA__">``: lists of
objects with a title, a date, and a link or the last part of one.
"""

import datetime
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from retrieval.release import DateSource
from retrieval.sources.html_fragment import one_line
from retrieval.sources.publication_date import DateOrder
from retrieval.sources.web.entries import Entry, absolute, is_same_site
from retrieval.sources.web.web_document import WebDocument
from retrieval.text.dates import date_readings

_MAX_TEXT = 10_000_000  # characters
_MAX_VALUES = 200_000
_TITLES = ("title", "headline", "name")
_LINKS = ("link", "url", "uri", "href", "permalink", "path", "slug")
_DATES = (
    "date", "publishedAt", "published_at", "publishDate", "publish_date", "datePublished",
    "releaseDate", "pubDate", "published", "createdAt",
)  # fmt: skip
_TEXTS = ("content", "body", "contentHtml", "html")
_PAGE_COUNTS = ("totalPages", "total_pages", "pageCount", "lastPage", "last_page")
_MAX_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class PageData:
    """What a page's data tells: its releases, and how many pages its list has."""

    entries: tuple[Entry, ...] = ()
    pages: int | None = None


def read_page_data(document: WebDocument, order: DateOrder) -> PageData:
    """Return the longest list of releases in a page's data; an empty one if it has none."""
    node = document.html.document.css_first("script#__NEXT_DATA__")
    text = node.text() if node else ""
    if not text or len(text) > _MAX_TEXT:
        return PageData()
    try:
        content: object = json.loads(text)
    except (ValueError, RecursionError):
        return PageData()
    linked = _linked_parts(document)
    best: tuple[Entry, ...] = ()
    pages: int | None = None
    for value in _values(content):
        if isinstance(value, list):
            rows = (each for each in value if isinstance(each, dict))
            found = tuple(filter(None, (_entry(each, document, linked, order) for each in rows)))
            best = max(best, found, key=len)
        else:
            counts = (value.get(name) for name in _PAGE_COUNTS)
            known = (n for n in counts if type(n) is int and 1 <= n <= _MAX_PAGES)
            pages = pages or next(known, None)
    return PageData(best, pages)


def _values(content: object) -> Iterator[list[Any] | dict[str, Any]]:
    """Yield the lists and the objects in a value, the outer ones first."""
    pending = deque([content])
    for _ in range(_MAX_VALUES):
        if not pending:
            return
        value = pending.popleft()
        if isinstance(value, dict):
            yield value
            pending.extend(each for each in value.values() if isinstance(each, dict | list))
        elif isinstance(value, list):
            yield value
            pending.extend(each for each in value if isinstance(each, dict | list))


def _entry(
    item: dict[str, Any], document: WebDocument, linked: Mapping[str, str], order: DateOrder
) -> Entry | None:
    """Return the release that an object describes; None if it describes none."""
    for wrapped in ("node", "attributes", "fields"):
        if isinstance(item.get(wrapped), dict):
            item = {**item, **item[wrapped]}
    published = next(filter(None, (_day(item.get(name), order) for name in _DATES)), None)
    title = _text(item, _TITLES)
    if published is None or not title:
        return None
    address = next(
        filter(None, (_address(item.get(name), document, linked) for name in _LINKS)), None
    )
    try:
        line = one_line(title)
    except ValueError:  # HTML that is nested too deeply
        return None
    if address is None or not is_same_site(address, document.address):
        return None
    text = _text(item, _TEXTS)
    return Entry(address, line, published, html=text if "<" in text else "")


def _address(value: object, document: WebDocument, linked: Mapping[str, str]) -> str | None:
    """Return the address that a field gives; None if it gives none.

    The last part of one alone is looked for among the page's links, or else taken to be below it.
    """
    value = value.get("current") if isinstance(value, dict) else value
    if not isinstance(value, str) or not value.strip():
        return None
    if "/" in value:
        return absolute(value, document.base)
    folder = urlsplit(document.address)._replace(query="", fragment="").geturl().rstrip("/")
    return linked.get(value) or absolute(f"{folder}/{value}", document.base)


def _linked_parts(document: WebDocument) -> dict[str, str]:
    """Return the addresses that a page links to, by their last part."""
    links = dict[str, str]()
    for node in document.html.document.css("a[href]"):
        if address := absolute(node.attributes.get("href"), document.base):
            links.setdefault(urlsplit(address).path.rstrip("/").rpartition("/")[2], address)
    return links


def _day(value: object, order: DateOrder) -> datetime.date | None:
    if not isinstance(value, str):
        return None
    found = order.choose(date_readings(value), DateSource.FIELD)
    return found.date if found else None


def _text(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Return the first text in these fields, or in an object "rendered" in them."""
    for name in names:
        value = item.get(name)
        value = value.get("rendered") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            return value
    return ""
