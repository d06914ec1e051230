"""What the head of a web page says of it: language, address, titles, and its news as JSON-LD."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from retrieval.text.lines import clean
from retrieval.text.links import is_web_address

_TITLE_FIELDS = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title")
_SITE_FIELDS = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_ADDRESS_FIELDS = ("og:url",)
_SEPARATOR = re.compile(r"\s+[|–—·•»›:/\\-]+\s+|\s*\|\s*|\s*::\s*|\s+[<>]\s+")
_NEWS_TYPES = re.compile(r"(?:Article|Report|PressRelease|Posting)$", re.I)
_PAGE_TYPES = re.compile(r"WebPage$", re.I)
_CDATA = re.compile(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*$")
_MAX_JSON = 2_000_000  # characters
_MAX_ITEMS = 10_000  # of a page's JSON-LD


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page's head says.

    Attributes:
        language: the code of its language in lower case, such as "en-us"; empty if none is given.
        url: its address, canonical where one is given; None if unknown.
        titles: the titles that it gives itself, the most trustworthy first.
        site_names: the names of its site.
        fields: the contents of its ``<meta>`` elements, by name in lower case, in order.
        news: the objects in its JSON-LD that describe an article, then those that describe a page.
    """

    language: str
    url: str | None
    titles: tuple[str, ...]
    site_names: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    news: tuple[dict[str, Any], ...]


def read_metadata(document: LexborHTMLParser) -> Metadata:
    """Return the metadata of a parsed page."""
    fields = tuple(_fields(document))
    items = tuple(_json_ld(document))
    news = tuple(
        item for types in (_NEWS_TYPES, _PAGE_TYPES) for item in items if _is_a(item, types)
    )
    html = document.css_first("html")
    language = (html.attributes.get("lang") or "") if html else ""
    headlines = (text for item in news if (text := _text(item.get("headline"))))
    given = (text for name in _TITLE_FIELDS for field, text in fields if field == name)
    window = document.css_first("head > title") or document.css_first("title")
    titles = (*given, *headlines, clean(window.text()) if window else "")
    return Metadata(
        language=language.strip().lower().replace("_", "-"),
        url=_address(document, fields),
        titles=tuple(dict.fromkeys(filter(None, titles))),
        site_names=tuple(
            dict.fromkeys(text for name in _SITE_FIELDS for field, text in fields if field == name)
        ),
        fields=fields,
        news=news,
    )


def without_site_name(title: str, site_names: Sequence[str] = ()) -> str:
    """Return a title without the names of site and section that follow, or precede, it.

    "Harbour to be rebuilt | News | Port of Lindow" is "Harbour to be rebuilt". The title is the
    longest part; a part of it that merely has a dash ("Roe – a profile") is not cut off, unless it
    is known as a name of the site.
    """
    names = {name.casefold() for name in site_names}
    parts = [part for part in _SEPARATOR.split(title) if part.strip()]
    if len(parts) < 2:
        return title.strip()
    if "|" in title or "::" in title:
        divided = [part.strip() for part in re.split(r"\s*(?:\||::)\s*", title) if part.strip()]
        longest = max(divided, key=lambda part: (part.casefold() not in names, len(part)))
        return without_site_name(longest, site_names) if longest != title else longest
    for part, rest in ((parts[-1], title.rfind(parts[-1])), (parts[0], 0)):
        if part.strip().casefold() in names:
            kept = title[:rest] if rest else title[len(part) :]
            return kept.strip(" |–—·•»›:/\\-<>")
    return title.strip()


def _fields(document: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each ``<meta>`` that has both."""
    for node in document.css("meta"):
        attributes = node.attributes
        content = clean(attributes.get("content") or "")
        for key in ("property", "name", "itemprop"):
            name = attributes.get(key)
            if name and content:
                yield name.strip().lower(), content


def _address(document: LexborHTMLParser, fields: Sequence[tuple[str, str]]) -> str | None:
    """Return the page's own web address, or None if it gives none."""
    base = document.css_first("base")
    start = (base.attributes.get("href") or "") if base else ""
    links = document.css("link[rel~='canonical' i]")
    given = [node.attributes.get("href") or "" for node in links]
    given += [text for name in _ADDRESS_FIELDS for field, text in fields if field == name]
    for address in given:
        try:
            url = urljoin(start, address.strip())
        except ValueError:  # not an address, such as "http://[x"
            continue
        if is_web_address(url):
            return url
    return None


def _json_ld(document: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Yield the objects in a page's JSON-LD, those in lists and graphs too."""
    for script in document.css("script[type='application/ld+json' i]"):
        text = script.text()
        if len(text) > _MAX_JSON:
            continue
        try:
            pending = [json.loads(_CDATA.sub("", text).strip(), strict=False)]
        except (ValueError, RecursionError):  # sites write it by hand: others may be well formed
            continue
        for _ in range(_MAX_ITEMS):
            if not pending:
                break
            item = pending.pop(0)
            if isinstance(item, list):
                pending = [*item, *pending]
            elif isinstance(item, dict):
                yield item
                pending += [item[key] for key in ("@graph", "mainEntity") if key in item]


def _is_a(item: dict[str, Any], wanted: re.Pattern[str]) -> bool:
    types = item.get("@type")
    return any(
        isinstance(each, str) and wanted.search(each)
        for each in (types if isinstance(types, list) else [types])
    )


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""
