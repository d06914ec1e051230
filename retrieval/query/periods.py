"""The time that a question names, and what it implies for the date of the answer.

A time in a question has one of several roles (`retrieval.query.time_roles`), which bound the date
of publication differently:

- The question asks what was published, or said, at that time: "press releases from March 2024",
  "what did Quill say in 2023". The answer was published within exactly these days.
- It asks what happened then: "how many voted in 2020". The answer may have been published at any
  later time: the span is a bound on one side.
- It only mentions a time: "the 2022 farm bill", "what would it cost in 2020". That implies no
  bound; at most, releases of about that time are to be preferred.

A time that is understood only by half gives no period at all: one that is negated ("but not in
2025"), that something unread touches ("the week after March 5, 2024"), that qualifies something
else ("fiscal year 2024", "by 2030"), that is in the future, or that is one of several.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.query.calendar_spans import Span
from retrieval.query.quotations import without_quotations
from retrieval.query.time_expressions import TimeExpression, time_expressions
from retrieval.query.time_roles import (
    TimeRole,
    measures_something,
    refers_to_future,
    time_role,
)
from retrieval.query.time_tokens import language_of
from retrieval.query.time_vocabulary import Kind, TimeVocabulary
from retrieval.text.tokens import folded

_NEAR_BEFORE, _NEAR_AFTER = timedelta(days=15), timedelta(days=60)
_PUBLISHED = (TimeRole.PUBLICATION, TimeRole.STATEMENT)
# Days that name an event where they have no year: "the attack on January 6".
_NAMED_DAYS = frozenset(((1, 6), (9, 11), (10, 7)))


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
        if self.first is None or self.last is None:
            return self.first or date.min, self.last or date.max
        return self.first - _NEAR_BEFORE, self.last + _NEAR_AFTER


@dataclass(frozen=True, slots=True)
class QuestionTimes:
    """The times in a question.

    Attributes:
        period: the one that it names; None if it names none, or none that is clear.
        unread: one that was understood only by half, and so bounds nothing; None where there is a
            period, or no such time.
    """

    period: Period | None
    unread: str | None = None


def read_period(text: str, today: date) -> Period | None:
    """Return the period of `read_times`."""
    return read_times(text, today).period


def read_times(text: str, today: date) -> QuestionTimes:
    """Return the times that a question names.

    Args:
        text: The question, in English or Spanish.
        today: The day that "last March" is relative to, in the years 1900 to 2200.
    """
    plain = " ".join(text.split())
    vocabulary = language_of(plain)
    found = time_expressions(without_quotations(plain), vocabulary, today)
    if period := _period(plain, found, today, vocabulary):
        return QuestionTimes(period)
    unclear = (each for each in found if not (each.is_clear or each.is_qualified))
    return QuestionTimes(None, next((plain[each.start : each.end] for each in unclear), None))


def _period(
    plain: str, expressions: list[TimeExpression], today: date, vocabulary: TimeVocabulary
) -> Period | None:
    """The period that a question with these times names, or None if it names none."""
    time = _only(expressions)
    if time is None or (time.first and time.first > today):
        return None
    if _names_something(plain, time, vocabulary):
        return None
    since, until = _bounds(plain, time, today, vocabulary)
    if since or until or (time.bound and time.stands_alone):
        found = Period(plain[time.start : time.end], time.first, time.last, since, until)
    else:
        found = Period(plain[time.core : time.end], *time.span)
    # A time that does not say when it is ("in August") matters only if the answer is from then.
    is_said = time.has_year and time.span != (today, today)
    return found if found.certain or (is_said and (found.first or date.min) <= today) else None


def _only(expressions: list[TimeExpression]) -> TimeExpression | None:
    """The one time that a question asks about; None if there is none, or if that is unclear."""
    if any(not each.is_clear for each in expressions if not each.is_qualified):
        return None
    plain = [each for each in expressions if not each.is_qualified]
    if len(plain) > 1:  # "What did Quill say in 2024 about the 2022 farm bill?"
        plain = [each for each in plain if each.bound or each.is_relative]
    return plain[0] if len(plain) == 1 and plain[0].is_clear else None


def _bounds(
    text: str, time: TimeExpression, today: date, vocabulary: TimeVocabulary
) -> tuple[date | None, date | None]:
    """The first and the last day on which the answer can have been published, where known."""
    role = time_role(text, time.start, time.end, vocabulary)
    if _is_of_publications(text, time, vocabulary):
        role = TimeRole.PUBLICATION
    elif _is_bare(time) or time.bound is Kind.OF:
        if role is not TimeRole.PUBLICATION or not time.has_year:
            return None, None
    elif not time.stands_alone:
        return None, None
    if time.governor in (Kind.BEFORE, Kind.UNTIL):  # "before she was elected in 2018"
        return None, None
    if time.governor and time.bound in (Kind.IN, None):  # "since he was elected in 2018"
        return time.first, None
    if time.bound is Kind.SINCE:  # whatever has happened since a day is published after it
        return time.first, None
    if role in _PUBLISHED:
        return time.first, time.last
    if time.bound in (Kind.BEFORE, Kind.UNTIL):
        return None, None
    if time.is_relative:
        # Whoever asks what happened last month wants what was published from then on.
        is_of_answer = _is_of_answer(text, time, role, today, vocabulary)
        return time.first if is_of_answer else None, None
    happened_then = role is TimeRole.EVENT and time.bound is not None
    return time.first if happened_then else None, None


def _is_bare(time: TimeExpression) -> bool:
    """Whether a time has no preposition and needs one: "crypto 2025", not "said yesterday"."""
    return not time.bound and not time.is_relative and not time.is_short


def _is_of_answer(
    text: str, time: TimeExpression, role: TimeRole, today: date, vocabulary: TimeVocabulary
) -> bool:
    """Whether a relative time is that of the answer, not that of a plan or of a measurement."""
    if refers_to_future(text, vocabulary) or time.span == (today, today):
        return False
    is_measured = time.is_rolling and measures_something(text, vocabulary)
    return not time.is_long or (role is TimeRole.EVENT and not is_measured)


def _names_something(text: str, time: TimeExpression, vocabulary: TimeVocabulary) -> bool:
    """Whether a time is a name, or a part of one: "the attack on January 6", "Project 2025"."""
    if any(letter.isdigit() for letter in text[time.core : time.end]) and not time.has_year:
        return (time.span[0].month, time.span[0].day) in _NAMED_DAYS
    before = folded(text[: time.start].rstrip().rpartition(" ")[2])
    if time.bound is Kind.OF and not time.is_relative:  # "the Farm Bill of 2022"
        return before in vocabulary.named_by_year | vocabulary.counted
    return _is_bare(time) and before in vocabulary.named_by_year


def _is_of_publications(text: str, time: TimeExpression, vocabulary: TimeVocabulary) -> bool:
    """Whether a time modifies publications: "last month's statements"."""
    after = folded(text[time.end :]).removeprefix("'s").strip("?!. ").removeprefix("press ")
    following, _, rest = after.partition(" ")
    return following.strip(",") in vocabulary.publications and not rest.startswith("conference")
