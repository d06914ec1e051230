import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.next_page import NextPage, PageCounter, find_next_page
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.web.fetched import fetched

ADDRESS = "https://roe.example/news"


def following(body: str, address: str = ADDRESS, **headers: str) -> NextPage:
    return find_next_page(WebDocument.parse(fetched(body, address, **headers)))


def goes_to(body: str, address: str = ADDRESS) -> str | None:
    found = following(body, address).address
    return found.removeprefix("https://roe.example") if found else None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<link rel="next" href="/news?p2">', "/news?p2"),
        ('<a rel="nofollow next" href="?page=2">x</a>', "/news?page=2"),
        ('<a href="?page=2">Next</a>', "/news?page=2"),
        ('<a href="?page=2">Older posts →</a>', "/news?page=2"),
        ('<a href="?page=2"><span>Next page</span> ››</a>', "/news?page=2"),
        ('<a href="?seite=2">Nächste Seite</a>', "/news?seite=2"),
        ('<a href="/news/page/2/">Siguiente</a>', "/news/page/2/"),
        ('<ul class="pager"><li><a href="/news/older">Older</a></li></ul>', "/news/older"),
        ('<a aria-label="Next page" href="?offset=20"><svg/></a>', "/news?offset=20"),
        ('<li class="pager-next"><a href="?page=1"><i></i></a></li>', "/news?page=1"),
        ('<a href="?page=0">1</a><a href="?page=1">2</a><a href="?page=2">3</a>', "/news?page=1"),
        ('<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=3">3</a>', "/news?page=2"),
        ('<a href="?page=2">II</a><a href="?page=3">III</a>', "/news?page=2"),
    ],
)
def test_a_list_goes_on_where_a_link_says_or_counts(body, expected):
    assert goes_to(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/news/next-steps-for-the-harbour">Next steps for the harbour</a>',
        '<a href="/events/next">Next</a>',  # no pages are counted, nor is it among such links
        '<div class="carousel"><a rel="next" href="?page=2">Next</a></div>',
        '<table class="calendar"><tr><td><a href="?page=2">»</a></td></tr></table>',
        '<a href="#">Next</a><a href="javascript:next()">Next</a>',
        '<a href="https://other.example/news?page=2">Next</a>',
        '<a href="/other?page=2">2</a>',
        '<li class="next disabled"><a href="/news?page=0"></a></li>',
        "",
    ],
)
def test_other_links_do_not_lead_on(body):
    assert goes_to(body) is None


def test_the_last_page_does_not_lead_back():
    links = "".join(f'<a href="?page={n}">{n}</a>' for n in range(1, 9))
    assert goes_to(links, f"{ADDRESS}?page=7") == "/news?page=8"
    assert goes_to(links, f"{ADDRESS}?page=8") is None
    previous = '<li class="prev"><a href="?page=7">Previous page</a></li>'
    assert goes_to(f"{previous}{links}", f"{ADDRESS}?page=8") is None


def test_the_other_parts_of_the_address_must_be_the_same():
    links = '<a href="?type=3&page=2">2</a><a href="?type=4&page=2">2</a>'
    assert goes_to(links, f"{ADDRESS}?type=4") == "/news?type=4&page=2"


def test_the_header_may_link_the_next_page():
    assert following("", link='</news?page=2>; rel="next"').address == f"{ADDRESS}?page=2"


def test_pages_are_counted_from_zero_or_from_one():
    assert following('<a href="?page=1">2</a><a href="?page=9">Last</a>').count == 10
    assert following('<a href="?page=2">2</a><a href="?page=9">Last</a>').count == 9
    assert following('<a href="?page=2">Next</a>').count is None
    assert following('<a href="?offset=20">2</a><a href="?offset=40">3</a>').count is None


def test_a_menu_of_numbers_leads_on_as_in_the_senate():
    menu = "<select id='showing-page'>{}</select>".format(
        "".join(f"<option>{n}</option>" for n in range(1, 13))
    )
    assert following(menu) == NextPage(f"{ADDRESS}?pagenum_rs=2", 12)
    assert goes_to(menu, f"{ADDRESS}?PageNum_rs=11&x=1") == "/news?x=1&pagenum_rs=12"
    assert goes_to(menu, f"{ADDRESS}?PageNum_rs=12") is None
    other = "<select name='type'><option>1</option><option>2</option></select>"
    assert goes_to(other) is None
    named = menu.replace("id='showing-page'", "name='pageNum'")
    assert goes_to(f"{other}{named}") == "/news?pageNum=2"
    years = "<select id='page-year'><option>2025</option><option>2024</option></select>"
    assert goes_to(years) is None


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("?page=3", 3),
        ("?PageNum_rs=3", 3),
        ("?e-page-1a2b3c=3", 3),
        ("?jsf=x&pagenum=3", 3),
        ("/page/3/", 3),
        ("?start=40", 40),
        ("?homepage=3", None),
        ("?page=three", None),
        ("?page=99999999", None),
        ("?p=3", None),  # the number of a post in WordPress
        ("/pages/3", None),
    ],
)
def test_counters_in_addresses_are_known_by_name(address, number):
    counter = PageCounter.of(ADDRESS + address)
    assert (counter.number if counter else None) == number


@given(st.text("<>/=\"' ahrefnextpage?123&›»", max_size=200))
def test_any_markup_leads_on_or_not(text):
    following(text)
