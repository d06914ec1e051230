"""Parse dates as press releases write them."""

import math
import re
from collections.abc import Iterable, Mapping
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

# The months of the languages that releases are published in besides English: names, abbreviations.
_OTHER_MONTHS = (
    # Spanish
    "enero/ene febrero/feb marzo abril/abr mayo junio/jun julio/jul agosto/ago"
    " septiembre/setiembre/sept octubre/oct noviembre/nov diciembre/dic",
    # German
    "januar/jänner/jan februar/feb märz/mär/maerz april/apr mai juni/jun juli/jul august/aug"
    " september/sep oktober/okt november/nov dezember/dez",
    # French
    "janvier/janv février/févr/fevrier mars avril/avr mai juin juillet/juil août/aout"
    " septembre/sept octobre/oct novembre/nov décembre/déc/decembre",
    # Portuguese
    "janeiro/jan fevereiro/fev março/marco abril/abr maio junho/jun julho/jul agosto/ago"
    " setembro outubro novembro/nov dezembro/dez",
    # Italian
    "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago"
    " settembre/sett ottobre/ott novembre/nov dicembre/dic",
    # Dutch
    "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug"
    " september/sep oktober/okt november/nov december/dec",
)
_MONTH_NUMBERS: Mapping[str, int] = {
    name: number
    for language in _OTHER_MONTHS
    for number, names in enumerate(language.split(), start=1)
    for name in names.split("/")
} | dict(MONTHS)


def _any_of(names: Iterable[str]) -> str:
    """Return a pattern for any of ``names``, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))


_MONTH = rf"(?P<month>{_any_of(_MONTH_NUMBERS)})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?"
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY_NAME = (
    r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|(?:segunda|ter[çc]a|quarta|quinta|sexta)-feira"
    r"|luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_WEEKDAY = rf"(?:(?:{_WEEKDAY_NAME})\.?\s*[,|]?\s+)?"
_ARTICLE = r"(?:(?:the|el|le|den|am|dem)\s+)?"
_OF = r"(?:(?:of|de|del|do)\s+)?"
_CLOCK = r"\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?"
_ZONE = r"(?:\s?(?:z|utc|gmt|[ecmp][ds]?t|[+-]\d{2}:?\d{2}))?"
_TIME = rf"(?:(?:\s*[,|–—-]\s*|\s+)(?:(?:at|às|as|à|um|a las|alle|om)\s+)?(?:{_CLOCK}){_ZONE})?"

_FIGURES = re.compile("[0-9]{2}")  # at least those of a year
_FORMS = tuple(
    re.compile(form.replace(r"\d", "[0-9]"), re.IGNORECASE)
    for form in (
        # 2025-09-08, 2025/09/08, 2025-09-08T14:00:00Z
        rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})"
        rf"(?:t(?:{_CLOCK}){_ZONE}|{_TIME})",
        # September 8, 2025; Monday, Sept. 8th 2025
        rf"{_WEEKDAY}{_MONTH}\s*{_DAY}\s*,?\s+{_YEAR}{_TIME}",
        # 8 September 2025; Mon, 08 Sep 2025 10:00:00 +0000; 8 de septiembre de 2025; 8. März 2025
        rf"{_WEEKDAY}{_ARTICLE}{_DAY}[\s-]+{_OF}{_MONTH}[\s-]*,?\s*{_OF}{_YEAR}{_TIME}",
        # 2025年9月8日; 2025년 9월 8일
        r"(?P<year>\d{4})[年년]\s?(?P<month>\d{1,2})[月월]\s?(?P<day>\d{1,2})[日일]",
        # 09/08/2025, 9.8.25
        rf"{_WEEKDAY}(?P<month>\d{{1,2}})(?P<sep>[-/.])(?P<day>\d{{1,2}})(?P=sep)"
        rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    )
)


def parse_date(text: str, *, day_first: bool = False) -> date | None:
    """Return the date that ``text`` consists of, or None if it is anything else.

    Accepts ISO 8601 dates and times, "September 8, 2025", "Sept. 8, 2025", "8 September 2025", the
    same in Spanish, German, French, Portuguese, Italian and Dutch, and "09/08/2025" or "9.8.25",
    optionally with a weekday before and a time after it. Returns None for an impossible date and
    for a year outside 1900 to 2100. The date is as written: no time zone is applied.

    Args:
        text: What may be a date.
        day_first: Whether "09/08/2025" is in August. A reading that is impossible gives way to the
            other one.
    """
    return _preferred(date_readings(text), day_first)


def date_readings(text: str) -> tuple[date, ...]:
    """Return the dates that ``text`` may be: none, one, or two if it is in figures.

    "09/08/2025" may be September 8 or August 9; the American reading, month first, comes first.
    """
    text = " ".join(text.split())
    if not 6 <= len(text) <= _MAX_LENGTH or not _FIGURES.search(text):
        return ()
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _readings(match)
    return ()


def find_date(line: str, *, day_first: bool = False) -> date | None:
    """Return the first date in ``line``, which may contain other words, or None.

    A line longer than a caption ("Published: September 8, 2025 | By the press office") is prose,
    and a date in prose is not the date of publication, so the result is None. ``day_first`` is as
    for `parse_date`.
    """
    return _preferred(find_readings(line), day_first)


def find_readings(line: str) -> tuple[date, ...]:
    """Return what the first date in ``line`` may be: the `date_readings` of `find_date`."""
    line = " ".join(line.split())
    if len(line) > _MAX_LENGTH or not _FIGURES.search(line):
        return ()
    for form in _FORMS:
        for match in form.finditer(line):
            before, after = line[: match.start()][-1:], line[match.end() :][:1]
            if not (before.isalnum() or after.isalnum()) and (found := _readings(match)):
                return found
    return ()


def _preferred(readings: tuple[date, ...], day_first: bool) -> date | None:
    return readings[-1 if day_first else 0] if readings else None


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


def _readings(match: re.Match[str]) -> tuple[date, ...]:
    """Return the dates that a match of `_FORMS` may be; none if there is no such day."""
    year, day = int(match["year"]), int(match["day"])
    month = _MONTH_NUMBERS.get(match["month"].lower()) or int(match["month"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    orders = [(month, day)]
    if match["month"].isdigit() and match.start("day") < match.start("year") and month != day:
        orders.append((day, month))
    readings = (_date(year, *order) for order in orders)
    return tuple(reading for reading in readings if reading)


def _date(year: int, month: int, day: int) -> date | None:
    """Return a date, or None if there is no such day, or its year is out of range."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
