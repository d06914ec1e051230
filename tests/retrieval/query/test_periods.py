"""The times of questions, and the days that are searched for them.

`times.tsv` has questions in English and Spanish, and for each the first and the last day that are
searched on each of two days: "2023-03-01..2023-03-31", "2026-03-01.." without an end, "none".
"""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.periods import QuestionTimes, read_period, read_times
from retrieval.query.time_expressions import typed_span

TODAY = date(2026, 4, 11)  # a Saturday
NO_YEAR = "a number, not a year"


def table():
    lines = Path(__file__).with_name("times.tsv").read_text(encoding="utf-8").splitlines()
    days = [date.fromisoformat(name.removeprefix("on ")) for name in lines[0].split("\t")[2:]]
    for line in lines[1:]:
        question, kind, *expected = line.split("\t")
        for day, span in zip(days, expected, strict=True):
            yield pytest.param(question, kind, day, span, id=f"{question} ({day})")


@pytest.mark.parametrize(("question", "kind", "today", "expected"), [*table()])
def test_the_days_that_are_searched_for_a_question(question, kind, today, expected):
    period = read_period(question, today)
    if kind == NO_YEAR:
        assert period is None  # nor is it preferred
    searched = f"{period.since or ''}..{period.until or ''}" if period else ".."
    assert searched == ("..", expected)[expected != "none"]


MENTIONS = [
    "the 2024 harbor grant",
    "What is in the 2022 Farm Bill?",
    "What is in the 2025 budget?",
    "Who was hurt in the 2024 storms?",
    "Why did Quill act after the 2024 storms?",
    "What would the ferry cost in 2020?",
    "What is the deadline in March 2024?",
    "How much did rents rise in the past twelve months?",
    "Udall letter Obama August 2012 wildfire aid",
    "What did the council plan to build in 2025?",
    "What did Quill say at her March 2024 press conference?",
]
NO_PERIOD = [
    "Who opened the bridge?",
    "May I march on the second of the month?",
    "What is in the fiscal year 2023 budget?",
    "FY23 FY2023 ferry budget",
    "Who will be mayor by the end of 2025?",
    "What will happen in 2030?",
    "Where will the ferry go in May 2026?",
    "What did Quill say in 2019 about the plan of 2018?",
    "What was the last day to apply?",
    "What did Quill say about last year's flood?",
    "in 99999",
    "in 1066",
    "in 0000-00-00",
    "What happened between 2024 and 2020?",
    "",
]


@pytest.mark.parametrize("text", MENTIONS)
def test_a_time_that_is_only_mentioned_does_not_bound_the_date(text):
    period = read_period(text, TODAY)
    assert period is not None
    assert not period.certain


@pytest.mark.parametrize("text", NO_PERIOD)
def test_unclear_and_future_times_give_no_period(text):
    assert read_period(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What did Quill say in  March\n2024 about it?", "in March 2024"),
        ("What did Quill say last March?", "last March"),
        ("Had it closed before the spring of 2024?", "before the spring of 2024"),
        ("What of the 2024 storms?", "2024"),
        ("¿Qué dijo Quill desde hace dos semanas?", "desde hace dos semanas"),
    ],
)
def test_a_period_has_the_words_that_name_it(text, words):
    assert read_period(text, TODAY).words == words


def test_releases_near_a_time_are_from_two_weeks_before_to_two_months_after():
    period = read_period("the March 2024 storms", TODAY)
    assert period.near == (date(2024, 2, 15), date(2024, 5, 30))


def test_no_release_on_the_wrong_side_of_a_bound_is_near():
    assert read_period("What did Quill say since 2024?", TODAY).near == (
        date(2024, 1, 1),
        date.max,
    )
    assert read_period("What would the ferry cost before 2024?", TODAY).near == (
        date.min,
        date(2023, 12, 31),
    )


@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2026, 3, 1), date(2025, 3, 1)),  # March has not ended
        (date(2026, 3, 31), date(2025, 3, 1)),
        (date(2026, 4, 1), date(2026, 3, 1)),
        (date(2024, 2, 29), date(2023, 3, 1)),
    ],
)
def test_last_march_is_the_most_recent_one_that_is_over(today, since):
    assert read_period("What did Quill say last March?", today).since == since


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("today", "2026-04-11", "2026-04-11"),
        ("Hoy", "2026-04-11", "2026-04-11"),
        ("Today!", "2026-04-11", "2026-04-11"),
        ('"yesterday".', "2026-04-10", "2026-04-10"),
        ("a principios de año", "2026-01-01", "2026-04-30"),
        ("May-July 2024", "2024-05-01", "2024-07-31"),
        ("2019-present", None, None),
        ("el mes pasado", "2026-03-01", "2026-03-31"),
        ("the last month", "2026-03-11", "2026-04-11"),
        ("August", "2025-08-01", "2025-08-31"),
        ("Q3 2024", "2024-07-01", "2024-09-30"),
        ("4/9/2024", "2024-04-09", "2024-04-09"),
        ("December 2030", "2030-12-01", "2030-12-31"),
        ("since May 2024", "2024-05-01", None),
        ("before 2020", None, "2019-12-31"),
        ("yesterday's storm", None, None),
        ("around 2024", None, None),
        ("not 2024", None, None),
        ("5", None, None),
        ("the war", None, None),
    ],
)
def test_a_typed_time_must_be_all_of_the_text(typed, first, last):
    days = typed_span(typed, TODAY)
    assert [day and day.isoformat() for day in days] == [first, last]


def test_the_language_decides_what_figures_mean_unless_only_one_reading_is_possible():
    assert typed_span("4/9/2024", TODAY, "es")[0] == date(2024, 9, 4)
    assert typed_span("13/4/2024", TODAY)[0] == date(2024, 4, 13)


FRAGMENTS = st.sampled_from(
    """in on since before after between from and to until last this past the of yesterday ago March
    May february 30 5th 2024 1999 2024-02-30 4/9/2024 99999 20 week weeks month year two couple
    winter spring Tuesday , . ? " did Quill say how many would year's mid-2024 Q3 not or later hace
    semanas desde el marzo de 2023 pasado últimos hoy ſpring laſt ٢٠٢٤ أمس 二〇二四""".split()
)


@given(
    st.text() | st.lists(FRAGMENTS, max_size=12).map(" ".join),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_the_bounds_of_any_period_are_in_order_and_it_has_begun(text, today):
    period = read_period(text, today)
    if period:
        assert period.words in " ".join(text.split())
        assert (period.first or date.min) <= min(today, period.last or date.max)
        assert (period.since or date.min) <= (period.until or date.max)
        assert period.near[0] <= period.near[1]


@given(st.lists(FRAGMENTS, max_size=6).map(" ".join), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_days_of_any_typed_time_are_in_order(text, today):
    first, last = typed_span(text, today)
    assert (first or date.min) <= (last or date.max)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Quill say about ferries, not in 2023?", "in 2023"),
        ("ferry news except 2022", "2022"),
        ("What did Quill say in any year but 2023?", "2023"),
        ("the week after March 5, 2024", "after March 5, 2024"),
        ("What did Quill say in 2023?", None),
        ("What did Quill say about H.R. 2021?", None),
        ("What did Quill say about ferries?", None),
    ],
)
def test_a_time_that_is_understood_by_half_is_named(question, words):
    today = date(2026, 11, 27)
    times = read_times(question, today)
    assert times.unread == words
    if words:
        assert times == QuestionTimes(None, words)
