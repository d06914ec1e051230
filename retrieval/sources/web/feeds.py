"""Read feeds: RSS, Atom and RDF (by feedparser), and JSON Feed 1.1.

What feeds do wrong is read as well as it can be: no dates, ids or links, another encoding than the
one declared, HTML in titles, text before the XML. A feed that goes on at another address says so
(RFC 5005's ``next`` and ``prev-archive``, JSON Feed's ``next_url``), or is WordPress's (``paged``).
"""

import datetime
import html
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import feedparser

from retrieval.release import DateSource
from retrieval.sources.html_fragment import one_line
from retrieval.sources.publication_date import DateOrder
from retrieval.sources.web.entries import Entry, absolute
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_text import is_web_page, page_json, page_text
from retrieval.sources.web.unreadable import Unreadable
from retrieval.text.dates import date_readings
from retrieval.text.lines import clean, split_paragraphs

_WANTED = "a feed"
_MAX_SIZE = 10_000_000  # bytes
_MAX_ENTRIES = 10_000
_JSON_FEED = "jsonfeed.org/version/"
_FORMS = {"rss": "RSS", "atom": "Atom", "cdf": "CDF"}
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_DATE_DIGITS = 8  # at least, of a date with its time
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, or one page of it.

    Attributes:
        form: its format with the version: "RSS 2.0", "JSON Feed 1.1".
        title: what it calls itself.
        site: the page that it is the feed of, where it says so.
        entries: the releases, as it orders them. One without an address, a title or a text is none.
        next: where earlier entries are; None if it does not go on.
        is_complete: whether it says that it holds all there is (RFC 5005).
    """

    form: str
    title: str
    site: str | None
    entries: tuple[Entry, ...]
    next: str | None = None
    is_complete: bool = False


def read_feed(page: Page) -> Feed:
    """Return the feed that a page is.

    Raises:
        Unreadable: if it is none.
    """
    if len(page.body) > _MAX_SIZE:
        reason = f"it is larger than {_MAX_SIZE // 1_000_000} MB"
        raise Unreadable(page.address, _WANTED, reason)
    text = page_text(page, _WANTED)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json_feed(page)
    parsed = _parsed(text, page.address)
    version = _text(parsed, "version")  # absent for some texts, such as an empty one
    if not version:
        reason = "it is a web page" if is_web_page(text) else "it is not RSS, Atom or JSON Feed"
        raise Unreadable(page.address, _WANTED, reason)
    head = parsed.feed
    order = DateOrder.of(language=_text(head, "language"), url=page.address)
    items = islice(parsed.entries, _MAX_ENTRIES)
    entries = tuple(filter(None, (_entry(each, version, page.address, order) for each in items)))
    return Feed(
        form=_form(version),
        title=_title(head),
        site=absolute(_text(head, "link"), page.address),
        entries=entries,
        next=_next_page(head, page.address) if entries else None,
        is_complete="fh_complete" in head,
    )


def _parsed(text: str, address: str) -> feedparser.FeedParserDict:
    """Return what feedparser makes of a feed's text."""
    headers = {
        "content-type": "application/xml; charset=utf-8",  # counts more than the declaration
        "content-location": address,
    }
    # feedparser takes text for a name of a file, or for an address to fetch, if it can.
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False)
    except Exception as error:  # the parser fails in many ways on hostile bytes
        reason = f"it cannot be parsed ({type(error).__name__})"
        raise Unreadable(address, _WANTED, reason) from None


def _form(version: str) -> str:
    """Return the name of a format as feedparser numbers it: "rss20" is "RSS 2.0"."""
    name = version.rstrip("0123456789")
    number = version[len(name) :]
    return f"{_FORMS.get(name, name.upper())} {'.'.join(number)}".strip()


def _entry(item: dict[str, Any], version: str, base: str, order: DateOrder) -> Entry | None:
    """Return an entry; None if there is nothing in it."""
    published = _day(item, "published", order)
    if published is None and not version.startswith("atom"):
        published = _day(item, "updated", order)  # RDF has only one date, that of publication
    id = _text(item, "id")
    link = _text(item, "feedburner_origlink") or _text(item, "link") or _alternate(item)
    # A relative id is no address, and a URN is none at all.
    address = absolute(link, base) or (absolute(id, "") if "://" in id else None)
    content, summary = _content(item), _text(item, "summary")
    entry = Entry(
        address=address,
        title=_title(item),
        published=published,
        modified=clean(_text(item, "updated")),
        id=clean(id),
        html=content,
        summary=summary if summary != content else "",  # feedparser fills it with the content
    )
    return entry if address or entry.title or entry.html or entry.summary else None


def _title(item: dict[str, Any]) -> str:
    """Return a title without its tags; empty where it cannot be read."""
    try:
        return one_line(_text(item, "title"))
    except ValueError:  # nested too deeply
        return ""


def _alternate(item: dict[str, Any]) -> str:
    """Return the first link of an entry that is the release and no attachment."""
    links = [each for each in _list(item, "links") if isinstance(each, dict)]
    return next((_text(each, "href") for each in links if each.get("rel") == "alternate"), "")


def _content(item: dict[str, Any]) -> str:
    """Return the longest content of an entry as HTML; empty if it has only a summary."""
    contents = [each for each in _list(item, "content") if isinstance(each, dict)]
    texts = [
        value if each.get("type") in _HTML_TYPES or "<" in value else _as_html(value)
        for each in contents
        if (value := _text(each, "value").strip())
    ]
    return max(texts, key=len, default="")


def _as_html(text: str) -> str:
    """Return plain text as HTML."""
    return "".join(f"<p>{html.escape(each, quote=False)}</p>" for each in split_paragraphs(text))


def _day(item: dict[str, Any], name: str, order: DateOrder) -> datetime.date | None:
    """Return the day of a date as it is written, or as feedparser understands it, or None."""
    text = clean(_text(item, name))
    return _written_day(text, order) or _parsed_day(text, dict.get(item, f"{name}_parsed"))


def _written_day(text: str, order: DateOrder) -> datetime.date | None:
    for each in (text, text.rpartition(" ")[0]):  # without the name of a time zone
        if found := order.choose(date_readings(each), DateSource.FIELD):
            return found.date
    return None


def _parsed_day(text: str, parsed: time.struct_time | None) -> datetime.date | None:
    """Return the day that feedparser made of a text, unless it was guessed."""
    if parsed is None or sum(map(str.isdigit, text)) < _DATE_DIGITS:
        return None
    year, month, day = parsed[:3]
    if year not in _YEARS or str(year) not in text or str(day) not in text:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _next_page(head: dict[str, Any], address: str) -> str | None:
    """Return where a feed goes on; None if it does not."""
    links = [each for each in _list(head, "links") if isinstance(each, dict)]
    for rel in ("next", "prev-archive"):
        for link in links:
            if link.get("rel") == rel and (found := absolute(_text(link, "href"), address)):
                return found if found != address else None
    return _next_of_wordpress(address) if "wordpress" in _text(head, "generator").lower() else None


def _next_of_wordpress(address: str) -> str:
    """Return the address of the page after a page of a feed of WordPress."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    number = query.get("paged", "1")
    query["paged"] = str((int(number) if number.isdecimal() and len(number) < 7 else 1) + 1)
    return parts._replace(query=urlencode(query)).geturl()


def _text(item: dict[str, Any], name: str) -> str:
    """Return a text of an element; empty if there is none.

    By `dict`'s own method: feedparser's answers with other fields where one is missing.
    """
    value = dict.get(item, name)
    return value if isinstance(value, str) else ""


def _list(item: dict[str, Any], name: str) -> list[Any]:
    """Return a list of an element; empty if there is none."""
    value = dict.get(item, name)
    return value if isinstance(value, list) else []


def _read_json_feed(page: Page) -> Feed:
    content = page_json(page, _WANTED)
    version = _text(content, "version") if isinstance(content, dict) else ""
    if not isinstance(content, dict) or _JSON_FEED not in version:
        raise Unreadable(page.address, _WANTED, "it is JSON, but not a JSON Feed")
    order = DateOrder.of(language=_text(content, "language"), url=page.address)
    following = absolute(_text(content, "next_url"), page.address)
    return Feed(
        form=f"JSON Feed {version.rpartition('/')[2]}",
        title=_title(content),
        site=absolute(_text(content, "home_page_url"), page.address),
        entries=tuple(_json_entries(_list(content, "items"), page.address, order)),
        next=following if following != page.address else None,
    )


def _json_entries(items: list[Any], base: str, order: DateOrder) -> Iterator[Entry]:
    for item in items[:_MAX_ENTRIES]:
        if not isinstance(item, dict):
            continue
        id = item.get("id")
        entry = Entry(
            address=absolute(_text(item, "url") or _text(item, "external_url"), base),
            title=_title(item),
            published=_written_day(clean(_text(item, "date_published")), order),
            modified=clean(_text(item, "date_modified")),
            id=clean(str(id)) if isinstance(id, str | int) else "",
            html=_text(item, "content_html") or _as_html(_text(item, "content_text")),
            summary=_as_html(_text(item, "summary")),
        )
        if entry.address or entry.title or entry.html:
            yield entry
