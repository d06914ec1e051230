"""One line on what a release is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.sentences import first_sentence


@pytest.mark.parametrize(
    ("paragraphs", "sentence"),
    [
        (
            ["The mayor opened the new bridge on Monday. It cost much."],
            "The mayor opened the new bridge on Monday.",
        ),
        (
            ["For immediate release", "All four branches of the library will open on Sundays."],
            "All four branches of the library will open on Sundays.",
        ),
        (["Too short.", "Short too."], "Too short."),
        ([""], ""),
        ([], ""),
    ],
)
def test_it_is_the_first_sentence_that_says_something(paragraphs, sentence):
    assert first_sentence(paragraphs) == sentence


@given(st.lists(st.text(max_size=200), max_size=4))
def test_it_stands_in_the_text(paragraphs):
    said = first_sentence(paragraphs)
    assert not said or any(said in each for each in paragraphs)
