"""Dates in options: ISO dates, periods in words, and suggestions."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.options import date_bounds, date_choices, newsroom_choices
from bot.dates import InvalidDate, named_spans, parse_date_bound
from bot.i18n import ENGLISH, load_languages

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-09-08", date(2025, 9, 8), date(2025, 9, 8)),
        ("May 2024", date(2024, 5, 1), date(2024, 5, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("last month", date(2026, 2, 1), date(2026, 2, 28)),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("March 5, 2024", date(2024, 3, 5), date(2024, 3, 5)),
        ("today", TODAY, TODAY),
        ("hoy", TODAY, TODAY),
        ("the past week", date(2026, 3, 24), TODAY),
        ("05/06/2024", date(2024, 5, 6), date(2024, 5, 6)),
        ("el mes pasado", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_period_gives_its_first_or_last_day(text: str, first: date, last: date) -> None:
    assert parse_date_bound(text, TODAY, end=False) == first
    assert parse_date_bound(text, TODAY, end=True) == last


@pytest.mark.parametrize(
    "text", ["", "whenever", "2025-13-01", "next month", "until 2020", "the war", "\x00"]
)
def test_other_texts_are_invalid(text: str) -> None:
    with pytest.raises(InvalidDate) as caught:
        parse_date_bound(text, TODAY, end=False)
    assert caught.value.text == text


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_invalid(text: str) -> None:
    with contextlib.suppress(InvalidDate):
        assert isinstance(parse_date_bound(text, TODAY, end=True), date)


@given(st.dates(date(1970, 1, 2), date(2200, 1, 1)))
def test_suggested_spans_contain_today_or_end_just_before(today: date) -> None:
    by_name = {each.name: each for each in named_spans(today)}
    for name, span in by_name.items():
        assert span.first <= span.last
        if name.startswith("this") or name == "today":
            assert span.first <= today <= span.last
        else:
            assert span.last < today
    for unit in ("week", "month", "year"):
        last, this = by_name[f"last {unit}"], by_name[f"this {unit}"]
        assert (this.first - last.last).days == 1


def test_suggestions_are_in_the_language_of_the_user() -> None:
    english = date_choices("year", TODAY, ENGLISH, end=True)
    assert [(each.name, each.value) for each in english] == [
        ("this year (2026)", "2026-12-31"),
        ("last year (2025)", "2025-12-31"),
    ]
    spanish = date_choices("ANO", TODAY, load_languages().for_locale("es-ES"), end=False)
    assert [each.name for each in spanish] == ["este año (2026)", "el año pasado (2025)"]


@pytest.mark.parametrize("code", ["en-US", "es-ES"])
@pytest.mark.parametrize("end", [False, True])
@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2027, 1, 1)])
def test_whatever_is_suggested_may_be_typed_as_it_is_shown(
    code: str, end: bool, today: date
) -> None:
    language = load_languages().for_locale(code)
    choices = date_choices("", today, language, end=end)
    assert len(choices) == 8
    for choice in choices:
        for typed in (choice.name, choice.name.partition(" (")[0], choice.value):
            day = parse_date_bound(typed, today, end=end, language=language.code)
            assert day.isoformat() == choice.value


def test_since_is_the_first_day_of_what_is_typed_and_until_the_last() -> None:
    assert date_bounds("2024", "May 2025", ENGLISH) == (date(2024, 1, 1), date(2025, 5, 31))
    assert date_bounds(None, None, ENGLISH) == (None, None)
    with pytest.raises(InvalidDate):
        date_bounds("2024", "whenever", ENGLISH)


def test_figures_are_read_in_the_language_of_the_user() -> None:
    day = parse_date_bound("05/06/2024", TODAY, end=False, language="es")
    assert day == date(2024, 6, 5)


def test_newsrooms_are_suggested_if_their_whole_name_fits() -> None:
    newsrooms = [
        ("Señado", 9),
        ("coast.example", 3),
        ("x" * 101, 1),
        *((f"n{i}", 1) for i in range(40)),
    ]
    assert [each.value for each in newsroom_choices("sena", newsrooms)] == ["Señado"]
    assert newsroom_choices("xxx", newsrooms) == []
    assert len(newsroom_choices("", newsrooms)) == 25
