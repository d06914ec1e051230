"""What is found at an address: each test is a site, with nothing but the pages that it names."""

import gzip
import json
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.discovery import MAX_REQUESTS, discover
from retrieval.sources.web.errors import Blocked, FetchError, NotFound
from retrieval.sources.web.listings import read_listing
from retrieval.sources.web.offers import AddressKind, Discovery, OfferKind, Reach
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_series import Ending, PageSeries
from retrieval.sources.web.wordpress import PostType, collection_address
from tests.retrieval.sources.html.pages import BERTHS, article
from tests.retrieval.sources.web import listing_pages as forms
from tests.retrieval.sources.web.fetched import Site, fetched
from tests.retrieval.sources.web.listing_pages import Item, items
from tests.shared import shared

SITE = "https://roe.example"
LIST = f"{SITE}/news/press-releases"
FEED = '<link rel="alternate" type="application/rss+xml" title="News" href="{}">'
API = f'<link rel="https://api.w.org/" href="{SITE}/wp-json/">'
PRESS = PostType("press_release", "Press Releases", "wp/v2/press_release")
TYPES = json.dumps(
    {
        "press_release": {"name": "Press Releases", "rest_base": "press_release"},
        "page": {"name": "Pages", "rest_base": "pages"},
    }
)


class Busy(FetchError):
    """A server that fails for now."""

    passing = True

    def __init__(self, address: str) -> None:
        super().__init__(address, "the server failed (HTTP 503)")


def home(head: str = "", links: str = "") -> str:
    return forms.page(f"<p>Welcome.</p>{links}", head=head, title="Ann Roe").replace(
        '<li><a href="/news/press-releases">Press Releases</a></li>', ""
    )


def rss(listed: Sequence[Item], generator: str = "", link: str = SITE) -> str:
    entries = "".join(
        f"<item><title>{each.title}</title><link>{SITE}{each.path}</link>"
        f"<pubDate>{each.day:%a, %d %b %Y} 09:00:00 GMT</pubDate></item>"
        for each in listed
    )
    return (
        f"<rss version='2.0'><channel><title>News</title><link>{link}</link>"
        f"<generator>{generator}</generator>{entries}</channel></rss>"
    )


def urlset(listed: Sequence[Item], *others: str) -> str:
    paths = (*others, *(each.path for each in listed))
    locations = "".join(f"<url><loc>{SITE}{path}</loc></url>" for path in paths)
    return f"<urlset>{locations}</urlset>"


def posts(listed: Sequence[Item], total: int) -> Page:
    rows = [
        {
            "id": number,
            "link": SITE + each.path,
            "title": {"rendered": each.title},
            "date": f"{each.day}T09:00:00",
            "content": {"rendered": "<p>Text.</p>"},
        }
        for number, each in enumerate(listed)
    ]
    return fetched(
        json.dumps(rows),
        collection_address(f"{SITE}/wp-json/", PRESS),
        media_type="application/json",
        x_wp_total=str(total),
        x_wp_totalpages="13",
    )


BLOCKED = Blocked(SITE, 403, "", "VerbatimBot")


async def found(
    pages: dict[str, str | bytes | Page | Exception], address: str = SITE, **options: object
) -> Discovery:
    return await discover(address, Site(pages).fetch, **options)  # type: ignore[arg-type]


def kinds(discovery: Discovery) -> list[OfferKind]:
    return [each.kind for each in discovery.offers]


def reason(discovery: Discovery, address: str) -> str:
    return next(each.reason for each in discovery.attempts if each.address == address)


async def test_a_feed_holds_the_latest_and_the_sitemap_names_all():
    releases = items(1240)
    discovery = await found(
        {
            SITE: home(FEED.format("/feed.xml")),
            f"{SITE}/feed.xml": rss(releases[:10]),
            f"{SITE}/sitemap.xml": urlset(releases, "/", "/about", "/services/x", "/news"),
        }
    )
    feed, sitemap = discovery.offers
    assert discovery.kind is AddressKind.PAGE
    assert feed.summary == "a feed (RSS 2.0) with the latest 10 releases, 2025-09-18 to 2025-11-20"
    assert feed.samples[0].title == releases[0].title
    assert len(feed.samples) == 3
    assert sitemap.summary == "a sitemap with all 1,240 releases"
    assert (discovery.plan.archive, discovery.plan.news) == (sitemap, feed)
    assert discovery.plan.is_complete


async def test_what_was_tried_and_why_it_is_not_used_is_told():
    discovery = await found(
        {
            SITE: home(),
            f"{SITE}/feed": "<!doctype html><title>Not found</title>",  # with status 200
            f"{SITE}/rss": rss([]),
            f"{SITE}/wp-json/wp/v2/types": '{"code": "rest_forbidden", "message": "No."}',
            f"{SITE}/sitemap.xml": urlset([], "/about", "/contact"),
        }
    )
    assert discovery.offers == ()
    assert reason(discovery, f"{SITE}/feed") == "it is a web page"
    assert reason(discovery, f"{SITE}/rss") == "it is a feed without releases"
    assert "no such page" in reason(discovery, f"{SITE}/atom.xml")
    assert "rest_forbidden" in reason(discovery, f"{SITE}/wp-json/wp/v2/types")
    assert "of the 2 pages" in reason(discovery, f"{SITE}/sitemap.xml")
    assert "no list of releases" in reason(discovery, SITE)
    assert (discovery.plan.archive, discovery.plan.news) == (None, None)


async def test_the_interface_of_wordpress_has_the_whole_archive_with_its_texts():
    releases = items(100)
    discovery = await found(
        {
            SITE: home(API),
            f"{SITE}/feed": rss(releases[:10]),
            f"{SITE}/wp-json/wp/v2/types": TYPES,
            collection_address(f"{SITE}/wp-json/", PRESS): posts(releases, 1240),
        }
    )
    wordpress = discovery.plan.archive
    assert wordpress is not None
    assert wordpress.summary == "an interface of WordPress (press_release) with all 1,240 releases"
    assert wordpress.reach is Reach.WHOLE
    assert discovery.plan.news is not None
    assert discovery.plan.news.kind is OfferKind.FEED


async def test_the_interface_is_also_found_without_readable_addresses():
    root = f"{SITE}/?rest_route=/"
    discovery = await found(
        {
            SITE: home(links='<img src="/wp-content/uploads/roe.jpg">'),
            f"{root}wp/v2/types": TYPES,
            collection_address(root, PRESS): posts(items(5), 5),
        }
    )
    assert kinds(discovery) == [OfferKind.WORDPRESS]


async def test_a_feed_of_wordpress_goes_on_at_further_pages():
    releases = items(20)
    wordpress = "https://wordpress.org/?v=6.8"
    discovery = await found(
        {
            SITE: home(),
            f"{SITE}/feed": rss(releases[:10], wordpress),
            f"{SITE}/feed?paged=2": rss(releases[10:], wordpress),
        }
    )
    (feed,) = discovery.offers
    assert (feed.reach, feed.shown) == (Reach.PAGED, 20)


async def test_a_feed_whose_further_pages_are_the_same_holds_the_latest():
    text = rss(items(10), "WordPress")
    discovery = await found({SITE: home(), f"{SITE}/feed": text, f"{SITE}/feed?paged=2": text})
    assert discovery.offers[0].reach is Reach.LATEST
    assert "no other releases" in reason(discovery, f"{SITE}/feed?paged=2")


async def test_the_list_of_a_newsroom_is_found_from_the_home_page():
    discovery = await found(
        {
            SITE: home(links='<a href="/news/press-releases">Press Releases</a>'),
            LIST: forms.drupal(items(10)),
            f"{LIST}?page=1": forms.drupal(items(10, first=10), current=1),
        }
    )
    (listing,) = discovery.offers
    assert listing.address == LIST
    assert listing.summary == "a list of several pages with about 570 releases"
    assert (listing.first, listing.last) == (date(2025, 7, 10), date(2025, 11, 20))
    assert discovery.plan.archive is listing


async def test_two_lists_with_the_same_releases_are_one():
    listed = items(5)
    start = forms.undated(listed).replace("/news/press-releases", "/news")
    discovery = await found(
        {
            SITE: start.replace("</nav>", '<a href="/newsroom">Newsroom</a></nav>'),
            f"{SITE}/newsroom": start,
        }
    )
    assert [each.address for each in discovery.offers] == [f"{SITE}/newsroom"]
    assert "no other releases" in reason(discovery, SITE)


async def test_a_list_is_itself_a_source_and_its_section_may_have_a_feed():
    discovery = await found(
        {
            LIST: forms.drupal(items(10)),
            f"{LIST}?page=1": forms.drupal(items(10, first=10), current=1),
            f"{LIST}/feed": rss(items(10)),
        },
        LIST,
    )
    assert discovery.kind is AddressKind.LISTING
    assert kinds(discovery) == [OfferKind.FEED, OfferKind.LISTING]


async def test_a_list_that_is_divided_by_year_has_further_pages():
    links = "".join(f'<a href="/news/press-releases/{year}">{year}</a>' for year in (2025, 2024))
    year = forms.by_day(items(10, first=50)).replace("</main>", f"{links}</main>")
    discovery = await found(
        {LIST: forms.by_day(items(10)).replace("</main>", f"{links}</main>"), f"{LIST}/2024": year},
        LIST,
    )
    (listing,) = discovery.offers
    assert (listing.reach, listing.shown) == (Reach.PAGED, 20)
    assert listing.years == (f"{LIST}/2025", f"{LIST}/2024")


async def test_a_trap_of_pages_with_the_same_releases_is_told():
    discovery = await found(
        {LIST: forms.drupal(items(10)), f"{LIST}?page=1": forms.drupal(items(10), current=1)}, LIST
    )
    assert discovery.offers[0].reach is Reach.LATEST
    assert "no other releases" in reason(discovery, f"{LIST}?page=1")


async def test_a_feed_is_a_source_and_its_site_is_looked_at():
    releases = items(60)
    discovery = await found(
        {
            f"{SITE}/feed.xml": rss(releases[:10]),
            SITE: home(),
            f"{SITE}/sitemap.xml": urlset(releases, "/about"),
        },
        f"{SITE}/feed.xml",
    )
    assert discovery.kind is AddressKind.FEED
    assert kinds(discovery) == [OfferKind.FEED, OfferKind.SITEMAP]
    assert discovery.offers[1].total == 60


async def test_a_sitemap_is_a_source():
    releases = items(60)
    address = f"{SITE}/map.xml"
    discovery = await found({address: urlset(releases, "/about")}, address)
    assert discovery.kind is AddressKind.SITEMAP
    assert [each.count for each in discovery.offers] == [60]


async def test_a_collection_of_wordpress_is_a_source():
    address = collection_address(f"{SITE}/wp-json/", PRESS)
    discovery = await found({address: posts(items(100), 1240)}, address)
    assert discovery.kind is AddressKind.WORDPRESS
    assert discovery.offers[0].total == 1240


async def test_a_single_release_is_told_and_leads_to_its_newsroom():
    address = f"{LIST}/harbour-to-be-rebuilt"
    discovery = await found(
        {
            address: article(BERTHS, '<a href="/news/press-releases">Press Releases</a>'),
            LIST: forms.drupal(items(10)),
            f"{LIST}?page=1": forms.drupal(items(10, first=10), current=1),
        },
        address,
    )
    assert discovery.kind is AddressKind.RELEASE
    assert [each.address for each in discovery.offers] == [LIST]


async def test_a_feed_below_a_single_release_is_of_comments_and_not_looked_for():
    address = f"{LIST}/harbour-to-be-rebuilt"
    site = Site(
        {
            address: article(BERTHS, f'<a href="{address}/feed/">RSS</a>'),
            f"{address}/feed": rss(items(3)),
            f"{address}/feed/": rss(items(3)),
            f"{SITE}/feed": rss(items(10)),
        }
    )
    discovery = await discover(address, site.fetch)
    assert discovery.kind is AddressKind.RELEASE
    assert [each.address for each in discovery.offers] == [f"{SITE}/feed"]
    assert f"{address}/feed/" not in site.asked


async def test_a_feed_of_the_comments_on_one_page_is_none_of_releases():
    release = items(1)[0]
    comments = "".join(
        f"<item><title>By Bob Poe, {n}</title><link>{SITE}{release.path}#comment-{n}</link></item>"
        for n in range(3)
    )
    feed = f"<rss version='2.0'><channel><title>News</title>{comments}</channel></rss>"
    discovery = await found({SITE: home(FEED.format("/talk.xml")), f"{SITE}/talk.xml": feed})
    assert discovery.offers == ()
    assert "as comments are" in reason(discovery, f"{SITE}/talk.xml")


@pytest.mark.parametrize(("newsroom", "least"), [("justice", 60), ("yukon", 57)])
async def test_pages_of_real_releases_are_told_to_be_such(newsroom, least):
    told = 0
    for path in sorted(shared(f"pages/newsrooms/{newsroom}").glob("*.html.gz")):
        address = f"{SITE}/en/news/{path.name.partition('.')[0]}-of-the-government"
        discovery = await found({address: gzip.decompress(path.read_bytes())}, address)
        told += discovery.kind is AddressKind.RELEASE
    assert told >= least


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (fetched(b"%PDF-1.7", f"{SITE}/a", media_type="application/pdf"), AddressKind.PDF),
        (fetched(b"\x89PNG\x00", f"{SITE}/a", media_type="image/png"), AddressKind.OTHER),
        (fetched('{"a": 1}', f"{SITE}/a", media_type="application/json"), AddressKind.OTHER),
        (fetched("", f"{SITE}/a", media_type=""), AddressKind.OTHER),
    ],
)
async def test_what_is_no_source_is_told_without_trying_further(page, kind):
    site = Site({f"{SITE}/a": page})
    discovery = await discover(f"{SITE}/a", site.fetch)
    assert (discovery.kind, discovery.offers) == (kind, ())
    assert site.asked == [f"{SITE}/a"]


async def test_a_sitemap_shows_the_newest_and_its_changes_are_no_news():
    changes = [
        ("/news/a-b-c-d", "2020-01-01"),
        ("/news/e-f-g-h", "2026-06-01"),
        ("/news/i-j-k", ""),
    ]
    text = "".join(
        f"<url><loc>{SITE}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in changes
    )
    discovery = await found(
        {
            SITE: home(FEED.format("/feed.xml")),
            f"{SITE}/feed.xml": rss(items(3, path="/news/{slug}")),
            f"{SITE}/sitemap.xml": f"<urlset>{text}</urlset>",
        }
    )
    feed, sitemap = discovery.offers
    assert [each.address for each in sitemap.samples] == [
        f"{SITE}/news/{slug}" for slug in ("e-f-g-h", "a-b-c-d", "i-j-k")
    ]
    assert sitemap.last is None
    assert discovery.plan.news is feed


async def test_the_archive_that_is_planned_can_be_read_to_its_end():
    pages = {
        f"{LIST}?page={n}": forms.drupal(items(10, first=10 * n), current=n, last=4)
        for n in range(4)
    }
    site = Site({LIST: pages[f"{LIST}?page=0"], **pages})
    archive = (await discover(LIST, site.fetch)).plan.archive
    assert archive is not None
    series = PageSeries(archive.address, site.fetch, read_listing)
    titles = [entry.title async for page in series for entry in page]
    assert titles == [each.title for each in items(40)]
    assert series.ending is Ending.LAST_PAGE


async def test_sitemaps_that_robots_names_are_read_and_only_these():
    releases = items(30)
    site = Site(
        {
            SITE: home(FEED.format("/feed.xml")),
            f"{SITE}/feed.xml": rss(releases[:10]),
            f"{SITE}/maps/index.xml": f"<sitemapindex><sitemap><loc>{SITE}/maps/news.xml</loc>"
            "</sitemap></sitemapindex>",
            f"{SITE}/maps/news.xml": urlset(releases),
        }
    )
    discovery = await discover(SITE, site.fetch, sitemaps=[f"{SITE}/maps/index.xml"])
    assert discovery.offers[-1].address == f"{SITE}/maps/news.xml"
    assert f"{SITE}/sitemap.xml" not in site.asked


async def test_where_the_sitemap_that_robots_names_is_missing_the_usual_one_is_read():
    pages = {SITE: home(), f"{SITE}/sitemap.xml": urlset(items(30))}
    discovery = await found(pages, sitemaps=[f"{SITE}/old.xml"])
    assert [each.count for each in discovery.offers] == [30]
    assert "no such page" in reason(discovery, f"{SITE}/old.xml")


async def test_the_feed_of_an_organization_at_its_distributor_is_found():
    wire = "https://www.globenewswire.com"
    page = f"{wire}/search/organization/Roe"
    feed = f"{wire}/rssfeed/organization/zgLApi=="
    text = rss(items(10)).replace(SITE, wire)
    for links in (f'<a href="{feed}">RSS</a>', f'<a href="{page}">Releases</a>'):
        discovery = await found(
            {SITE: home(links=links), page: home(FEED.format(feed)), feed: text}
        )
        assert [each.address for each in discovery.offers] == [feed]


async def test_two_feeds_with_the_same_releases_are_one():
    discovery = await found(
        {
            SITE: home(FEED.format("/rss.xml") + FEED.format("/copy.xml")),
            f"{SITE}/rss.xml": rss(items(10)),
            f"{SITE}/copy.xml": rss(items(10)),
        }
    )
    assert kinds(discovery) == [OfferKind.FEED]
    assert "no other releases" in reason(discovery, f"{SITE}/copy.xml")


async def test_a_page_that_cannot_be_fetched_is_an_error():
    with pytest.raises(NotFound):
        await found({})
    with pytest.raises(Busy):
        await found({SITE: Busy(SITE), f"{SITE}/feed": rss(items(10))})


async def test_a_wall_before_the_page_does_not_hide_a_feed():
    discovery = await found({SITE: BLOCKED, f"{SITE}/feed": rss(items(10))})
    assert discovery.kind is AddressKind.BLOCKED
    assert kinds(discovery) == [OfferKind.FEED]
    assert reason(discovery, SITE).startswith("the site blocks Verbatim (HTTP 403)")
    with pytest.raises(Blocked):
        await found({SITE: BLOCKED})


async def test_what_fails_on_the_way_is_told_and_the_rest_is_found():
    discovery = await found(
        {
            SITE: home(FEED.format("/rss.xml")),
            f"{SITE}/rss.xml": Busy(f"{SITE}/rss.xml"),
            f"{SITE}/atom.xml": rss(items(10)),
        }
    )
    assert [each.address for each in discovery.offers] == [f"{SITE}/atom.xml"]
    assert "503" in reason(discovery, f"{SITE}/rss.xml")


async def test_nothing_is_fetched_twice_and_no_more_than_is_allowed():
    links = "".join(FEED.format(f"/feeds/{n}.xml") for n in range(50))
    links = FEED.format("/feed") + links  # a usual path as well
    maps = "".join(f"<sitemap><loc>{SITE}/{n}.xml</loc></sitemap>" for n in range(500))
    pages = {
        SITE: home(links + API),
        f"{SITE}/sitemap.xml": f"<sitemapindex>{maps}</sitemapindex>",
        **{f"{SITE}/{n}.xml": f"<sitemapindex>{maps}</sitemapindex>" for n in range(500)},
    }
    site = Site(pages)
    discovery = await discover(SITE, site.fetch)
    assert len(site.asked) == len(set(site.asked)) == discovery.requests <= MAX_REQUESTS
    assert discovery.was_cut
    few = Site(pages)
    assert (await discover(SITE, few.fetch, max_requests=3)).requests == len(few.asked) == 3


async def test_an_address_that_moved_is_looked_at_where_it_is():
    moved = fetched(home(FEED.format("/feed.xml")), "https://new.example/start")
    discovery = await found(
        {
            SITE: moved,
            "https://new.example/feed.xml": rss(items(3)).replace(SITE, "https://new.example"),
        }
    )
    assert discovery.asked == SITE
    assert discovery.address == "https://new.example/start"
    assert discovery.offers[0].address == "https://new.example/feed.xml"


ANY_BODY = st.one_of(
    st.binary(max_size=120),
    st.text("<>/=\"' ahrefuldivp123-,{}[]:", max_size=120),
    st.sampled_from(
        [
            home(FEED.format("/a") + API, '<a href="/b">News</a>'),
            forms.drupal(items(4)),
            rss(items(3), "WordPress"),
            urlset(items(3)),
            f"<sitemapindex><sitemap><loc>{SITE}/a</loc></sitemap></sitemapindex>",
            TYPES,
            '[{"link": "/x", "title": {"rendered": "T"}}]',
            "",
        ]
    ),
)


@given(st.lists(ANY_BODY, min_size=1, max_size=6))
async def test_whatever_a_site_answers_something_is_said_of_it(bodies):
    """Every address of the site answers, each with another of these bodies."""
    asked: list[str] = []

    async def fetch(address: str) -> Page:
        asked.append(address)
        return fetched(bodies[(len(asked) - 1) % len(bodies)], address)

    discovery = await discover(SITE, fetch)
    assert discovery.requests == len(asked) == len(set(asked)) <= MAX_REQUESTS
    for offer in discovery.offers:
        assert offer.summary
        assert len(offer.samples) <= 3
