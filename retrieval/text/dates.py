"""Parse dates as press releases write them."""

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_EPOCH = date(1970, 1, 1)
_EIGHT_DIGITS = range(10**7, 10**8)
_SECONDS = range(10**8, 10**11)  # since 1970; a smaller number is a year, a count or an id
_MILLISECONDS = range(10**11, 10**14)
_MAX_LENGTH = 80  # characters; a longer line with a date in it is a sentence

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
"""The number of each month, by its names and abbreviations in lower case without a full stop."""

_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY = r"(?:(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?\s*[,|]?\s+)?"
_CLOCK = r"\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?"
_ZONE = r"(?:\s?(?:z|utc|gmt|[ecmp][ds]?t|[+-]\d{2}:?\d{2}))?"
_TIME = rf"(?:(?:\s*[,|–—-]\s*|\s+)(?:at\s+)?(?:{_CLOCK}){_ZONE})?"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        # 2025-09-08, 2025/09/08, 2025-09-08T14:00:00Z
        rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})"
        rf"(?:t(?:{_CLOCK}){_ZONE}|{_TIME})",
        # September 8, 2025; Monday, Sept. 8th 2025
        rf"{_WEEKDAY}{_MONTH}\s*{_DAY}\s*,?\s+{_YEAR}{_TIME}",
        # 8 September 2025; Mon, 08 Sep 2025 10:00:00 +0000
        rf"{_WEEKDAY}(?:the\s+)?{_DAY}[\s-]+(?:of\s+)?{_MONTH}[\s-]*,?\s*{_YEAR}{_TIME}",
        # 09/08/2025, 9.8.25: the American order
        rf"{_WEEKDAY}(?P<month>\d{{1,2}})(?P<sep>[-/.])(?P<day>\d{{1,2}})(?P=sep)"
        rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    )
)


def parse_date(text: str) -> date | None:
    """Return the date that ``text`` consists of, or None if it is anything else.

    Accepts ISO 8601 dates and times, "September 8, 2025", "Sept. 8, 2025", "8 September 2025" and
    "09/08/2025" or "9.8.25" (month first, unless only day first is possible), optionally with a
    weekday before and a time after it. Returns None for an impossible date and for a year outside
    1900 to 2100. The date is as written: no time zone is applied.
    """
    text = " ".join(text.split())
    if not 6 <= len(text) <= _MAX_LENGTH:
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _date_of(match)
    return None


def find_date(line: str) -> date | None:
    """Return the first date in ``line``, which may contain other words, or None.

    A line longer than a caption ("Published: September 8, 2025 | By the press office") is prose,
    and a date in prose is not the date of publication, so the result is None.
    """
    line = " ".join(line.split())
    if len(line) > _MAX_LENGTH:
        return None
    for form in _FORMS:
        for match in form.finditer(line):
            before, after = line[: match.start()][-1:], line[match.end() :][:1]
            if not (before.isalnum() or after.isalnum()) and (found := _date_of(match)):
                return found
    return None


def date_from_number(number: float) -> date | None:
    """Return the date that a number encodes, or None if it is anything else.

    Eight digits are a day (20250908). Larger numbers are Unix time in seconds, still larger ones
    in milliseconds; the result is the day in UTC. Returns None for a year outside 1900 to 2100.
    """
    if isinstance(number, float) and not math.isfinite(number):
        return None
    whole = math.floor(number)
    if whole in _EIGHT_DIGITS:
        return parse_date(f"{whole // 10_000}-{whole // 100 % 100}-{whole % 100}")
    if whole in _MILLISECONDS:
        whole //= 1000
    elif whole not in _SECONDS:
        return None
    day = _EPOCH + timedelta(seconds=whole)
    return day if day.year <= _LAST_YEAR else None


def _date_of(match: re.Match[str]) -> date | None:
    """Return the date of a match of `_FORMS`, or None if there is no such day."""
    year, day = int(match["year"]), int(match["day"])
    month = MONTHS.get(match["month"].lower()) or int(match["month"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    if match.start("month") < match.start("day") < match.start("year") and month > 12 >= day:
        month, day = day, month  # 25/12/2025 can only be day first
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
