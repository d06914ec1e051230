from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.vocabulary import Vocabulary, write_words
from retrieval.text.tokens import words

TEXTS = [
    "Senator Duckworth wrote a letter about the voluntary doctors in Gaza.",
    "Duckworth and Hoeven: the letter on doctors, grants and the government.",
    "The government of Gaza. Hoeven spoke of grants. Volunteer doctors volunteer.",
    "A refinery, the refinery; conservation leases and conservation.",
]


def of_texts():
    return Vocabulary(Counter(word for text in TEXTS for word in words(text)))


@pytest.fixture(scope="module")
def vocabulary():
    return of_texts()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("duckwerth", "duckworth"),
        ("Duckwroth's", "duckworth's"),
        ("hoven", "hoeven"),
        ("leter", "letter"),
        ("docters", "doctors"),
        ("gazza", "gaza"),
        ("goverment", "government"),
        ("refanary", "refinery"),
        ("conservtion", "conservation"),
    ],
)
def test_an_unknown_word_is_replaced_by_the_nearest_of_the_releases(vocabulary, typed, meant):
    repair = vocabulary.corrected(f"what of {typed}?")
    assert repair.text == f"what of {meant}?"
    assert repair.changes == ((typed.split("'")[0], meant.split("'")[0]),)


@pytest.mark.parametrize(
    "text",
    [
        "Duckworth letter",
        "granting letters",  # other forms of words that are there
        "germ ham 123 H.R. 99",  # too short, or no word
        "xylophone",  # like nothing that is there
        "refineries",
        "",
    ],
)
def test_a_known_word_or_one_like_no_other_is_unchanged(vocabulary, text):
    repair = vocabulary.corrected(text)
    assert (repair.text, repair.changes) == (text, ())


def test_a_word_that_occurs_once_is_no_correction(vocabulary):
    assert vocabulary.corrected("volunary").text == "volunary"


def test_a_vocabulary_is_read_as_it_was_written(vocabulary, tmp_path):
    counts = Counter(word for text in TEXTS for word in words(text))
    write_words(tmp_path / "words.txt", sorted(counts.items()))
    again = Vocabulary.open(tmp_path / "words.txt")
    assert list(again.words) == sorted(vocabulary.words)
    assert again.corrected("duckwerth leter").text == "duckworth letter"


def test_a_damaged_file_is_an_error(tmp_path):
    (tmp_path / "words.txt").write_text("word\tmany\n")
    with pytest.raises(ValueError, match="many"):
        Vocabulary.open(tmp_path / "words.txt")


@given(st.text(max_size=200))
def test_any_text_can_be_corrected(text):
    vocabulary = of_texts()
    repair = vocabulary.corrected(text)
    assert bool(repair.changes) == (repair.text != text)
