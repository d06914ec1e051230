import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.highlight import best_sentence, overlap, reranked_sentences

PARAGRAPH = (
    "The bridge cost $48 million and carries 31,000 vehicles a day. It was closed for "
    "fourteen months after the flood of 2022. Mayor Quill opened the bridge."
)


@pytest.mark.parametrize(
    ("weights", "begins"),
    [
        ({"cost": 2.0}, "The bridge cost"),
        ({"flood": 2.0, "bridg": 0.5}, "It was closed"),
        ({"open": 1.0, "bridg": 0.5}, "Mayor Quill"),
        ({"bridg": 0.5}, "The bridge cost"),
        ({"nowher": 9.0}, "The bridge cost"),
        ({}, "The bridge cost"),
    ],
)
def test_the_sentence_that_holds_most_of_the_question_the_first_of_equals(weights, begins):
    start, end = best_sentence(PARAGRAPH, weights)
    assert PARAGRAPH[start:].startswith(begins)
    assert PARAGRAPH[end - 1] == "."


def test_a_term_counts_once():
    assert overlap({"open", "bridg"}, {"open": 2.0, "cost": 4.0}) == 2.0


@given(st.text(), st.dictionaries(st.text(max_size=3), st.floats(0, 10)))
def test_a_highlight_lies_in_its_paragraph(paragraph, weights):
    start, end = best_sentence(paragraph, weights)
    assert 0 <= start <= end <= len(paragraph)
    assert bool(paragraph[start:end].strip()) == bool(paragraph.strip())


def test_the_reranker_finds_the_sentence_that_answers_in_other_words(reranker):
    paragraphs = [("Mayor Opens Bridge", PARAGRAPH), ("Ferry Fares", "The fare stays.")]
    spans = reranked_sentences("For how long was it shut?", paragraphs, reranker)
    assert len(spans) == 2
    assert PARAGRAPH[slice(*spans[0])].startswith("It was closed")
    assert spans[1] == (0, len("The fare stays."))


def test_an_empty_paragraph_is_its_own_sentence(reranker):
    assert reranked_sentences("Why?", [("", "")], reranker) == [(0, 0)]
