"""What serves a request: the newest releases, how many mention a topic, or the list of those.

docs/discord.md shows what each looks like.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from retrieval.query.requests import Request, RequestKind
from retrieval.question import Question
from retrieval.ranking.searcher import Searcher
from retrieval.release import Filter, ReleaseInfo
from retrieval.timeline import Timeline, mentions, timeline

NEWEST = 7  # releases
REASONS: Mapping[RequestKind, str] = {
    RequestKind.GREETING: "this is a greeting",
    RequestKind.THANKS: "this thanks, and asks nothing",
    RequestKind.HELP: "this asks for help",
    RequestKind.TALK: "this asks nothing about the press releases",
    RequestKind.NEWEST: "this asks for the newest releases",
    RequestKind.COUNT: "this asks how many releases mention something",
    RequestKind.LIST: "this asks for a list of releases",
}
"""What each request is instead of a question."""


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """What serves a request.

    Attributes:
        question: the request as asked.
        request: what it is.
        allowed: the days and the newsroom that were searched.
        releases: the releases, newest first: some for `RequestKind.NEWEST`, all for a count or a
            list, none for any other kind.
        outside: whether ``releases`` are older, because none is from these days.
        timeline: those of a count or a list over time.
        milliseconds: the time that it took.
    """

    question: Question
    request: Request
    allowed: Filter = field(default_factory=Filter)
    releases: tuple[ReleaseInfo, ...] = ()
    outside: bool = False
    timeline: Timeline | None = None
    milliseconds: float = 0.0

    @property
    def topic(self) -> str:
        """What the releases are about, without the time that was searched."""
        topic = self.request.topic
        period = self.timeline.query.period if self.timeline else None
        if period and period.certain:
            topic = topic.replace(period.words, " ")
        return " ".join(topic.split())


def serve(searcher: Searcher, question: Question, request: Request) -> RequestAnswer:
    """Serve a request, among the releases that its question lets through.

    Raises:
        BadQuestion: if its topic is only a time.
        UnknownNewsroom: if its newsroom is unknown or ambiguous.
    """
    started = time.perf_counter()
    if request.kind is RequestKind.NEWEST:
        found = _newest(searcher, question, request)
    elif request.topic:
        found = _about(searcher, question, request)
    else:
        found = RequestAnswer(question, request)
    return replace(found, milliseconds=round((time.perf_counter() - started) * 1000, 1))


def _newest(searcher: Searcher, question: Question, request: Request) -> RequestAnswer:
    store = searcher.index.releases
    newsroom = store.newsroom(question.newsroom)
    has_dates = question.since or question.until
    since, until = (question.since, question.until) if has_dates else (request.since, request.until)
    allowed = Filter(since, until, newsroom)
    releases = store.select(allowed, limit=NEWEST)
    outside = not releases and bool(since or until)
    if outside:
        releases = store.select(Filter(newsroom=newsroom), limit=NEWEST)
    return RequestAnswer(question, request, allowed, tuple(releases), outside)


def _about(searcher: Searcher, question: Question, request: Request) -> RequestAnswer:
    counted = mentions if request.kind is RequestKind.COUNT else timeline
    allowed = Filter(question.since, question.until, question.newsroom)
    found = counted(searcher, request.topic, allowed)
    return RequestAnswer(question, request, found.query.filter, found.releases, timeline=found)
