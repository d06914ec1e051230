"""Which paragraphs of two wordings differ, and which words of them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.keys import text_checksum
from retrieval.text.wording_changes import (
    Edit,
    EditedWords,
    abridged,
    changed_paragraphs,
    counterpart,
    is_worded,
    said_by,
    wording_checksum,
    wording_key,
)

KEPT, REMOVED, ADDED = Edit.KEPT, Edit.REMOVED, Edit.ADDED
BRIDGE = "The bridge cost $48 million and opened on Monday."
TEXT = st.text(st.sampled_from("ab  .“-\u00a0\u200b1"), max_size=12)
TEXTS = st.lists(TEXT, max_size=6)


def words_of(paragraphs, *edits):
    """The words of runs with some edits, in order."""
    return [
        word
        for each in paragraphs
        for run in each
        if run.edit in edits
        for word in run.text.split()
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a  b\u00a0c", "a b c"),
        ("“So,” he said", '"So," he said'),
        ("the city’s «plan»", "the city's “plan”"),
        ("2019–2020 — a year", "2019-2020 - a year"),
        ("wait…", "wait..."),
        ("caf\u00e9", "cafe\u0301"),
        ("soft\u00adware", "software"),
    ],
)
def test_another_form_of_the_same_words_is_no_change(before, after):
    assert wording_key(before) == wording_key(after)
    assert changed_paragraphs([before], [after]) == []
    assert is_worded(after, wording_checksum(before))
    assert is_worded(before, text_checksum(before))


@pytest.mark.parametrize(
    ("before", "after"), [("$1.5 million", "$15 million"), ("may", "May"), ("so.", "so?")]
)
def test_figures_capitals_and_punctuation_are_words(before, after):
    assert changed_paragraphs([before], [after])
    assert not is_worded(after, wording_checksum(before))


def test_a_changed_paragraph_is_shown_word_by_word():
    (changed,) = changed_paragraphs(
        [BRIDGE, "Same."], [BRIDGE.replace("$48", "about $49"), "Same."]
    )
    assert changed == (
        EditedWords(KEPT, "The bridge cost"),
        EditedWords(REMOVED, "$48"),
        EditedWords(ADDED, "about $49"),
        EditedWords(KEPT, "million and opened on Monday."),
    )


def test_paragraphs_are_removed_and_added_whole():
    found = changed_paragraphs(["One.", "Gone with the wind.", "Two."], ["One.", "Two.", "Three."])
    assert found == [
        (EditedWords(REMOVED, "Gone with the wind."),),
        (EditedWords(ADDED, "Three."),),
    ]


def test_a_paragraph_before_a_changed_one_is_an_added_one():
    found = changed_paragraphs([BRIDGE], ["New words only.", BRIDGE.replace("$48", "$49")])
    assert [[run.edit for run in each] for each in found] == [
        [ADDED],
        [KEPT, REMOVED, ADDED, KEPT],
    ]


def test_what_only_serves_a_page_says_nothing_and_neither_does_the_end_of_a_paragraph():
    assert said_by(["One. Two.", "Contact: Ann Roe, 202-555-0100"]) == said_by(["One.", "Two."])
    assert said_by(["One."]) != said_by(["One!"])


def test_few_of_the_kept_words_stand_beside_a_change():
    before = " ".join(f"w{n}" for n in range(100))
    (changed,) = changed_paragraphs([before], [before.replace("w50", "new")])
    first, removed, added, last = abridged(changed)
    assert (removed.text, added.text) == ("w50", "new")
    assert first.text == "… " + " ".join(f"w{n}" for n in range(40, 50))
    assert last.text == " ".join(f"w{n}" for n in range(51, 61)) + " …"


def test_a_paragraph_has_become_the_one_that_is_most_like_it():
    now = ["The ferry runs.", BRIDGE.replace("$48", "$49"), "The bridge is open."]
    assert counterpart(BRIDGE, now) == 1
    assert counterpart("Seals were counted today.", now) is None
    assert counterpart("", now) is None
    assert counterpart(BRIDGE, []) is None


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_no_word_is_lost_or_made_up(before, after):
    found = changed_paragraphs(before, after)
    old, new = (" ".join(each).split() for each in (before, after))
    keys = {wording_key(each) for each in old}, {wording_key(each) for each in new}
    assert {wording_key(each) for each in words_of(found, REMOVED)} <= keys[0]
    assert set(words_of(found, KEPT, ADDED)) <= set(new)
    if wording_key(" ".join(before)) != wording_key(" ".join(after)):
        assert found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a", "b"] * 5000, ["b", "a", "a"] * 5000),
        (["a b " * 5000], ["b a a " * 5000]),
        ([f"a b c {n}" for n in range(3000)], [f"a b d {n}" for n in range(3000)]),
        (["x" * 1_000_000], ["y" * 1_000_000]),
    ],
)
def test_hostile_texts_take_bounded_time(before, after):
    # Processor time, and a generous limit: quadratic work would exceed it by far.
    begun = time.process_time()
    assert changed_paragraphs(before, after)
    assert time.process_time() - begun < 20
