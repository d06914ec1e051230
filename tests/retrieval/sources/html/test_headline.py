import pytest

from retrieval.sources.html.blocks import visible_blocks
from retrieval.sources.html.headline import find_headline
from retrieval.sources.html.metadata import read_metadata
from retrieval.sources.html.tree import ParsedPage
from tests.retrieval.sources.html.pages import BERTHS, TITLE, page


def headline(html: str) -> str:
    parsed = ParsedPage.parse(html)
    return find_headline(visible_blocks(parsed.body), read_metadata(parsed.document))[0]


@pytest.mark.parametrize(
    "html",
    [
        page(f"<main><h1>{TITLE}</h1>{BERTHS}</main>"),
        page(
            f"<main><h1>{TITLE}</h1>{BERTHS}</main>",
            title=f"<title>{TITLE} | News | Port of Lindow</title>",
        ),
        page(f"<h1>Port of Lindow</h1><main><h2>{TITLE}</h2>{BERTHS}</main>"),
        page(f"<main><div class=headline>{TITLE}</div>{BERTHS}</main>"),
        page(f"<a href='#main'>Skip to main content</a><main><h1>{TITLE}</h1>{BERTHS}</main>"),
        page(f"<main><h1>Skip to content</h1><h1>{TITLE}</h1>{BERTHS}</main>"),
        page(f"<main>{BERTHS}</main>", title=f"<title>{TITLE} | Port of Lindow</title>"),
        page(
            f"<main>{BERTHS}</main>",
            title="<title>Port of Lindow</title>",
            head=f'<meta property="og:title" content="{TITLE}">',
        ),
        page(f"<main><h1>{TITLE}</h1>{BERTHS}</main>", title="<title>Another wording</title>"),
        page(f"<main><h1>Harbour<br>to be <em>rebuilt</em></h1>{BERTHS}</main>"),
    ],
)
def test_the_headline_is_the_title_that_a_person_sees(html):
    assert headline(html) == TITLE


def test_a_page_without_any_title_has_no_headline():
    assert headline(page(BERTHS, title="")) == ""


def test_a_heading_is_the_headline_where_the_window_names_only_the_site():
    assert headline(f"<title>Lindow</title><h2>{TITLE}</h2>{BERTHS}") == TITLE
    hero = f"<title>Lindow</title><h1>Newsroom</h1><h2>{TITLE}</h2>{BERTHS}"
    assert headline(hero) == TITLE
