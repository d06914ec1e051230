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


_LABEL = re.compile(r"\s\([^()]*\)\s*$")  # the days behind a suggestion


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


def parse_date_bound(text: str, today: date, *, end: bool, language: str = "en") -> date:
    """Parse a bound of a date range: a date, or a time as in a question: "last month", "hoy".

    Args:
        text: what the user typed, or the whole label of a suggestion: "last month (March 2026)".
        today: the day that "last month" refers to.
        end: whether to return the last day of the time, not the first.
        language: the code of the user's language, which decides what 4/9/2024 is.

    Raises:
        InvalidDate: if the text is no time, or one without such an end.
    """
    try:
        return parse_iso_date(text)
    except InvalidDate:
        from retrieval.query.time_expressions import typed_span

        first, last = typed_span(_LABEL.sub("", text), today, language)
        day = last if end else first
        if day is None:
            raise
        return day


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
