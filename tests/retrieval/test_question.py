from datetime import date

import pytest

from retrieval.errors import BadQuestion
from retrieval.question import MAX_CHARACTERS, Question, needs_context


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": ""}, "empty"),
        ({"text": " \n\t"}, "empty"),
        ({"text": "?!… — 🌉"}, "no words"),
        ({"text": "x" * (MAX_CHARACTERS + 1)}, "4,001 characters"),
        (
            {"text": "Why?", "since": date(2025, 2, 1), "until": date(2025, 1, 1)},
            "since 2025-02-01 and until 2025-01-01",
        ),
    ],
)
def test_what_cannot_be_searched_for_is_refused_in_one_line(fields, says):
    with pytest.raises(BadQuestion, match=says) as caught:
        Question(**fields)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "x" * MAX_CHARACTERS},
        {"text": "Why?"},
        {"text": "2024"},
        {"text": "为什么"},
        {"text": "Why?", "since": date(2025, 1, 1), "until": date(2025, 1, 1)},
        {"text": "Why?", "since": date(2025, 1, 1)},
    ],
)
def test_all_else_is_a_question(fields):
    assert Question(**fields).searched_text == fields["text"]


LEANING = [
    "Why?",
    "Who?",
    "And the ferry?",
    "But what did it cost in the end?",
    "What about Sundays?",
    "Who opened it?",
    "When did she meet with Andry?",
    "How much did they pay for that bridge?",
    "What did he say then?",
    "Is there more?",
]
STANDING = [
    "How much did the rebuilt Harbor Bridge cost?",
    "What did Mayor Quill say about the flood?",
    "Which prison was Andry José Hernández Romero sent to?",
    "ferry fares 2026",
    "What did the mayor say when it opened after the flood closed Harbor Bridge in 2022?",
]


@pytest.mark.parametrize("text", LEANING)
def test_a_question_that_points_back_is_searched_with_the_one_before_it(text):
    assert needs_context(text)
    before = "What did the rebuilt Harbor Bridge cost?"
    assert Question(text, previous=before).searched_text == f"{before} {text}"
    assert Question(text).searched_text == text


@pytest.mark.parametrize("text", STANDING)
def test_a_question_that_stands_alone_is_searched_alone(text):
    assert not needs_context(text)
    assert Question(text, previous="Who opened the library?").searched_text == text


def test_a_very_long_previous_question_is_cut():
    asked = Question("Why?", previous="y" * 10 * MAX_CHARACTERS)
    assert asked.context == "y" * MAX_CHARACTERS
    assert asked.searched_text == f"{asked.context} Why?"


@pytest.mark.parametrize("previous", [None, "", " \n", "?!"])
def test_a_previous_question_without_words_is_no_context(previous):
    asked = Question("Why?", previous=previous)
    assert (asked.context, asked.searched_text) == (None, "Why?")
