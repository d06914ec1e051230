"""Sites on loopback in the forms that newsrooms have, each with the sources that are there."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from retrieval.sources.web.offers import OfferKind
from tests.retrieval.sources.html.pages import BERTHS, article
from tests.retrieval.sources.web import listing_pages as forms
from tests.retrieval.sources.web.listing_pages import Item, items, long_day
from tests.retrieval.sources.web.newsroom import Newsroom, calendar
from tests.retrieval.sources.web.sites import (
    serve_feed,
    serve_listing,
    serve_releases,
    serve_sitemap,
    serve_wordpress,
    title,
)

LIST = "/news/press-releases"
FIRST = items(10)
SECOND = items(10, first=10)
LATEST = FIRST[0].title
_FEED = '<link rel="alternate" type="{}" title="News" href="{}">'
_RSS = "application/rss+xml"
_SITEMAP_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

Serve = Callable[[Newsroom], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A site.

    Attributes:
        name: what it is.
        serve: puts it on a newsroom.
        there: the sources that are there: their kind, and the path at which they are read first.
        start: the path that is given to Verbatim.
        latest: the title of the newest release.
    """

    name: str
    serve: Serve
    there: frozenset[tuple[OfferKind, str]] = frozenset()
    start: str = "/"
    latest: str = LATEST


def cases() -> tuple[Case, ...]:
    """All of them."""
    return (*_served_whole(), *_feeds(), *_wordpress(), *_sitemaps(), *_lists(), *_nothing())


def _one(kind: OfferKind, path: str) -> frozenset[tuple[OfferKind, str]]:
    return frozenset([(kind, path)])


def _served_whole() -> Sequence[Case]:
    """The sites that the tests read into copies."""
    found: Sequence[tuple[str, Callable[[Newsroom, Sequence[int]], None], OfferKind, str]] = [
        ("a feed", serve_feed, OfferKind.FEED, "/feed"),
        ("a feed with whole texts", partial(serve_feed, whole=True), OfferKind.FEED, "/feed"),
        ("a list", serve_listing, OfferKind.LISTING, "/news"),
        ("a sitemap that robots.txt names", serve_sitemap, OfferKind.SITEMAP, "/sitemap.xml"),
        (
            "WordPress",
            serve_wordpress,
            OfferKind.WORDPRESS,
            "/wp-json/wp/v2/press_release",
        ),
    ]

    def serve(whole: Callable[[Newsroom, Sequence[int]], None], newsroom: Newsroom) -> None:
        serve_releases(newsroom, range(23))
        whole(newsroom, range(23))

    return [
        Case(name, partial(serve, whole), _one(kind, path), latest=title(0))
        for name, whole, kind, path in found
    ]


def _home(newsroom: Newsroom, head: str = "", links: str = "") -> None:
    """A home page whose menu names a list that is not there, and the releases."""
    newsroom.serve("/", forms.page(f"<p>Welcome.</p>{links}", head=head, title="Ann Roe"))
    for each in (*FIRST, *SECOND):
        day = f"<p class='date'>{long_day(each.day)}</p>"
        page = article(day, BERTHS, headline=f"<h1>{each.title}</h1>")
        newsroom.serve(each.path, page)


# -- feeds


def _feeds() -> Sequence[Case]:
    def declared(path: str, media_type: str, make: Callable[[Newsroom], str]) -> Case:
        def serve(newsroom: Newsroom) -> None:
            _home(newsroom, _FEED.format(media_type, path))
            newsroom.serve(path, make(newsroom), content_type=media_type)

        return Case(f"{make.__name__.strip('_')} in the head", serve, _one(OfferKind.FEED, path))

    def at_usual_path(newsroom: Newsroom) -> None:
        _home(newsroom)
        newsroom.serve("/rss.xml", _rss(newsroom), content_type=_RSS)

    def linked(newsroom: Newsroom) -> None:
        _home(newsroom, links='<a href="/rss/releases">RSS</a>')
        newsroom.serve("/rss/releases", _rss(newsroom), content_type=_RSS)

    def paged(newsroom: Newsroom) -> None:
        _home(newsroom)
        newsroom.serve("/feed", _rss(newsroom, generator="WordPress"), content_type=_RSS)
        further = _rss(newsroom, SECOND, "WordPress")
        newsroom.serve("/feed?paged=2", further, content_type=_RSS)
        newsroom.delete("/feed?paged=3")

    feed = partial(_one, OfferKind.FEED)
    return [
        declared("/feeds/news.xml", _RSS, _rss),
        declared("/feeds/atom", "application/atom+xml", _atom),
        declared("/feeds/news.rdf", "application/rdf+xml", _rdf),
        declared("/feeds/news.json", "application/feed+json", _json_feed),
        Case("rss at a usual path", at_usual_path, feed("/rss.xml")),
        Case("rss that the page links to", linked, feed("/rss/releases")),
        Case("rss with further pages", paged, feed("/feed")),
    ]


def _rss(newsroom: Newsroom, listed: Sequence[Item] = FIRST, generator: str = "") -> str:
    entries = "".join(
        f"<item><title>{each.title}</title><link>{newsroom.address(each.path)}</link>"
        f"<pubDate>{each.day:%a, %d %b %Y} 09:00:00 GMT</pubDate></item>"
        for each in listed
    )
    return (
        f"<rss version='2.0'><channel><title>News</title><link>{newsroom.address()}</link>"
        f"<generator>{generator}</generator>{entries}</channel></rss>"
    )


def _atom(newsroom: Newsroom) -> str:
    entries = "".join(
        f"<entry><title>{each.title}</title><id>{newsroom.address(each.path)}</id>"
        f"<link href='{newsroom.address(each.path)}'/><published>{each.day}T09:00:00Z</published>"
        f"<updated>{each.day}T10:00:00Z</updated></entry>"
        for each in FIRST
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title>{entries}</feed>"


def _rdf(newsroom: Newsroom) -> str:
    entries = "".join(
        f"<item><title>{each.title}</title><link>{newsroom.address(each.path)}</link>"
        f"<dc:date>{each.day}T09:00:00Z</dc:date></item>"
        for each in FIRST
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>News</title></channel>{entries}</rdf:RDF>"
    )


def _json_feed(newsroom: Newsroom) -> str:
    entries = [
        {
            "id": each.path,
            "url": newsroom.address(each.path),
            "title": each.title,
            "date_published": f"{each.day}T09:00:00Z",
        }
        for each in FIRST
    ]
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": entries}
    )


# -- WordPress


def _wordpress() -> Sequence[Case]:
    def without_readable_addresses(newsroom: Newsroom) -> None:
        types = {"press_release": {"name": "Press Releases", "rest_base": "press_release"}}
        posts = [
            {
                "id": number,
                "link": newsroom.address(each.path),
                "title": {"rendered": each.title},
                "date": f"{each.day}T09:00:00",
                "content": {"rendered": "<p>Text.</p>"},
            }
            for number, each in enumerate(FIRST)
        ]
        home = forms.page('<img src="/wp-content/uploads/roe.jpg">', title="Ann Roe")

        async def handler(request: web.Request) -> web.Response:
            match request.query.get("rest_route"):
                case None:
                    return web.Response(text=home, content_type="text/html")
                case "/wp/v2/types":
                    return web.json_response(types)
                case "/wp/v2/press_release":
                    count = {"X-WP-Total": "10", "X-WP-TotalPages": "1"}
                    return web.json_response(posts, headers=count)
            return web.json_response({"code": "rest_no_route"}, status=404)

        newsroom.answer("/", handler)

    return [
        Case(
            "WordPress without readable addresses",
            without_readable_addresses,
            _one(OfferKind.WORDPRESS, "/?rest_route=/wp/v2/press_release"),
        )
    ]


# -- sitemaps


def _sitemaps() -> Sequence[Case]:
    def at_usual_path(newsroom: Newsroom) -> None:
        _home(newsroom)
        newsroom.serve("/sitemap.xml", _urlset(newsroom), content_type="application/xml")

    def index(newsroom: Newsroom) -> None:
        _home(newsroom)
        parts = "".join(
            f"<sitemap><loc>{newsroom.address(each)}</loc></sitemap>"
            for each in ("/maps/pages.xml", "/maps/news.xml")
        )
        whole = f"<sitemapindex {_SITEMAP_SPACE}>{parts}</sitemapindex>"
        newsroom.serve("/sitemap.xml", whole, content_type="application/xml")
        newsroom.serve("/maps/pages.xml", _urlset(newsroom, listed=()))
        newsroom.serve("/maps/news.xml", _urlset(newsroom))

    def compressed(newsroom: Newsroom) -> None:
        _home(newsroom)
        _robots(newsroom, "/maps/sitemap.xml.gz")
        body = gzip.compress(_urlset(newsroom).encode(), mtime=0)
        newsroom.serve("/maps/sitemap.xml.gz", body, content_type="application/x-gzip")

    def of_news(newsroom: Newsroom) -> None:
        _home(newsroom)
        _robots(newsroom, "/news-sitemap.xml")
        entries = "".join(
            f"<url><loc>{newsroom.address(each.path)}</loc><news:news><news:publication_date>"
            f"{each.day}</news:publication_date><news:title>{each.title}</news:title></news:news>"
            "</url>"
            for each in FIRST
        )
        space = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        newsroom.serve("/news-sitemap.xml", f"<urlset {_SITEMAP_SPACE} {space}>{entries}</urlset>")

    def as_text(newsroom: Newsroom) -> None:
        _home(newsroom)
        _robots(newsroom, "/sitemap.txt")
        lines = "\n".join(newsroom.address(each.path) for each in FIRST)
        newsroom.serve("/sitemap.txt", lines, content_type="text/plain")

    sitemap = partial(_one, OfferKind.SITEMAP)
    return [
        Case("a sitemap at a usual path", at_usual_path, sitemap("/sitemap.xml")),
        Case("an index of sitemaps", index, sitemap("/maps/news.xml")),
        Case("a compressed sitemap", compressed, sitemap("/maps/sitemap.xml.gz")),
        Case("a sitemap of news", of_news, sitemap("/news-sitemap.xml")),
        Case("a text of addresses", as_text, sitemap("/sitemap.txt")),
    ]


def _urlset(newsroom: Newsroom, listed: Sequence[Item] = FIRST) -> str:
    paths = ("/", "/about", "/services/tours-and-tickets", *(each.path for each in listed))
    locations = "".join(f"<url><loc>{newsroom.address(path)}</loc></url>" for path in paths)
    return f"<urlset {_SITEMAP_SPACE}>{locations}</urlset>"


def _robots(newsroom: Newsroom, path: str) -> None:
    named = f"Sitemap: {newsroom.address(path)}"
    newsroom.serve("/robots.txt", named, content_type="text/plain")


# -- lists


def _lists() -> Sequence[Case]:
    fireside = "/news/documentquery.aspx?DocumentTypeID=27"
    coldfusion = "/public/index.cfm/press-releases"
    drupal = _list(forms.drupal, LIST, f"{LIST}?page=1", forms.drupal(SECOND, current=1))

    def next_js(listed: Sequence[Item]) -> str:
        posts = [{"title": each.title, "link": each.path, "date": str(each.day)} for each in listed]
        data = json.dumps({"props": {"pageProps": {"posts": posts, "totalPages": 2}}})
        script = f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'
        return forms.page(f'<div id="__next"></div>{script}')

    def by_year(listed: Sequence[Item]) -> str:
        links = "".join(f'<a href="{LIST}/{year}">{year}</a>' for year in (2025, 2024))
        return forms.by_day(listed).replace("</main>", f"{links}</main>")

    senate, blocks = f"{LIST}?PageNum_rs=2", f"{LIST}?pagenum_rs=2"
    found = [
        ("Drupal", LIST, drupal),
        ("Fireside", fireside, _list(forms.fireside, fireside, f"{fireside}&Page=2")),
        ("a table of the Senate", LIST, _list(forms.senate_table, LIST, senate)),
        (
            "ColdFusion",
            coldfusion,
            _list(forms.coldfusion, coldfusion, f"{coldfusion}?pagenum_rs=2"),
        ),
        ("cards that are links", LIST, _list(forms.blocks, LIST, blocks)),
        ("a theme of WordPress", "/news/", _list(forms.wordpress_theme, "/news/", "/news/page/2/")),
        ("cards with “Read more”", LIST, _list(forms.cards_with_pointers, LIST, f"{LIST}?paged=2")),
        ("data of Next.js", LIST, _list(next_js, LIST, f"{LIST}?page=2")),
        ("lists below a day", LIST, _list(forms.by_day, LIST)),
        ("a page a year", LIST, _list(by_year, LIST, f"{LIST}/2024")),
        ("titles without dates", LIST, _list(forms.undated, LIST)),
        ("a list of definitions", LIST, _list(forms.definitions, LIST)),
    ]
    return [
        *(
            Case(f"a list: {name}", serve, _one(OfferKind.LISTING, path), start=path)
            for name, path, serve in found
        ),
        Case("a list that the home page links to", drupal, _one(OfferKind.LISTING, LIST)),
    ]


def _list(
    make: Callable[[Sequence[Item]], str],
    path: str,
    further: str = "",
    second: str = "",
) -> Serve:
    """A list in two pages, or in one."""

    def serve(newsroom: Newsroom) -> None:
        _home(newsroom)
        for single in ("/news/documentsingle.aspx", "/public/index.cfm/press-releases"):
            newsroom.serve(single, article(BERTHS))
        newsroom.serve(path, make(FIRST))
        if further:
            newsroom.serve(further, second or make(SECOND))

    return serve


# -- where nothing is


def _nothing() -> Sequence[Case]:
    def empty(newsroom: Newsroom) -> None:
        newsroom.serve("/", forms.page("<p>Welcome.</p>", title="Ann Roe"))

    def not_found_with_200(newsroom: Newsroom) -> None:
        empty(newsroom)
        for each in ("/feed", "/rss", "/rss.xml", "/sitemap.xml", "/wp-json/wp/v2/types"):
            newsroom.serve(each, "<!doctype html><title>Not found</title><p>Sorry.</p>")

    def empty_feed(newsroom: Newsroom) -> None:
        empty(newsroom)
        newsroom.serve("/feed", _rss(newsroom, ()), content_type=_RSS)

    def comments(newsroom: Newsroom) -> None:
        links = _FEED.format(_RSS, "/comments/feed").replace("News", "Comments Feed")
        newsroom.serve("/", forms.page("<p>Welcome.</p>", head=links, title="Ann Roe"))
        newsroom.serve("/comments/feed", _rss(newsroom), content_type=_RSS)

    def other_pages(newsroom: Newsroom) -> None:
        empty(newsroom)
        newsroom.serve("/sitemap.xml", _urlset(newsroom, ()), content_type="application/xml")

    def endless_calendar(newsroom: Newsroom) -> None:
        newsroom.serve("/", forms.page('<a href="/news">News</a>', title="Ann Roe"))
        newsroom.answer("/news", calendar("/news"))

    def release(newsroom: Newsroom) -> None:
        empty(newsroom)
        newsroom.serve(FIRST[0].path, article(BERTHS))

    def forbidden(newsroom: Newsroom) -> None:
        _home(newsroom)
        _list(forms.drupal, LIST)(newsroom)
        newsroom.serve("/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")

    return [
        Case("nothing: a home page alone", empty),
        Case("nothing: pages that say “Not found” with status 200", not_found_with_200),
        Case("nothing: a feed without releases", empty_feed),
        Case("nothing: a feed of comments", comments),
        Case("nothing: a sitemap of other pages", other_pages),
        Case("nothing: a calendar without an end", endless_calendar),
        Case("nothing: a single release", release, start=FIRST[0].path),
        Case("nothing: a site that robots.txt closes", forbidden),
    ]
