from hypothesis import given
from hypothesis import strategies as st

from embeddings.encodable import MAX_CHARACTERS, encodable


@given(st.text(st.characters(codec="utf-8")))
def test_a_text_without_lone_surrogates_is_unchanged(text):
    assert encodable(text) == text


@given(st.text(st.characters()))
def test_any_text_becomes_one_of_the_same_length_that_can_be_encoded(text):
    assert len(encodable(text)) == len(text)
    encodable(text).encode()


def test_a_lone_surrogate_becomes_a_question_mark():
    assert encodable("half of a pair \ud83d") == "half of a pair ?"


def test_of_a_text_of_megabytes_only_the_beginning_is_split():
    text = "Fares " * 1_000_000
    assert encodable(text) == text[:MAX_CHARACTERS]
