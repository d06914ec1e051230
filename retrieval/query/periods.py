"""Times that a question names, reckoned from a given day, and what they say of the answer's date.

A question names a time for one of three reasons, and they allow different things:

- It asks what was *published* then: "press releases from March 2024", "what did Quill say in 2023",
  "as Quill warned in May 2023". The answer lies in that span, or up to `_TOLD_WITHIN` after it.
- It asks what *happened* then: "how many voted in 2020". That may be told at any time afterwards,
  but hardly more than `_FORETOLD_WITHIN` before: the span bounds the answer on one side.
- It only *mentions* a time: "the 2022 farm bill", "what would it cost in 2020". Nothing follows for
  certain, and the releases of about that time are at most to be preferred.

Not read are times that count something else ("fiscal year 2024", "by 2030"), a month or day without
a year ("in May"), an event ("since the election"), a span that is wholly still to come, and several
times in one question that are no range: of which the answer is cannot be told.

dateparser reads days and months; only the words found here are given to it, since its own search
takes "may" or "second" for a date.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

_TOLD_WITHIN = timedelta(days=7)  # a release may carry a later date than what it reports as said
_FORETOLD_WITHIN = timedelta(days=31)  # what is to happen is announced before
_NEAR_BEFORE, _NEAR_AFTER = timedelta(days=15), timedelta(days=60)
_LONGEST_COUNT = 100  # "in the past 100 weeks"; more is no time that anybody means
_A_QUARTER = 92  # days; a longer count ("the past twelve months") measures something

_MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
# The first month of each, and how many years before its name it begins: winter 2025 is of 2024/25.
_SEASONS = {"winter": (12, 1), "spring": (3, 0), "summer": (6, 0), "fall": (9, 0), "autumn": (9, 0)}
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_COUNTS = {
    name: number
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "few": 3, "couple of": 2}
_DAYS_IN = {"day": 1, "week": 7, "month": 30, "year": 365}

_FLAGS = re.IGNORECASE | re.ASCII


def _any(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = rf"(?:{_any(_MONTH_NAMES)})\b\.?"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_SEASON = rf"(?:{_any(_SEASONS)})"
_MOMENT = (
    rf"(?:{_YEAR}-[0-9]{{2}}-[0-9]{{2}}|{_MONTH} {_DAY},? {_YEAR}|{_DAY} (?:of )?{_MONTH},? {_YEAR}"
    rf"|{_MONTH},? (?:of )?{_YEAR}|{_SEASON} (?:of )?{_YEAR}|{_YEAR})"
)
_COUNT = rf"(?:[0-9]{{1,3}}|{_any(_COUNTS)})"

# Cheap enough for every question: whether there is anything to read at all.
_MAY_HOLD_A_TIME = re.compile(
    rf"\b{_YEAR}\b|\b(?:yesterday|ago|last|past|this|on (?:{_any(_WEEKDAYS)}))\b", _FLAGS
)
_ABSOLUTE = re.compile(rf"(?<![\w$#€£.,/–-]){_MOMENT}(?![\w%–/]|-|[.,][0-9])", _FLAGS)
_RANGE = re.compile(
    rf"\b(?:between|from) (?P<first>{_MOMENT}|{_MONTH}) (?:and|to|until|till|through) "
    rf"(?P<last>{_MOMENT})(?![\w%–/]|-|[.,][0-9])",
    _FLAGS,
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<yesterday>yesterday)"
    rf"|(?P<which>this|last|past) (?P<unit>week|month|year|{_SEASON}|{_MONTH}|{_any(_WEEKDAYS)})"
    rf"|on (?P<weekday>{_any(_WEEKDAYS)})"
    rf"|(?:past|last) (?P<count>{_COUNT}) (?P<units>day|week|month|year)s"
    rf"|(?P<back>{_COUNT}) (?P<backs>day|week|month)s? ago)(?![\w-])",
    _FLAGS,
)
_LEAD = re.compile(
    r"\b(since|after|before|until|till|in|during|from|of|on|by|through|beyond|fiscal|fiscal year|fy"
    r"|school year|class of|agenda|vision|starting|beginning)"
    r"(?: (?:the|early|mid|late))? $",
    _FLAGS,
)
_COUNTS_SOMETHING_ELSE = frozenset(
    ("by", "through", "beyond", "fiscal", "fiscal year", "fy", "school year", "class of")
) | frozenset(("agenda", "vision", "starting", "beginning"))
# After a year that is a time there is an end, a mark, or a small word; after "2024 storms" a noun.
_STANDS_ALONE = re.compile(
    r"\W*$|[,;:?!.)\"”]| (?:about|after|and|as|because|before|but|by|did|do|does|for|from|had|has"
    r"|have|how|is|on|or|per|regarding|than|that|to|was|were|what|when|where|which|who|whom|why"
    r"|with)\b",
    _FLAGS,
)

# Publications, right before the time: "statements from 2023".
_PUBLICATIONS = re.compile(
    r"\b(?:(?:press )?releases?|statements?|announcements?|news|publications?|published|posted"
    r"|posts?|newsletters?)$",
    _FLAGS,
)
_PAST_ACTS = (
    r"(?<!was )(?<!were )(?<!been )(?<!being )(?:said|told|announced|warned|vowed|urged|wrote"
    r"|stated|condemned|praised|criticized|denounced|introduced|argued|unveiled|demanded|applauded)"
)
_ACTS = (
    r"(?:say|tell|announce|warn|vow|urge|write|state|condemn|praise|criticize|denounce|introduce"
    r"|argue|unveil|demand|applaud|comment|respond|react|call for|promise|pledge|propose|oppose"
    r"|endorse|support|slam|blast|defend|reject|welcome|ask|publish|release|issue|put out|vow to"
    r" [a-z]+)"
)
# What somebody says or does by publishing it: "did Senator Quill say", "Quill announced".
_ACT = re.compile(rf"\bdid (?:[^ ]+ ){{1,5}}?{_ACTS}\b|\b{_PAST_ACTS}\b", _FLAGS)
_ACT_RIGHT_BEFORE = re.compile(rf"(?:\b{_PAST_ACTS}|\bdid [^?]{{1,60}} {_ACTS})$", _FLAGS)
# Where a clause begins that has times of its own.
_CLAUSE = re.compile(
    r"\b(?:how|that|which|who|whose|why|whether|when|if|because|than|while|where|after|before)\b",
    _FLAGS,
)
_MEASURES = re.compile(
    r"\b(?:how (?:many|much|often|few|big|large|far|long|fast)|what (?:share|percentage|portion"
    r"|fraction|amount|part|number)|number|percent|total|rate|average)\b",
    _FLAGS,
)
_HAPPENED = re.compile(r"\b(?:did|was|were|had|made|got|became|went|[a-z]{2,20}(?<!e)ed)\b", _FLAGS)
_TO_COME = re.compile(
    r"\b(?:would|will|could|should|might|shall|can|[a-z]{1,20}['’]ll|plan(?:s|ned)?|projected"
    r"|forecast(?:ed|s)?|predict(?:s|ed)?|expect(?:s|ed)?|scheduled|upcoming|deadline|cutoff|due"
    r"|expires?|expired|effective|budgets?|propos(?:e|es|ed|al)|request(?:s|ed)?|authorized?"
    r"|(?:next|coming|future|set|slated|going|promised?|pledged?|agreed|vow(?:ed)?) to"
    r"|next|coming|future|starts?|begins?|goals?|targets?)\b",
    _FLAGS,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names.

    ``words`` are those it was read from. ``first`` and ``last`` are the days that it spans, both
    included, None where an end is open. ``since`` and ``until`` bound when the answer was
    published, as far as that is certain; both None where nothing is.
    """

    words: str
    first: date | None
    last: date | None
    since: date | None = None
    until: date | None = None

    @property
    def certain(self) -> bool:
        """Whether anything is certain about when the answer was published."""
        return self.since is not None or self.until is not None

    @property
    def near(self) -> tuple[date, date]:
        """The days, both included, in which most that is told of this time is published."""
        first = self.first - _NEAR_BEFORE if self.first else date.min
        last = self.last + _NEAR_AFTER if self.last else date.max
        return first, last


class _Asks(Enum):
    """What is asked for by its time."""

    PUBLICATION = auto()
    SAYING = auto()
    HAPPENING = auto()
    NOTHING = auto()


def read_period(text: str, today: date) -> Period | None:
    """The time that a question names, or None; ``today`` is a day of 1900 to 2200."""
    if _MAY_HOLD_A_TIME.search(text) is None:
        return None
    plain = " ".join(text.split())
    period = _range(plain, today) or _absolute(plain, today) or _relative(plain, today)
    if period is None or (period.first and period.first > today):
        return None
    return period


def _range(text: str, today: date) -> Period | None:
    """ "between May and July 2023", "from 2019 to 2021"."""
    if (match := _RANGE.search(text)) is None:
        return None
    ends = _days(match["last"], today)
    if ends is None:
        return None
    begins = _days(_with_year(match["first"], ends[0]), today)
    if begins is None or begins[0] > ends[1]:
        return None
    return _bounded(match.group(), begins[0], ends[1], _asks(text, *match.span()))


def _with_year(month: str, end: date) -> str:
    """A first month that has no year takes the one that makes it come before the last."""
    number = _MONTH_NAMES.get(month.lower().rstrip("."))
    if number is None:
        return month
    return f"{month} {end.year if number <= end.month else end.year - 1}"


def _absolute(text: str, today: date) -> Period | None:
    """ "in 2024", "since January 2025", "on March 5, 2024", "the 2022 storms"."""
    matches = [*_ABSOLUTE.finditer(text)]
    if len(matches) != 1:
        return None
    (match,) = matches
    days = _days(match.group(), today)
    if days is None:
        return None
    first, last = days
    found = _LEAD.search(text[max(0, match.start() - 30) : match.start()])
    lead = found.group(1).lower() if found else ""
    if lead in _COUNTS_SOMETHING_ELSE:
        return None
    stands = _STANDS_ALONE.match(text, match.end()) is not None
    if found and match.group().isdigit() and found.group().endswith("the "):
        stands = False  # "in the 2024 plan", though "in the spring of 2024"
    if found is None or not stands:
        return Period(match.group(), first, last)
    start = match.start() - len(found.group())
    words = text[start : match.end()]
    asks = _asks(text, start, match.end())
    told = asks in (_Asks.PUBLICATION, _Asks.SAYING)
    if lead == "of" and asks is not _Asks.PUBLICATION:  # "by the end of 2024"
        return Period(match.group(), first, last)
    if lead == "since":
        # What is told of the time since a day is told after it, whatever is asked.
        return Period(words, first, None, since=first)
    if lead == "after":
        after = last + timedelta(days=1)
        return Period(words, after, None, since=after if told else None)
    if lead in ("before", "until", "till"):
        until = first - timedelta(days=1) if lead == "before" else last
        return Period(words, None, until, until=until if told else None)
    return _bounded(words, first, last, asks)


def _relative(text: str, today: date) -> Period | None:
    """ "yesterday", "last March", "this week", "in the past two weeks", "three days ago"."""
    matches = [*_RELATIVE.finditer(text)]
    if len(matches) != 1:
        return None
    (match,) = matches
    start = match.start()
    if lead := re.search(r"\b(?:since|in|during|over|from)(?: the)? $", text[:start][-12:], _FLAGS):
        start -= len(lead.group())
    words = text[start : match.end()]
    asks = _asks(text, start, match.end())
    if match["count"] or match["back"]:
        return _counted(match, words, today, asks)
    days, long = _reckoned(match, today), (match["unit"] or "").lower() == "year"
    if days is None or (match["weekday"] and asks is not _Asks.SAYING):
        return None
    first, last = days
    if lead and lead.group().lower().startswith("since"):
        return Period(words, first, None, since=first)
    if long or asks in (_Asks.PUBLICATION, _Asks.SAYING):
        return _bounded(words, first, last, asks)
    if _TO_COME.search(text):
        return Period(words, first, last)
    # Whoever says "last month" asks for what was published from then on.
    return Period(words, first, last, since=first)


def _counted(match: re.Match[str], words: str, today: date, asks: _Asks) -> Period | None:
    """ "in the past two weeks", "three days ago"."""
    number = _number(match["count"] or match["back"])
    unit = (match["units"] or match["backs"]).lower()
    if not 0 < number <= _LONGEST_COUNT:
        return None
    if match["back"]:
        days = _parsed(f"{number} {unit}s ago", today)
        if days is None:
            return None
        said = asks in (_Asks.PUBLICATION, _Asks.SAYING)
        until = days[1] + _TOLD_WITHIN if said else None
        return Period(words, *days, since=days[0], until=until)
    first = today - timedelta(days=number * _DAYS_IN[unit])
    certain = number * _DAYS_IN[unit] <= _A_QUARTER or asks in (_Asks.PUBLICATION, _Asks.SAYING)
    return Period(words, first, today, since=first if certain else None)


def _number(count: str) -> int:
    return int(count) if count.isdigit() else _COUNTS.get(count.lower(), 0)


def _reckoned(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """The days of "yesterday", "this week", "last spring", "last March", "on Tuesday"."""
    yesterday = today - timedelta(days=1)
    if match["yesterday"]:
        return yesterday, yesterday
    if match["weekday"]:
        return _parsed(match["weekday"], today)
    this, unit = match["which"].lower() == "this", match["unit"].lower().rstrip(".")
    if unit in _WEEKDAYS:
        return None if this else _parsed(unit, today)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + (0 if this else 7))
        return monday, monday + timedelta(days=6)
    if unit == "month":
        return _month_of(today if this else today.replace(day=1) - timedelta(days=1))
    if unit == "year":
        year = today.year if this else today.year - 1
        return date(year, 1, 1), date(year, 12, 31)
    months = _season if unit in _SEASONS else _month_named
    if this:
        # In December "this winter" is already that of the next year.
        return next(
            (
                days
                for year in (today.year + 1, today.year)
                if (days := months(unit, year))[0] <= today
            ),
            None,
        )
    spans = (months(unit, year) for year in (today.year, today.year - 1, today.year - 2))
    return next((days for days in spans if days[1] < today), None)


def _bounded(words: str, first: date, last: date, asks: _Asks) -> Period:
    if asks is _Asks.PUBLICATION:
        return Period(words, first, last, since=first, until=last)
    if asks is _Asks.SAYING:
        return Period(words, first, last, since=first, until=last + _TOLD_WITHIN)
    if asks is _Asks.HAPPENING:
        return Period(words, first, last, since=first - _FORETOLD_WITHIN)
    return Period(words, first, last)


def _asks(text: str, start: int, end: int) -> _Asks:
    """What the time at ``text[start:end]`` is the time of."""
    before, after = text[:start].rstrip(" ,"), text[end:]
    if _PUBLICATIONS.search(before[-30:]):
        return _Asks.PUBLICATION
    measures = _MEASURES.search(text) is not None
    if _ACT_RIGHT_BEFORE.search(before[-90:]) and (not measures or before.count(",")):
        return _Asks.SAYING
    act = None
    for act in _ACT.finditer(before):  # noqa: B007  the last one is nearest to the time
        pass
    if act and not measures and not _any_clause(before[act.end() :]) and not after.strip(' ?!."”'):
        return _Asks.SAYING
    if not before and not measures and _ACT.search(after):
        return _Asks.SAYING
    if _HAPPENED.search(text) and not _TO_COME.search(text):
        return _Asks.HAPPENING
    return _Asks.NOTHING


def _any_clause(text: str) -> bool:
    return _CLAUSE.search(text) is not None or _TO_COME.search(text) is not None


def _days(moment: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of a day, month, season or year in words, if there is such."""
    words = moment.lower().replace(",", " ").replace(" of ", " ").split()
    if len(words) == 1 and words[0].isdigit():
        return date(int(words[0]), 1, 1), date(int(words[0]), 12, 31)
    if words[0] in _SEASONS:
        return _season(words[0], int(words[-1]))
    return _parsed(" ".join(words), today)


def _parsed(moment: str, today: date) -> tuple[date, date] | None:
    """What dateparser takes a moment for: a day, the seven days about it, or a month."""
    from dateparser.date import DateDataParser  # 0.1 s that only a question with a date needs

    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),
        "PREFER_DAY_OF_MONTH": "first",
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "YMD" if re.match(rf"{_YEAR}-", moment) else "MDY",
    }
    read = DateDataParser(languages=["en"], settings=settings).get_date_data(moment)
    if read.date_obj is None:
        return None
    day = read.date_obj.date()
    if read.period == "month":
        return _month_of(day)
    if read.period == "week":
        return day - timedelta(days=3), min(day + timedelta(days=3), today)
    return day, day


def _season(name: str, year: int) -> tuple[date, date]:
    month, back = _SEASONS[name]
    first = date(year - back, month, 1)
    return first, _month_of(first + timedelta(days=80))[1]


def _month_named(name: str, year: int) -> tuple[date, date]:
    return _month_of(date(year, _MONTH_NAMES[name], 1))


def _month_of(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
