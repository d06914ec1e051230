import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.word_lists import word_list


@pytest.mark.parametrize(
    "word",
    [
        "bought",
        "prison",
        "prisons",
        "tariffs",
        "vetoed",
        "landlords",
        "opioids",
        "texted",
        "emailing",
    ],
)
def test_a_word_and_its_forms_are_english(word):
    assert word in word_list("en")


@pytest.mark.parametrize(
    "word",
    ["goverment", "recieve", "recieved", "seperate", "senater", "congresman", "", "a b", "2024"],
)
def test_a_slip_is_no_word(word):
    assert word not in word_list("en")


@pytest.mark.parametrize("word", ["carcel", "vivienda", "escuelas", "inundacion", "ninos"])
def test_spanish_words_are_found_without_their_accents(word):
    assert word in word_list("es")


def test_a_list_is_read_once():
    assert word_list("en") is word_list("en")


@given(st.text(max_size=30))
def test_any_text_can_be_looked_up(text):
    assert (text in word_list("en")) in {True, False}
