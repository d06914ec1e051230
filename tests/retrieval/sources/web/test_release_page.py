"""A page to its release, and an entry with a whole text to a page."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.release import DateSource
from retrieval.sources.web.entries import Entry
from retrieval.sources.web.release_page import read_release_page, whole_page
from tests.retrieval.sources.web.fetched import fetched

ADDRESS = "https://roe.example/news/fares"
DAY = date(2025, 9, 8)
SENTENCE = "The act would cap the fares of all trains between the two cities for ten years. "
TEXT = SENTENCE * 4


def entry(html: str, title: str = "Roe Introduces Bill to Lower Rail Fares") -> Entry:
    return Entry(ADDRESS, title, DAY, html=html)


def test_a_whole_text_is_the_release_with_title_date_and_address_of_its_entry() -> None:
    given = entry(f"<p>{TEXT}</p><p>“A fair price,” said Roe.</p>", "Fares & <Rails>")
    page = whole_page(given)
    assert page
    draft = read_release_page(page, given)
    assert draft.title == "Fares & <Rails>"
    assert draft.paragraphs == (TEXT.strip(), "“A fair price,” said Roe.")
    assert (draft.date, draft.url) == (DAY, ADDRESS)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Roe introduced a bill.</p>",
        f"<p>{TEXT}…</p>",
        f"<p>{TEXT}[&hellip;]</p>",
        f"<p>{TEXT}</p><p><a href='/news/fares'>Read more &raquo;</a></p>",
        "<div>" * 100_000,
    ],
)
def test_a_teaser_is_no_whole_text(html: str) -> None:
    assert whole_page(entry(html)) is None


def test_what_the_list_says_counts_only_where_the_page_has_nothing() -> None:
    named = Entry(ADDRESS, "Another title", date(2025, 1, 1))
    html = f"<h1>Fares</h1><p>September 8, 2025</p><p>{TEXT}</p>"
    draft = read_release_page(fetched(f"<html><body>{html}</body></html>", ADDRESS), named)
    assert (draft.title, draft.date) == ("Fares", DAY)
    undated = html.replace("<p>September 8, 2025</p>", "")
    draft = read_release_page(fetched(f"<html><body>{undated}</body></html>", ADDRESS), named)
    assert (draft.date, draft.date_source) == (date(2025, 1, 1), DateSource.LISTED)


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", b"%PDF-1.7 broken", b"<html></html>"])
def test_what_holds_no_release_says_so(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_release_page(fetched(body, ADDRESS), entry(""))


@given(st.text(), st.text())
def test_any_entry_is_a_page_or_none(title: str, html: str) -> None:
    page = whole_page(entry(TEXT + html, title))
    assert page is None or page.body.startswith(b"<!doctype html>")
