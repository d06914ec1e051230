from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.vocabulary import Vocabulary, write_words
from retrieval.text.tokens import words
from retrieval.text.word_lists import word_list

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
        ("duckwroth's", "duckworth's"),
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
    "text", ["what did granta say?", "Refinary announced a grant", "did gazza's vote count?"]
)
def test_who_says_something_is_replaced_only_by_a_known_name(vocabulary, text):
    assert vocabulary.corrected(text).changes == ()
    known = {"grants", "refinery", "gaza"}
    assert vocabulary.corrected(text, known).changes != ()


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


@pytest.mark.parametrize(
    "text",
    [
        "What did Leter-Anne say?",
        "what did leter-anne say?",
        "What did Leter say?",
        "What did Hoven say?",
        "Hoven on grants",
    ],
)
def test_a_name_is_no_slip(vocabulary, text):
    assert vocabulary.corrected(text).text == text


def test_a_name_is_corrected_to_a_name_that_is_known(vocabulary):
    names = {"hoeven", "duckwerth"}
    assert vocabulary.corrected("What did Hoven say?", names).text == "What did hoeven say?"
    assert vocabulary.corrected("what did duckwerth say?", names).changes == ()


def test_a_word_may_be_kept_for_another_reason(vocabulary):
    assert vocabulary.corrected("leter gazza", is_kept="leter".__eq__).text == "leter gaza"


@pytest.mark.parametrize(
    ("released", "typed"),
    [
        ("brought", "bought"),
        ("person", "prison"),
        ("stuffing", "staffing"),
        ("landlady", "landlords"),
        ("texts", "texted"),
        ("casting", "costing"),
    ],
)
def test_a_correct_word_is_no_slip_though_no_release_has_it(released, typed):
    vocabulary = Vocabulary({released: 2})
    assert vocabulary.corrected(typed, is_word=word_list("en").__contains__).changes == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("goverment", "government"), ("recieve", "receive"), ("docters", "doctors")],
)
def test_a_slip_is_corrected_where_correct_words_are_known(typed, meant):
    vocabulary = Vocabulary({meant: 2})
    assert vocabulary.corrected(typed, is_word=word_list("en").__contains__).text == meant


def test_only_a_word_that_would_be_replaced_is_looked_up(vocabulary):
    looked_up = []
    vocabulary.corrected("Duckworth xylophone leter", is_word=looked_up.append)
    assert looked_up == ["leter"]


def test_only_the_first_words_that_no_release_has_are_compared_with_all_others():
    """Each comparison takes a millisecond or more: 800 words would take a second."""
    names = [f"{first}{second}ridge" for first in "abcdefgh" for second in "lmn"]
    vocabulary = Vocabulary(dict.fromkeys(names, 2))
    typed = [f"{name}x" for name in names]
    corrected = vocabulary.corrected(" ".join([*typed, *typed])).text.split()
    assert corrected == [*names[:16], *typed[16:]] * 2


def test_a_capital_tells_nothing_at_the_beginning_or_where_all_are(vocabulary):
    assert vocabulary.corrected("Goverment letter").text == "government letter"
    assert vocabulary.corrected("THE LETER ON GAZA").text == "THE letter ON GAZA"


def test_a_word_that_occurs_once_is_no_correction(vocabulary):
    assert vocabulary.corrected("volunary").text == "volunary"


def test_a_vocabulary_is_read_as_it_was_written(vocabulary, tmp_path):
    counts = Counter(word for text in TEXTS for word in words(text))
    write_words(tmp_path / "words.txt", sorted(counts.items()))
    again = Vocabulary.open(tmp_path / "words.txt")
    assert list(again.counts.items()) == sorted(counts.items())
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
