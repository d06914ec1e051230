from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import embedded_text, lexical_text, passage_key, passages
from retrieval.release import Release
from retrieval.text.sentences import sentence_spans


def release(*paragraphs, **other):
    return Release(id="r", title="Bridge Opens", paragraphs=paragraphs, **other)


def test_a_paragraph_is_a_passage_verbatim():
    texts = ["WASHINGTON — It opened.", "“Ours,” she said. “All of ours.”", "It cost $5."]
    found = list(passages(release(*texts)))
    assert [(each.paragraph, each.text) for each in found] == list(enumerate(texts, start=1))


def test_a_paragraph_of_a_word_or_two_is_no_passage_unless_there_are_no_others():
    found = passages(release("Background:", "The bridge opened.", "-###-", "Ada Quill"))
    assert [each.paragraph for each in found] == [2]
    assert [each.paragraph for each in passages(release("Closed.", "###"))] == [1, 2]


def test_a_long_paragraph_is_cut_between_sentences_and_stays_one_paragraph():
    sentences = [f"Sentence {n} says that {'very ' * (n % 17)}much was done." for n in range(60)]
    long = " ".join(sentences)
    found = list(passages(release("This is before.", long, "This is after.")))
    assert [each.paragraph for each in found] == [1, *[2] * (len(found) - 2), 3]
    parts = [each.text for each in found[1:-1]]
    assert len(parts) > 2
    assert " ".join(parts) == long
    assert [long[slice(*span)] for part in parts for span in sentence_spans(part)] != []
    assert all(part.startswith("Sentence ") and part.endswith(" done.") for part in parts)


def test_a_sentence_that_is_too_long_itself_is_cut_between_words():
    endless = "so " * 400 + "on."
    parts = [each.text for each in passages(release(endless))]
    assert len(parts) > 2
    assert " ".join(parts) == endless


SENTENCE = st.lists(st.sampled_from(["It", "was", "Rep.", "so,", "long"]), min_size=1, max_size=90)


@given(st.lists(SENTENCE, min_size=1, max_size=9))
def test_every_word_is_kept_in_order_and_no_passage_is_too_long(written):
    paragraph = " ".join(" ".join(["The", *sentence]) + "." for sentence in written)
    parts = [each.text for each in passages(release(paragraph))]
    assert " ".join(parts).split() == paragraph.split()
    assert all(0 < len(part.split()) <= 150 for part in parts)


def test_what_is_searched_tells_what_release_the_words_are_of():
    of = release("It opened.", author="Ada Quill")
    (passage,) = passages(of)
    assert embedded_text(of.title, passage) == "Bridge Opens\nIt opened."
    assert lexical_text(of, passage) == "Bridge Opens\nAda Quill\nIt opened."


@pytest.mark.parametrize("text", ["", "It opened.", "漢字", "\ud800"])
def test_a_key_stands_for_a_text(text):
    assert len(passage_key(text)) == 16
    assert passage_key(text) == passage_key(text)
    assert passage_key(text) != passage_key(f"{text} ")


def test_salutations_titles_and_repeats_are_no_passages():
    said = ["Dear Secretary Roe:", "BRIDGE OPENS today", "It.", "The bridge opened.", "It is open."]
    of = replace(release(*said, "The bridge opened."), title="Bridge opens today")
    assert [each.text for each in passages(of)] == ["The bridge opened.", "It is open."]


def test_a_sentence_that_begins_with_dear_is_a_passage():
    text = "Dear to all who live here, the bridge opened again after two years."
    assert [each.text for each in passages(release("Before it was closed.", text))][1] == text
