import pytest

from retrieval.sources.html.reader import read_html
from tests.retrieval.sources.html.pages import BERTHS, SENTENCES, article

QUOTE = "We will spend forty-two million crowns on the quay, and not a single crown more."
SPEAKER = "Mayor of Lindow Ann Roe"


@pytest.mark.parametrize(
    "quotation",
    [
        f"<blockquote><p>{QUOTE}</p><footer><cite><p>{SPEAKER}</p></cite></footer></blockquote>",
        f"<blockquote>{QUOTE}<div class=blockquote-footer>{SPEAKER}</div></blockquote>",
        f"<figure><blockquote>{QUOTE}</blockquote><figcaption>{SPEAKER}</figcaption></figure>",
        f"<figure><p>{QUOTE}</p><figcaption>{SPEAKER}</figcaption></figure>",
        f"<blockquote><p>{QUOTE} <cite>{SPEAKER}</cite></p></blockquote>",
        f"<blockquote><p>{QUOTE}</p><p class=attribution>{SPEAKER}</p></blockquote>",
    ],
)
def test_the_speaker_ends_the_paragraph_of_the_quotation(quotation):
    draft = read_html(article(BERTHS, quotation, f"<p>{SENTENCES[0]} Again.</p>"))
    assert draft.paragraphs == (*SENTENCES, f"{QUOTE} {SPEAKER}", f"{SENTENCES[0]} Again.")


def test_a_speaker_after_a_dash_ends_the_paragraph():
    quotation = f"<blockquote><p>{QUOTE}</p><p>— {SPEAKER}</p></blockquote>"
    assert read_html(article(BERTHS, quotation)).paragraphs[-1] == f"{QUOTE} — {SPEAKER}"


def test_the_paragraphs_of_a_quotation_stay_apart():
    quotation = (
        f"<blockquote><p>{QUOTE}</p><p>{QUOTE} Never.</p><footer>{SPEAKER}</footer></blockquote>"
        f"<blockquote><p>{QUOTE} Ever.</p></blockquote>"
    )
    assert read_html(article(BERTHS, quotation)).paragraphs[-3:] == (
        QUOTE,
        f"{QUOTE} Never. {SPEAKER}",
        f"{QUOTE} Ever.",
    )
