import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.names import NameIndex
from retrieval.query.understanding import QuestionHints, holds_phrase, quoted_phrases, read_question

TODAY = date(2026, 4, 11)
NAMES = NameIndex([("Mara Quill", "quill.example.gov", 12), ("Todd Young", "young.example.gov", 9)])


def read(text):
    return read_question(text, TODAY, NAMES)


def test_all_that_a_question_says_besides_its_subject_is_read():
    reading = read("What was the latest that Quill said about “the flood” in March 2024?")
    assert reading.latest
    assert reading.named.members == {"Mara Quill"}
    assert reading.named.newsrooms == {"quill.example.gov"}
    assert reading.phrases == ("the flood",)
    assert reading.period.words == "in March 2024"
    assert read("Who opened the bridge?") == QuestionHints()
    assert read("Who opened the bridge?").span == (None, None)


def test_the_days_are_reckoned_from_the_day_that_is_given():
    asked = "What did Quill say last March?"
    assert read(asked).span == (date(2026, 3, 1), date(2026, 4, 7))
    earlier = read_question(asked, date(2024, 2, 29), NAMES)
    assert earlier.span == (date(2023, 3, 1), date(2023, 4, 7))


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("What is the latest on the bridge?", True),
        ("newest bridge releases", True),
        ("The most recent statement of Quill", True),
        ("What did Quill say recently?", True),
        ("MOST RECENTLY", True),
        ("When must it open at the latest?", False),
        ("Which is the most expensive bridge?", False),
        ("Who came late?", False),
    ],
)
def test_whoever_asks_for_the_latest_wants_the_newest(text, latest):
    assert read(text).latest is latest


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('Who said "a stain on our nation"?', ("a stain on our nation",)),
        ("Who said “a stain on our nation”?", ("a stain on our nation",)),
        ("Wer sagte „ein Fleck“?", ("ein Fleck",)),
        ('"one" and “two words” and "one"', ("one", "two words")),
        ('an unmatched " mark', ()),
        ("an unmatched “ mark", ()),
        ('5" pipes and 6" pipes', ()),
        ('"" and " " and "?!" and "x"', ()),
        ("don't 'single' quotes’", ()),
        ("“outer “inner” outer”", ("inner",)),
        ('"שלום עולם" مرحبا', ("שלום עולם",)),
    ],
)
def test_what_stands_between_double_quotation_marks_is_a_phrase(text, phrases):
    assert quoted_phrases(text) == phrases


@pytest.mark.parametrize(
    ("phrase", "held"),
    [
        ("A STAIN on our nation", True),
        ("nation’s cafe", True),
        ("nation's café", True),
        ("stain, on our", True),
        ("on a stain", False),
        ("tain on our", False),
        ("stain on our nations", False),
    ],
)
def test_a_text_holds_a_phrase_word_by_word(phrase, held):
    assert holds_phrase("It is “a stain on our nation’s café”, he said.", phrase) is held


HOSTILE = [
    "in 20 " * 666,
    "in 2024 " * 500,
    "did " * 1000 + "in 2024",
    "did " + "a" * 3990 + " 2024",
    "between May and " * 250,
    "March " * 666,
    '"' * 4000,
    "“" * 4000,
    '"a' * 2000,
    "Young " * 666,
    "a." * 2000,
    "www." * 1000,
    "last " * 800,
    "how 2024" + " " * 3990,
    "\u202e2024 ni" * 400,
    "\ud800 in 2024",
    "\x00in 2024",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_long(text):
    read("in 2024")  # what is imported once is not counted
    # Processor time, and much of it: a pattern that backtracks would take minutes.
    started = time.process_time()
    read(text[:4000])
    assert time.process_time() - started < 10


PARTS = st.sampled_from(
    ["in 2024", "last March", "“", "”", '"', "a b", "Quill", "Young's", "latest", "say", "\u202e"]
)


@given(st.text() | st.lists(PARTS).map(" ".join))
def test_any_text_can_be_read(text):
    reading = read(text)
    since, until = reading.span
    assert (since or date.min) <= (until or date.max)
    assert all(phrase in text and holds_phrase(text, phrase) for phrase in reading.phrases)
