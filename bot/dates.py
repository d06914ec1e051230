"""Dates as people type them in options, and the spans that are suggested to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from embeddings.errors import VerbatimError


class InvalidDate(VerbatimError):
    """A text that is not a date."""

    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        super().__init__(f"{shown!r} is not a date like 2025-09-08")
        self.text = text


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """A span of days with a name, such as "last month"; both ends are included."""

    name: str
    first: date
    last: date


def parse_iso_date(text: str) -> date:
    """Parse an ISO date. Raises `InvalidDate`."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise InvalidDate(text) from error


def parse_date_bound(text: str, today: date, *, end: bool) -> date:
    """Parse a bound of a date range: an ISO date, or a period such as "last month" or "May 2024".

    Digits alone must be a year or an ISO date, because 05/06/2024 is ambiguous.

    Args:
        text: what the user typed.
        today: the day that "last month" refers to.
        end: whether to return the last day of the period, not the first.

    Raises:
        InvalidDate: if the text is neither a date nor a period.
    """
    try:
        return parse_iso_date(text)
    except InvalidDate:
        if not re.search(r"[^\W\d_]|^\s*\d{4}\s*$", text):
            raise
        from retrieval.query.periods import read_period

        typed = " ".join(text.split())
        for phrase in (typed, f"in {typed}"):
            period = read_period(phrase, today)
            # The period must be the whole text, not a part of it.
            if period and period.words.casefold() in (typed.casefold(), phrase.casefold()):
                day = period.last if end else period.first
                if day:
                    return day
        raise


def named_spans(today: date) -> Iterator[NamedSpan]:
    """The spans to suggest, the nearest first."""
    yield NamedSpan("today", today, today)
    yield NamedSpan("yesterday", (day := today - timedelta(days=1)), day)
    monday = today - timedelta(days=today.weekday())
    yield NamedSpan("this week", monday, monday + timedelta(days=6))
    yield NamedSpan("last week", monday - timedelta(days=7), monday - timedelta(days=1))
    month = today.replace(day=1)
    yield NamedSpan("this month", month, _end_of_month(month))
    previous = (month - timedelta(days=1)).replace(day=1)
    yield NamedSpan("last month", previous, _end_of_month(previous))
    yield NamedSpan("this year", date(today.year, 1, 1), date(today.year, 12, 31))
    yield NamedSpan("last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


def _end_of_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
