from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.terms import STOP_WORDS, content_words, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mayor Ada Quill", ["mayor", "ada", "quill"]),
        ("José Hernández, SEÑOR", ["jose", "hernandez", "senor"]),
        ("the Mayor’s bridge, Andry's story", ["the", "mayor", "bridge", "andry", "story"]),
        ("won't wouldn’t", ["won't", "wouldn't"]),
        ("AT&T R&D", ["at&t", "r&d"]),
        ("$48 million, 31,000 a day, 1.5%", ["48", "million", "31000", "a", "day", "1.5"]),
        ("H.R. 1234 (CA-39)", ["h", "r", "1234", "ca", "39"]),
        ("ﬁrst Straße", ["first", "strasse"]),
        ("2025-09-08", ["2025", "09", "08"]),
        ("“—”…!", []),
        ("नमस्ते 漢字 Привет", None),
    ],
)
def test_words_are_folded_and_in_order(text, expected):
    assert words(text) == expected if expected is not None else len(words(text)) >= 3


def test_one_word_is_the_same_however_it_is_typed():
    composed, decomposed = "Hern\u00e1ndez", "Herna\u0301ndez"
    assert words(composed) == words(decomposed) == words("HERNANDEZ")
    assert words("mayor's") == words("mayor’s") == words("mayor")


def test_terms_leave_out_what_says_nothing_and_stem_the_rest():
    assert content_words("What did they say about the bridges?") == ["say", "bridges"]
    assert terms("opened opening opens") == ["open"] * 3
    assert terms("Venezuelans") == terms("Venezuelan")
    assert terms("Who was it? What is that?") == []
    assert not any(content_words(word) for word in STOP_WORDS)


def test_several_threads_stem_at_once():
    text = "communities organizing extraordinary relational conferences " * 40
    with ThreadPoolExecutor(8) as pool:
        assert set(map(tuple, pool.map(terms, [text] * 64))) == {tuple(terms(text))}


@given(st.text())
def test_any_text_has_terms_and_none_is_empty(text):
    assert all(terms(text))
    assert len(terms(text)) == len(content_words(text)) <= len(words(text))


@given(st.lists(st.sampled_from(["bridge", "the", "ferry", "31,000", "Quill’s"])))
def test_words_do_not_depend_on_the_space_between_them(tokens):
    assert words(" ".join(tokens)) == words("\n  ".join(tokens))
