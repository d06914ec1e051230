"""Which releases are about a topic, and when they were published.

A release is about a topic if a fifth of its passages, and at least two if it has so many, hold all
content words of the topic, title and author counting with each. Only if no release qualifies does
one with a passage whose cosine to the topic is at least `NEAR` count. docs/retrieval.md says what
that finds.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from retrieval.errors import BadQuestion
from retrieval.query.understanding import ParsedQuery
from retrieval.question import Question
from retrieval.ranking.searcher import Searcher
from retrieval.release import Filter, ReleaseInfo
from retrieval.text.tokens import content_words, terms, words

TimelineStep: TypeAlias = Literal["month", "quarter", "year"]

NEAR = 0.4
MOST_BINS = 36  # of months, then of quarters; years are as many as there are
MONTHS: Mapping[TimelineStep, int] = {"month": 1, "quarter": 3, "year": 12}
_ARTICLE = re.compile(r"^(?:the|an?|el|la|los|las)\s+", re.IGNORECASE)
_PASSAGES, _SHARE = 2, 0.2  # of a release; fewer only mention the topic


@dataclass(frozen=True, slots=True)
class Bin:
    """A whole month, quarter or year, ``first`` to ``last``, and how many releases it has."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The releases about a topic, newest first, undated last, and how many there were when.

    ``bins`` follow each other without a gap from the first dated release to the last; their counts
    and ``undated`` sum to the number of ``releases``. ``query`` is the topic as it was understood.
    """

    topic: str
    generation: str
    query: ParsedQuery
    releases: tuple[ReleaseInfo, ...]
    bins: tuple[Bin, ...]
    step: TimelineStep
    undated: int


def timeline(searcher: Searcher, topic: str, allowed: Filter) -> Timeline:
    """The releases about a topic, among those that a filter lets through.

    The topic is parsed like a question: spelling is corrected, a phrase between quotation marks
    must stand in a paragraph, and "since May" filters if ``allowed`` has no dates.

    Raises:
        BadQuestion: if the topic is empty, too long, or only a time.
        UnknownNewsroom: if the filter's newsroom is unknown or ambiguous.
    """
    query = _query(searcher, topic, allowed)
    return _timeline(searcher, topic, query, _about(searcher, query))


def mentions(searcher: Searcher, topic: str, allowed: Filter) -> Timeline:
    """The releases that mention a topic: all its content words stand in each, title included.

    A topic with a single content word among others ("Medicare for All") is a phrase, which must
    stand in a paragraph. Parses the topic, and raises, as `timeline` does.
    """
    query = _query(searcher, topic, allowed)
    return _timeline(searcher, topic, query, _mentioning(searcher, query))


def _query(searcher: Searcher, topic: str, allowed: Filter) -> ParsedQuery:
    return searcher.understand(Question(topic, allowed.since, allowed.until, allowed.newsroom))


def _timeline(searcher: Searcher, topic: str, query: ParsedQuery, chosen: Set[int]) -> Timeline:
    """The releases with these numbers, of those that the query allows."""
    index = searcher.index
    releases = [each for each in index.releases.select(query.filter) if each.number in chosen]
    dates = [each.date for each in releases if each.date]
    step, bins = binned(dates)
    return Timeline(
        topic=topic,
        generation=index.manifest.generation,
        query=query,
        releases=tuple(releases),
        bins=bins,
        step=step,
        undated=len(releases) - len(dates),
    )


def _about(searcher: Searcher, query: ParsedQuery) -> Set[int]:
    """The numbers of the releases that are about the topic."""
    index, subject = searcher.index, _subject(query)
    about = index.releases_about(terms(subject), share=_SHARE, least=_PASSAGES)
    if not about:
        about = index.releases_near(searcher.encoder.encode_queries([subject])[0], NEAR)
    return about & index.releases_with(query.selection)


def _mentioning(searcher: Searcher, query: ParsedQuery) -> Set[int]:
    """The numbers of the releases that mention the topic."""
    index, subject = searcher.index, _subject(query)
    plain = _ARTICLE.sub("", " ".join(subject.split()))
    is_phrase = len(content_words(plain)) == 1 < len(words(plain))
    found = index.releases_quoting(plain) if is_phrase else index.releases_having(terms(subject))
    return found & index.releases_with(query.selection) if query.phrases else found


def _subject(query: ParsedQuery) -> str:
    """The topic without the time that is a filter. Raises `BadQuestion` if nothing is left."""
    text, period = " ".join(query.text.split()), query.period
    subject = text.replace(period.words, " ") if period and period.certain else text
    if not words(subject):
        raise BadQuestion("the topic is only a time. Name what the releases are to be about")
    return subject


def binned(dates: Sequence[date]) -> tuple[TimelineStep, tuple[Bin, ...]]:
    """Count dates by the shortest step that makes no more than `MOST_BINS`, or else by years.

    Without dates there are no bins.
    """
    months = [day.year * 12 + day.month - 1 for day in dates]
    step, size = next(
        (step, size)
        for step, size in MONTHS.items()
        if not months or step == "year" or max(months) // size - min(months) // size < MOST_BINS
    )
    counts = Counter(month // size for month in months)
    numbers = range(min(counts), max(counts) + 1) if counts else ()
    return step, tuple(
        Bin(_first(at * size), _first((at + 1) * size) - timedelta(days=1), counts[at])
        for at in numbers
    )


def _first(month: int) -> date:
    """The first day of a month, counted from the year 0."""
    return date(month // 12, month % 12 + 1, 1)
