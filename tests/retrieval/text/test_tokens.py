from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.tokens import STOP_WORDS, content_words, terms, terms_of_many, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mayor Ada Quill", ["mayor", "ada", "quill"]),
        ("José Hernández, SEÑOR", ["jose", "hernandez", "senor"]),
        ("the Mayor’s bridge, Andry's story", ["the", "mayor", "bridge", "andry", "story"]),
        ("won't wouldn’t", ["won't", "wouldn't"]),
        ("AT&T R&D", ["at&t", "r&d"]),
        ("$48 million, 31,000 a day, 1.5%", ["48", "million", "31000", "a", "day", "1.5"]),
        ("H.R. 1234 (CA-39)", ["hr1234", "1234", "ca", "39"]),
        ("ﬁrst Straße", ["first", "strasse"]),
        ("2025-09-08", ["2025", "09", "08"]),
        ("“—”…!", []),
        ("नमस्ते 漢字 Привет", None),
    ],
)
def test_words_are_folded_and_in_order(text, expected):
    assert words(text) == expected if expected is not None else len(words(text)) >= 3


def test_different_spellings_of_a_character_give_one_word():
    composed, decomposed = "Hern\u00e1ndez", "Herna\u0301ndez"
    assert words(composed) == words(decomposed) == words("HERNANDEZ")
    assert words("mayor's") == words("mayor’s") == words("mayor")


def test_terms_are_the_stems_without_stop_words():
    assert content_words("What did they say about the bridges?") == ["say", "bridges"]
    assert terms("opened opening opens") == ["open"] * 3
    assert terms("Venezuelans") == terms("Venezuelan")
    assert terms("Who was it? What is that?") == []
    assert not any(content_words(word) for word in STOP_WORDS)


def test_several_threads_can_stem_at_once():
    text = "communities organizing extraordinary relational conferences " * 40
    with ThreadPoolExecutor(8) as pool:
        assert set(map(tuple, pool.map(terms, [text] * 64))) == {tuple(terms(text))}


@given(st.text())
def test_no_term_is_empty(text):
    assert all(terms(text))
    assert len(terms(text)) == len(content_words(text)) <= len(words(text))


@given(st.lists(st.sampled_from(["bridge", "the", "ferry", "31,000", "Quill’s"])))
def test_words_do_not_depend_on_the_space_between_them(tokens):
    assert words(" ".join(tokens)) == words("\n  ".join(tokens))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("H.R. 1234", "hr1234"),
        ("HR 1234", "hr1234"),
        ("hr1234", "hr1234"),
        ("H. R. 1234", "hr1234"),
        ("S. 50", "s50"),
        ("S.50", "s50"),
        ("s 2233", "s2233"),
        ("H.Res. 7", "hres7"),
        ("S.J.Res. 7", "sjres7"),
        ("H. Con. Res. 12", "hconres12"),
    ],
)
def test_a_bill_is_one_term_in_every_spelling(text, term):
    assert term in words(f"The bill ({text}) passed.")
    assert text.split()[-1].lower().lstrip("hrs.") in words(text)


@pytest.mark.parametrize("text", ["the U.S. 50 states", "it's 50", "$1,234 for HR", "S. 1,200"])
def test_other_numbers_are_not_taken_for_bills(text):
    assert not {word for word in words(text) if word[0].isalpha() and word[-1].isdigit()}


def test_the_terms_of_many_texts_are_those_of_each():
    texts = ["Ferries and fares", "", "The ferry's fares: $1,250,000", "fares, fares"]
    assert list(terms_of_many(texts)) == [terms(text) for text in texts]


def test_a_raised_figure_is_no_part_of_the_number_before_it():
    assert words("$42¹ million, up 12²³ percent") == ["42", "million", "up", "12", "percent"]
