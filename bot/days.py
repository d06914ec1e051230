"""Days as people type them in options, and those that are suggested to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from embeddings.errors import VerbatimError


class BadDay(VerbatimError):
    """A text that was to be a date, and is none."""

    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        super().__init__(f"{shown!r} is not a date like 2025-09-08")
        self.text = text


@dataclass(frozen=True, slots=True)
class Span:
    """A time with a name, such as last month: its first and its last day."""

    name: str
    first: date
    last: date


def read_day(text: str) -> date:
    """A date in ISO form. Raises `BadDay`."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise BadDay(text) from error


def read_bound(text: str, today: date, *, end: bool) -> date:
    """A date in ISO form, or the first or last day of a time such as "last month" or "May 2024".

    Figures alone are a year or an ISO date: of 05/06/2024 nobody knows the month. Raises `BadDay`.
    """
    try:
        return read_day(text)
    except BadDay:
        if not re.search(r"[^\W\d_]|^\s*\d{4}\s*$", text):
            raise
        from retrieval.periods import read_period

        asked = " ".join(text.split())
        for said in (asked, f"in {asked}"):
            period = read_period(said, today)
            # The whole text must be the time, not a part of it.
            if period and period.words.casefold() in (asked.casefold(), said.casefold()):
                day = period.last if end else period.first
                if day:
                    return day
        raise


def spans(today: date) -> Iterator[Span]:
    """Times that people ask for, the nearest first."""
    yield Span("today", today, today)
    yield Span("yesterday", (day := today - timedelta(days=1)), day)
    monday = today - timedelta(days=today.weekday())
    yield Span("this week", monday, monday + timedelta(days=6))
    yield Span("last week", monday - timedelta(days=7), monday - timedelta(days=1))
    month = today.replace(day=1)
    yield Span("this month", month, _end_of_month(month))
    before = (month - timedelta(days=1)).replace(day=1)
    yield Span("last month", before, _end_of_month(before))
    yield Span("this year", date(today.year, 1, 1), date(today.year, 12, 31))
    yield Span("last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


def _end_of_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
