import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.sentences import sentence_spans
from retrieval.training.contrast import with_less, without_answer

SENTENCES = (
    "Mayor Quill opened the rebuilt bridge on Monday.",
    "It cost $48 million and carries 31,000 vehicles on every day of the week.",
    "“This belongs to the people who waited,” said the mayor.",
    "It was closed for fourteen months after the flood of 2022.",
    "The crossing had been closed for years.",
)
PARAGRAPH = " ".join(SENTENCES[:4])


def span(paragraph, words):
    start = paragraph.index(words)
    return start, start + len(words)


@st.composite
def answered(draw):
    """A paragraph of real sentences, and some words of it."""
    paragraph = " ".join(draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6)))
    ends = [at for at in range(len(paragraph)) if paragraph[at] != " "]
    start, last = sorted((draw(st.sampled_from(ends)), draw(st.sampled_from(ends))))
    return paragraph, (start, last + 1)


def letters(text):
    return "".join(text.split())


def draws(function, words, paragraph=PARAGRAPH):
    """All that a function gives for many random numbers."""
    found = [function(paragraph, span(paragraph, words), random.Random(n)) for n in range(60)]
    return set(found)


def test_the_answering_sentence_or_only_the_words_are_left_out():
    assert draws(without_answer, "$48 million") == {
        " ".join((SENTENCES[0], *SENTENCES[2:4])),
        PARAGRAPH.replace("$48 million ", ""),
    }


@given(answered(), st.integers())
def test_what_is_left_is_the_paragraph_but_for_the_answer(answered, seed):
    paragraph, (start, end) = answered
    rest = without_answer(paragraph, (start, end), random.Random(seed))
    if rest is None:
        return
    assert len(rest.split()) >= 6
    assert f" {paragraph[start:end]} " not in f" {rest} "
    whole, left = letters(paragraph), letters(rest)
    first, last = len(letters(paragraph[:start])), len(letters(paragraph[:end]))
    gone = len(whole) - len(left)
    places = [at for at in range(len(whole)) if left == whole[:at] + whole[at + gone :]]
    assert any(at <= first and last <= at + gone for at in places)


@pytest.mark.parametrize(
    ("paragraph", "words"),
    [
        ("The bridge cost $48 million.", "The bridge cost $48 million"),
        ("It cost $48 million.", "$48 million"),
        (f"{PARAGRAPH} The sum of $48 million was paid by the state.", "$48 million"),
    ],
)
def test_there_is_no_contrast_where_little_would_be_left_or_the_answer_stands_twice(
    paragraph, words
):
    assert draws(without_answer, words, paragraph) == {None}


def test_an_answer_within_other_words_does_not_stand_twice():
    paragraph = "It was closed for 2 months after the flood of 2022, and boats ran instead."
    assert draws(without_answer, "2", paragraph) == {paragraph.replace("2 months", "months")}


def test_sentences_that_do_not_answer_are_spared_one_by_one():
    found = draws(with_less, "$48 million")
    texts = {text for text, _ in found}
    assert texts == {
        " ".join(each for each in SENTENCES[:4] if each != left_out)
        for left_out in (SENTENCES[0], SENTENCES[2], SENTENCES[3])
    }
    assert {text[slice(*place)] for text, place in found} == {"$48 million"}


@given(answered(), st.integers())
def test_the_answer_is_where_it_is_said_to_be(answered, seed):
    paragraph, (start, end) = answered
    shorter = with_less(paragraph, (start, end), random.Random(seed))
    if shorter is None:
        assert all(a < end and start < b for a, b in sentence_spans(paragraph))
        return
    rest, place = shorter
    assert rest[slice(*place)] == paragraph[start:end]
    assert len(rest) < len(paragraph)


def test_of_words_that_stand_twice_those_that_answer_are_kept():
    paragraph = "It is closed. It is open. It is closed again."
    second = paragraph.rindex("closed")
    found = {with_less(paragraph, (second, second + 6), random.Random(seed)) for seed in range(30)}
    assert found == {
        ("It is open. It is closed again.", (18, 24)),
        ("It is closed. It is closed again.", (20, 26)),
    }


def test_of_one_sentence_nothing_can_be_spared():
    assert draws(with_less, "Monday", SENTENCES[0]) == {None}
