"""Text directives in a real Chromium: what it scrolls to and marks."""

import pytest

from retrieval.sources.html.reader import read_html
from retrieval.text.links import passage_link
from tests.browser.chromium import open_tab
from tests.browser.marked import follow, follow_to_element, page_server, read_page
from tests.screenshots.browser import NoBrowser, find_browser
from tests.shared import shared

TITLE = "Harbour to be rebuilt"
FERRIES = "The harbour council of Lindow said on Tuesday that berth number {} will be rebuilt soon."
PLEDGE = "The mayor promised to spend forty-two million crowns on the quay, and not one crown more."
PAGES = {
    "first words that stand earlier": (
        f"<p>The mayor promised to spend seven crowns.</p><p id=target>{PLEDGE}</p>",
        ["The mayor promised to spend seven crowns.", PLEDGE],
        2,
    ),
    "paragraphs that differ by a number": (
        f"<p>{FERRIES.format(1)}</p><p id=target>{FERRIES.format(2)}</p><p>{FERRIES.format(3)}</p>",
        [FERRIES.format(1), FERRIES.format(2), FERRIES.format(3)],
        2,
    ),
    "the same paragraph twice": (
        f"<p>{PLEDGE}</p><h2>Said again</h2><p id=target>{PLEDGE}</p>",
        [PLEDGE, "Said again", PLEDGE],
        3,
    ),
    "the same line twice": (
        "<h2>Berth 1.</h2><p>Ask us.</p><h2>Berth 2.</h2><p id=target>Ask us.</p><p>The end</p>",
        ["Berth 1.", "Ask us.", "Berth 2.", "Ask us.", "The end"],
        4,
    ),
    "a heading of one word": (
        "<p>Contacts were made. Contact the mayor.</p><h2 id=target>Contact</h2><p>Ann Roe</p>",
        ["Contacts were made. Contact the mayor.", "Contact", "Ann Roe"],
        2,
    ),
    "words of the title": (
        "<p id=target>Harbour to be rebuilt, says the mayor, with new timber and new lamps.</p>",
        ["Harbour to be rebuilt, says the mayor, with new timber and new lamps."],
        1,
    ),
    "a line break": (
        f"<p id=target>{PLEDGE.replace('mayor ', 'mayor<br>').replace('one ', 'one<br>')}</p>",
        [PLEDGE],
        1,
    ),
    "a letter of its own": (
        f'<p id=target><span style="float: left; font-size: 3em">T</span>{PLEDGE[1:]}</p>',
        [PLEDGE],
        1,
    ),
    "a box in a line": (
        f"<p id=target>{PLEDGE.replace('mayor', '<b style=display:inline-block>mayor</b>')}</p>",
        [PLEDGE],
        1,
    ),
    "footnotes": (
        f"<p id=target>{PLEDGE.replace(' promised', '<sup>1</sup> promised')}<sup>2</sup></p>",
        [PLEDGE],
        1,
    ),
    "quotation marks that the page draws": (
        f"<p id=target><q>{PLEDGE}</q></p>",
        [f"“{PLEDGE}”"],
        1,
    ),
    "a row of a table": (
        "<table><tr><td>Berth one<td>200<td>30</tr><tr id=target><td>Berth two<td>20<td>3</table>",
        ["Berth one 200 30", "Berth two 20 3"],
        2,
    ),
    "marks of the directive's own syntax": (
        "<p>Roe</p><p id=target>Roe, Coe & Poe-Vale: a two-way, one-lane & toll-free road?!</p>",
        ["Roe", "Roe, Coe & Poe-Vale: a two-way, one-lane & toll-free road?!"],
        2,
    ),
    "spaces that do not break": (
        "<p id=target>The&nbsp;mayor promised&nbsp; to spend forty-two&nbsp;million on the quay.",
        ["The mayor promised to spend forty-two million on the quay."],
        1,
    ),
    "Chinese characters": (
        "<p>市長は賛成した。<p id=target>港湾理事会は新しい桟橋を発表した。市長は反対した。",
        ["市長は賛成した。", "港湾理事会は新しい桟橋を発表した。市長は反対した。"],
        2,
    ),
    "Arabic": (
        "<p>قال رئيس البلدية<p id=target dir=rtl>قال رئيس البلدية اليوم إن الميناء سيعاد بناؤه",
        ["قال رئيس البلدية", "قال رئيس البلدية اليوم إن الميناء سيعاد بناؤه"],
        2,
    ),
    "emoji and accents": (
        "<p>🎉 José</p><p id=target>🎉 José Núñez — “¡qué día!” 🎉</p>",
        ["🎉 José", "🎉 José Núñez — “¡qué día!” 🎉"],
        2,
    ),
    "a long address": (
        f"<p id=target>https://lindow.example/{'harbour/' * 12}plan-2.html has the plan.</p>",
        [f"https://lindow.example/{'harbour/' * 12}plan-2.html has the plan."],
        1,
    ),
}
SAMPLE = 40


@pytest.fixture
async def tab():
    try:
        find_browser()
    except NoBrowser as missing:
        pytest.skip(str(missing))
    async with open_tab() as tab:
        yield tab


async def test_a_passage_is_marked_whatever_the_page_makes_of_its_words(tab):
    outcomes = {}
    async with page_server() as server:
        for kind, (body, paragraphs, number) in PAGES.items():
            server.html = f"<!doctype html><title>{TITLE}</title><h1>{TITLE}</h1>{body}"
            link = passage_link(server.address(), paragraphs, number, title=TITLE)
            outcomes[kind] = await follow_to_element(tab, link, "target")
    assert not [kind for kind, outcome in outcomes.items() if not outcome.scrolled]
    # The words behind the break are the only ones that are marked.
    assert [kind for kind, outcome in outcomes.items() if not outcome.alone] == ["a line break"]


async def test_links_to_real_pages_scroll_to_their_passages(tab):
    """One paragraph each of some pages of two governments, as the reader finds them."""
    pages = sorted(shared("pages/newsrooms").rglob("*.html.gz"))
    outcomes = []
    async with page_server() as server:
        for position, path in enumerate(pages[:: len(pages) // SAMPLE]):
            server.html = read_page(path)
            draft = read_html(server.html)
            number = position % len(draft.paragraphs) + 1
            link = passage_link(server.address(), draft.paragraphs, number, title=draft.title)
            if outcome := await follow(tab, link, draft.paragraphs, number):
                outcomes.append(outcome)
    assert len(outcomes) >= SAMPLE * 0.9
    assert sum(each.scrolled for each in outcomes) >= len(outcomes) - 1
    assert sum(each.alone for each in outcomes) >= len(outcomes) * 0.9
