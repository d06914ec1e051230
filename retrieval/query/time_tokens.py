"""The tokens of a question by the part that they may play in an expression of time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.query.calendar_spans import Span, month_span
from retrieval.query.time_vocabulary import LANGUAGES, Kind, TimeVocabulary, Value
from retrieval.text.tokens import folded

# Marks at the edge of a word that are no part of it. Other marks are: "$2024" is no year.
_QUOTES = "\"“”„‘’'«»＂‟"
_EDGE = f"{_QUOTES}()[]{{}},.;:?!¿¡…—–*_-"
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SHORT_YEAR = re.compile(r"['’‘]([0-9]{2})(?=[^\w'’]*$)")
_DASHED = re.compile(r"(\w+\.?)[-–](\w+)")
_DIGITS = re.compile(r"([0-9]{1,3})(?:st|nd|rd|th|º|ª|er|o)?")
_ISO_DAY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_ISO_MONTH = re.compile(r"((?:19|20)[0-9]{2})[-/]([0-9]{1,2})")
_NUMERIC_DAY = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2((?:19|20)[0-9]{2})")
_SHORT_DAY = re.compile(r"([0-9]{1,2})(/)([0-9]{1,2})/([0-9]{2})")
_NUMERIC_MONTH = re.compile(r"([0-9]{1,2})[/-]((?:19|20)[0-9]{2})")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s$|(?<=s)['’]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark, or a phrase of the vocabulary.

    Attributes:
        kind: what it may be in an expression of time.
        start: where it begins in the text.
        end: where it ends.
        key: its words, folded.
        value: what `Kind` says of its kind.
        span: the days of a `Kind.DATE`.
    """

    kind: Kind
    start: int
    end: int
    key: str
    value: Value = ""
    span: Span | None = None


def language_of(text: str) -> TimeVocabulary:
    """The language that more of the words of a text belong to; English if they decide nothing."""
    keys = re.findall(r"[^\W\d_]+", folded(text))
    return max(
        LANGUAGES,
        key=lambda each: sum(key in each.common or _is_telling(key, each) for key in keys),
    )


def time_tokens(text: str, vocabulary: TimeVocabulary) -> list[Token]:
    """The tokens of a text, in order."""
    single = list(_single_tokens(text, vocabulary))
    tokens: list[Token] = []
    at = 0
    while at < len(single):
        length, token = _longest_phrase(single, at, vocabulary)
        tokens.append(token)
        at += length
    return _without_false_times(tokens, text, vocabulary)


def _is_telling(key: str, vocabulary: TimeVocabulary) -> bool:
    """Whether a word names a time in this language and is a word of time alone, not "a" or "no"."""
    entry = vocabulary.entries.get((key,))
    return entry is not None and entry[0] in _TELLING


_TELLING = frozenset(
    (
        *(Kind.MONTH, Kind.WEEKDAY, Kind.SEASON, Kind.UNIT, Kind.UNITS),
        *(Kind.NAMED_DAY, Kind.PAST, Kind.LAST, Kind.SINCE),
    )
)


def _single_tokens(text: str, vocabulary: TimeVocabulary) -> Iterator[Token]:
    """Each word as a token of its own, and each mark at the edge of one."""
    previous = ""
    for chunk in re.finditer(r"\S+", text):
        whole, start = chunk.group(), chunk.start()
        core = whole.strip(_EDGE)
        at = whole.index(core) if core else 0
        yield from _marks(whole[:at], start)
        if year := _SHORT_YEAR.match(whole):  # '24
            number = int(year[1])
            yield Token(Kind.YEAR, start, start + 3, core, number + (2000 if number < 50 else 1900))
        elif ends := _ends_of_range(core, previous, vocabulary):
            dash = start + at + len(ends[0])
            yield _word(ends[0].rstrip("."), start + at, vocabulary)
            yield Token(Kind.DASH, dash, dash + 1, "-")
            yield _word(ends[1], dash + 1, vocabulary)
        elif core:
            yield from _core_tokens(core, start + at, vocabulary)
        previous = core
        yield from _marks(whole[at + len(core) :], start + at + len(core))


def _marks(marks: str, start: int) -> Iterator[Token]:
    """A token for each mark but quotation marks and the like, which separate nothing."""
    kinds = {",": Kind.COMMA, ".": Kind.STOP, "-": Kind.DASH, "–": Kind.DASH}
    for at, mark in enumerate(marks, start=start):
        if mark not in _QUOTES and marks[at - start - 1 : at - start] != mark:
            yield Token(kinds.get(mark, Kind.BREAK), at, at + 1, mark)


def _ends_of_range(core: str, previous: str, vocabulary: TimeVocabulary) -> tuple[str, str] | None:
    """The ends of "2019-2021", "Jan-Mar", and of "4-8" after a month."""
    match = _DASHED.fullmatch(core)
    if match is None:
        return None
    first, last = match.groups()
    if _YEAR.fullmatch(first) and _YEAR.fullmatch(last):
        return (first, last) if first < last else None
    is_month = [
        (entry := vocabulary.entries.get((folded(word).rstrip("."),))) and entry[0] is Kind.MONTH
        for word in (first, last, previous)
    ]
    if (is_month[0] and is_month[1]) or (
        is_month[2] and _DIGITS.fullmatch(first) and _DIGITS.fullmatch(last)
    ):
        return first, last
    return None


def _core_tokens(core: str, start: int, vocabulary: TimeVocabulary) -> Iterator[Token]:
    """The tokens of what stands between spaces: one, or two for "2023's" and "mid-2023"."""
    part, hyphen, rest = core.partition("-")
    entry = vocabulary.entries.get((folded(part),))
    if hyphen and entry and entry[0] is Kind.PART:
        yield Token(Kind.PART, start, start + len(part), folded(part), entry[1])
        core, start = rest, start + len(part) + 1
    possessive = _POSSESSIVE.search(core)
    if possessive is None:
        yield _word(core, start, vocabulary)
        return
    yield _word(core[: possessive.start()], start, vocabulary)
    yield Token(Kind.POSSESSIVE, start + possessive.start(), start + possessive.end(), "'s")


def _word(core: str, start: int, vocabulary: TimeVocabulary) -> Token:
    end = start + len(core)
    key = folded(core)
    if _YEAR.fullmatch(core):
        return Token(Kind.YEAR, start, end, key, int(core))
    if digits := _DIGITS.fullmatch(core):
        return Token(Kind.DIGITS, start, end, key, int(digits[1]))
    if span := _numeric_span(core, day_first=vocabulary.day_first):
        return Token(Kind.DATE, start, end, key, span=span)
    return Token(Kind.WORD, start, end, key)


def _numeric_span(text: str, *, day_first: bool) -> Span | None:
    """The day or month of 2024-09-05, 2024-09, 9/2024 or 4/9/2024, if there is one."""
    try:
        if match := _ISO_DAY.fullmatch(text):
            day = date(int(match[1]), int(match[3]), int(match[4]))
            return (day, day) if 1900 <= day.year < 2100 else None
        if match := _ISO_MONTH.fullmatch(text):
            if int(match[2]) == (int(match[1]) + 1) % 100:
                return None  # 2011-12 may be two years
            return month_span(date(int(match[1]), int(match[2]), 1))
        if match := _NUMERIC_MONTH.fullmatch(text):
            return month_span(date(int(match[2]), int(match[1]), 1))
        if match := _NUMERIC_DAY.fullmatch(text) or _SHORT_DAY.fullmatch(text):
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            year += 2000 if year < 100 else 0
            # Where only one of the two can be the month, it is.
            is_day_first = first > 12 or (day_first and second <= 12)
            month, number = (second, first) if is_day_first else (first, second)
            day = date(year, month, number)
            return day, day
    except ValueError:
        pass
    return None


def _longest_phrase(
    single: Sequence[Token], at: int, vocabulary: TimeVocabulary
) -> tuple[int, Token]:
    """The number of tokens of the longest phrase that begins at one, and the phrase as a token."""
    for length in range(min(vocabulary.longest, len(single) - at), 0, -1):
        group = single[at : at + length]
        entry = vocabulary.entries.get(tuple(token.key for token in group))
        if entry:
            key = " ".join(token.key for token in group)
            return length, Token(entry[0], group[0].start, group[-1].end, key, entry[1])
    token = single[at]
    if token.key.endswith(("n't", "n’t")):
        return 1, Token(Kind.NEGATION, token.start, token.end, token.key)
    return 1, token


def _without_false_times(tokens: list[Token], text: str, vocabulary: TimeVocabulary) -> list[Token]:
    """The tokens with each number or name that is no time as a word: "HR 2021", "Black Friday"."""
    return [
        Token(Kind.WORD, token.start, token.end, token.key)
        if (token.kind is Kind.YEAR and _is_number(tokens, at, text, vocabulary))
        or (at and _is_in_name(tokens, at, text, vocabulary))
        else token
        for at, token in enumerate(tokens)
    ]


def _is_in_name(tokens: Sequence[Token], at: int, text: str, vocabulary: TimeVocabulary) -> bool:
    """Whether a weekday or month is a part of a name: "Black Friday", "the March for Life"."""
    token, before = tokens[at], tokens[at - 1]
    if token.kind is Kind.WEEKDAY:
        is_capital = at > 1 and text[before.start].isupper() and not text.isupper()
        is_name = before.kind is Kind.WORD and is_capital
        return is_name or before.key in vocabulary.before_weekdays
    if token.kind is not Kind.MONTH or before.key != "the":
        return False
    following = tokens[at + 1].kind if at + 1 < len(tokens) else None
    return following not in (Kind.YEAR, Kind.DIGITS, Kind.COMMA, Kind.OF)


def _is_number(tokens: Sequence[Token], at: int, text: str, vocabulary: TimeVocabulary) -> bool:
    before = [token for token in tokens[max(0, at - 3) : at] if token.kind is not Kind.STOP]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    previous = before[-1] if before else None
    if previous:
        if previous.key.replace(".", "") in vocabulary.labels:
            return True
        if previous.kind is Kind.DIGITS and not any(each.kind is Kind.MONTH for each in before):
            return True  # "555 2021"
    if after is None or after.kind not in (Kind.WORD, Kind.UNIT, Kind.UNITS):
        return False
    if after.key in vocabulary.counted or after.kind is Kind.UNITS:
        return True
    if any(token.key in vocabulary.streets for token in tokens[at + 2 : at + 5]):
        return True  # "2001 North Elm Street"
    if after.key in vocabulary.publications:
        return False
    # "2000 barges", but "the 2024 storms", "2024 was" and "2024 Republicans".
    is_plural = re.search(r"[^s]s$", after.key) is not None and text[after.start].islower()
    is_counted = previous is None or previous.kind not in (Kind.THE, Kind.MONTH, Kind.QUARTER)
    return is_plural and is_counted and after.key not in vocabulary.function_words
