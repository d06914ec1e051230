"""Days as people type them in options, and those that are suggested to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from embeddings.errors import VerbatimError


class InvalidDate(VerbatimError):
    """A text that was to be a date, and is none."""

    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        super().__init__(f"{shown!r} is not a date like 2025-09-08")
        self.text = text


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """A time with a name, such as last month: its first and its last day."""

    name: str
    first: date
    last: date


def parse_iso_date(text: str) -> date:
    """A date in ISO form. Raises `InvalidDate`."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise InvalidDate(text) from error


def parse_date_bound(text: str, today: date, *, end: bool) -> date:
    """A date in ISO form, or the first or last day of a time such as "last month" or "May 2024".

    Figures alone are a year or an ISO date: of 05/06/2024 nobody knows the month.
    Raises `InvalidDate`.
    """
    try:
        return parse_iso_date(text)
    except InvalidDate:
        if not re.search(r"[^\W\d_]|^\s*\d{4}\s*$", text):
            raise
        from retrieval.query.periods import read_period

        asked = " ".join(text.split())
        for said in (asked, f"in {asked}"):
            period = read_period(said, today)
            # The whole text must be the time, not a part of it.
            if period and period.words.casefold() in (asked.casefold(), said.casefold()):
                day = period.last if end else period.first
                if day:
                    return day
        raise


def spans(today: date) -> Iterator[NamedSpan]:
    """Times that people ask for, the nearest first."""
    yield NamedSpan("today", today, today)
    yield NamedSpan("yesterday", (day := today - timedelta(days=1)), day)
    monday = today - timedelta(days=today.weekday())
    yield NamedSpan("this week", monday, monday + timedelta(days=6))
    yield NamedSpan("last week", monday - timedelta(days=7), monday - timedelta(days=1))
    month = today.replace(day=1)
    yield NamedSpan("this month", month, _end_of_month(month))
    before = (month - timedelta(days=1)).replace(day=1)
    yield NamedSpan("last month", before, _end_of_month(before))
    yield NamedSpan("this year", date(today.year, 1, 1), date(today.year, 12, 31))
    yield NamedSpan("last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


def _end_of_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
