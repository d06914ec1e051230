from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.names import NameIndex
from retrieval.query.follow_up import Relation, readings

TODAY = date(2026, 3, 2)
NAMES = NameIndex([("Ada Quill", "www.harbor.example", 9), ("Ines Vale", "coast.example", 9)])
FARES = "What did Quill say about ferry fares in 2024?"
NEW, REPLACES, COMPLETES = Relation.NEW, Relation.REPLACES, Relation.COMPLETES


def read(text, previous=FARES):
    return [(each.relation, each.text) for each in readings(text, previous, NAMES, TODAY)]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("and in 2025?", "What did Quill say about ferry fares in 2025?"),
        ("2025?", "What did Quill say about ferry fares in 2025?"),
        ("what about Vale?", "What did Vale say about ferry fares in 2024?"),
        ("¿y en 2025?", "What did Quill say about ferry fares in 2025?"),
        ("thanks, and in 2025?", "What did Quill say about ferry fares in 2025?"),
        ("Great! what about Vale?", "What did Vale say about ferry fares in 2024?"),
        ("and the year before?", "What did Quill say about ferry fares in 2023?"),
        ("and last year?", "What did Quill say about ferry fares last year?"),
        ("¿y de Vale?", "What did Vale say about ferry fares in 2024?"),
    ],
)
def test_what_a_follow_up_names_is_replaced(text, read_as):
    assert read(text) == [(REPLACES, read_as)]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Who joined her?", "Who joined her? Quill say about ferry fares in 2024"),
        ("and when was that?", "when was that? Quill say about ferry fares in 2024"),
        ("anything more recent?", "anything more recent? Quill say about ferry fares in 2024"),
        ("how much", "how much? Quill say about ferry fares in 2024"),
        ("¿y quién más?", "quién más? Quill say about ferry fares in 2024"),
    ],
)
def test_what_a_follow_up_lacks_is_added(text, read_as):
    assert read(text) == [(COMPLETES, read_as)]


def test_what_is_added_is_not_what_was_asked_before():
    before = "What was the price tag of the Harbor Bridge?"
    assert read("who built it?", before) == [(COMPLETES, "who built it? the Harbor Bridge")]


@pytest.mark.parametrize(
    "text",
    [
        "How much did the rebuilt Harbor Bridge cost?",
        "And what did Vale say about the library?",
        "but who is Ines Vale?",
        "What did Vale think of her library?",
        "library hours Sunday",
        "who is vale?",
        "were there 2,300 signatures?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(text):
    assert read(text) == [(NEW, text)]


@pytest.mark.parametrize("text", ["who signed the petition?", "where does the money come from?"])
def test_a_sentence_that_names_nothing_may_be_meant_either_way(text):
    first, second = read(text)
    assert first == (COMPLETES, f"{text} Quill say about ferry fares in 2024")
    assert second == (NEW, text)


@pytest.mark.parametrize("text", ["what about the petition for longer library hours?", "fares"])
def test_so_may_a_fragment_that_is_long_or_like_nothing_before_it(text):
    relations = [relation for relation, _ in read(text, "Is it open?")]
    assert relations == [REPLACES, NEW]


@pytest.mark.parametrize(
    "text", ["thanks", "Thank you!", "ok, thanks", "hello", "Hi there!", "really?", "ok", "gracias"]
)
def test_a_courtesy_continues_nothing(text):
    assert read(text) == [(NEW, text)]


@pytest.mark.parametrize("text", ["what did Vale say?", "did vale agree?"])
def test_a_sentence_with_only_another_name_may_ask_the_same_of_it(text):
    name = "Vale" if "Vale" in text else "vale"
    same = (REPLACES, f"What did {name} say about ferry fares in 2024?")
    assert read(text) == [same, (NEW, text)]


def test_what_belongs_to_the_old_subject_may_not_belong_to_the_new_one():
    found = read("what about Lindow?", "How much did Orr get for its bike path?")
    assert found == [
        (REPLACES, "How much did Lindow get for its bike path?"),
        (REPLACES, "How much did Lindow get?"),
    ]


@pytest.mark.parametrize("previous", [None, "", " \n", "?!"])
def test_without_a_question_before_it_every_question_stands_alone(previous):
    for text in ("Why?", "and in 2025?", "who joined her?"):
        assert read(text, previous) == [(NEW, text)]


def test_a_conversation_goes_on_from_what_was_read():
    said = "Who was Quill's guest at the opening in 2024?"
    for text, read_as in (
        ("who joined her?", "who joined her? Quill's guest at the opening in 2024"),
        ("and in 2025?", "who joined her? Quill's guest at the opening in 2025"),
        ("and what about Vale?", "who joined her? Vale's guest at the opening in 2025"),
        ("why?", "why? Vale's guest at the opening in 2025"),
        ("Who counts the seals at Pier City?", "Who counts the seals at Pier City?"),
        ("why?", "why? counts the seals at Pier City"),
    ):
        (_, said), *_ = read(text, said)
        assert said == read_as


def test_a_long_conversation_does_not_become_a_long_question():
    said = FARES
    for number in range(100):
        (_, said), *_ = read(f"what did Noor{number} do about it?", said)
    assert len(said.split()) < 40


@given(st.text(min_size=1, max_size=200), st.text(max_size=300))
def test_any_question_after_any_other_has_a_reading(text, previous):
    found = readings(text, previous, NAMES, TODAY)
    assert 1 <= len(found) <= 2
    assert all(each.text and each.asked for each in found)
    assert len({each.text for each in found} | {text}) >= len(found)
