import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.reranker import AnswerSpan, TextReading
from retrieval.ranking.highlight import (
    SURE_WORDS,
    answering_words,
    best_sentence,
    likeliest_sentence,
    overlap,
    reranked_sentence,
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


def at(words):
    return PARAGRAPH.index(words)


@pytest.mark.parametrize(
    ("where", "begins", "share"),
    [
        ([("cost", 0.7), ("flood", 0.3)], "The bridge cost", 0.7),
        ([("$48", 0.3), ("closed", 0.2), ("flood", 0.2), ("Mayor", 0.3)], "It was closed", 0.4),
        ([("Mayor", 1.0)], "Mayor Quill", 1.0),
        ([], "The bridge cost", 0.0),
    ],
)
def test_the_sentence_where_the_answer_most_likely_is(where, begins, share):
    found, probability = likeliest_sentence(PARAGRAPH, [(at(word), each) for word, each in where])
    assert PARAGRAPH[slice(*found)].startswith(begins)
    assert probability == pytest.approx(share)


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1))))
def test_the_likeliest_sentence_lies_in_its_paragraph(paragraph, where):
    (start, end), share = likeliest_sentence(paragraph, where)
    assert 0 <= start <= end <= len(paragraph)
    assert 0 <= share <= sum(each for _, each in where) + 1e-6


FIRST = (0, PARAGRAPH.index(" It was"))


def words_of(words, paragraph=PARAGRAPH, sentence=FIRST, probability=0.9):
    """What is named where the reader points at some ``words`` of a paragraph."""
    start = paragraph.index(words)
    found = answering_words(paragraph, AnswerSpan(start, start + len(words), probability), sentence)
    return paragraph[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("pointed_at", "named"),
    [
        ("$48 million", "$48 million"),
        ("48", "$48"),
        ("8 mill", "$48 million"),
        ("vehicles a day.", "vehicles a day"),
        ("The", "The"),
        (PARAGRAPH[slice(*FIRST)], PARAGRAPH[: FIRST[1] - 1]),
        (" ", None),
        (".", "day"),
    ],
)
def test_the_words_that_answer_are_whole(pointed_at, named):
    assert words_of(pointed_at) == named


@pytest.mark.parametrize(
    ("paragraph", "pointed_at", "named"),
    [
        ("Fares rose by (about) 4 percent, she said.", "about", "about"),
        ("“We won’t,” said Vale.", "We", "We"),
        ("“We won’t,” said Vale.", "won", "won’t"),
        ("Dana Vale—the mayor—agreed.", "the mayor", "the mayor"),
        ("Born in the U.S., he left.", "U", "U.S"),
        ("…", "…", None),
        ("桥梁已开放。", "已开", "桥梁已开放。"),
    ],
)
def test_punctuation_around_the_words_is_none_of_them(paragraph, pointed_at, named):
    assert words_of(pointed_at, paragraph, (0, len(paragraph))) == named


def test_words_are_named_where_the_reader_is_sure_of_them():
    assert words_of("$48 million", probability=SURE_WORDS) == "$48 million"
    assert words_of("$48 million", probability=SURE_WORDS - 0.01) is None


@pytest.mark.parametrize("words", ["fourteen months", "a day. It was closed"])
def test_no_words_of_another_sentence_are_named(words):
    assert words_of(words) is None


@given(st.text(), st.integers(0, 50), st.integers(0, 50), st.floats(0, 1))
def test_named_words_lie_in_the_sentence(paragraph, start, length, probability):
    sentence, _ = likeliest_sentence(paragraph, [(start, 1.0)])
    found = answering_words(paragraph, AnswerSpan(start, start + length, probability), sentence)
    if found:
        assert sentence[0] <= found[0] < found[1] <= sentence[1]
        assert probability >= SURE_WORDS


class ByLength:
    """A cross-encoder to which the longest text is the best."""

    name = "by length"

    def read(self, question, texts):
        self.read_texts = texts
        return [TextReading(float(len(each.text))) for each in texts]


def test_a_reranker_reads_each_sentence_under_the_source():
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
    assert likeliest_sentence(paragraph, []) == (whole, 0.0)
    assert best_sentence(paragraph, {}) == whole
