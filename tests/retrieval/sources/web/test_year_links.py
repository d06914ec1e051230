import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.web_document import WebDocument
from retrieval.sources.web.year_links import year_links
from tests.retrieval.sources.web.fetched import fetched

ADDRESS = "https://roe.example/news"


def years(body: str, address: str = ADDRESS) -> list[str]:
    found = year_links(WebDocument.parse(fetched(body, address)))
    return [each.removeprefix("https://roe.example") for each in found]


def anchors(form: str, *numbers: int) -> str:
    return "".join(f'<a href="{form.format(n)}">{n}</a>' for n in numbers)


@pytest.mark.parametrize("form", ["/news/{}", "/news?year={}", "/news?field_date={}", "/news/{}/"])
def test_years_are_linked_in_the_path_or_in_the_query(form):
    assert years(anchors(form, 2023, 2025, 2024)) == [form.format(n) for n in (2025, 2024, 2023)]


def test_a_list_of_one_year_has_the_others():
    assert years(anchors("/news/{}", 2025, 2023), f"{ADDRESS}/2024") == ["/news/2025", "/news/2023"]
    links = anchors("/news?a=1&year={}", 2025, 2023)
    assert len(years(links, f"{ADDRESS}?a=1&year=2024")) == 2
    assert years(links, f"{ADDRESS}?a=2&year=2024") == []


def test_years_are_choices_of_a_menu():
    options = "<option value=''>All</option><option>2025</option><option value='2024'>2024</option>"
    assert years(f"<select name='Year'>{options}</select>") == [
        "/news?Year=2025",
        "/news?Year=2024",
    ]
    assert years(f"<select name='size'>{options}</select>") == []
    jumps = "<option value='/news/2025'>2025</option><option value='/news/2024'>2024</option>"
    assert years(f"<select onchange='go()'>{jumps}</select>") == ["/news/2025", "/news/2024"]


@pytest.mark.parametrize(
    "body",
    [
        anchors("/reports/{}", 2025, 2024),
        anchors("/news/{}", 2025),
        anchors("/news/1234", 2025, 2024),
        anchors("https://other.example/news/{}", 2025, 2024),
        '<a href="/news/2025">All news of 2025</a><a href="/news/2024">All news of 2024</a>',
        "",
    ],
)
def test_other_links_are_no_years_of_the_list(body):
    assert years(body) == []


@given(st.text("<>/=\"' ahrefoptinsel?y2024&", max_size=200))
def test_any_markup_has_years_or_none(text):
    years(text)
