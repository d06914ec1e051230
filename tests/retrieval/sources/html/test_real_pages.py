"""Real pages: news articles of many sites, and the releases of two governments."""

import gzip
from collections.abc import Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from retrieval.sources.decoding import decode
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html.reader import read_html
from retrieval.text.lines import clean
from tests.benchmarks.pages import read_articles, score, verbatim
from tests.shared import shared

# Where the two newsrooms' templates put the text of a release, and what is around it.
TEXT = {
    "justice": ".field--name-field-pr-body :is(p, li, blockquote)",
    "yukon": "article :is(p, li, blockquote, cite)",
}
CHROME = (
    "Skip to main content",
    "Report Waste, Fraud, Abuse or Misconduct to the Inspector General",
    "Stay Connected with Justice:",
    "This news release has been archived. View current Government of Yukon news.",
    "Share",
    "Primary image",
)


def releases(newsroom: str) -> Iterator[tuple[str, ReleaseDraft]]:
    for path in sorted(shared(f"pages/newsrooms/{newsroom}").glob("*.html.gz")):
        html = decode(gzip.decompress(path.read_bytes()))
        yield html, read_html(html)


def innermost(nodes: list[LexborNode]) -> Iterator[LexborNode]:
    """The elements that have no other paragraph in them."""
    return (n for n in nodes if all(each == n for each in n.css("p, li, blockquote, cite, ul")))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def test_the_articles_of_many_sites_are_read():
    result = score(verbatim, read_articles(shared("pages/articles")))
    assert result.f1 >= 0.970
    assert result.paragraphs >= 0.985


@pytest.mark.parametrize("newsroom", TEXT)
def test_every_paragraph_quotation_and_speaker_of_a_release_is_read(newsroom):
    expected, missing = 0, list[str]()
    for html, draft in releases(newsroom):
        read = letters(" ".join(draft.paragraphs))
        for node in innermost(LexborHTMLParser(html).css(TEXT[newsroom])):
            text = clean(node.text())
            if letters(text):
                expected += 1
                missing += [text] if letters(text) not in read else []
    assert expected > 500
    assert missing == []


@pytest.mark.parametrize("newsroom", TEXT)
def test_the_title_is_the_headline_and_all_releases_have_their_dates(newsroom):
    for html, draft in releases(newsroom):
        headings = [clean(node.text()) for node in LexborHTMLParser(html).css("h1")]
        assert draft.title in headings
        assert draft.title not in draft.paragraphs
        assert draft.date is not None
        assert draft.url or newsroom == "yukon"


@pytest.mark.parametrize("newsroom", TEXT)
def test_nothing_around_a_release_is_read(newsroom):
    for _, draft in releases(newsroom):
        assert not {*draft.paragraphs} & {*CHROME}
