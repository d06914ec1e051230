"""Texts and words as PostgreSQL has them: read as they were written, and found as they are."""

import unicodedata

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.index.postgres.stored_text import read_text, stored_text, stored_word, stored_words

ODD = st.sampled_from("\0\ud800\udfff\ufdd0\ufde0\ufde9\ufdefa0é \n\t\\'%_")
TEXTS = st.text(st.one_of(ODD, st.characters()), max_size=40)
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=("Z",)), min_size=1, max_size=12),
    st.text("abx01", min_size=1, max_size=8),
    st.sampled_from(["x0", "x061", "a", "x1", "1.5", "e1e5", "1e5", "o'brien", "at&t", "1,000"]),
    st.integers(100, 5000).map(lambda n: "é" * n),
    st.integers(100, 5000).map(lambda n: "a" * n),
)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def connection(postgres):
    with postgres.database() as url, psycopg.connect(url, autocommit=True) as connection:
        yield connection


@given(TEXTS)
def test_a_text_is_read_as_it_was_written(text):
    assert read_text(stored_text(text)) == text


@given(TEXTS, TEXTS)
def test_two_texts_are_stored_as_two(one, other):
    assert (stored_text(one) == stored_text(other)) == (one == other)


@MANY
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_the_database_takes_every_text(connection, texts):
    stored = [stored_text(each) for each in texts]
    assert connection.execute("SELECT %s::text[]", [stored]).fetchone() == (stored,)


@given(TEXTS, st.text("0123456789abcdef", min_size=1))
def test_what_stands_for_a_refused_character_is_no_letter_or_digit(text, digits):
    if digits not in text:
        assert digits not in stored_text(text)
    added = set(stored_text(text)) - set(text)
    assert all(unicodedata.category(each) == "Cn" for each in added)


@given(WORDS, WORDS)
def test_two_words_are_stored_as_two(one, other):
    assert (stored_word(one) == stored_word(other)) == (one == other)


@MANY
@given(st.lists(WORDS, min_size=1, max_size=30))
def test_a_stored_word_is_one_token_that_fits_into_an_index(connection, words):
    stored = [stored_word(each) for each in words]
    assert all(len(each.encode()) <= 255 for each in stored)
    tokens = connection.execute(
        "SELECT token FROM ts_parse('default', %s) WHERE tokid <> 12", [stored_words(words)]
    )
    assert [token for (token,) in tokens] == stored
    lexemes = connection.execute(
        "SELECT tsvector_to_array(to_tsvector('simple', %s))", [" ".join(stored)]
    )
    assert set(lexemes.fetchone()[0]) == set(stored)
