from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import embedded_text, headings, passage_key, passages
from retrieval.release import Release

LONG = " ".join(["word"] * 40) + "."


def release(*paragraphs, **other):
    return Release(id="r", title="Bridge Opens", paragraphs=paragraphs, **other)


def texts(of):
    return [each.text(of.paragraphs) for each in passages(of)]


def test_a_paragraph_is_a_passage_verbatim():
    of = release("WASHINGTON — It opened.", "“Ours,” she said. “All of ours.”", "It cost $5.")
    assert [each.paragraph for each in passages(of)] == [1, 2, 3]
    assert texts(of) == list(of.paragraphs)


def test_a_paragraph_of_a_word_or_two_is_no_passage_unless_there_are_no_others():
    found = passages(release("Background:", "The bridge opened.", "-###-", "Ada Quill"))
    assert [each.paragraph for each in found] == [2]
    assert [each.paragraph for each in passages(release("Closed.", "###"))] == [1, 2]


def test_what_only_introduces_others_is_no_passage_but_stands_above_them():
    of = release("The bridge opened.", "The bill would:", "Lower all fares", "Add more trains")
    found = list(passages(of))
    assert [each.paragraph for each in found] == [1, 3, 4]
    assert [each.heading(of.paragraphs) for each in found] == ["", *["The bill would:"] * 2]


def test_a_contact_is_no_passage():
    of = release("The bridge opened.", "Contact: Ann Roe, 202-555-0100", "Read the full bill here.")
    assert [each.paragraph for each in passages(of)] == [1]


def test_a_date_is_no_passage():
    of = release("Tuesday, April 9, 2024", "BISMARCK, N.D. – April 9, 2024", "The bridge opened.")
    assert [each.paragraph for each in passages(of)] == [3]


def test_a_long_paragraph_is_split_between_sentences_and_stays_one_paragraph():
    sentences = [f"Sentence {n} says that {'very ' * (n % 17)}much was done." for n in range(60)]
    long = " ".join(sentences)
    of = release("This is before.", long, "This is after.")
    found = list(passages(of))
    assert [each.paragraph for each in found] == [1, *[2] * (len(found) - 2), 3]
    parts = texts(of)[1:-1]
    assert len(parts) > 2
    assert " ".join(parts) == long
    assert all(part.startswith("Sentence ") and part.endswith(" done.") for part in parts)


def test_a_sentence_that_is_too_long_itself_is_split_between_words():
    endless = "so " * 400 + "on."
    parts = texts(release(endless))
    assert len(parts) > 2
    assert " ".join(parts) == endless


def test_a_passage_is_an_exact_slice_whatever_the_white_space():
    long = "One  word\u00a0and \tanother, " * 80
    of = release("It opened today.", long)
    found = list(passages(of))[1:]
    assert len(found) > 1
    assert texts(of)[1:] == [long[each.start : each.end] for each in found]
    assert "One  word\u00a0and \tanother," in texts(of)[1]


SENTENCE = st.lists(st.sampled_from(["It", "was", "Rep.", "so,", "long"]), min_size=1, max_size=90)


@given(st.lists(SENTENCE, min_size=1, max_size=9), st.sampled_from([" ", "  ", "\u00a0 "]))
def test_every_word_is_kept_in_order_and_no_passage_is_too_long(written, space):
    paragraph = space.join(space.join(["The", *sentence]) + "." for sentence in written)
    found = list(passages(release(paragraph)))
    parts = [each.text((paragraph,)) for each in found]
    assert " ".join(parts).split() == paragraph.split()
    assert all(0 < len(part.split()) <= 150 for part in parts)
    bounds = [bound for each in found for bound in (each.start, each.end)]
    assert bounds == sorted(bounds)


def test_a_passage_is_embedded_below_title_and_heading():
    of = release("What It Cost", "It cost $5 in all.", "It opened on Monday.")
    found = [
        embedded_text(of.title, each.heading(of.paragraphs), each.text(of.paragraphs))
        for each in passages(of)
    ]
    assert found[1:] == [
        "Bridge Opens\nWhat It Cost\nIt cost $5 in all.",
        "Bridge Opens\nIt opened on Monday.",
    ]


@pytest.mark.parametrize("text", ["", "It opened.", "漢字", "\ud800"])
def test_a_key_identifies_a_text(text):
    assert len(passage_key(text)) == 16
    assert passage_key(text) == passage_key(text)
    assert passage_key(text) != passage_key(f"{text} ")


def test_salutations_titles_and_repeats_are_no_passages():
    said = ["Dear Secretary Roe:", "BRIDGE OPENS today", "It.", "The bridge opened.", "It is open."]
    of = replace(release(*said, "The bridge opened."), title="Bridge opens today")
    assert texts(of) == ["The bridge opened.", "It is open."]


def test_a_sentence_that_begins_with_dear_is_a_passage():
    text = "Dear to all who live here, the bridge opened again after two years."
    assert texts(release("Before it was closed.", text))[1] == text


@pytest.mark.parametrize(
    ("paragraphs", "under"),
    [
        (["It opened.", "It closed."], [0, 0]),
        (["Oregon Projects", "The river is to be cleaned."], [0, 1]),
        (["The bill would:", "Lower fares", "Add trains."], [0, 1, 1]),
        (["The bill would:", "Lower fares", LONG, "Add."], [0, 1, 0, 0]),
        (["Statement of the mayor:", LONG], [0, 0]),
        (["Bill Summary", "The bill would:", "Cap fares."], [0, 1, 2]),
        (["Alone", "Two Words", "Text."], [0, 0, 2]),
        (["• Lower fares", "• Add trains"], [0, 0]),
        ([], []),
    ],
)
def test_a_heading_or_a_lead_in_belongs_to_what_follows(paragraphs, under):
    assert headings(paragraphs) == under


def test_of_a_long_lead_in_the_end_is_repeated():
    of = release(f"{LONG} The projects are:", "A bridge is built.")
    heading = [*passages(of)][1].heading(of.paragraphs)
    assert heading.endswith("The projects are:")
    assert len(heading) <= 160


@given(st.lists(st.text(max_size=40), max_size=8))
def test_every_paragraph_belongs_to_an_earlier_one_or_none(paragraphs):
    under = headings(paragraphs)
    assert len(under) == len(paragraphs)
    assert all(above < number for number, above in enumerate(under, start=1))
