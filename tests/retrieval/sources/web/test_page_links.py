import gzip

import pytest

from retrieval.sources.web.page_links import PdfLink, pdf_links, read_page_links
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.html.pages import BERTHS, article, page
from tests.retrieval.sources.web.fetched import fetched
from tests.shared import shared

ADDRESS = "https://roe.example/news/"


def links(head: str = "", body: str = "", **headers: str):
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_page_links(WebDocument.parse(fetched(html, ADDRESS, **headers)))


def feeds(head: str = "", body: str = "") -> list[str]:
    return [*links(head, body).feeds]


def pdfs(html: str) -> tuple[PdfLink, ...]:
    return pdf_links(WebDocument.parse(fetched(html, ADDRESS)))


def test_feeds_are_declared_in_the_head():
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Roe &raquo; Feed" href="feed/">'
        '<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="/atom.xml">'
        '<link rel="alternate" type="application/feed+json" href="/feed.json">'
    )
    assert feeds(head) == [f"{ADDRESS}feed/"] + [
        f"https://roe.example/{name}" for name in ("atom.xml", "feed.json")
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">',
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" hreflang="es" href="/es">',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:feed()">',
        '<link rel="alternate" type="application/rss+xml">',
        '<a href="/author/ann-roe/feed/">RSS</a>',
        '<a href="https://www.facebook.com/dialog/feed?link=https://roe.example/">Share</a>',
        '<a href="https://another.example/feed/"><img alt="RSS"></a>',
        '<a href="https://feeds.example.com/">Our farm</a>',
    ],
)
def test_other_links_are_no_feeds_of_releases(link):
    assert feeds(link) == []


def test_feeds_that_a_page_links_to_come_after_those_that_it_declares():
    head = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    body = (
        '<a href="/rss.xml">RSS</a><a href="/feed">Feed</a><a href="/news/feed-the-future">News</a>'
        '<a href="/rss/press-releases">Press releases</a>'
    )
    assert feeds(head, body) == [
        f"https://roe.example/{path}" for path in ("feed", "rss.xml", "rss/press-releases")
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://feeds.feedburner.com/roe-latest"><img></a>',
        '<a href="https://feeds.roe.example/all">All</a>',
        '<a href="https://newsroom.example/roe/rss.xml">RSS feed</a>',
    ],
)
def test_a_feed_on_another_site_is_taken_where_its_host_or_the_link_says_what_it_is(link):
    assert len(feeds(body=link)) == 1


def test_links_are_relative_to_the_base_of_the_page():
    base = '<base href="https://cdn.roe.example/site/">'
    head = f'{base}<link rel="alternate" type="application/rss+xml" href="feed">'
    assert feeds(head) == ["https://cdn.roe.example/site/feed"]


def test_the_interface_of_wordpress_is_in_the_head_or_in_the_header():
    root = "https://roe.example/wp-json/"
    assert links(f'<link rel="https://api.w.org/" href="{root}">').wordpress == root
    header = f'<{root}>; rel="https://api.w.org/", <https://roe.example/?p=2>; rel=shortlink'
    assert links(link=header).wordpress == root
    plain = "https://roe.example/?rest_route=/"
    assert links(f'<link rel="https://api.w.org/" href="{plain}">').wordpress == plain
    assert links().wordpress is None


def test_sitemaps_are_declared():
    found = links('<link rel="canonical" href="/news/press"><link rel="sitemap" href="/map.xml">')
    assert found.sitemaps == ("https://roe.example/map.xml",)


def test_feeds_of_organizations_at_their_distributor_are_found():
    wire = "https://www.globenewswire.com"
    found = links(
        body=f'<a href="{wire}/rssfeed/organization/zgLApi==">RSS</a>'
        f'<a href="{wire}/search/organization/Roe">All releases</a>'
        f'<a href="{wire}/en/search">Search</a>'
        '<a href="https://globenewswire.com.evil.example/rssfeed/organization/x">x</a>'
    )
    assert found.wire_feeds == (f"{wire}/rssfeed/organization/zgLApi==",)
    assert found.wire_pages == (f"{wire}/search/organization/Roe",)


def test_pdfs_in_the_text_and_below_it_are_attachments():
    assert pdfs(
        article(
            BERTHS.replace("</p>", ' See <a href="plan.pdf#page=2">the plan</a>.</p>', 1),
            '<div class="files"><h3>Attachments</h3><ul>'
            '<li><a href="/media/12/dl?inline">Complaint [PDF, 2 MB]</a></li>'
            '<li><a href="/file/3/download" type="application/pdf; length=1">Exhibit</a></li>'
            '<li><a href="/media/13/dl">Photograph</a></li></ul></div>',
        )
    ) == (
        PdfLink(f"{ADDRESS}plan.pdf", "the plan"),
        PdfLink("https://roe.example/media/12/dl?inline", "Complaint [PDF, 2 MB]"),
        PdfLink("https://roe.example/file/3/download", "Exhibit"),
    )


def test_pdfs_around_the_text_are_none_of_its():
    menu = '<nav><a href="/menu.pdf">Report</a></nav>'
    footer = '<footer><a href="/privacy.pdf">Privacy</a></footer>'
    related = '<aside class="related"><a href="/other.pdf">Another report</a></aside>'
    assert pdfs(page(f"{menu}<main><h1>Harbour</h1>{BERTHS}</main>{related}{footer}")) == ()
    assert pdfs("") == ()


def test_the_attachments_of_real_releases_are_found():
    found = {
        path.name.partition(".")[0]: [each.address.rpartition("/")[2] for each in links]
        for path in sorted(shared("pages/newsrooms/justice").glob("*.html.gz"))
        if (links := pdfs(gzip.decompress(path.read_bytes()).decode()))
    }
    assert found["release_05967"] == ["ModinaComplaintFiled.PDF"]
    assert found["release_06419"] == ["Butterfield_ZKB_John_Doe_Summonses_PR.PDF"]
    assert len(found["release_00568"]) == 5  # "/file/1013331/download"
    assert len(found) == 10
