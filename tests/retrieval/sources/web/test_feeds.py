import contextlib
import datetime
import html
import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.feeds import read_feed
from retrieval.sources.web.unreadable import Unreadable
from tests.retrieval.sources.web.fetched import fetched

ADDRESS = "https://roe.example/news/feed"
DAY = datetime.date(2025, 9, 8)


def rss(*items: str, channel: str = "<title>News of Ann Roe</title>") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel>{channel}{''.join(items)}</channel></rss>"
    )


def atom(*entries: str, head: str = "") -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:fh="http://purl.org/syndication/history/1.0">'
        f"<title>News</title>{head}{''.join(entries)}</feed>"
    )


def read(text: str | bytes, address: str = ADDRESS, **options: str):
    return read_feed(fetched(text, address, media_type="application/xml", **options))


def only(text: str | bytes, **options: str):
    (entry,) = read(text, **options).entries
    return entry


def test_an_item_of_rss_has_address_title_date_id_and_text():
    entry = only(
        rss(
            """<item><title>Lower Fares</title><link>https://roe.example/fares</link>
            <guid isPermaLink="false">f-1</guid><pubDate>Mon, 08 Sep 2025 10:00:00 GMT</pubDate>
            <description>Short.</description>
            <content:encoded><![CDATA[<p data-n="1">The <a href="/act">act</a>.</p>]]>
            </content:encoded></item>"""
        )
    )
    assert (entry.address, entry.title, entry.published) == (
        "https://roe.example/fares",
        "Lower Fares",
        DAY,
    )
    assert entry.id == "f-1"
    assert entry.html == '<p data-n="1">The <a href="https://roe.example/act">act</a>.</p>'
    assert entry.summary == "Short."


def test_the_feed_says_what_it_is():
    feed = read(rss(channel="<title>News &amp;amp; Views</title><link>https://roe.example</link>"))
    assert (feed.form, feed.title, feed.site) == ("RSS 2.0", "News & Views", "https://roe.example/")
    assert feed.entries == ()
    assert read(atom()).form == "Atom 1.0"


def test_an_entry_of_atom_tells_publication_from_change():
    entry = only(
        atom(
            """<entry><title type="html">Fares &lt;i&gt;down&lt;/i&gt;</title><id>tag:roe,1</id>
            <link rel="enclosure" href="a.pdf"/><link href="fares"/>
            <published>2025-09-08T23:30:00-05:00</published><updated>2025-10-01T00:00:00Z</updated>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hey</p></div>
            </content></entry>"""
        )
    )
    assert entry.title == "Fares down"
    assert entry.address == "https://roe.example/news/fares"
    assert entry.published == DAY  # as written, not in universal time
    assert entry.modified == "2025-10-01T00:00:00Z"
    assert "<p>Hey</p>" in entry.html


def test_rdf_has_one_date_which_is_that_of_publication():
    entry = only(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>t</title></channel><item><title>Fares</title><link>/fares</link>
        <dc:date>2025-09-08T10:00:00Z</dc:date></item></rdf:RDF>"""
    )
    assert (entry.address, entry.published) == ("https://roe.example/fares", DAY)


def test_a_json_feed_is_read():
    feed = read(
        """{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [
        {"id": 7, "url": "/fares", "title": "Fares", "content_text": "One & one.\\n\\nTwo.",
         "date_published": "2025-09-08T10:00:00Z", "date_modified": "2025-10-01"},
        {"id": "x"}, 5, null], "next_url": "/feed.json?page=2",
        "home_page_url": "https://roe.example/"}"""
    )
    (entry,) = feed.entries
    assert feed.form == "JSON Feed 1.1"
    assert feed.next == "https://roe.example/feed.json?page=2"
    assert feed.site == "https://roe.example/"
    assert (entry.address, entry.title, entry.id) == ("https://roe.example/fares", "Fares", "7")
    assert (entry.published, entry.modified) == (DAY, "2025-10-01")
    assert entry.html == "<p>One &amp; one.</p><p>Two.</p>"


@pytest.mark.parametrize(
    ("item", "address"),
    [
        ("<guid>https://roe.example/1</guid>", "https://roe.example/1"),
        ("<guid isPermaLink='false'>https://roe.example/1</guid>", "https://roe.example/1"),
        ("<guid isPermaLink='false'>17 at roe.example</guid>", None),
        ("<link>/fares here</link>", "https://roe.example/fares%20here"),
        ("<link>\n https://roe.example/fares#top \n</link>", "https://roe.example/fares"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>https://[::1</link>", None),
    ],
)
def test_the_address_is_the_link_or_the_permanent_id(item, address):
    assert only(rss(f"<item><title>T</title>{item}</item>")).address == address


def test_entries_with_nothing_in_them_are_none_and_those_without_an_address_are_kept():
    feed = read(rss("<item/>", "<item><description>Only a text.</description></item>"))
    assert [each.summary for each in feed.entries] == ["Only a text."]
    assert feed.entries[0].published is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&amp;amp;T &lt;b&gt;sues&lt;/b&gt;", "AT&T sues"),
        ("<![CDATA[<em>Fares</em> &amp; tolls]]>", "Fares & tolls"),
        ("Caf&#233; &#8211; open", "Café – open"),
        ("a &lt; b", "a < b"),
    ],
)
def test_titles_lose_their_tags_and_entities(title, expected):
    assert only(rss(f"<item><title>{title}</title></item>")).title == expected


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"<?xml version='1.0' encoding='iso-8859-1'?>{}", ""),  # which it is not
        ("<?xml version='1.0' encoding='windows-1252'?>{}".encode("cp1252"), ""),
        (b"{}", "iso-8859-1"),
        (b"\xef\xbb\xbf{}", ""),
    ],
)
def test_the_encoding_is_what_it_is_not_what_is_declared(data, charset):
    encoding = "cp1252" if b"1252" in data else "utf-8"
    body = rss("<item><title>Köln – “Straße”</title></item>").partition("?>")[2]
    assert only(data.replace(b"{}", body.encode(encoding)), charset=charset).title == (
        "Köln – “Straße”"
    )


def test_the_charset_of_the_header_counts_where_nothing_else_tells():
    body = rss("<item><title>Москва</title></item>").partition("?>")[2].encode("cp1251")
    assert only(body, charset="windows-1251").title == "Москва"


@pytest.mark.parametrize(
    "text",
    [
        "\n\n  {}",
        "<b>Warning</b>: in line 3\n{}",
        "{}<script>trailing()</script>",
        "{}".replace("{}", "{}\x0b"),
    ],
)
def test_text_around_the_xml_does_no_harm(text):
    body = rss("<item><title>Fares</title><link>https://roe.example/1</link></item>")
    assert only(text.format(body)).title == "Fares"


def test_a_feed_that_is_cut_off_is_read_up_to_there():
    whole = rss(*(f"<item><title>T{n}</title><link>/{n}</link></item>" for n in range(9)))
    cut = whole[: whole.index("T5")]
    assert [each.title for each in read(cut).entries][:5] == ["T0", "T1", "T2", "T3", "T4"]


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 08 Sep 2025 23:30:00 CEST",
        "Mon Sep  8 10:00:00 2025",
        "20250908T100000Z",
        "2025-09-08T23:30:00.123-07:00",
        "8 de septiembre de 2025",
    ],
)
def test_dates_are_read_in_many_forms_as_they_are_written(date):
    assert only(rss(f"<item><title>T</title><pubDate>{date}</pubDate></item>")).published == DAY


@pytest.mark.parametrize(
    "date", ["yesterday", "", "2025", "2025-09", "2025-13-45", "Mon, 99 Sep 9999", "0"]
)
def test_a_date_that_is_none_is_left_out(date):
    assert only(rss(f"<item><title>T</title><pubDate>{date}</pubDate></item>")).published is None


@pytest.mark.parametrize(("language", "expected"), [("en-us", (2025, 9, 8)), ("de", (2025, 8, 9))])
def test_a_date_in_figures_is_read_as_the_language_writes_it(language, expected):
    item = "<item><title>T</title><pubDate>09/08/2025</pubDate></item>"
    text = rss(item, channel=f"<title>t</title><language>{language}</language>")
    assert only(text).published == datetime.date(*expected)


def test_a_feed_says_where_it_goes_on():
    item = "<item><title>T</title></item>"
    entry = "<entry><title>T</title></entry>"
    assert read(atom(entry, head='<link rel="next" href="?p=2"/>')).next == f"{ADDRESS}?p=2"
    assert read(atom(entry, head='<link rel="prev-archive" href="/2024"/>')).next == (
        "https://roe.example/2024"
    )
    wordpress = "<title>t</title><generator>https://wordpress.org/?v=6.8</generator>"
    assert read(rss(item, channel=wordpress)).next == f"{ADDRESS}?paged=2"
    assert read(rss(item, channel=wordpress), f"{ADDRESS}?paged=2").next == f"{ADDRESS}?paged=3"
    assert read(rss(channel=wordpress)).next is None
    assert read(rss(item)).next is None
    assert read(atom(entry, head=f'<link rel="next" href="{ADDRESS}"/>')).next is None


def test_a_feed_may_say_that_it_is_complete():
    assert read(atom(head="<fh:complete/>")).is_complete
    assert not read(atom()).is_complete


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!doctype html><title>News</title><p>No feed.", "web page"),
        ("<html><head><link rel=alternate type=application/rss+xml href=/f></html>", "web page"),
        ("<urlset></urlset>", "not RSS"),
        ("", "not RSS"),
        ("{}", "not a JSON Feed"),
        ('{"version": 3}', "not a JSON Feed"),
        ("{" + "[" * 100_000, "not JSON"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02", "binary"),
    ],
)
def test_what_is_no_feed_is_an_error_that_says_what_it_is(text, reason):
    with pytest.raises(Unreadable, match=reason) as caught:
        read(text)
    assert caught.value.address == ADDRESS


def test_entities_are_not_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "lollollol">' + "".join(
        f'<!ENTITY {chr(n + 1)} "{f"&{chr(n)};" * 10}">' for n in range(ord("a"), ord("i"))
    )
    item = "<item><title>&i;</title><link>https://roe.example/1</link></item>"
    entries = read(f"{bomb}]>{rss(item).partition('?>')[2]}").entries
    assert all(len(each.title) < 1_000 for each in entries)


def test_a_file_of_the_machine_is_never_read(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(rss("<item><title>Secret</title></item>"))
    with pytest.raises(Unreadable):
        read(str(file))


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=40)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_an_error(data):
    with contextlib.suppress(Unreadable):
        read(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "2025-09-08", "12345678 x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "items id url title content_html content_text date_published date_published_parsed"
                " next_url language".split()
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_in_a_feed_is_read(items):
    version = "https://jsonfeed.org/version/1.1"
    read(json.dumps({"version": version, "items": items, "next_url": items, "title": items}))
    read(json.dumps({"version": version, "items": [items, {"title": items, "id": items}]}))


@given(st.text("<>/&;![]CDATA rsitemlnkguid\"='{}:,", max_size=200))
def test_any_markup_in_a_feed_is_read(text):
    for whole in (rss(text), atom(text), f"<rss version='2.0'>{text}"):
        with contextlib.suppress(Unreadable):
            read(whole)


@given(
    st.lists(
        st.tuples(TEXT, st.integers(0, 10**6), st.dates(datetime.date(1990, 1, 1))), max_size=8
    )
)
def test_what_is_written_is_read_back(written):
    items = [
        f"<item><title>{escape(html.escape(title, quote=False))}</title>"
        f"<link>https://roe.example/{number}</link>"
        f"<pubDate>{day:%a, %d %b %Y} 08:00:00 GMT</pubDate></item>"
        for title, number, day in written
        if day.year < 2100
    ]
    found = read(rss(*items)).entries
    assert [(each.address, each.published) for each in found] == [
        (f"https://roe.example/{number}", day) for _, number, day in written if day.year < 2100
    ]
