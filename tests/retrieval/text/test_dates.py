from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.dates import (
    date_from_number,
    date_readings,
    find_date,
    find_readings,
    parse_date,
)

DAY = date(2025, 9, 8)


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-08",
        "2025-09-08T14:00:00Z",
        "2025-09-08T14:00:00.123+02:00",
        "2025-09-08 14:00",
        "September 8, 2025",
        "September 08, 2025",
        "SEPTEMBER 8, 2025",
        "Sept. 8, 2025",
        "Sep 8 2025",
        "September 8th, 2025",
        "Monday, September 8, 2025",
        "Monday | September 8, 2025",
        "September 8, 2025 at 3:30 PM",
        "8 September 2025",
        "8th of September 2025",
        "Mon, 08 Sep 2025 10:00:00 +0000",
        "09/08/2025",
        "9/8/25",
        "09.08.25",
        "  September\u00a08, 2025 ",
        "8 de septiembre de 2025",
        "lunes, 8 de setiembre del 2025",
        "8. September 2025",
        "Montag, den 8. Sept. 2025",
        "le 8 septembre 2025",
        "8 de setembro de 2025 às 14:00",
        "8 settembre 2025",
        "8 september 2025",
        "2025年9月8日",
    ],
)
def test_common_formats_are_parsed(text):
    assert parse_date(text) == DAY


def test_numeric_dates_are_month_first_unless_only_day_first_is_possible():
    assert parse_date("02/03/2024") == date(2024, 2, 3)
    assert parse_date("25/12/2024") == date(2024, 12, 25)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("5 de marzo de 2024", 3),
        ("5. März 2024", 3),
        ("1er mars 2024", 3),
        ("5 de março de 2024", 3),
        ("5 maart 2024", 3),
        ("5 dic 2024", 12),
        ("5. Jänner 2024", 1),
        ("5 août 2024", 8),
        ("5 maggio 2024", 5),
    ],
)
def test_months_are_known_by_their_names_in_other_languages(text, month):
    assert parse_date(text).month == month


def test_figures_have_two_readings_and_the_order_chooses():
    assert date_readings("01.11.2023") == (date(2023, 1, 11), date(2023, 11, 1))
    assert date_readings("25.11.2023") == (date(2023, 11, 25),)
    assert date_readings("11.11.2023") == (date(2023, 11, 11),)
    assert parse_date("01.11.2023", day_first=True) == date(2023, 11, 1)
    assert parse_date("11/25/2023", day_first=True) == date(2023, 11, 25)
    assert find_readings("Lindow, 01.11.2023") == date_readings("01.11.2023")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-02-30",
        "2025-13-01",
        "February 30, 2025",
        "1899-12-31",
        "2101-01-01",
        "September 2025",
        "yesterday",
        "2025-09-08 and more",
        "(202) 225-1234",
        "١٢/٠٤/٢٠٢٥",
    ],
)
def test_anything_else_gives_none(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "Published: September 8, 2025",
        "Press Release | 09/08/2025 | Jane Roe",
        "Posted on Sept. 8, 2025 by the action office",
        "(September 8, 2025)",
    ],
)
def test_a_date_is_found_among_other_words(line):
    assert find_date(line) == DAY


def test_a_date_in_a_sentence_is_ignored():
    assert find_date("The bill, which passed on September 8, 2025, " + "would help " * 8) is None


def test_a_date_within_a_longer_number_is_ignored():
    assert find_date("Case 109/08/20251") is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_survives_formatting_and_parsing(day):
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%B} {day.day}, {day.year}") == day
    assert parse_date(f"{day:%m/%d}/{day.year}") == day


@given(st.text())
def test_any_text_gives_a_date_or_none(text):
    for day in (parse_date(text), find_date(text)):
        assert day is None or 1900 <= day.year <= 2100


@pytest.mark.parametrize("number", [20250908, 1757289600, 1757375999.9, 1757289600000])
def test_a_number_is_eight_digits_or_unix_time(number):
    assert date_from_number(number) == DAY


@pytest.mark.parametrize("number", [20250230, 18990101, 2025, 0, -1, 10**400, 5e10, float("nan")])
def test_other_numbers_give_none(number):
    assert date_from_number(number) is None


@given(st.integers() | st.floats())
def test_any_number_gives_a_date_or_none(number):
    day = date_from_number(number)
    assert day is None or 1900 <= day.year <= 2100
