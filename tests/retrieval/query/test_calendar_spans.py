from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.calendar_spans import back, part_span, season_span, unit_span, year_span

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
UNITS = st.sampled_from(["day", "week", "month", "quarter", "year"])


@given(DAYS, UNITS)
def test_a_day_is_in_its_week_its_month_and_so_on(day, unit):
    first, last = unit_span(unit, day)
    assert first <= day <= last
    assert unit_span(unit, first) == unit_span(unit, last) == (first, last)


@given(DAYS, UNITS, st.integers(1, 100))
def test_going_back_is_earlier_and_never_by_more_than_that(day, unit, count):
    assert back(day, count, unit) < day
    assert back(day, count + 1, unit) < back(day, count, unit)


@pytest.mark.parametrize(
    ("day", "count", "unit", "expected"),
    [
        ("2024-03-31", 1, "month", "2024-02-29"),
        ("2024-02-29", 1, "year", "2023-02-28"),
        ("2024-01-15", 1, "quarter", "2023-10-15"),
        ("2024-01-01", 24, "hour", "2023-12-31"),
        ("2024-01-01", 25, "hour", "2023-12-30"),
    ],
)
def test_a_day_that_the_month_lacks_is_its_last(day, count, unit, expected):
    assert back(date.fromisoformat(day), count, unit) == date.fromisoformat(expected)


def test_there_is_no_day_before_the_first_year():
    with pytest.raises(OverflowError):
        back(date(2, 1, 1), 100, "year")


@given(DAYS, st.sampled_from(["month", "quarter", "year"]))
def test_three_parts_make_the_whole(day, unit):
    span = unit_span(unit, day)
    early, mid, late = (part_span(span, part) for part in range(3))
    assert (early[0], late[1]) == span
    assert (mid[0] - early[1]).days == (late[0] - mid[1]).days == 1


def test_winter_ends_in_its_year():
    assert season_span("winter", 2024) == (date(2023, 12, 1), date(2024, 2, 29))
    assert part_span(year_span(2024), 1) == (date(2024, 5, 1), date(2024, 8, 31))
