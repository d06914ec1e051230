"""Sites of one newsroom in the forms that there are: each names the same releases."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

from aiohttp import web

from tests.retrieval.sources.web.newsroom import Newsroom

FIRST_DAY = date(2026, 2, 20)
TOPICS = ("Harbor Bridge", "Ferry Fares", "Library Hours", "Night Buses", "Pier Gardens")


def title(number: int) -> str:
    return f"Council Votes on the {TOPICS[number % len(TOPICS)]}, Part {number}"


def path(number: int) -> str:
    return f"/news/council-votes-on-part-number-{number}"


def day(number: int) -> date:
    return FIRST_DAY - timedelta(days=number)


def paragraphs(number: int) -> list[str]:
    return [
        f"HARBOR CITY — The council voted on part {number} of its plan on Monday, after a debate "
        "of three hours in which forty-one residents spoke for it and nine against it.",
        f"“Part {number} belongs to the people who waited for it,” said Mayor Ada Quill, who has "
        f"asked for it since {2000 + number % 20} and will sign it in the week to come.",
        f"The work costs ${number + 3} million and begins in the spring, when the ice has gone.",
    ]


def release_html(number: int, *, dated: bool = True, extra: str = "") -> str:
    text = "".join(f"<p>{each}</p>" for each in paragraphs(number))
    shown = f"<p class='date'>{day(number):%B %-d, %Y}</p>" if dated else ""
    return (
        f"<!doctype html><html><head><title>{title(number)} | Harbor City</title></head><body>"
        "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<main><article><h1>{title(number)}</h1>{shown}{text}{extra}</article></main>"
        "<footer>Harbor City, Pier 9</footer></body></html>"
    )


def serve_releases(newsroom: Newsroom, numbers: Sequence[int], *, dated: bool = True) -> None:
    for number in numbers:
        newsroom.serve(path(number), release_html(number, dated=dated), etag=f'"{number}"')


def serve_feed(newsroom: Newsroom, numbers: Sequence[int], *, whole: bool = False) -> None:
    """A feed, which the home page declares; with the whole texts or without."""
    items = []
    for number in numbers:
        text = "".join(f"<p>{each}</p>" for each in paragraphs(number))
        content = f"<content:encoded><![CDATA[{text}]]></content:encoded>" if whole else ""
        items.append(
            f"<item><title>{title(number)}</title><link>{newsroom.address(path(number))}</link>"
            f"<pubDate>{day(number):%a, %d %b %Y} 10:00:00 GMT</pubDate>{content}</item>"
        )
    feed = (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Harbor City</title>{''.join(items)}</channel></rss>"
    )
    newsroom.serve("/feed", feed, content_type="application/rss+xml")
    newsroom.serve(
        "/",
        "<!doctype html><html><head><title>Harbor City</title><link rel='alternate' "
        "type='application/rss+xml' href='/feed'></head><body><p>Welcome.</p></body></html>",
    )


def serve_listing(newsroom: Newsroom, numbers: Sequence[int], size: int = 10) -> None:
    """A list in pages, at ``/news?page=0`` and so on, which the home page links to."""
    pages = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    for number, page in enumerate(pages):
        items = "".join(
            f"<li><time datetime='{day(each)}'>{day(each):%B %-d, %Y}</time> "
            f"<h3><a href='{path(each)}'>{title(each)}</a></h3></li>"
            for each in page
        )
        following = number + 1 < len(pages)
        more = f"<a rel='next' href='/news?page={number + 1}'>Next page</a>" if following else ""
        html = (
            "<!doctype html><html><head><title>News | Harbor City</title></head><body><main>"
            f"<h1>News</h1><ul class='news'>{items}</ul>{more}</main></body></html>"
        )
        newsroom.serve(f"/news?page={number}", html)
        if not number:
            newsroom.serve("/news", html)
    newsroom.serve(
        "/",
        "<!doctype html><html><head><title>Harbor City</title></head><body>"
        "<nav><a href='/news'>Press Releases</a></nav><p>Welcome.</p></body></html>",
    )


def serve_sitemap(newsroom: Newsroom, numbers: Sequence[int], modified: str = "2026-02-21") -> None:
    """A sitemap, which the robots.txt names."""
    urls = "".join(
        f"<url><loc>{newsroom.address(path(number))}</loc><lastmod>{modified}</lastmod></url>"
        for number in numbers
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    newsroom.serve(
        "/sitemap.xml",
        f'<?xml version="1.0"?><urlset xmlns="{space}">{urls}</urlset>',
        content_type="application/xml",
    )
    newsroom.serve(
        "/robots.txt", f"Sitemap: {newsroom.address('/sitemap.xml')}", content_type="text/plain"
    )
    newsroom.serve(
        "/", "<!doctype html><html><head><title>Harbor City</title></head><body><p>Hello.</p>"
    )


def serve_wordpress(newsroom: Newsroom, numbers: Sequence[int], modified: str = "") -> None:
    """An interface of WordPress, which answers 400 beyond its last page."""
    newsroom.serve(
        "/wp-json/wp/v2/types",
        json.dumps({"press_release": {"name": "Press Releases", "rest_base": "press_release"}}),
        content_type="application/json",
    )
    posts = [
        {
            "id": number,
            "link": newsroom.address(path(number)),
            "title": {"rendered": title(number)},
            "date": f"{day(number)}T10:00:00",
            "modified": modified or f"{day(number)}T10:00:00",
            "content": {"rendered": "".join(f"<p>{each}</p>" for each in paragraphs(number))},
        }
        for number in numbers
    ]

    async def handler(request: web.Request) -> web.Response:
        page = int(request.query.get("page", "1"))
        shown = posts[100 * (page - 1) : 100 * page]
        if not shown and page > 1:
            return web.json_response({"code": "rest_post_invalid_page_number"}, status=400)
        count = {"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(-(-len(posts) // 100))}
        return web.json_response(shown, headers=count)

    newsroom.answer("/wp-json/wp/v2/press_release", handler)
    newsroom.serve(
        "/",
        "<!doctype html><html><head><title>Harbor City</title>"
        "<link rel='https://api.w.org/' href='/wp-json/'></head><body><p>Hello.</p></body></html>",
    )


FORMS = {
    "feed": serve_feed,
    "listing": serve_listing,
    "sitemap": serve_sitemap,
    "WordPress": serve_wordpress,
}
"""How a site may name its releases."""
