import contextlib
import datetime
import gzip
import tracemalloc
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web import sitemaps
from retrieval.sources.web.sitemaps import SitemapLink, read_sitemap
from retrieval.sources.web.unreadable import Unreadable
from tests.retrieval.sources.web.fetched import fetched

ADDRESS = "https://roe.example/sitemap.xml"


def urlset(*entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        f"{''.join(entries)}</urlset>"
    )


def read(body: str | bytes):
    return read_sitemap(fetched(body, ADDRESS, media_type="application/xml"))


def addresses(body: str | bytes) -> list[str | None]:
    return [each.address for each in read(body).entries]


def test_an_entry_has_its_address_and_when_it_changed():
    (entry,) = read(
        urlset(
            "<url><image:image><image:loc>https://roe.example/a.png</image:loc></image:image>"
            "<loc>\n https://roe.example/a?b=1&amp;c=2 \n</loc>"
            "<lastmod>2025-09-08T10:00:00Z</lastmod><changefreq>daily</changefreq></url>"
        )
    ).entries
    assert entry.address == "https://roe.example/a?b=1&c=2"
    assert entry.modified == "2025-09-08T10:00:00Z"
    assert entry.published is None


def test_a_news_sitemap_has_titles_and_dates_of_publication():
    sitemap = read(
        urlset(
            "<url><loc>/a</loc><news:news><news:publication><news:name>Roe</news:name>"
            "</news:publication><news:publication_date>2025-09-08T23:00:00-05:00"
            "</news:publication_date><news:title>Fares &amp;amp; tolls</news:title></news:news>"
            "</url>"
        )
    )
    (entry,) = sitemap.entries
    assert sitemap.is_news
    assert entry.published == datetime.date(2025, 9, 8)
    assert entry.title == "Fares & tolls"


def test_an_index_names_sitemaps():
    sitemap = read(
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap>"
        "<loc>https://roe.example/post-sitemap.xml</loc><lastmod>2025-09-08</lastmod></sitemap>"
        "<sitemap><loc>mailto:x@roe.example</loc></sitemap></sitemapindex>"
    )
    assert sitemap.sitemaps == (SitemapLink("https://roe.example/post-sitemap.xml", "2025-09-08"),)
    assert sitemap.entries == ()


@pytest.mark.parametrize("namespace", ["", ' xmlns="https://www.sitemap.org/wrong"'])
def test_the_namespace_may_be_missing_or_wrong(namespace):
    text = f"<urlset{namespace}><url><loc>https://roe.example/a</loc></url></urlset>"
    assert addresses(text) == ["https://roe.example/a"]


def test_a_sitemap_may_be_compressed_or_begin_with_white_space_or_a_mark():
    text = urlset("<url><loc>https://roe.example/a</loc></url>")
    for body in (
        f"\n \n{text}",
        f"\ufeff{text}",
        gzip.compress(text.encode()),
        text.encode("utf-16"),
    ):
        assert addresses(body) == ["https://roe.example/a"]


def test_a_text_may_be_a_sitemap():
    assert addresses("https://roe.example/?a&b\r\n\r\nhttps://roe.example/b\nnonsense\n") == [
        "https://roe.example/?a&b",
        "https://roe.example/b",
    ]


def test_broken_xml_is_read_as_far_as_it_goes_and_is_not_whole():
    text = urlset(*(f"<url><loc>https://roe.example/{n}</loc></url>" for n in range(9)))
    cut = read(text[: text.index("roe.example/5")])
    assert len(cut.entries) >= 5
    assert not cut.is_whole
    assert read(text).is_whole


@pytest.mark.parametrize(
    "entry",
    ["<", "<url><loc>https://roe.example/x</url>", "<url>" * 500],
)
def test_what_is_damaged_in_the_middle_is_not_whole(entry):
    one = "<url><loc>https://roe.example/1</loc></url>"
    damaged = read(urlset(one, entry, one))
    assert "https://roe.example/1" in {each.address for each in damaged.entries}
    assert not damaged.is_whole


@pytest.mark.parametrize("query", ["a&b=2&amp;c=3&d", "a&amp;b=2&c=3&d", "a&amp;amp;b=2&c=3&d"])
def test_ampersands_that_are_not_escaped_are_read(query):
    text = urlset(f"<url><loc>https://roe.example/?{query}</loc></url>")
    assert addresses(text) == ["https://roe.example/?a&b=2&c=3&d"]
    assert addresses(f"{' ' * 900}{text}") == ["https://roe.example/?a&b=2&c=3&d"]


@given(st.integers(0, 1200))
def test_where_the_stream_is_cut_into_pieces_does_not_matter(padding):
    entry = "<url><loc>https://roe.example/?a&amp;b&c&nbsp;d</loc></url>"
    text = urlset(f"<!--{'x' * padding}-->", *(entry for _ in range(700)))
    assert set(addresses(text)) == {"https://roe.example/?a&b&c&nbsp;d"}


def test_a_compressed_sitemap_that_is_cut_off_is_not_whole():
    text = urlset(*(f"<url><loc>https://roe.example/{n}</loc></url>" for n in range(5_000)))
    packed = gzip.compress(text.encode())
    sitemap = read(packed[: len(packed) // 2])
    assert 0 < len(sitemap.entries) < 5_000
    assert not sitemap.is_whole


def test_fifty_thousand_entries_are_read_without_keeping_the_tree():
    lines = "".join(
        f"<url><loc>https://roe.example/news/{n}</loc><lastmod>2025-09-08</lastmod></url>\n"
        for n in range(50_000)
    )
    page = fetched(gzip.compress(urlset(lines).encode()), ADDRESS)
    tracemalloc.start()
    sitemap = read_sitemap(page)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(sitemap.entries) == 50_000
    assert sitemap.is_whole
    assert peak < 40_000_000


def test_a_sitemap_is_read_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(sitemaps, "_MAX_SIZE", 10_000)
    text = urlset(*(f"<url><loc>https://roe.example/{n}</loc></url>" for n in range(5_000)))
    for body in (text.encode(), gzip.compress(text.encode())):
        sitemap = read(body)
        assert 0 < len(sitemap.entries) < 400
        assert not sitemap.is_whole


def test_a_bomb_of_gzip_or_of_entities_does_no_harm(monkeypatch, tmp_path):
    monkeypatch.setattr(sitemaps, "_MAX_SIZE", 1_000_000)
    bomb = gzip.compress(urlset("<url><loc>https://roe.example/a</loc></url>").encode())
    assert not read(gzip.compress(b"<urlset>" + b" " * 50_000_000)).entries
    assert read(bomb).is_whole
    secret = tmp_path / "secret"
    secret.write_text("https://roe.example/secret")
    doctype = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}"><!ENTITY b "{"lol" * 1000}">]>'
    text = f"{doctype}<urlset><url><loc>https://roe.example/&a;&b;</loc></url></urlset>"
    assert all("secret" not in each and "lol" not in each for each in addresses(text))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        (b"\x1f\x8bno gzip", "damaged"),
        ("<!DOCTYPE html><html><body>Not found", "web page"),
        ("<html><urlset/></html>", "web page"),
        ("<rss><channel/></rss>", "a feed"),
        ("<note>Hello</note>", "another kind, <note>"),
        ("User-agent: *\nDisallow: /", "neither XML nor a list"),
        ('{"a": 1}', "neither XML nor a list"),
        ("<", "not XML"),
        (b"%PDF-1.7 x", "PDF"),
    ],
)
def test_what_is_no_sitemap_is_an_error_that_says_what_it_is(body, reason):
    with pytest.raises(Unreadable, match=reason):
        read(body)


PATH = st.text("abcxyz0123456789-_/&'", min_size=1, max_size=30)


@given(st.lists(PATH, max_size=10, unique=True))
def test_what_is_written_is_read_back(paths):
    written = [f"https://roe.example/{path}" for path in paths]
    text = urlset(*(f"<url><loc>{escape(each)}</loc></url>" for each in written))
    assert addresses(text) == written
    assert addresses(gzip.compress(text.encode())) == written


@given(st.one_of(st.binary(max_size=300), st.text("<>/&;urlsetoc:[]!? ", max_size=200)))
def test_anything_is_a_sitemap_or_an_error(body):
    for each in (body, f"<urlset><url><loc>{body!r}"):
        with contextlib.suppress(Unreadable):
            read(each)
