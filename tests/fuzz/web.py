"""The readers of what web servers send: pages, feeds, sitemaps, interfaces, headers, addresses."""

import gzip
import json
import math
import random
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from itertools import pairwise

import brotli

from retrieval.sources.web.addresses import host, linked_address, literal_ip, origin, typed_address
from retrieval.sources.web.backoff import parse_retry_after
from retrieval.sources.web.bot_walls import bot_wall
from retrieval.sources.web.content_encoding import Body
from retrieval.sources.web.entries import Entry, absolute
from retrieval.sources.web.errors import BadAddress, BadResponse, CutOff, TooLarge
from retrieval.sources.web.feeds import read_feed
from retrieval.sources.web.http_links import http_link
from retrieval.sources.web.listings import find_listing
from retrieval.sources.web.newsroom_links import newsroom_links
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_links import pdf_links, read_page_links
from retrieval.sources.web.release_page import read_release_page, whole_page
from retrieval.sources.web.robots import ROBOTS_SIZE, RobotsRules
from retrieval.sources.web.sitemaps import read_sitemap
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument
from retrieval.sources.web.wordpress import (
    collection_address,
    read_collection,
    read_types,
    release_types,
)
from retrieval.text.lines import clean
from tests.fuzz.documents import HTML, TEXT, encoded
from tests.fuzz.release_checks import check_release
from tests.retrieval.sources.web.listing_pages import items, page
from tests.retrieval.sources.web.sites import release_html

_SITE = "https://www.harbor.example/"
_FEEDS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Harbor</title>'
    "<link>https://www.harbor.example/</link><item><title>Bridge</title>"
    "<link>https://www.harbor.example/bridge</link><pubDate>Mon, 18 Mar 2024 10:00:00 GMT</pubDate>"
    f"<description><![CDATA[<p>{TEXT}</p>]]></description></item></channel></rss>",
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbor</title><entry><title>Bridge</title>'
    '<link href="https://www.harbor.example/bridge"/><updated>2024-03-18T10:00:00Z</updated>'
    f'<content type="html">{TEXT}</content></entry></feed>',
    json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Harbor",
            "items": [
                {
                    "id": "1",
                    "url": "https://www.harbor.example/bridge",
                    "title": "Bridge",
                    "date_published": "2024-03-18T10:00:00Z",
                    "content_text": TEXT,
                }
            ],
        }
    ),
)
_SITEMAPS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
    "<loc>https://www.harbor.example/news/bridge?a=1&amp;b=2</loc><lastmod>2024-03-18</lastmod>"
    "<news:news><news:publication_date>2024-03-18T10:00:00Z</news:publication_date>"
    "<news:title>Bridge &amp; ferry</news:title></news:news></url>"
    "<url><loc>/news/ferry</loc></url></urlset>",
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>'
    "<loc>https://www.harbor.example/sitemap-1.xml</loc><lastmod>2024-03-18</lastmod></sitemap>"
    "</sitemapindex>",
    "https://www.harbor.example/news/bridge\nhttps://www.harbor.example/news/ferry\n",
)
_ROBOTS = (
    "# robots.txt of Harbor City\nUser-agent: *\nDisallow: /admin/\nAllow: /admin/news$\n"
    "Crawl-delay: 10\n\nUser-agent: VerbatimBot/1.0\nDisallow: /*?print=\nCrawl-delay: 2.5\n"
    "Request-rate: 1/5\nVisit-time: 0600-0845\n\n"
    "Sitemap: https://www.harbor.example/sitemap.xml\nHost: www.harbor.example\n",
    "\ufeffUser-Agent: Googlebot\r\nDisallow:\r\n\r\nUser-agent: *\r\nDisallow: /\r\n",
)
_TYPES = {
    "post": {"name": "Posts", "slug": "post", "rest_base": "posts", "rest_namespace": "wp/v2"},
    "press": {"name": "Press Releases", "slug": "press", "rest_base": "press"},
    "attachment": {"name": "Media", "rest_base": "media"},
}
_POST = {
    "id": 7,
    "link": "https://www.harbor.example/bridge/",
    "guid": {"rendered": "https://www.harbor.example/?p=7"},
    "title": {"rendered": "Bridge &amp; ferry"},
    "date": "2024-03-18T10:00:00",
    "modified": "2024-03-19T10:00:00",
    "content": {"rendered": f"<p>{TEXT}</p>", "protected": False},
    "excerpt": {"rendered": "<p>The bridge</p>"},
}
_POSTS = [_POST, {**_POST, "id": 8, "link": "https://www.harbor.example/ferry/"}]
_NEXT = {
    "props": {
        "pageProps": {
            "totalPages": 7,
            "posts": [
                {"node": {"title": f"Council Votes, Part {number}", "date": f"2024-03-{number:02}",
                          "slug": f"council-{number}", "content": {"rendered": "<p>It did.</p>"}}}
                for number in range(1, 6)
            ],
        }
    }
}  # fmt: skip
_ADDRESSES = (
    "www.harbor.example/news",
    "https://user:secret@www.harbor.example:8443/a/../b?c=d#e",
    "//harbor.example",
    "http://0x7f.1/",
    "http://[::ffff:127.0.0.1]:80/",
    "https://bücher.example/ä?ö=ü",
    "../news?page=2",
    "mailto:press@harbor.example",
)
_HEADERS = (
    '120\n<https://www.harbor.example/feed>; rel="alternate", </news?page=2>; rel="next"\n'
    "cloudflare",
    "Mon, 18 Mar 2024 10:00:00 GMT\n<https://www.harbor.example/wp-json/>; rel=next\n",
    "18 Mar 2024 10:00:00 -0500\n<a>;rel='next prev'\nAkamaiGHost",
)

feed_seeds = partial(encoded, *_FEEDS)
robots_seeds = partial(encoded, *_ROBOTS)
wordpress_seeds = partial(encoded, json.dumps(_TYPES), json.dumps(_POSTS))
address_seeds = partial(encoded, *_ADDRESSES)
header_seeds = partial(encoded, *_HEADERS)


@cache
def sitemap_seeds() -> tuple[bytes, ...]:
    """Sitemaps as XML and as text, and compressed."""
    return (*encoded(*_SITEMAPS), gzip.compress(_SITEMAPS[0].encode(), mtime=0))


@cache
def listing_seeds() -> tuple[bytes, ...]:
    """Pages that list releases: with links, and with data for scripts."""
    rows = "".join(
        f"<li><time>{each.day:%B %-d, %Y}</time> "
        f"<h3><a href='{each.path}'>{each.title}</a></h3></li>"
        for each in items(10)
    )
    years = "".join(f"<option value='?year={year}'>{year}</option>" for year in (2025, 2024))
    following = "<a rel='next' href='?page=2'>Next</a><a href='?page=9'>Last</a>"
    head = (
        "<link rel='alternate' type='application/rss+xml' href='/feed'>"
        "<link rel='https://api.w.org/' href='/wp-json/'>"
    )
    data = f"<script id='__NEXT_DATA__' type='application/json'>{json.dumps(_NEXT)}</script>"
    return encoded(
        page(f"<select>{years}</select><ul>{rows}</ul>{following}", head=head),
        page(f"<div id='__next'></div>{data}"),
    )


@cache
def release_page_seeds() -> tuple[bytes, ...]:
    """Pages of releases, with links to PDFs."""
    linked = "<ul><li><a href='/letter.pdf'>The letter (PDF)</a></li></ul>"
    return encoded(HTML, release_html(1, extra=linked))


def _fetched(data: bytes, **headers: str) -> Page:
    address = f"{_SITE}news"
    return Page(address, address, data, "text/html", "", headers)


def read_web_page(data: bytes) -> None:
    """Read the release on a page, its links, and whether it is a wall against bots."""
    fetched = _fetched(data)
    bot_wall(200, {}, data)
    document = WebDocument.parse(fetched)
    _check_addresses(each.address for each in pdf_links(document))
    draft = read_release_page(fetched, Entry(fetched.address, "Listed", None))
    check_release(draft)


def read_list_page(data: bytes) -> None:
    """Read what a page lists and declares."""
    document = WebDocument.parse(_fetched(data))
    listing = find_listing(document)
    _check_entries(listing.entries)
    _check_addresses(filter(None, (listing.next, *listing.years)))
    assert listing.pages is None or listing.pages > 0
    links = read_page_links(document)
    _check_addresses(newsroom_links(document))
    _check_addresses(filter(None, (links.wordpress, *links.sitemaps)))
    _check_addresses((*links.feeds, *links.wire_feeds, *links.wire_pages))


def read_feed_page(data: bytes) -> None:
    """Read a feed."""
    feed = read_feed(Page(f"{_SITE}feed", f"{_SITE}feed", data, "application/xml", "", {}))
    _check_entries(feed.entries)
    _check_addresses(filter(None, (feed.site, feed.next)))


def read_sitemap_page(data: bytes) -> None:
    """Read a sitemap."""
    sitemap = read_sitemap(Page(f"{_SITE}a.xml", f"{_SITE}a.xml", data, "text/xml", "", {}))
    _check_entries(sitemap.entries)
    _check_addresses(each.address for each in sitemap.sitemaps)


def read_wordpress(data: bytes) -> None:
    """Read an answer of WordPress' interface, as kinds of posts and as posts."""
    answer = _fetched(data, **{"x-wp-total": data[:9].decode("latin-1"), "x-wp-totalpages": "13"})
    refused: Unreadable | None = None
    try:
        for kind in release_types(read_types(answer)):
            typed_address(collection_address(f"{_SITE}wp-json/", kind))
    except Unreadable as error:
        refused = error
    try:
        collection = read_collection(answer)
    except Unreadable:
        if refused:
            raise
        return
    _check_entries(collection.entries)
    assert collection.total is None or collection.total >= 0


def read_robots(data: bytes) -> None:
    """Follow the rules of a robots.txt."""
    rules = RobotsRules(data)
    for path in ("", "news", "admin/news?print=1", "a" * 2000, "%zz"):
        rules.allow(f"{_SITE}{path}")
    delay = rules.crawl_delay
    assert delay is None or (math.isfinite(delay) and delay >= 0)
    for address in rules.sitemaps:
        absolute(address, _SITE)
    assert len(data) <= ROBOTS_SIZE


def read_address(data: bytes) -> None:
    """Bring an address into its one form, as it is typed and as it is linked."""
    text = data.decode("utf-8", "replace")
    read: Sequence[Callable[[], str]] = (
        partial(typed_address, text),
        partial(linked_address, text, f"{_SITE}news/"),
    )
    refused: BadAddress | None = None
    for each in read:
        try:
            address = each()
        except BadAddress as error:
            refused = error
            continue
        assert address.isascii()
        assert typed_address(address) == address, "the form is the same when it is read again"
        assert address.startswith(f"{origin(address)}/") or "?" in address
        assert host(address)
        literal_ip(address)
    if refused:
        raise refused


def read_headers(data: bytes) -> None:
    """Read the headers that are looked at."""
    retry, link, server = [*data.decode("latin-1").split("\n", 2), "", "", ""][:3]
    wait = parse_retry_after(retry, datetime(2026, 4, 11, 12, tzinfo=UTC))
    assert wait is None or 0 <= wait <= 7 * 86_400
    found = http_link(_fetched(b"", link=link), "next")
    _check_addresses(filter(None, [found]))
    bot_wall(403, {"server": server, "cf-mitigated": retry}, data)


_LIMIT = 50_000  # bytes that a body may have
_ENCODINGS = ("gzip", "deflate", "br", "identity", "x-gzip", "")


@cache
def body_seeds() -> tuple[bytes, ...]:
    """Compressed bodies, each after the number of its encoding."""
    text = HTML.encode() * 5
    bomb = b"\0" * 1_000_000
    raw = zlib.compressobj(wbits=-15)
    return (
        b"\0" + gzip.compress(text, mtime=0),
        b"\1" + zlib.compress(text),
        b"\1" + raw.compress(text) + raw.flush(),
        b"\2" + brotli.compress(text),
        b"\3" + text,
        b"\0" + gzip.compress(bomb, mtime=0),
        b"\2" + brotli.compress(bomb),
    )


def read_body(data: bytes) -> None:
    """Decompress a body that comes in pieces."""
    kind = data[0] if data else 0
    picked = random.Random(len(data))
    cuts = sorted({1, len(data), *(picked.randint(1, len(data) or 1) for _ in range(5))})
    for cut in (False, True):
        body = Body(_SITE, _ENCODINGS[kind % len(_ENCODINGS)], _LIMIT, cut=cut)
        for start, end in pairwise(cuts):
            body.feed(data[start:end])
            if body.full and cut:
                break
        assert len(body.finish()) <= _LIMIT


def _check_entries(entries: Iterable[Entry]) -> None:
    for entry in entries:
        assert entry.title == clean(entry.title)
        _check_addresses(filter(None, [entry.address]))
        assert entry.key
        assert entry.day is None or entry.day.year > 0
        if fetched := whole_page(entry):
            check_release(read_release_page(fetched, entry))


def _check_addresses(addresses: Iterable[str]) -> None:
    for address in addresses:
        assert typed_address(address) == address, "an address that is followed is canonical"


BODY_ERRORS = (BadResponse, TooLarge, CutOff)
PAGE_ERRORS = (Unreadable, ValueError)
