import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.publication_date import DateOrder
from retrieval.sources.web.listings import Listing, find_listing
from retrieval.sources.web.page_data import read_page_data
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.web import listing_pages as forms
from tests.retrieval.sources.web.fetched import fetched

ADDRESS = "https://roe.example/news/press-releases"
ITEMS = forms.items(10)


def listing(html: str, address: str = ADDRESS) -> Listing:
    return find_listing(WebDocument.parse(fetched(html, address)))


def next_data(posts: object, **more: object) -> str:
    data = {"props": {"pageProps": {"posts": posts, **more}}}
    return forms.page(
        f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">'
        f"{json.dumps(data)}</script>"
    )


def test_releases_in_the_data_of_next_js_are_read():
    nodes = [
        {
            "node": {
                "title": f"{each.title} &amp; more",
                "link": f"https://roe.example{each.path}",
                "date": f"{each.day}T10:00:00",
                "content": "<p>Text.</p>",
            }
        }
        for each in ITEMS
    ]
    found = listing(next_data({"edges": nodes}, totalPages=4))
    assert [(each.title, each.published) for each in found.entries] == [
        (f"{each.title} & more", each.day) for each in ITEMS
    ]
    assert found.entries[0].html == "<p>Text.</p>"
    assert found.next == f"{ADDRESS}?page=2"
    assert listing(next_data({"edges": nodes}, totalPages=4), f"{ADDRESS}?page=4").next is None


def test_the_last_part_of_an_address_is_taken_to_be_below_the_list():
    posts = [
        {"title": "Lower fares", "slug": {"current": "lower-fares"}, "publishedAt": "2025-09-08"},
        {"title": "No date", "slug": "no-date"},
        {"slug": "no-title", "date": "2025-09-08"},
        {"title": "Elsewhere", "url": "https://paper.example/x", "date": "2025-09-08"},
    ]
    (entry,) = listing(next_data(posts)).entries
    assert entry.address == f"{ADDRESS}/lower-fares"
    assert entry.published == date(2025, 9, 8)


def test_broken_data_is_none():
    for text in ("{", "[" * 100_000, "null", "7"):
        script = f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'
        assert listing(forms.page(script)).entries == ()


def test_the_part_of_an_address_is_completed_by_a_link_of_the_page():
    posts = [{"title": "Lower fares", "slug": "lower-fares", "date": "2025-09-08"}]
    html = next_data(posts).replace("</main>", '<a href="/en/releases/lower-fares">x</a></main>')
    (entry,) = listing(html).entries
    assert entry.address == "https://roe.example/en/releases/lower-fares"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "2025-09-08", "a/b", "'] x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("title slug link date content node totalPages rendered".split()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_data_is_read(value):
    document = WebDocument.parse(fetched(next_data(value), ADDRESS))
    read_page_data(document, DateOrder())
