from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.entries import Entry, absolute, is_same_site, site_of, span

BASE = "https://roe.example/news/list?page=2"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("fares", "https://roe.example/news/fares"),
        ("/fares#top", "https://roe.example/fares"),
        ("?page=3", "https://roe.example/news/list?page=3"),
        ("//cdn.example/x", "https://cdn.example/x"),
        (" \n/the fares ", "https://roe.example/the%20fares"),
        ("https://other.example/a", "https://other.example/a"),
        ("", None),
        (None, None),
        ("mailto:a@roe.example", None),
        ("javascript:void(0)", None),
        ("http://[", None),
        ("/" + "a" * 3000, None),
    ],
)
def test_links_become_addresses_or_nothing(link, expected):
    assert absolute(link, BASE) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_an_address_or_none(link, base):
    found = absolute(link, base)
    assert found is None or found.startswith(("http://", "https://"))


def test_a_site_is_a_host_with_those_below_it():
    assert site_of("https://WWW.Roe.example:8080/x") == "roe.example"
    assert site_of("http://[") == ""
    assert is_same_site("https://www.roe.example/a", "https://news.roe.example/b")
    assert not is_same_site("https://roe.example", "https://notroe.example")
    assert not is_same_site("mailto:x", "mailto:x")


def test_an_entry_is_known_by_its_address_or_id_or_title():
    assert Entry("https://a.example/1", id="7").key == "https://a.example/1"
    assert Entry(None, id="7").key == "7"
    assert Entry(None, "Fares", date(2025, 9, 8)).key == "Fares 2025-09-08"


def test_the_day_of_an_entry_is_the_best_that_is_known():
    address = "https://a.example/2025/03/05/fares"
    assert Entry(address, published=date(2025, 9, 8)).day == date(2025, 9, 8)
    assert Entry(address, modified="2025-10-01T00:00:00Z").day == date(2025, 3, 5)
    changed = Entry("https://a.example/1", modified="2025-10-01T00:00:00Z")
    assert (changed.day, changed.latest_day) == (None, date(2025, 10, 1))
    assert Entry(None, modified="2025-10").latest_day is None
    assert span([Entry(address), Entry(None), Entry(None, published=date(2024, 1, 1))]) == (
        date(2024, 1, 1),
        date(2025, 3, 5),
    )
    assert span([Entry(None)]) is None
