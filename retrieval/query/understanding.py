"""What a question asks for: its subject, and when, whose, how recent, and in which very words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from retrieval.index.index import Index
from retrieval.index.names import NamedParties
from retrieval.index.scored_passages import Selection
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.query.follow_up import Reading, Relation, readings
from retrieval.query.periods import Period, read_times
from retrieval.query.quotations import has_unread_marks, quoted_phrases, unused_phrases
from retrieval.query.time_expressions import is_time_word
from retrieval.query.time_tokens import language_of
from retrieval.question import MAX_CHARACTERS, Question
from retrieval.release import Filter
from retrieval.text.tokens import terms
from retrieval.text.word_lists import word_list

_MAX_TERMS = 100  # that are searched for; a question of 200 words has fewer
_LATEST = re.compile(
    r"(?<!at the )(?<!at )\b(?:latest|newest|most recent(?:ly)?|recently)\b"
    r"|\b(?:right now|currently|these days|nowadays)\b|\b(?:is|are|stands?) now\b|\bnow\W*$"
    r"|\b(?:últim[oa]s?|más recientes?|recientemente|actualmente|hoy en día)\b|\bahora\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A question as it is searched for: what is encoded, matched, filtered and preferred.

    Attributes:
        question: the question as asked.
        text: what is encoded: spelling corrected, and with what the question replaces in the
            previous one or takes from it.
        spelling: the corrections that were made.
        idf: the inverse document frequency of each term of ``text``, the 100 rarest of more.
        filter: the releases to search, by the question's options or else by the dates it names.
        period: the time that it names.
        latest: whether it asks for the newest.
        named: the members and newsrooms that it names. These are preferred, not required.
        phrases: the texts between quotation marks, which a passage must contain.
        unused_phrases: how many more such texts it has, which a passage need not contain.
        unread_marks: whether it has quotation marks besides that quote nothing.
        unread_time: a time in it that was understood only by half, and so bounds nothing.
        context: the releases that the previous question found, by number, with their ranks from 1,
            where the question asks something else about the same.
        reading: how the question relates to the previous one; None for a text that is no question.
    """

    question: Question
    text: str
    spelling: SpellingCorrection
    idf: Mapping[str, float]
    filter: Filter = field(default_factory=Filter)
    period: Period | None = None
    latest: bool = False
    named: NamedParties = field(default_factory=NamedParties)
    phrases: tuple[str, ...] = ()
    unused_phrases: int = 0
    unread_marks: bool = False
    unread_time: str | None = None
    context: Mapping[int, int] = field(default_factory=dict)
    reading: Reading | None = None

    @property
    def selection(self) -> Selection:
        """The passages that the filter and the phrases allow."""
        return Selection(self.filter, self.phrases)

    @property
    def asked(self) -> str:
        """The part of ``text`` that asks; the rest only tells what about."""
        return self.reading.asked if self.reading else self.text

    @property
    def relation(self) -> Relation:
        """How the question relates to the previous one."""
        return self.reading.relation if self.reading else Relation.NEW

    @property
    def follows_up(self) -> bool:
        """Whether ``text`` has a part of the previous question."""
        return self.relation is not Relation.NEW

    @property
    def filters_by_period(self) -> bool:
        """Whether the dates of ``filter`` are those of ``period``, not the question's options."""
        has_options = self.question.since is not None or self.question.until is not None
        return not has_options and bool(self.filter.since or self.filter.until)


def parse_readings(question: Question, index: Index, today: date) -> tuple[ParsedQuery, ...]:
    """Parse a question against an index, without the releases that the previous one found.

    Args:
        question: any question; none is refused.
        index: where its words, names and newsroom are looked up.
        today: the day from which relative times such as "last March" are reckoned.

    Returns:
        What it means; or, where its words alone cannot tell whether it follows up the previous
        question, both of what it may mean.

    Raises:
        UnknownNewsroom: if its newsroom is unknown or ambiguous.
    """
    spelling = index.vocabulary.corrected(
        question.text, index.names.parts, is_time_word, _word_check(question.text)
    )
    previous = (question.previous or "")[:MAX_CHARACTERS]
    found = readings(spelling.text, previous, index.names, today)
    return tuple(_parsed(each, question, spelling, index, today) for each in found)


def _word_check(question: str) -> Callable[[str], bool]:
    """What tells whether a folded word is an English one, or Spanish as the question is."""

    @cache  # the question is read once, not for each of its words
    def is_spanish() -> bool:
        return language_of(question).code == "es"

    return lambda word: word in word_list("en") or (is_spanish() and word in word_list("es"))


def _parsed(
    reading: Reading,
    question: Question,
    spelling: SpellingCorrection,
    index: Index,
    today: date,
) -> ParsedQuery:
    # A time or a phrase of the previous question binds a question that replaces something else in
    # it, and not one that asks something else: what that finds may be of another day.
    times = read_times(reading.asked, today)
    # A phrase is meant as it is written.
    written = reading.asked if reading.relation is Relation.REPLACES else question.text
    return ParsedQuery(
        question=question,
        text=reading.text,
        spelling=spelling,
        idf=_idf(index, reading.text),
        filter=_filter(question, times.period, index),
        period=times.period,
        latest=asks_for_latest(reading.asked),
        named=index.names.found_in(reading.text),
        phrases=quoted_phrases(written),
        unused_phrases=unused_phrases(written),
        unread_marks=has_unread_marks(written),
        unread_time=times.unread,
        reading=reading,
    )


def literal_query(text: str, index: Index) -> ParsedQuery:
    """A text to search for as it is: nothing is corrected, filtered or preferred.

    Raises:
        BadQuestion: if there is nothing to search for.
    """
    return ParsedQuery(Question(text), text, SpellingCorrection(text), _idf(index, text))


def asks_for_latest(text: str) -> bool:
    """Whether a question asks for the newest: "the latest on …", but not "at the latest"."""
    return _LATEST.search(text) is not None


def _idf(index: Index, text: str) -> dict[str, float]:
    """The terms of a text with their idf; of very many the rarest, which say the most."""
    found = index.idf(terms(text))
    rarest = frozenset(sorted(found, key=found.__getitem__, reverse=True)[:_MAX_TERMS])
    return {term: idf for term, idf in found.items() if term in rarest}


def _filter(question: Question, period: Period | None, index: Index) -> Filter:
    """The filter of the options; or, where these name no dates, of the period in the question."""
    newsroom = index.releases.newsroom(question.newsroom)
    if question.since or question.until or period is None or not period.certain:
        return Filter(question.since, question.until, newsroom)
    undated = index.releases.has_undated()
    return Filter(period.since, period.until, newsroom, undated=undated)
