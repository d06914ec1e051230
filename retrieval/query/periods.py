"""The time that a question names, and what it implies for the date of the answer.

A time in a question has one of several roles (`retrieval.query.time_roles`), which bound the date
of publication differently:

- The question asks what was published, or said, at that time: "press releases from March 2024",
  "what did Quill say in 2023". The answer was published within exactly these days.
- It asks what happened then: "how many voted in 2020". The answer may have been published at any
  later time, but hardly more than `_ANNOUNCEMENT_LEAD` earlier: the span is a bound on one side.
- It only mentions a time: "the 2022 farm bill", "what would it cost in 2020". That implies no
  bound; at most, releases of about that time are to be preferred.

A time that is understood only by half gives no period at all: one that is negated ("but not in
2025"), that something unread touches ("the week after March 5, 2024"), that qualifies something
else ("fiscal year 2024", "by 2030"), that is in the future, or that is one of several.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.query.calendar_spans import Span
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

_ANNOUNCEMENT_LEAD = timedelta(days=31)  # an event may be announced before it happens
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


def read_period(text: str, today: date) -> Period | None:
    """Return the period that a question names, or None if it names none.

    Args:
        text: The question, in English or Spanish.
        today: The day that "last March" is relative to, in the years 1900 to 2200.
    """
    plain = " ".join(text.split())
    vocabulary = language_of(plain)
    expression = _only(time_expressions(plain, vocabulary, today))
    if expression is None or (expression.first and expression.first > today):
        return None
    role = time_role(plain, expression.start, expression.end, vocabulary)
    return _period(plain, expression, role, today, vocabulary)


def _only(expressions: list[TimeExpression]) -> TimeExpression | None:
    """The one time that a question asks about; None if there is none, or if that is unclear."""
    if any(not each.is_clear for each in expressions if not each.is_qualified):
        return None
    plain = [each for each in expressions if not each.is_qualified]
    if len(plain) > 1:  # "What did Quill say in 2024 about the 2022 farm bill?"
        plain = [each for each in plain if each.bound or each.is_relative]
    return plain[0] if len(plain) == 1 and plain[0].is_clear else None


def _period(
    text: str, time: TimeExpression, role: TimeRole, today: date, vocabulary: TimeVocabulary
) -> Period | None:
    """The period of a clear time in a role."""
    first, last = time.first, time.last
    words = text[time.start : time.end]
    mentioned = None
    if time.has_year and time.bound and time.stands_alone:
        mentioned = Period(words, first, last)
    elif time.has_year and time.span[0] <= today:
        mentioned = Period(text[time.core : time.end], *time.span)
    if time.span == (today, today) and role not in _PUBLISHED:
        return None  # "the veterans of today"
    if _is_of_publications(text, time, vocabulary):
        role = TimeRole.PUBLICATION
    elif not time.bound and not time.is_relative and not time.is_day:
        if _names_something(text, time, vocabulary):
            return None
        if role is not TimeRole.PUBLICATION or not time.has_year:
            return mentioned
    elif not time.stands_alone:
        return mentioned
    if time.bound is Kind.OF and role is not TimeRole.PUBLICATION:
        return mentioned
    if not time.has_year and first and (first.month, first.day) in _NAMED_DAYS and time.is_day:
        return None
    if time.bound is Kind.SINCE:
        # Whatever has happened since a day is published after it, in every role.
        return Period(words, first, last, since=first)
    if role in _PUBLISHED:
        return Period(words, first, last, since=first, until=last)
    if not time.has_year and role is TimeRole.MENTION:
        return None
    if time.bound in (Kind.BEFORE, Kind.UNTIL):
        return mentioned
    if time.bound is Kind.AFTER:
        return Period(words, first, last, since=first) if role is TimeRole.EVENT else mentioned
    if time.is_relative and first:
        if not _is_of_answer(text, time, role, vocabulary):
            return mentioned
        # Whoever asks what happened last month wants what was published from then on.
        return Period(words, first, last, since=first)
    if role is TimeRole.EVENT and first:
        return Period(words, first, last, since=first - _ANNOUNCEMENT_LEAD)
    return mentioned


def _is_of_answer(
    text: str, time: TimeExpression, role: TimeRole, vocabulary: TimeVocabulary
) -> bool:
    """Whether a relative time is that of the answer, not that of a plan or of a measurement."""
    if refers_to_future(text, vocabulary):
        return False
    is_measured = time.is_rolling and measures_something(text, vocabulary)
    return not time.is_long or (role is TimeRole.EVENT and not is_measured)


def _names_something(text: str, time: TimeExpression, vocabulary: TimeVocabulary) -> bool:
    """Whether a bare time is a part of a name: "Project 2025"."""
    before = folded(text[: time.start].rstrip().rpartition(" ")[2])
    return before in vocabulary.named_by_year


def _is_of_publications(text: str, time: TimeExpression, vocabulary: TimeVocabulary) -> bool:
    """Whether a time modifies publications: "last month's statements"."""
    after = folded(text[time.end :]).removeprefix("'s").strip("?!. ").removeprefix("press ")
    following, _, rest = after.partition(" ")
    return following.strip(",") in vocabulary.publications and not rest.startswith("conference")
