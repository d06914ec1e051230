from datetime import date

import pytest

from bot.phrases import period_line
from retrieval.query.periods import read_period


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("What did Quill say in March 2024?", "searched March 2024"),
        ("What did Quill say last March?", "searched March 2026"),
        ("What did Quill say in 2024?", "searched 2024"),
        ("What did Quill say between 2019 and 2021?", "searched 2019 to 2021"),
        ("What did Quill say between May and July 2023?", "searched May to July 2023"),
        ("What did Quill say last winter?", "searched December 2025 to February 2026"),
        ("What did Quill say on March 5, 2024?", "searched March 5, 2024"),
        ("What did Quill say last week?", "searched March 30, 2026 to April 5, 2026"),
        ("What did Quill say since January 2025?", "searched since January 2025"),
        ("What did Quill say after March 5, 2024?", "searched since March 6, 2024"),
        ("What did Quill say before 2020?", "searched until December 31, 2019"),
        ("How many voted in 2020?", "searched since December 2019"),
        ("What is in the 2022 farm bill?", None),
        ("Who opened the bridge?", None),
    ],
)
def test_the_period_of_a_question_in_words(question, line):
    period = read_period(question, date(2026, 4, 11))
    assert (period and period_line(period)) == line
