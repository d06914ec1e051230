import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.standalone import read_utterance

FRAGMENTS = [
    "Why?",
    "Who?",
    "how much?",
    "how many flights a week?",
    "by whom?",
    "for how long?",
    "until when?",
    "why now?",
    "And the ferry?",
    "and in 2025?",
    "What about Sundays?",
    "how about Vale's?",
    "And what else?",
    "¿y en 2025?",
    "¿y quién más?",
    "¿qué hay de Vale?",
    "¿Cuánto costó?",
]
REFERRING = [
    "who joined her?",
    "when was that?",
    "But what did it cost in the end?",
    "Who opened it?",
    "When did she meet with Andry?",
    "What did Quill say about it?",
    "What did she say about Vale?",
    "How much did they pay for that bridge?",
    "What did he say then?",
    "And what is Lofgren's part in that?",
    "Who voted for that bill?",
    "And what was the whole payout that year?",
    "How many drivers go through there each day?",
    "who else?",
    "who else signed?",
    "Are there any others?",
    "Is there more?",
]
STANDING = [
    "How much did the rebuilt Harbor Bridge cost?",
    "What did Mayor Quill say about the flood?",
    "Which prison was Andry José Hernández Romero sent to?",
    "ferry fares 2026",
    "Harbor Bridge toll, who pays it",
    "What did the mayor say when it opened after the flood closed Harbor Bridge in 2022?",
    "And what did Quill say about the ferry?",
    "but who is Ines Vale?",
    "what about the court's ruling on ferries, what did Quill say?",
    "What did Quill think of her friend Ines Vale?",
    "Will Harbor City keep its ferry?",
    "Does the Ferry Act have a second version, and who wrote it?",
    "Is there anything about ferries?",
    "What did Quill announce this year?",
    "Did Quill say that the bridge was safe?",
    "Who drafted the bill that froze ferry fares?",
    "Who else voted with Vale on ferry fares?",
    "more than 200 signatures for the library",
    "do farmers raise livestock themselves?",
    "e-bikes in Harbor City",
    "¿Cuánto costó el puente del puerto?",
]


@pytest.mark.parametrize("text", FRAGMENTS)
def test_a_fragment_points_back(text):
    assert read_utterance(text).fragment
    assert not read_utterance(text).stands_alone


@pytest.mark.parametrize("text", REFERRING)
def test_a_sentence_that_refers_to_what_it_does_not_name_points_back(text):
    assert read_utterance(text).refers
    assert not read_utterance(text).stands_alone


@pytest.mark.parametrize("text", STANDING)
def test_a_question_that_says_what_it_is_about_stands_alone(text):
    said = read_utterance(text)
    assert (said.fragment, said.stands_alone) == (False, True)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("and in 2025?", "in 2025?"),
        ("  And,  what about   Vale?", "Vale?"),
        ("So then, who opened it?", "who opened it?"),
        ("What about Sundays?", "Sundays?"),
        ("¿y de Vale?", "de Vale?"),
        ("¿Y qué hay de Vale?", "Vale?"),
        ("e-bikes", "e-bikes"),
        ("Andover Bridge", "Andover Bridge"),
        ("and?", "?"),
    ],
)
def test_what_only_continues_a_conversation_is_left_out(text, rest):
    assert read_utterance(text).rest == rest


def test_what_is_asked_and_what_is_only_named_are_told_apart():
    assert read_utterance("by whom?").asks
    assert read_utterance("did it close?").asks
    assert read_utterance("list the branches").asks
    assert not read_utterance("and Vale?").asks
    assert not read_utterance("ferry fares").asks


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    said = read_utterance(text)
    assert said.own_words >= 0
    assert said.rest in " ".join(text.split())
