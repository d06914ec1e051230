import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.reranker import Reading
from retrieval.ranking.highlight import (
    best_sentence,
    overlap,
    reranked_sentence,
    sentence_around,
)

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


def span(words):
    start = PARAGRAPH.index(words)
    return start, start + len(words)


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("$48 million", "The bridge cost", "vehicles a day."),
        ("The bridge", "The bridge cost", "vehicles a day."),
        ("2022.", "It was closed", "flood of 2022."),
        ("a day. It", "The bridge cost", "flood of 2022."),
        (PARAGRAPH, "The bridge cost", "opened the bridge."),
    ],
)
def test_the_sentence_around_some_words_or_the_sentences_that_they_extend_over(words, begins, ends):
    start, end = sentence_around(PARAGRAPH, span(words))
    assert PARAGRAPH[start:end].startswith(begins)
    assert PARAGRAPH[start:end].endswith(ends)


@pytest.mark.parametrize(
    ("at", "begins"),
    [(0, "The bridge cost"), (70, "It was closed"), (len(PARAGRAPH), "Mayor Quill")],
)
def test_around_no_words_it_is_the_sentence_there(at, begins):
    start, _ = sentence_around(PARAGRAPH, (at, at))
    assert PARAGRAPH[start:].startswith(begins)


def test_between_two_sentences_it_is_the_next():
    space = PARAGRAPH.index(" It was")
    assert sentence_around(PARAGRAPH, (space, space)) == sentence_around(PARAGRAPH, span("It was"))


@given(st.text(), st.data())
def test_a_sentence_around_words_lies_in_its_paragraph_and_has_the_words(paragraph, data):
    start = data.draw(st.integers(0, len(paragraph)))
    end = data.draw(st.integers(start, len(paragraph)))
    first, last = sentence_around(paragraph, (start, end))
    assert 0 <= first <= last <= len(paragraph)
    assert not paragraph[start : min(end, first)].strip()
    assert not paragraph[max(start, last) : end].strip()


class ByLength:
    """A cross-encoder to which the longest text is the best."""

    name = "by length"

    def read(self, question, texts):
        self.read_texts = texts
        return [Reading(float(len(each.text))) for each in texts]


def test_a_reranker_that_points_at_no_words_reads_each_sentence_under_the_source():
    reranker = ByLength()
    found = reranked_sentence("Why?", "Mayor Opens Bridge", PARAGRAPH, reranker)
    assert PARAGRAPH[slice(*found)].startswith("The bridge cost")
    assert {each.source for each in reranker.read_texts} == {"Mayor Opens Bridge"}
    assert " ".join(each.text for each in reranker.read_texts) == PARAGRAPH


def test_the_reranker_finds_the_sentence_that_answers_in_other_words(reranker):
    found = reranked_sentence(
        "For how long was it shut?", "Mayor Opens Bridge", PARAGRAPH, reranker
    )
    assert PARAGRAPH[slice(*found)].startswith("It was closed")


@pytest.mark.parametrize("paragraph", ["", "The fare stays."])
def test_a_paragraph_of_one_sentence_is_that_sentence(paragraph):
    whole = (0, len(paragraph))
    assert reranked_sentence("Why?", "Fares", paragraph, ByLength()) == whole
    assert sentence_around(paragraph, (0, 0)) == whole
    assert best_sentence(paragraph, {}) == whole
