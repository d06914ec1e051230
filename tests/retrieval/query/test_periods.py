import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.periods import read_period

TODAY = date(2026, 4, 11)  # a Saturday


def day(text):
    return date.fromisoformat(text) if text else None


def spans(*rows):
    return [(text, day(since), day(until)) for text, since, until in rows]


PUBLICATIONS = spans(
    ("press releases from March 2024", "2024-03-01", "2024-03-31"),
    ("statements on March 5, 2024", "2024-03-05", "2024-03-05"),
    ("Any news from this week?", "2026-04-06", "2026-04-12"),
    ("Quill statements since January 2025", "2025-01-01", None),
    ("press releases before 2020", None, "2019-12-31"),
    ("statements until March 2020", None, "2020-03-31"),
    ("news after March 2020", "2020-04-01", None),
    ("announcements between 2019 and 2021", "2019-01-01", "2021-12-31"),
)
STATEMENTS = spans(
    ("What did Quill say about the flood in 2024?", "2024-01-01", "2025-01-07"),
    ("What did Quill say in March 2024 about the flood?", "2024-03-01", "2024-04-07"),
    ("In March 2024, what did Quill say about the flood?", "2024-03-01", "2024-04-07"),
    ("What did Quill announce on March 5, 2024?", "2024-03-05", "2024-03-12"),
    ("What did Quill announce on 5 March 2024?", "2024-03-05", "2024-03-12"),
    ("What did Quill announce on 2024-03-05?", "2024-03-05", "2024-03-12"),
    ("WHAT DID QUILL SAY IN SEPT. 2024?", "2024-09-01", "2024-10-07"),
    ("What did Quill say during the spring of 2024?", "2024-03-01", "2024-06-07"),
    ("What did Quill say in early 2022?", "2022-01-01", "2023-01-07"),
    ("How soon will it fail, as Quill warned in May 2023?", "2023-05-01", "2023-06-07"),
    ("What did Quill say between May and July 2023?", "2023-05-01", "2023-08-07"),
    ("What did Quill say from November to January 2024?", "2023-11-01", "2024-02-07"),
    ("What did Quill say last March?", "2026-03-01", "2026-04-07"),
    ("What did Quill say last May?", "2025-05-01", "2025-06-07"),
    ("What did Quill say last spring?", "2025-03-01", "2025-06-07"),
    ("What did Quill say last winter?", "2025-12-01", "2026-03-07"),
    ("What did Quill say last year?", "2025-01-01", "2026-01-07"),
    ("What did Quill say last week?", "2026-03-30", "2026-04-12"),
    ("What did Quill say yesterday?", "2026-04-10", "2026-04-17"),
    ("What did Quill say last Tuesday?", "2026-04-07", "2026-04-14"),
    ("What did Quill say on Tuesday?", "2026-04-07", "2026-04-14"),
    ("What did Quill announce three days ago?", "2026-04-08", "2026-04-15"),
    ("What did Quill say in the past two weeks?", "2026-03-28", None),
    ("What did Quill say in 2026?", "2026-01-01", "2027-01-07"),
)
EVENTS = spans(
    ("How many voted in 2020?", "2019-12-01", None),
    ("What did Quill say about how many voted in 2020?", "2019-12-01", None),
    ("How much did rents rise between 2019 and 2021?", "2018-12-01", None),
    ("How often has the bridge closed since 1960?", "1960-01-01", None),
    ("How much did the ferry get last year?", "2024-12-01", None),
    ("harbor bridge letter last month", "2026-03-01", None),
    ("Which roads closed this week?", "2026-04-06", None),
    ("What has happened since last March?", "2026-03-01", None),
)
MENTIONS = [
    "the 2024 harbor grant",
    "What is in the 2022 Farm Bill?",
    "What is in the 2025 budget?",
    "Who was hurt in the 2024 storms?",
    "Why did Quill act after the 2024 storms?",
    "What would the ferry cost in 2020?",
    "What is the deadline in March 2024?",
    "Who will be mayor by the end of 2025?",
    "How much did rents rise in the past twelve months?",
    "Udall letter Obama August 2012 wildfire aid",
    "What did the council plan to build in 2025?",
]
NO_PERIOD = [
    "Who opened the bridge?",
    "May I march on the second of the month?",
    "What did Quill say in May?",
    "What did Quill say since the election?",
    "What is in the fiscal year 2023 budget?",
    "What is in the FY 2023 budget?",
    "FY23 FY2023 ferry budget",
    "How many jobs by 2024?",
    "How many jobs through 2025?",
    "What did the January 6 panel find?",
    "What will happen in 2030?",
    "Where will the ferry go in May 2026?",
    "What did Quill say in 2019 about the plan of 2018?",
    "When is the ferry open on Tuesday?",
    "What did Quill say in February 30, 2024?",
    "What did Quill say on 2024-13-45?",
    "in 99999",
    "in 1066",
    "in 0000-00-00",
    "How much of the $2024, of 2,024 or of H.R.2024?",
    "the 2023-2024 season",
    "What happened between 2024 and 2020?",
    "in the past 999 years",
    "in the past 0 weeks",
    "this December",
    "",
]


@pytest.mark.parametrize(("text", "since", "until"), PUBLICATIONS)
def test_a_publication_is_from_the_time_that_the_question_names(text, since, until):
    period = read_period(text, TODAY)
    assert (period.since, period.until) == (since, until)


@pytest.mark.parametrize(("text", "since", "until"), STATEMENTS)
def test_a_statement_is_published_at_the_time_or_up_to_a_week_later(text, since, until):
    period = read_period(text, TODAY)
    assert (period.since, period.until) == (since, until)


@pytest.mark.parametrize(("text", "since", "until"), EVENTS)
def test_an_event_may_be_reported_at_any_later_time(text, since, until):
    period = read_period(text, TODAY)
    assert (period.since, period.until) == (since, until)


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
    ],
)
def test_a_period_has_the_words_that_name_it(text, words):
    assert read_period(text, TODAY).words == words


def test_releases_near_a_time_are_from_two_weeks_before_to_two_months_after():
    period = read_period("the March 2024 storms", TODAY)
    assert period.near == (date(2024, 2, 15), date(2024, 5, 30))
    assert read_period("What did Quill say since 2024?", TODAY).near[1] == date.max
    assert read_period("What did Quill say before 2024?", TODAY).near[0] == date.min


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


FRAGMENTS = st.sampled_from(
    """in on since before after between from and to until last this past the of yesterday ago March
    May february 30 5th 2024 1999 2024-02-30 99999 20 week weeks month year two couple winter spring
    Tuesday , ? " did Quill say how many would ſpring laſt ٢٠٢٤ أمس 二〇二四""".split()
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


def test_a_question_without_a_time_does_not_import_dateparser():
    code = (
        "import sys; from datetime import date; from retrieval.query.periods import read_period;"
        "read_period('May the second march of the flood last?', date(2026, 4, 11));"
        "assert 'dateparser' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
