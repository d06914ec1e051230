"""The first and last day of a day, week, month, quarter, season or year, and of a part of one."""

from calendar import monthrange
from datetime import date, timedelta

Span = tuple[date, date]
"""The first and the last day, both included."""

# The first month of each season, and how many years before the season's own it is: the winter of
# 2025 begins in December 2024.
SEASONS = {"winter": (12, 1), "spring": (3, 0), "summer": (6, 0), "fall": (9, 0)}


def year_span(year: int) -> Span:
    """Return the span of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def months_span(year: int, first: int, count: int) -> Span:
    """Return the span of ``count`` months of a year, from the month ``first`` on."""
    return date(year, first, 1), month_span(date(year, first + count - 1, 1))[1]


def season_span(name: str, year: int) -> Span:
    """Return the span of a season, a key of `SEASONS`; winter ends in ``year``."""
    month, years_before = SEASONS[name]
    first = date(year - years_before, month, 1)
    return first, month_span(first + timedelta(days=80))[1]


def month_span(day: date) -> Span:
    """Return the span of the month that ``day`` is in."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def unit_span(unit: str, day: date) -> Span:
    """Return the calendar day, week (from Monday), month, quarter or year that ``day`` is in."""
    match unit:
        case "day":
            return day, day
        case "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        case "month":
            return month_span(day)
        case "quarter":
            return months_span(day.year, (day.month - 1) // 3 * 3 + 1, 3)
        case "year":
            return year_span(day.year)
    raise ValueError(unit)


def back(day: date, count: int, unit: str) -> date:
    """Return the day that is so many units earlier; the last of its month if that is shorter.

    Hours are rounded up to days.

    Raises:
        OverflowError: if there is no such day.
    """
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None:
        hours = count * {"hour": 1, "day": 24, "week": 168}[unit]
        return day - timedelta(days=-(-hours // 24))
    year, month = divmod(day.year * 12 + day.month - 1 - count * months, 12)
    if year < 1:
        raise OverflowError(f"{count} {unit}s before {day}")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def part_span(span: Span, part: int) -> Span:
    """Return a third of a span: the early (0), the middle (1) or the late one (2).

    A year has thirds of four months, a season thirds of one; a month is divided at the 10th and the
    20th. The parts of a week overlap: until Wednesday, from Tuesday to Thursday, from Thursday on.
    A shorter span is not divided.
    """
    first, last = span
    days = (last - first).days + 1
    if days < 7:
        return span
    if days == 7:
        from_day, to_day = ((0, 2), (1, 3), (3, 6))[part]
        return first + timedelta(days=from_day), first + timedelta(days=to_day)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months < 3:
        starts = [first, first + timedelta(days=10), first + timedelta(days=20)]
    else:
        starts = [_month_after(first, months // 3 * third) for third in range(3)]
    ends = [starts[1] - timedelta(days=1), starts[2] - timedelta(days=1), last]
    return starts[part], ends[part]


def _month_after(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, 1)
