"""Which paragraphs of two wordings differ, and which words of them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.keys import text_checksum
from retrieval.text.wording_changes import (
    Edit,
    EditedWords,
    Steps,
    abridged,
    changed_paragraphs,
    counterpart,
    is_worded,
    joined_key,
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
    assert bool(found) == (joined_key(before) != joined_key(after))
    assert all(any(run.edit is not KEPT for run in each) for each in found)


@settings(max_examples=200)
@given(TEXTS, TEXTS, st.integers(0, 200))
def test_few_steps_hide_no_change(before, after, steps):
    found = changed_paragraphs(before, after, Steps(steps))
    assert bool(found) == (joined_key(before) != joined_key(after))
    old, new = joined_key(before).split(), joined_key(after).split()
    shown_old, shown_new = words_of(found, KEPT, REMOVED), words_of(found, KEPT, ADDED)
    assert {wording_key(each) for each in shown_old} <= {*old, ""}
    assert {wording_key(each) for each in shown_new} <= {*new, ""}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["One two. Three four."], ["One two.", "Three four."]),
        (["One. Two. Three. Four. Five."], ["One.", "Two.", "Three.", "Four.", "Five."]),
        (["X Y", "Z"], ["X", "Y Z"]),
        (["X", "Y X"], ["X Y", "X"]),
    ],
)
def test_where_a_paragraph_ends_is_no_change(before, after):
    assert changed_paragraphs(before, after) == []
    assert changed_paragraphs(after, before) == []


def test_beside_a_change_where_a_paragraph_ends_is_none_either():
    assert changed_paragraphs(
        ["One two. Three four.", "Five six seven."], ["One two.", "Three four.", "Five six eight."]
    ) == [
        (
            EditedWords(KEPT, "Five six"),
            EditedWords(REMOVED, "seven."),
            EditedWords(ADDED, "eight."),
        )
    ]
    assert changed_paragraphs(["One two. Three four."], ["One two.", "Three five."]) == [
        (
            EditedWords(KEPT, "One two. Three"),
            EditedWords(REMOVED, "four."),
            EditedWords(ADDED, "five."),
        )
    ]


def test_words_that_recur_take_more_steps():
    several = " ".join(f"w{n}" for n in range(540))
    mixed = several.replace("w270", "new").replace("w3 ", "other ")
    (changed,) = changed_paragraphs([several], [mixed], Steps(20_000))
    assert [run.text for run in changed if run.edit is ADDED] == ["other", "new"]
    (changed,) = changed_paragraphs(["a " * 540], ["a b " * 270], Steps(20_000))
    assert changed[1:] == (
        EditedWords(REMOVED, " ".join(["a"] * 539)),
        EditedWords(ADDED, " ".join(["b", *["a", "b"] * 269])),
    )


def test_steps_are_shared_by_comparisons():
    steps = Steps(1_000)
    before, after = [BRIDGE], [BRIDGE.replace("$48", "$49")]
    found = [len(changed_paragraphs(before, after, steps)[0]) for _ in range(10)]
    assert found[0] == 4
    last = changed_paragraphs(before, after, steps)
    assert words_of(last, KEPT) == []
    assert words_of(last, REMOVED) == before[0].split()
    assert words_of(last, ADDED) == after[0].split()


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
