"""A newsroom's site on loopback with real releases: a saved page of a real site around each text.

Releases are those of the shared data that have a date, each text once. The list is that of Drupal
(`tests.retrieval.sources.web.listing_pages`), ten releases a page, which the home page links to.
"""

import gzip
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

from retrieval.sources.decoding import decode
from tests.retrieval.sources.web import listing_pages
from tests.retrieval.sources.web.listing_pages import Item, long_day
from tests.retrieval.sources.web.newsroom import Newsroom

LISTED = 10
"""Releases on a page of the list."""
LIST = "/news/press-releases"

_OF_ONE_RELEASE = re.compile(
    r'<link rel="canonical"[^>]*>|<meta (?:property|name)="(?:og|twitter):[^>]*>'
    r'|<span property="dc:title"[^>]*></span>|<h2 id="node-subtitle".*?</h2>'
    r'|<div class="node__updated">.*?</div>',
    re.DOTALL,
)
_PLACES = re.compile(
    r"(?<=<title>)(?P<head>[^<]*?)(?= \|)|(?<=<h1 id=\"node-title\">)(?P<title>.*?)(?=</h1>)"
    r'|(?<="date-display-single")[^>]*>(?P<day>[^<]*)'
    r'|(?<=field--name-field-pr-body)[^>]*>(?P<text>.*?)(?=<div class="pr-fields">)',
    re.DOTALL,
)


class TemplateUnusable(ValueError):
    """A saved page has not the places that a release page of the Department of Justice has."""


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """A saved release page of the US Department of Justice, with places for another release.

    Attributes:
        parts: the page around the places.
        places: what goes between them.
    """

    parts: tuple[str, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, page: str) -> "PageTemplate":
        """Take the release out of a page. Raises `TemplateUnusable`."""
        page = _OF_ONE_RELEASE.sub("", page)
        parts, places, at = list[str](), list[str](), 0
        for found in _PLACES.finditer(page):
            parts.append(page[at : found.start()])
            places.append(found.lastgroup or "")
            at = found.end()
        if sorted(places) != ["day", "head", "text", "title"]:
            raise TemplateUnusable(f"found only {', '.join(places)}")
        return cls((*parts, page[at:]), tuple(places))

    def filled(self, title: str, day: date, paragraphs: Sequence[str]) -> str:
        """The page of a release."""
        title = html.escape(title)
        text = "".join(f"<p>{html.escape(each)}</p>\n" for each in paragraphs)
        values = {
            "head": title,
            "title": title,
            "day": f">{day:%A}, {long_day(day)}",
            "text": f'"><div><div>{text}</div></div></div>',
        }
        pieces = [self.parts[0]]
        for place, part in zip(self.places, self.parts[1:], strict=True):
            pieces += (values[place], part)
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class SiteRelease:
    """A release of the site: how it is listed, and its paragraphs."""

    item: Item
    paragraphs: tuple[str, ...]


def read_template(shared: Path) -> PageTemplate:
    """The first of the saved pages that can be filled."""
    for path in sorted((shared / "pages/newsrooms/justice").glob("*.html.gz")):
        try:
            return PageTemplate.of(decode(gzip.decompress(path.read_bytes())))
        except TemplateUnusable:
            continue
    raise TemplateUnusable(f"no page in {shared} can be filled")


def read_releases(source: Path, count: int) -> list[SiteRelease]:
    """The first releases of a file that have a date, the newest first, each text once."""
    found, seen = list[SiteRelease](), set[str]()
    for row in _rows(source):
        if len(found) == count:
            break
        paragraphs = tuple(each for each in row["text"].split("\n\n") if each.strip())
        text = re.sub(r"\W+", "", row["text"]).lower()
        if not row["date"] or not row["title"].strip() or not paragraphs or text in seen:
            continue
        seen.add(text)
        slug = re.sub(r"[^a-z0-9]+", "-", row["title"].lower())[:60].strip("-")
        path = f"{LIST}/{slug}-{len(found) + 1}"
        item = Item(path, row["title"], date.fromisoformat(row["date"]))
        found.append(SiteRelease(item, paragraphs))
    return sorted(found, key=lambda each: each.item.day, reverse=True)


def _rows(source: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def serve_site(newsroom: Newsroom, releases: Sequence[SiteRelease], template: PageTemplate) -> None:
    """Serve the releases, their list and a home page; each page is made when it is asked for."""
    for each in releases:
        newsroom.answer(each.item.path, _answering(_page_of(each, template)))
    pages = [releases[at : at + LISTED] for at in range(0, len(releases), LISTED)]
    for number, listed in enumerate(pages):
        answer = _answering(_list_of(listed, number, len(pages)))
        newsroom.answer(f"{LIST}?page={number}", answer)
        if not number:
            newsroom.answer(LIST, answer)
    newsroom.serve("/", listing_pages.page("<p>Welcome.</p>", title="Home"))


def _page_of(release: SiteRelease, template: PageTemplate) -> Callable[[], str]:
    return lambda: template.filled(release.item.title, release.item.day, release.paragraphs)


def _list_of(listed: Sequence[SiteRelease], number: int, pages: int) -> Callable[[], str]:
    items = [Item(each.item.path, html.escape(each.item.title), each.item.day) for each in listed]
    return lambda: listing_pages.drupal(items, current=number, last=pages)


def _answering(make: Callable[[], str]) -> Callable[[web.Request], Any]:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text=make(), content_type="text/html")

    return handler
