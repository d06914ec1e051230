import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.sentences import first_sentence, sentence_spans
from tests.retrieval.text.sentence_splits import read_splits


def sentences(paragraph):
    return [paragraph[start:end] for start, end in sentence_spans(paragraph)]


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(
            split.sentences,
            id=" ¦ ".join(split.sentences),
            marks=pytest.mark.xfail(strict=True) if split.known_to_fail else (),
        )
        for split in read_splits()
    ],
)
def test_paragraphs_are_split_as_a_reader_would(expected):
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "paragraph",
    [
        ["The bridge opened.", "It cost $48 million!", "Was it worth it?", "Yes."],
        ["“This is ours,” she said.", "“It stays.”", "He agreed."],
        ['He said: "No."', "(They all did.)", "Then they left…", "Nobody came back."],
        ["They waited . . . and it opened.", "2022 was worse."],
        ["He won 3.5 percent.", "1,200 people came to example.com on Monday."],
        ["Read it at https://a.example/b.c?d today.", "It is long."],
        ["no capital after the stop. so this is one sentence"],
        ["One"],
        [],
    ],
)
def test_sentences_end_where_a_reader_would_say(paragraph):
    assert sentences(" ".join(paragraph)) == paragraph


@pytest.mark.parametrize(
    "sentence",
    [
        "Rep. Mark Takano and Reps. Roe and Poe met Sen. Padilla.",
        "Lt. Gov. Eleni Kounalakis met Dr. Ada Quill, Mr. Vale and Mrs. Vale.",
        "The U.S. Senate and the U.S. House met in Washington, D.C. Tuesday.",
        "The Rail Act (H.R. 1234) and S. 12 passed.",
        "H.Res. 5, H. Res. 6, S.J.Res. 7, H. Con. Res. 8 and Pub. L. 117 are law.",
        "Rep. Jane Roe, D-Calif. Chair of the committee, spoke.",
        "Senators Padilla (D-Calif.) Cruz (R-Tex.) and Roe agreed.",
        "John F. Kennedy and J. R. R. Tolkien spoke.",
        "Martin Luther King Jr. Boulevard is closed.",
        "It opens on Sept. 8 and on Jan. 2 at 10 a.m. ET and 7 a.m. PT sharp.",
        "See No. 5, Sec. 3 and Art. II of it.",
        "Jane Roe, Ph.D. Director of the office, spoke at St. Mary.",
        "Acme Inc. Chairman Roe and Roe Corp. President Poe spoke.",
        "Roe v. Wade was argued by Wm. Lee and Drs. Poe and Ray.",
        "1. The complaint is here.",
        "A. First thing.",
        "1.) 2! (b) Third thing.",
        "“Rep. Takano is right,” said Gov. Roe of Riverside, Calif. Monday.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(sentence):
    assert sentences(f"{sentence} Then they left.") == [sentence, "Then they left."]


def test_a_word_that_only_ends_like_an_abbreviation_ends_a_sentence():
    assert sentences("They heard the gong. Nobody was in the casino. Then it rained.") == [
        "They heard the gong.",
        "Nobody was in the casino.",
        "Then it rained.",
    ]


def test_a_piece_without_a_word_is_no_sentence():
    assert sentences("1. It is here. ($2,000)") == ["1. It is here. ($2,000)"]


def test_a_sentence_may_end_without_a_space_in_chinese():
    assert sentences("市長は反対した。予算は？「承認。」") == [
        "市長は反対した。",
        "予算は？",
        "「承認。」",
    ]


@given(st.one_of(st.text(), st.text(alphabet="aBc R.ep.!?…”\")(  1\n—-’'", max_size=60)))
def test_spans_are_in_order_and_cover_all_but_white_space(paragraph):
    spans = sentence_spans(paragraph)
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(paragraph)
        assert not paragraph[position:start].strip()
        assert paragraph[start:end].strip()
        position = end
    assert not paragraph[position:].strip()


@pytest.mark.parametrize(
    ("paragraphs", "sentence"),
    [
        (
            ["The mayor opened the new bridge on Monday. It cost much."],
            "The mayor opened the new bridge on Monday.",
        ),
        (
            ["For immediate release", "All four branches of the library will open on Sundays."],
            "All four branches of the library will open on Sundays.",
        ),
        (["Too short.", "Short too."], "Too short."),
        ([""], ""),
        ([], ""),
    ],
)
def test_the_first_sentence_is_that_of_the_first_paragraph_that_is_not_a_label(
    paragraphs, sentence
):
    assert first_sentence(paragraphs) == sentence


@given(st.lists(st.text(max_size=200), max_size=4))
def test_the_first_sentence_is_part_of_a_paragraph(paragraphs):
    sentence = first_sentence(paragraphs)
    assert not sentence or any(sentence in paragraph for paragraph in paragraphs)
