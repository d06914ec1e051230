"""The first and last day of a day, month, season or year given in words."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from retrieval.text.dates import MONTHS

Span = tuple[date, date]
"""The first and the last day, both included."""

# The first month of each season, and how many years before the season's own it is: the winter of
# 2025 begins in December 2024.
SEASONS = {"winter": (12, 1), "spring": (3, 0), "summer": (6, 0), "fall": (9, 0), "autumn": (9, 0)}

_ISO_DATE = re.compile(r"[0-9]{4}-")


def absolute_span(expression: str, today: date) -> Span | None:
    """Return the span of "March 5, 2024", "March 2024", "the spring of 2024" or "2024".

    Returns None if there is no such day.
    """
    words = expression.lower().replace(",", " ").replace(" of ", " ").split()
    if len(words) == 1 and words[0].isdigit():
        return year_span(int(words[0]))
    if words[0] in SEASONS:
        return season_span(words[0], int(words[-1]))
    return parsed_span(" ".join(words), today)


def parsed_span(expression: str, today: date) -> Span | None:
    """Return the span that dateparser reads from ``expression``, or None if it reads nothing.

    Returns a day, a month, or for a number of weeks ago the seven days around that day.
    """
    from dateparser.date import DateDataParser  # 0.1 s that only a question with a date needs

    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),
        "PREFER_DAY_OF_MONTH": "first",
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "YMD" if _ISO_DATE.match(expression) else "MDY",
    }
    data = DateDataParser(languages=["en"], settings=settings).get_date_data(expression)
    if data.date_obj is None:
        return None
    day = data.date_obj.date()
    if data.period == "month":
        return month_span(day)
    if data.period == "week":
        return day - timedelta(days=3), min(day + timedelta(days=3), today)
    return day, day


def year_span(year: int) -> Span:
    """Return the span of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def season_span(name: str, year: int) -> Span:
    """Return the span of a season, a key of `SEASONS`; winter ends in ``year``."""
    month, years_before = SEASONS[name]
    first = date(year - years_before, month, 1)
    return first, month_span(first + timedelta(days=80))[1]


def named_month_span(name: str, year: int) -> Span:
    """Return the span of a month, a key of `MONTHS`."""
    return month_span(date(year, MONTHS[name], 1))


def month_span(day: date) -> Span:
    """Return the span of the month that ``day`` is in."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
