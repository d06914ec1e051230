"""Real release pages of two governments, as copied from a browser with menu and footer."""

import pytest

from retrieval.sources.copied_page import read_copied_page
from tests.retrieval.sources.copies import Copy, copy_of
from tests.shared import shared

# The classes (or ids) of the elements that hold the text of a release.
TEXT = {
    "justice": {"field--name-field-pr-body"},
    "yukon": {
        "field--name-body",
        "field--name-field-news-quote",
        "field--name-field-quick-facts",
        "field--name-field-backgrounder",
    },
}
TITLE = {"justice": "node-title", "yukon": "page-title"}


def text_of(copy: Copy, newsroom: str) -> list[str]:
    return [text for text, classes in copy.paragraphs if classes & TEXT[newsroom]]


def unspaced(text: str) -> str:
    return "".join(text.split())


def ends(page: str, paragraphs: list[str]) -> set[int]:
    """The positions in the unspaced ``page`` at which the paragraphs end."""
    position, found = 0, set()
    for paragraph in map(unspaced, paragraphs):
        start = page.find(paragraph, position)
        if start >= 0:
            position = start + len(paragraph)
            found.add(position)
    return found


@pytest.mark.parametrize("newsroom", ["justice", "yukon"])
def test_menus_and_footers_are_left_out_and_the_text_is_kept(newsroom):
    right = wrong = missed = lost = 0
    pages = sorted(shared(f"pages/newsrooms/{newsroom}").glob("*.html.gz"))
    for path in pages:
        copy = copy_of(path)
        page = "\n".join(text for text, _ in copy.lines)
        draft = read_copied_page(page)
        true = ends(unspaced(page), text_of(copy, newsroom))
        predicted = ends(unspaced(page), list(draft.paragraphs))
        right += len(true & predicted)
        wrong += len(predicted - true)
        missed += len(true - predicted)
        kept = unspaced("".join(draft.paragraphs))
        lost += sum(unspaced(text) not in kept for text in text_of(copy, newsroom))
    assert pages
    assert 2 * right / (2 * right + wrong + missed) >= 0.92
    assert lost <= 0.02 * (right + missed)


@pytest.mark.parametrize("newsroom", ["justice", "yukon"])
def test_the_title_is_found_below_the_menu(newsroom):
    pages = sorted(shared(f"pages/newsrooms/{newsroom}").glob("*.html.gz"))
    wrong, found = [], 0
    for path in pages:
        copy = copy_of(path)
        titles = {text for text, classes in copy.paragraphs if TITLE[newsroom] in classes}
        draft = read_copied_page("\n".join(text for text, _ in copy.lines))
        found += bool(titles)
        if titles and draft.title not in titles:
            wrong.append((path.name, draft.title))
    assert found >= 50
    assert not wrong
