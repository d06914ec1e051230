"""The times that a text names, as first and last days: "since last March", "mid-2023", "hoy".

One grammar reads all languages: it is written over the kinds of tokens (`Kind`), so that "two weeks
ago" and "hace dos semanas" differ only in order, and it allows both.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice, pairwise, takewhile

from retrieval.query.calendar_spans import (
    Span,
    back,
    month_span,
    months_span,
    part_span,
    season_span,
    unit_span,
    year_span,
)
from retrieval.query.time_tokens import Token, time_tokens
from retrieval.query.time_vocabulary import LANGUAGES, Kind, TimeVocabulary, Value

_MAX_COUNT = 100  # "in the past 100 weeks"; a larger number is not meant as a time
_WEEK, _LONG, _HALF_A_YEAR = (timedelta(days=days) for days in (7, 92, 183))
_NEGATED_WORDS = 3  # how far before a time "not" may stand: "not published in 2025"

_FILL = "[ao,]{0,3}"  # "of", "of the", a comma
_YEAR = "(?:(?:uo?)?y|[hl]u|ul)"  # 2024, the year 2024, last year, el año pasado
_DAY = r"(?:w,?)?(?:m\.?d|do?m)"  # March 5, Tuesday, March 5, 5 de marzo
_TIME = (
    r"(?:f[ao]*u(?![lbyo])|(?:f[ao]*)?"  # the beginning of the year, early in 2024
    rf"(?:c|uoa?{_DAY}(?:\.?{_FILL}{_YEAR})?"  # the week of March 4
    r"|[mwsqu](?:b|Bl(?![nduvmwsq]))|(?:[hl]u|ul),?Im"  # the year before last, last year in March
    rf"|{_DAY}\.?{_FILL}{_YEAR}|(?:uo?a?)?m\.?{_FILL}{_YEAR}|[sq]{_FILL}{_YEAR}|yq"
    rf"|{_DAY}|h?[lp][mwsq]|h[mwsq]|[mwsq]l"  # last March, this Friday, el viernes pasado
    r"|h?[lp][nd][uv]|[nd][lp][uv]|h?pu"  # the past two weeks, los dos últimos meses
    r"|[nd][uv]g|g[nd][uv]|[hl]u|ul|(?:uo?)?y|(?:uo)?m|[twsq]))"
)
_THE = "[aI]{0,3}"
_END = rf"{_THE}(?P<last>{_TIME}|d(?:{_FILL}{_YEAR})?)"
_GRAMMAR = re.compile(
    # "between X and Y", "from X to Y", "X to Y", "X and Y"
    rf"(?:(?P<between>E)|[FSoI]?){_THE}(?P<first>{_TIME}|d)(?:[TU-]|(?P<and>J)){_END}"
    rf"|(?P<bound>[SABUFIoE]?){_THE}(?P<time>{_TIME})(?P<suffix>[NK]?)"
)
# A token of these kinds beside an expression belongs to it, and was not understood.
_TOUCHING_BEFORE = frozenset("ymwscqtgflpbSABUE")
_TOUCHING_AFTER = frozenset("ymwsuvcqtgflpbdK")
_BESIDE = 6  # tokens on either side that are looked at
_SKIPPED = frozenset("aoI")
_COUNTS = frozenset("nd")  # "within a week of March 5"
_GOVERNING = frozenset("SABU")
_BETWEEN_CLAUSES = (Kind.BREAK, Kind.STOP, Kind.COMMA, Kind.DASH)
_BEGINNING, _END_OF, _SUNDAY = 3, 4, 6  # values of `Kind.PART`, and a weekday
_ORDINALS = frozenset(
    "first second third fourth fifth final primera segunda tercera cuarta ultima".split()
)
_AROUND = " .,;:!?¡¿\"'“”"  # marks around what was typed

_Values = Mapping[Kind, Value]


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time named in a text.

    Attributes:
        start: where it begins in the text, with its preposition.
        end: where it ends.
        core: where it begins without its preposition.
        span: its days without its preposition; for one up to now, until today.
        first: its first day with its preposition; None if it has no beginning.
        last: its last day with it; None if it has no end.
        bound: the kind of its preposition: since, after, before, until, in, of; or None.
        is_rolling: whether it is up to now: "the past two weeks".
        is_relative: whether it is reckoned from today: "last week", "yesterday".
        has_year: whether it says its year, or needs none; not "in August", "on Friday".
        stands_alone: whether it modifies no noun, as it does in "2024 storms".
        is_clear: whether it was read whole: nothing that may change its meaning touches it.
        is_qualified: whether it stands beside a word like "by" or "around".
        governor: the kind of a preposition before it that has something else between: "since he was
            elected in 2018".
    """

    start: int
    end: int
    core: int
    span: Span
    first: date | None
    last: date | None
    bound: Kind | None
    is_rolling: bool
    is_relative: bool
    has_year: bool
    stands_alone: bool
    is_clear: bool
    is_qualified: bool
    governor: Kind | None

    @property
    def is_short(self) -> bool:
        """Whether it is a week or less."""
        return self.span[1] - self.span[0] < _WEEK

    @property
    def is_long(self) -> bool:
        """Whether it is longer than a quarter."""
        return self.span[1] - self.span[0] > _LONG


@dataclass(frozen=True, slots=True)
class _Time:
    """A time without its preposition; ``is_rolling`` and the rest as in `TimeExpression`.

    ``edge`` is the first or the last day of what it is the beginning or the end of.
    """

    span: Span
    is_rolling: bool = False
    is_relative: bool = False
    has_year: bool = True
    edge: date | None = None


def time_expressions(text: str, vocabulary: TimeVocabulary, today: date) -> list[TimeExpression]:
    """All times that a text names, in order, whether they are clear or not."""
    tokens = time_tokens(text, vocabulary)
    kinds = "".join(token.kind for token in tokens)
    matches = [
        match
        for match in _GRAMMAR.finditer(kinds)
        if not match["first"] == match["last"] == Kind.DIGITS  # "5 to 9"
    ]
    if not matches:
        return []
    # Of two times that "and" joins neither is clear: "in 2023 and 2024".
    joined = [
        not kinds[one.end() : other.start()].strip("JTaoI,") for one, other in pairwise(matches)
    ]
    clear = [not (left or right) for left, right in pairwise([False, *joined, False])]
    governors = list(_governors(tokens))
    found = [
        _expression(tokens, match, governors[match.start()], vocabulary, today) for match in matches
    ]
    return [
        each if is_clear else replace(each, is_clear=False)
        for each, is_clear in zip(found, clear, strict=True)
    ]


def typed_span(text: str, today: date, language: str = "en") -> tuple[date | None, date | None]:
    """The first and the last day of a time that is all of a text: "last month", "hoy", "May 2024".

    Args:
        text: what was typed.
        today: the day from which it is reckoned.
        language: the code of the language that is tried first; it decides what 4/9/2024 is.

    Returns:
        ``None, None`` if the text is anything else; "since May" has no last day, and the last day
        of "the past week" is today.
    """
    plain = " ".join(text.split()).strip(_AROUND)
    for vocabulary in sorted(LANGUAGES, key=lambda each: each.code != language):
        expressions = time_expressions(plain, vocabulary, today)
        if len(expressions) == 1 and expressions[0].is_clear:
            (found,) = expressions
            article = plain[: found.start].strip()
            if found.end == len(plain) and not article and not found.is_qualified:
                return found.first, today if found.is_rolling else found.last
    return None, None


def is_time_word(word: str) -> bool:
    """Whether a folded word may name a time in any language."""
    return any(word in vocabulary.words for vocabulary in LANGUAGES)


def _expression(
    tokens: Sequence[Token],
    match: re.Match[str],
    governor: Kind | None,
    vocabulary: TimeVocabulary,
    today: date,
) -> TimeExpression:
    at, core = match.start(), match.start("time") if match["time"] else match.start("first")
    bound, end, time = _read(tokens, match, today)
    days = _bounded(time, bound) if time else None
    before = tokens[max(0, at - _BESIDE) : at]
    previous = _significant(before[::-1])
    following = _significant(tokens[end : end + _BESIDE])
    is_within = tokens[core].kind is Kind.UNIT and before and before[-1].kind in _COUNTS
    is_touched = (
        is_within
        or _touches_before(before, bound)
        or (following is not None and following.kind in _TOUCHING_AFTER)
    )
    time = time or _Time((today, today))
    return TimeExpression(
        start=tokens[at].start,
        end=tokens[end - 1].end,
        core=tokens[core].start,
        span=time.span,
        first=days[0] if days else None,
        last=days[1] if days else None,
        bound=bound,
        is_rolling=time.is_rolling,
        is_relative=time.is_relative,
        has_year=time.has_year,
        stands_alone=_stands_alone(tokens[end : end + 1], vocabulary),
        is_clear=days is not None
        and not is_touched
        and not _is_negated(before, tokens[end : end + 1]),
        is_qualified=previous is not None and previous.kind in (Kind.QUALIFIER, Kind.TO),
        governor=governor,
    )


def _governors(tokens: Sequence[Token]) -> Iterator[Kind | None]:
    """Before each token, the last "since", "after", "before" or "until" of its clause."""
    last = None
    for token in tokens:
        yield last
        if token.kind in _BETWEEN_CLAUSES:
            last = None
        elif token.kind in _GOVERNING:
            last = token.kind


def _read(
    tokens: Sequence[Token], match: re.Match[str], today: date
) -> tuple[Kind | None, int, _Time | None]:
    """The preposition of a match, the end of its tokens, and its time; None if it is none."""
    if not match["time"]:
        first, last = (tokens[slice(*match.span(name))] for name in ("first", "last"))
        if match["and"] and not match["between"]:
            is_since = tokens[match.start()].kind is Kind.SINCE
            return Kind.IN, match.end(), None if is_since else _both(first, last, today)
        return Kind.IN, match.end(), _range(first, last, today)
    bound = Kind(match["bound"]) if match["bound"] else None
    core = tokens[slice(*match.span("time"))]
    time = _resolved(core, today, today)
    opens = bound in (None, Kind.IN, Kind.FROM, Kind.OF)
    if match["suffix"]:
        is_onward = match["suffix"] == Kind.ONWARD
        opens = opens or (is_onward and bound in (Kind.SINCE, Kind.BETWEEN))
        return Kind.SINCE if is_onward else Kind.UNTIL, match.end(), time if opens else None
    if bound is Kind.BETWEEN:
        return None, match.end(), None
    if bound is Kind.FROM and _says_onward(tokens[match.end() : match.end() + 2]):
        return Kind.SINCE, match.end() + 1, time
    begins = core[0].kind is Kind.PART and core[0].value == _BEGINNING
    if bound is Kind.FROM and begins:  # "from the beginning of 2024"
        return Kind.SINCE, match.end(), time
    if bound is None and core[0].kind is Kind.PART:  # "early 2023", "a principios de 2023"
        bound = Kind.IN
    return Kind.IN if bound is Kind.FROM else bound, match.end(), time


def _resolved(tokens: Sequence[Token], today: date, latest: date) -> _Time | None:
    """The time that the tokens of a `_TIME` name; None if there is no such day.

    Args:
        tokens: the tokens.
        today: the day from which "last week" is reckoned.
        latest: the day on which a time without a year must have begun.
    """
    values = {token.kind: token.value for token in tokens}
    span = next((token.span for token in tokens if token.span), None)
    try:
        time = _resolved_values(span, values, today, latest)
    except (ValueError, OverflowError):
        return None
    if time and Kind.PART in values:
        part = values[Kind.PART]
        if time.is_rolling or not isinstance(part, int):
            return None
        if part not in (_BEGINNING, _END_OF):
            return replace(time, span=part_span(time.span, part))
        is_end = part == _END_OF
        return replace(time, span=part_span(time.span, 2 * is_end), edge=time.span[is_end])
    return time


def _resolved_values(span: Span | None, values: _Values, today: date, latest: date) -> _Time | None:
    if span:
        return _Time(span)
    if isinstance(days := values.get(Kind.NAMED_DAY), int):
        return _Time(unit_span("day", back(today, days, "day")), is_relative=True)
    unit = values.get(Kind.UNIT) or values.get(Kind.UNITS)
    year = values.get(Kind.YEAR)
    if values.keys().isdisjoint((Kind.MONTH, Kind.WEEKDAY, Kind.SEASON, Kind.QUARTER)):
        if isinstance(year, int):
            return _Time(year_span(year)) if unit in (None, "year") else None
        return _counted(values, unit, today) if isinstance(unit, str) else None
    if unit == "week" and Kind.DIGITS in values:  # "the week of March 4"
        rest: _Values = {kind: each for kind, each in values.items() if kind != Kind.UNIT}
        day = _resolved_values(None, rest, today, latest)
        return replace(day, span=_week_of(day.span[0])) if day else None
    if unit == "year":  # "March of last year"
        year = today.year - (Kind.LAST in values) if year is None else year
    elif unit is not None and not (unit == "month" and Kind.MONTH in values):
        return None  # "the week of March 2024"
    if isinstance(year, int):
        return _Time(_in_year(values, year), is_relative=Kind.YEAR not in values)
    spans = _occurrences(values, max(today, latest))
    is_relative = True
    if _is_before_last(values):
        chosen = next(islice((span for span in spans if span[1] < today), 1, None), None)
    elif not values.keys().isdisjoint((Kind.LAST, Kind.PAST)):
        chosen = next((span for span in spans if span[1] < today), None)
    elif Kind.THIS in values:
        newest = next((span for span in spans if span[0] <= today), None)
        chosen = newest if newest and _is_current(newest, values, today) else None
    else:
        is_relative = False
        chosen = next((span for span in spans if span[0] <= latest), None)
    return _Time(chosen, False, is_relative, has_year=is_relative) if chosen else None


def _in_year(values: _Values, year: int) -> Span:
    """The day, month, season or quarter in a year. Raises `ValueError` if it has none such."""
    month, day = values.get(Kind.MONTH), values.get(Kind.DIGITS)
    season, months = values.get(Kind.SEASON), values.get(Kind.QUARTER)
    if isinstance(month, int):
        if isinstance(day, int):
            return unit_span("day", date(year, month, day))
        return month_span(date(year, month, 1))
    if isinstance(season, str):
        return season_span(season, year)
    if isinstance(months, tuple):
        return months_span(year, *months)
    raise ValueError(year)


def _occurrences(values: _Values, latest: date) -> Iterator[Span]:
    """The days, months, seasons or quarters that have a name, from the next one back."""
    weekday = values.get(Kind.WEEKDAY)
    if isinstance(weekday, int) and Kind.MONTH not in values:
        monday = unit_span("week", latest)[0]
        for weeks in range(3):
            yield unit_span("day", monday + timedelta(days=weekday - 7 * weeks))
        return
    for year in range(latest.year + 1, latest.year - 9, -1):
        try:
            yield _in_year(values, year)
        except ValueError:  # not every year has a February 29
            continue


def _is_current(span: Span, values: _Values, today: date) -> bool:
    """Whether a weekday is of this week, or anything else of this year: "this Friday"."""
    if Kind.WEEKDAY in values:
        return span[0] >= unit_span("week", today)[0]
    if span[0].year < today.year:  # in November, "this winter" is the coming one
        return Kind.SEASON in values and today - span[1] < _HALF_A_YEAR
    return True


def _counted(values: _Values, unit: str, today: date) -> _Time | None:
    """The time of "two weeks ago", "the past two weeks", "this week" or "last week"."""
    if _is_before_last(values):
        return _Time(unit_span(unit, back(today, 2, unit)), is_relative=True)
    if Kind.PART in values and len(values) == 2:  # "the beginning of the year"
        return _Time(unit_span(unit, today), is_relative=True) if unit != "day" else None
    count = values.get(Kind.NUMBER, values.get(Kind.DIGITS))
    if isinstance(count, tuple):  # "a few"
        least, most = count
        if Kind.AGO in values:
            begin, end = (unit_span(unit, back(today, each, unit)) for each in (most, least))
            return _Time((begin[0], end[1]), is_relative=True)
        count = (least + most) // 2
    if isinstance(count, int) and not 0 < count <= _MAX_COUNT:
        return None
    if Kind.AGO in values and isinstance(count, int):
        return _Time(unit_span(unit, back(today, count, unit)), is_relative=True)
    if unit == "day" and count is None:
        return None  # "the last day to apply"
    if Kind.PAST in values or isinstance(count, int):
        first = back(today, count if isinstance(count, int) else 1, unit)
        return _Time((first, today), is_rolling=True, is_relative=True)
    day = back(today, 1, unit) if Kind.LAST in values else today
    return _Time(unit_span(unit, day), is_relative=True)


def _is_before_last(values: _Values) -> bool:
    return Kind.BEFORE_LAST in values or {Kind.BEFORE, Kind.LAST} <= values.keys()


def _week_of(day: date) -> Span:
    """The calendar week of a day; from a Sunday on, the week that begins with it."""
    if day.weekday() == _SUNDAY:
        return day, day + timedelta(days=6)
    return unit_span("week", day)


def _both(one: Sequence[Token], other: Sequence[Token], today: date) -> _Time | None:
    """The time of "March and April 2024"; None if these do not follow one another."""
    ends = _ends(one, other, today)
    if ends is None:
        return None
    begin, end = sorted(ends, key=lambda each: each.span)
    if end.span[0] - begin.span[1] != timedelta(days=1):
        return None
    return _from_to(begin, end)


def _range(first: Sequence[Token], last: Sequence[Token], today: date) -> _Time | None:
    """The time from one to another; None if the second is before the first."""
    ends = _ends(first, last, today)
    return _from_to(*ends) if ends and ends[0].span[0] <= ends[1].span[1] else None


def _from_to(begin: _Time, end: _Time) -> _Time:
    is_relative = begin.is_relative or end.is_relative
    return _Time((begin.span[0], end.span[1]), False, is_relative, end.has_year)


def _ends(first: Sequence[Token], last: Sequence[Token], today: date) -> tuple[_Time, _Time] | None:
    """Two times, where what the one lacks is taken from the other."""
    if last[0].kind is Kind.DIGITS and all(token.kind is not Kind.MONTH for token in last):
        last = [*(token for token in first if token.kind is Kind.MONTH), *last]  # March 5 to 9
    end = _resolved(last, today, today)
    if end is None or end.is_rolling:
        return None
    if len(first) == 1 and first[0].kind is Kind.DIGITS:  # 5 to 9 March
        first = [*first, *(token for token in last if token.kind in (Kind.MONTH, Kind.YEAR))]
        first = [token for token in first if token is first[0] or token.kind is not Kind.DIGITS]
    begin = _resolved(first, today, end.span[1])
    return None if begin is None or begin.is_rolling else (begin, end)


def _bounded(time: _Time, bound: Kind | None) -> tuple[date | None, date | None] | None:
    """The first and the last day of a time with its preposition; None where they do not fit."""
    first, last = time.span
    day = timedelta(days=1)
    if time.edge and bound in (
        Kind.SINCE,
        Kind.AFTER,
        Kind.BEFORE,
        Kind.UNTIL,
    ):  # "since the end of 2024", "before the end of 2024"
        is_end = time.edge == last
        first = last = time.edge
        if bound is Kind.AFTER and not is_end:
            return first, None
        if bound is Kind.BEFORE and is_end:
            return None, last
    match bound:
        case Kind.SINCE:
            return first, None
        case Kind.AFTER:
            return (first, None) if time.is_rolling else (last + day, None)
        case Kind.BEFORE:
            return None, first - day
        case Kind.UNTIL:
            return None if time.is_rolling else (None, last)
    return first, None if time.is_rolling else last


def _says_onward(following: Sequence[Token]) -> bool:
    """Whether "on" follows a time and nothing follows it: "from March on"."""
    if not following or following[0].key != "on":
        return False
    return len(following) == 1 or following[1].kind in _BETWEEN_CLAUSES


def _significant(tokens: Sequence[Token]) -> Token | None:
    """The first token that is no article or preposition."""
    return next((token for token in tokens if token.kind not in _SKIPPED), None)


def _touches_before(tokens: Sequence[Token], bound: Kind | None) -> bool:
    """Whether what stands before a time is a part of it that was not understood."""
    at = next((at for at in range(len(tokens))[::-1] if tokens[at].kind not in _SKIPPED), None)
    if at is None:
        return False
    previous, earlier = tokens[at], tokens[at - 1] if at else None
    if previous.kind is Kind.AND:  # "before and after 2024"
        return earlier is not None and earlier.kind in frozenset("SABU")
    if previous.kind in (Kind.UNIT, Kind.UNITS):  # "the second week of", but "Veterans Day in"
        is_counted = earlier is not None and (
            earlier.kind in frozenset("andlph") or earlier.key in _ORDINALS
        )
        is_distance = previous.kind is Kind.UNITS and bound in (Kind.AFTER, Kind.BEFORE)
        return is_counted or is_distance  # "days after"
    return previous.kind in _TOUCHING_BEFORE


def _is_negated(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether "not" stands shortly before a time, or "excepted" behind it."""
    if after and after[0].kind is Kind.NEGATION:
        return True
    clause = takewhile(
        lambda token: token.kind not in (Kind.BREAK, Kind.STOP, Kind.DASH), before[::-1]
    )
    return any(token.kind is Kind.NEGATION for token in islice(clause, _NEGATED_WORDS))


def _stands_alone(following: Sequence[Token], vocabulary: TimeVocabulary) -> bool:
    """Whether a time is followed by the end, a mark or a function word, not by a noun."""
    if not following or following[0].key in vocabulary.function_words:
        return True
    return following[0].kind not in (Kind.WORD, Kind.POSSESSIVE, Kind.OF, Kind.QUALIFIER)
