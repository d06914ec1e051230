"""The time that a question names, and what it implies for the date of the answer.

A time in a question has one of several roles (`retrieval.query.time_roles`), which bound the date
of publication differently:

- The question asks what was published, or said, at that time: "press releases from March 2024",
  "what did Quill say in 2023". The answer was published within that span, or, if it was said then,
  up to `_REPORTING_DELAY` later.
- It asks what happened then: "how many voted in 2020". The answer may have been published at any
  later time, but hardly more than `_ANNOUNCEMENT_LEAD` earlier: the span is a bound on one side.
- It only mentions a time: "the 2022 farm bill", "what would it cost in 2020". That implies no
  bound; at most, releases of about that time are to be preferred.

Not interpreted are times that qualify something else ("fiscal year 2024", "by 2030"), a month or a
day without a year ("in May"), an event ("since the election"), a span that is entirely in the
future, and several times in one question that are not a range, since it is unclear which one the
answer is from.

dateparser interprets days and months. It gets only the expressions matched here, since its own
search takes words like "may" or "second" for dates.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.query.calendar_spans import (
    SEASONS,
    Span,
    absolute_span,
    month_span,
    named_month_span,
    parsed_span,
    season_span,
    year_span,
)
from retrieval.query.time_roles import TimeRole, refers_to_future, time_role
from retrieval.text.dates import MONTHS

_REPORTING_DELAY = timedelta(days=7)  # a release may be dated later than the statement it reports
_ANNOUNCEMENT_LEAD = timedelta(days=31)  # an event may be announced before it happens
_NEAR_BEFORE, _NEAR_AFTER = timedelta(days=15), timedelta(days=60)
_MAX_COUNT = 100  # "in the past 100 weeks"; a larger number is not meant as a time
_MAX_RECENT = 92  # days; a longer count ("the past twelve months") qualifies a measurement

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = {
    name: number
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "few": 3, "couple of": 2}
_DAYS_IN = {"day": 1, "week": 7, "month": 30, "year": 365}

_FLAGS = re.IGNORECASE | re.ASCII


def _alternatives(names: Iterable[str]) -> str:
    """Return a pattern for any of ``names``, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))


_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = rf"(?:{_alternatives(MONTHS)})\b\.?"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_SEASON = rf"(?:{_alternatives(SEASONS)})"
_WEEKDAY = rf"(?:{_alternatives(_WEEKDAYS)})"
_EXPRESSION = (
    rf"(?:{_YEAR}-[0-9]{{2}}-[0-9]{{2}}|{_MONTH} {_DAY},? {_YEAR}|{_DAY} (?:of )?{_MONTH},? {_YEAR}"
    rf"|{_MONTH},? (?:of )?{_YEAR}|{_SEASON} (?:of )?{_YEAR}|{_YEAR})"
)
_COUNT = rf"(?:[0-9]{{1,3}}|{_alternatives(_NUMBERS)})"

# A quick test for every question: whether it may name a time at all.
_MAY_NAME_TIME = re.compile(
    rf"\b{_YEAR}\b|\b(?:yesterday|ago|last|past|this|on {_WEEKDAY})\b", _FLAGS
)
_ABSOLUTE = re.compile(rf"(?<![\w$#€£.,/–-]){_EXPRESSION}(?![\w%–/]|-|[.,][0-9])", _FLAGS)
_RANGE = re.compile(
    rf"\b(?:between|from) (?P<first>{_EXPRESSION}|{_MONTH}) (?:and|to|until|till|through) "
    rf"(?P<last>{_EXPRESSION})(?![\w%–/]|-|[.,][0-9])",
    _FLAGS,
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<yesterday>yesterday)"
    rf"|(?P<which>this|last|past) (?P<unit>week|month|year|{_SEASON}|{_MONTH}|{_WEEKDAY})"
    rf"|on (?P<weekday>{_WEEKDAY})"
    rf"|(?:past|last) (?P<count>{_COUNT}) (?P<units>day|week|month|year)s"
    rf"|(?P<back>{_COUNT}) (?P<backs>day|week|month)s? ago)(?![\w-])",
    _FLAGS,
)
_PRECEDING_WORD = re.compile(
    r"\b(?:(?P<preposition>since|after|before|until|till|in|during|from|of|on)"
    # After one of these a time does not bound the answer: "by 2030", "fiscal year 2024".
    r"|(?P<qualifier>by|through|beyond|fiscal|fiscal year|fy|school year|class of|agenda|vision"
    r"|starting|beginning))(?: (?:the|early|mid|late))? $",
    _FLAGS,
)
# A time is followed by the end, a punctuation mark or a function word. If a noun follows, as in
# "2024 storms", the time only modifies it.
_STANDS_ALONE = re.compile(
    r"\W*$|[,;:?!.)\"”]| (?:about|after|and|as|because|before|but|by|did|do|does|for|from|had|has"
    r"|have|how|is|on|or|per|regarding|than|that|to|was|were|what|when|where|which|who|whom|why"
    r"|with)\b",
    _FLAGS,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names.

    Attributes:
        words: The part of the question that names it.
        first: The first day of the time, or None if it has no beginning.
        last: The last day of the time, or None if it has no end.
        since: The first day on which the answer can have been published; None if unknown.
        until: The last day on which the answer can have been published; None if unknown.
    """

    words: str
    first: date | None
    last: date | None
    since: date | None = None
    until: date | None = None

    @property
    def certain(self) -> bool:
        """Whether the period bounds the date of publication at all."""
        return self.since is not None or self.until is not None

    @property
    def near(self) -> Span:
        """The days in which most releases about this time are published."""
        first = self.first - _NEAR_BEFORE if self.first else date.min
        last = self.last + _NEAR_AFTER if self.last else date.max
        return first, last


def read_period(text: str, today: date) -> Period | None:
    """Return the period that a question names, or None if it names none.

    Args:
        text: The question.
        today: The day that "last March" is relative to, in the years 1900 to 2200.
    """
    if _MAY_NAME_TIME.search(text) is None:
        return None
    plain = " ".join(text.split())
    period = _range(plain, today) or _absolute(plain, today) or _relative(plain, today)
    if period is None or (period.first and period.first > today):
        return None
    return period


def _range(text: str, today: date) -> Period | None:
    """Return the period of "between May and July 2023" or "from 2019 to 2021"."""
    if (match := _RANGE.search(text)) is None:
        return None
    end = absolute_span(match["last"], today)
    if end is None:
        return None
    begin = absolute_span(_with_year(match["first"], end[0]), today)
    if begin is None or begin[0] > end[1]:
        return None
    return _bounded(match.group(), begin[0], end[1], time_role(text, *match.span()))


def _with_year(expression: str, end: date) -> str:
    """Return ``expression``, with the year in which it precedes ``end`` if it is a bare month."""
    number = MONTHS.get(expression.lower().rstrip("."))
    if number is None:
        return expression
    return f"{expression} {end.year if number <= end.month else end.year - 1}"


def _absolute(text: str, today: date) -> Period | None:
    """Return the period of "in 2024", "since January 2025", "March 5, 2024", "the 2022 storms"."""
    matches = [*_ABSOLUTE.finditer(text)]
    if len(matches) != 1:
        return None
    (match,) = matches
    span = absolute_span(match.group(), today)
    if span is None:
        return None
    first, last = span
    preceding = _PRECEDING_WORD.search(text[max(0, match.start() - 30) : match.start()])
    if preceding and preceding["qualifier"]:
        return None
    stands_alone = _STANDS_ALONE.match(text, match.end()) is not None
    if preceding and match.group().isdigit() and preceding.group().endswith("the "):
        stands_alone = False  # "in the 2024 plan", though "in the spring of 2024"
    if preceding is None or not stands_alone:
        return Period(match.group(), first, last)
    start = match.start() - len(preceding.group())
    words = text[start : match.end()]
    preposition = preceding["preposition"].lower()
    role = time_role(text, start, match.end())
    was_published = role in (TimeRole.PUBLICATION, TimeRole.STATEMENT)
    if preposition == "of" and role is not TimeRole.PUBLICATION:  # "by the end of 2024"
        return Period(match.group(), first, last)
    if preposition == "since":
        # Whatever has happened since a day is published after it, in every role.
        return Period(words, first, None, since=first)
    if preposition == "after":
        after = last + timedelta(days=1)
        return Period(words, after, None, since=after if was_published else None)
    if preposition in ("before", "until", "till"):
        until = first - timedelta(days=1) if preposition == "before" else last
        return Period(words, None, until, until=until if was_published else None)
    return _bounded(words, first, last, role)


def _relative(text: str, today: date) -> Period | None:
    """Return the period of "yesterday", "last March", "in the past two weeks", "three days ago"."""
    matches = [*_RELATIVE.finditer(text)]
    if len(matches) != 1:
        return None
    (match,) = matches
    start = match.start()
    if lead := re.search(r"\b(?:since|in|during|over|from)(?: the)? $", text[:start][-12:], _FLAGS):
        start -= len(lead.group())
    words = text[start : match.end()]
    role = time_role(text, start, match.end())
    if match["count"] or match["back"]:
        return _counted(match, words, today, role)
    span = _relative_span(match, today)
    if span is None or (match["weekday"] and role is not TimeRole.STATEMENT):
        return None
    first, last = span
    if lead and lead.group().lower().startswith("since"):
        return Period(words, first, None, since=first)
    is_year = (match["unit"] or "").lower() == "year"
    if is_year or role in (TimeRole.PUBLICATION, TimeRole.STATEMENT):
        return _bounded(words, first, last, role)
    if refers_to_future(text):
        return Period(words, first, last)
    # Whoever writes "last month" asks for what was published from then on.
    return Period(words, first, last, since=first)


def _counted(match: re.Match[str], words: str, today: date, role: TimeRole) -> Period | None:
    """Return the period of "in the past two weeks" or "three days ago"."""
    count = _number(match["count"] or match["back"])
    unit = (match["units"] or match["backs"]).lower()
    if not 0 < count <= _MAX_COUNT:
        return None
    was_published = role in (TimeRole.PUBLICATION, TimeRole.STATEMENT)
    if match["back"]:
        span = parsed_span(f"{count} {unit}s ago", today)
        if span is None:
            return None
        until = span[1] + _REPORTING_DELAY if was_published else None
        return Period(words, *span, since=span[0], until=until)
    days = count * _DAYS_IN[unit]
    first = today - timedelta(days=days)
    certain = days <= _MAX_RECENT or was_published
    return Period(words, first, today, since=first if certain else None)


def _number(count: str) -> int:
    """Return a number in digits or words, or 0 if it is unknown."""
    return int(count) if count.isdigit() else _NUMBERS.get(count.lower(), 0)


def _relative_span(match: re.Match[str], today: date) -> Span | None:
    """Return the span of "yesterday", "this week", "last spring", "last March", "on Tuesday"."""
    yesterday = today - timedelta(days=1)
    if match["yesterday"]:
        return yesterday, yesterday
    if match["weekday"]:
        return parsed_span(match["weekday"], today)
    is_current, unit = match["which"].lower() == "this", match["unit"].lower().rstrip(".")
    if unit in _WEEKDAYS:
        return None if is_current else parsed_span(unit, today)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + (0 if is_current else 7))
        return monday, monday + timedelta(days=6)
    if unit == "month":
        return month_span(today if is_current else today.replace(day=1) - timedelta(days=1))
    if unit == "year":
        return year_span(today.year if is_current else today.year - 1)
    span_in = season_span if unit in SEASONS else named_month_span
    if is_current:
        # In December, "this winter" is the next year's.
        spans = (span_in(unit, year) for year in (today.year + 1, today.year))
        return next((span for span in spans if span[0] <= today), None)
    spans = (span_in(unit, year) for year in (today.year, today.year - 1, today.year - 2))
    return next((span for span in spans if span[1] < today), None)


def _bounded(words: str, first: date, last: date, role: TimeRole) -> Period:
    """Return the period from ``first`` to ``last``, with the bounds that its role implies."""
    if role is TimeRole.PUBLICATION:
        return Period(words, first, last, since=first, until=last)
    if role is TimeRole.STATEMENT:
        return Period(words, first, last, since=first, until=last + _REPORTING_DELAY)
    if role is TimeRole.EVENT:
        return Period(words, first, last, since=first - _ANNOUNCEMENT_LEAD)
    return Period(words, first, last)
