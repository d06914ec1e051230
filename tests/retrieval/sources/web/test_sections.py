import pytest

from retrieval.sources.web.entries import Entry
from retrieval.sources.web.sections import (
    is_news_section,
    is_release_address,
    releases_among,
    section,
)

SITE = "https://www.roe.example"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/news/press-releases/roe-on-fares", "roe.example/news/press-releases"),
        ("/2025/09/08/roe-on-fares/", "roe.example/#/#/#"),
        (
            "/news/documentsingle.aspx?DocumentID=7",
            "roe.example/news/documentsingle.aspx?documentid",
        ),
        ("/?p=12", "roe.example/?p"),
        ("/about", "roe.example"),
        ("", "roe.example"),
    ],
)
def test_the_section_is_the_path_without_its_last_part(address, expected):
    assert section(SITE + address) == expected


def test_sections_for_news_are_told_by_their_names():
    for path in ("/press-releases/x", "/news/x", "/en/newsroom/x", "/media/2025/x", "/pr/x"):
        assert is_news_section(SITE + path)
    for path in ("/news", "/about/x", "/services/x", "/newsletter-signup/x", "/impressum/x", ""):
        assert not is_news_section(SITE + path)


def test_addresses_of_single_texts_are_told_by_their_form():
    for path in (
        "/news/roe-introduces-rail-bill",
        "/news/4711",
        "/2025/09/08/fares",
        "/news/documentsingle.aspx?DocumentID=7",
        "/?p=12",
    ):
        assert is_release_address(SITE + path)
    for path in ("/news", "/press-releases", "/about-us", "/news?page=2", ""):
        assert not is_release_address(SITE + path)


def entries(*paths: str) -> list[Entry]:
    return [Entry(SITE + path) for path in paths]


def test_the_releases_of_a_sitemap_are_those_in_the_sections_of_known_ones():
    pages = entries("/about", "/news/press-releases", "/news/press-releases/a", "/blog/b", "/c/d")
    known = [f"{SITE}/news/press-releases/z"]
    assert releases_among(pages, known) == (pages[2],)


def test_at_the_root_only_addresses_as_long_as_titles_are_releases():
    pages = entries("/about-us", "/contact", "/roe-introduces-bill-to-lower-fares", "/short")
    known = [f"{SITE}/roe-calls-for-hearing-on-harbours", f"{SITE}/short"]
    assert releases_among(pages, known) == (pages[2], pages[3])


def test_a_section_with_few_of_the_known_ones_is_none_of_theirs():
    pages = entries("/news/a", "/about/b")
    known = [f"{SITE}/news/{n}" for n in range(100)] + [f"{SITE}/about/x"]
    assert releases_among(pages, known) == (pages[0],)


def test_where_none_is_known_the_names_of_sections_tell():
    pages = entries("/about/who-we-are-and-what", "/press/roe-on-fares-and-tolls", "/press/archive")
    assert releases_among(pages, []) == (pages[1],)
    assert releases_among(entries("/a/b"), []) == ()
    assert releases_among([Entry(None)], [f"{SITE}/a"]) == ()
