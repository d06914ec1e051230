from datetime import date

import pytest

from retrieval.errors import BadQuestion
from retrieval.question import MAX_CHARACTERS, Question


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
    assert Question(**fields).text == fields["text"]
