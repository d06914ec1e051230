"""Lists of unanswered questions are valid messages, whatever was asked."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.unanswered.messages import (
    PAGE,
    confirm_message,
    unanswered_file,
    unanswered_message,
)
from bot.i18n import ENGLISH, Language
from bot.state.answers import UnansweredQuestion
from tests.bot.features.rendering import assert_valid
from tests.bot.features.strategies import LANGUAGE, MOMENT, TEXT

QUESTIONS = st.lists(st.tuples(TEXT, st.integers(1, 10**9)), max_size=25).map(
    lambda rows: [
        UnansweredQuestion(text, times, MOMENT, id) for id, (text, times) in enumerate(rows)
    ]
)


@settings(deadline=None, max_examples=40)
@given(QUESTIONS, st.integers(-3, 5), LANGUAGE)
def test_any_page_of_questions_is_valid(
    questions: list[UnansweredQuestion], page: int, language: Language
) -> None:
    assert_valid(unanswered_message(questions, page, language))


@settings(deadline=None, max_examples=20)
@given(st.integers(0), LANGUAGE)
def test_any_confirmation_is_valid(count: int, language: Language) -> None:
    assert_valid(confirm_message(count, language))


@settings(deadline=None, max_examples=20)
@given(QUESTIONS, LANGUAGE)
def test_the_file_contains_every_question_as_text(
    questions: list[UnansweredQuestion], language: Language
) -> None:
    message = unanswered_file(questions, language)
    assert_valid(message)
    text = message.attachments[0].data.decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    assert [row[0].removeprefix("'") for row in rows] == [
        each.question.removeprefix("'") for each in questions
    ]
    assert not any(row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)


def test_a_page_of_long_questions_fits() -> None:
    questions = [UnansweredQuestion("*" * 4000, 10**9, MOMENT, id) for id in range(PAGE)]
    assert_valid(unanswered_message(questions, 0, ENGLISH))
