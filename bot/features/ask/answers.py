"""From a question in Discord to the message that answers it, remembered for what follows."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.archive_service import quoted
from bot.core.components import Message
from bot.core.errors import AnswerExpired
from bot.core.services import Services
from bot.features.ask.messages import (
    PAGE,
    answer_message,
    further_message,
    shared_message,
    source_message,
)
from bot.i18n import Language
from bot.state.answers import AnswerRecord
from bot.state.database import StateUnusable
from retrieval.errors import UnknownNewsroom
from retrieval.question import Question
from retrieval.ranking.answer import Answer
from retrieval.source_search import SourceResult

log = logging.getLogger(__name__)

FOUND = 12  # passages that an answer keeps for "More passages"
_CITED = 3


@dataclass(frozen=True, slots=True)
class AskContext:
    """Where somebody asks: in a server or not, in which channel; and who."""

    server: int | None
    channel: int | None
    person: int


@dataclass(frozen=True, slots=True)
class AskRequest:
    """What somebody wants to know. ``newsroom`` None leaves it to the server's settings."""

    text: str
    since: date | None = None
    until: date | None = None
    newsroom: str | None = None
    earlier: AnswerRecord | None = None


@dataclass(frozen=True, slots=True)
class AnswerReply:
    """A message that answers, and the id under which the answer is remembered, if it is."""

    message: Message
    id: int | None


async def answer(
    services: Services,
    wish: AskRequest,
    place: AskContext,
    language: Language,
    *,
    private: bool = False,
    echo: bool = False,
) -> AnswerReply:
    """Answer a question; ``echo`` repeats it above the answer.

    Raises `BadQuestion`, `UnknownNewsroom` and what `ArchiveService.ask` raises.
    """
    settings = services.state.servers.of(place.server)
    newsroom = wish.newsroom or await _still_there(services, settings.newsroom)
    earlier = wish.earlier
    question = Question(
        wish.text,
        wish.since,
        wish.until,
        newsroom,
        previous=earlier.searched if earlier else None,
        cited=tuple(each.release for each in earlier.passages[:_CITED]) if earlier else (),
        limit=FOUND,
    )
    found = await services.archive.ask(question)
    id = await _remember(services, _given(found), place)
    message = answer_message(found, settings.passages, language, id=id, private=private, echo=echo)
    return AnswerReply(message, id)


async def find_source(
    services: Services, text: str, place: AskContext, language: Language
) -> AnswerReply:
    """The releases that say what a message says. Raises as `answer` does."""
    trace = await services.archive.find_source(text)
    id = await _remember(services, _traced(text, trace), place)
    return AnswerReply(source_message(trace, language, id=id), id)


async def sent(services: Services, given: AnswerReply, message: int) -> None:
    """The answer was sent as that message: a reply to it follows it up."""
    if given.id is not None:
        try:
            await asyncio.to_thread(services.state.answers.sent_as, given.id, message)
        except StateUnusable as error:
            log.error("%s", error)


async def further(services: Services, id: int, rank: int, language: Language) -> Message:
    """More passages of a remembered answer, from a rank on. Raises `AnswerExpired`."""
    known = await recall(services, id)
    some = known.passages[rank - 1 : rank - 1 + PAGE]
    passages = await services.archive.restored(some, rank)
    return further_message(
        passages, id, rank, len(known.passages), language, answered=known.answered
    )


async def shared(services: Services, id: int, sharer: str, language: Language) -> Message:
    """A remembered answer for everybody, in the name of who shares it."""
    known = await recall(services, id)
    most = services.state.servers.of(known.server).passages
    passages = await services.archive.restored(known.passages, 1)
    return shared_message(known, passages, most, sharer, language)


async def recall(services: Services, id: int) -> AnswerRecord:
    """A remembered answer. Raises `AnswerExpired`."""
    known = await asyncio.to_thread(services.state.answers.get, id)
    if known is None:
        raise AnswerExpired("that answer is forgotten")
    return known


async def _still_there(services: Services, newsroom: str | None) -> str | None:
    """The server's own newsroom, as long as anything of it is published."""
    try:
        return await services.archive.newsroom(newsroom) if newsroom else None
    except UnknownNewsroom:
        return None


async def _remember(services: Services, given: AnswerRecord, place: AskContext) -> int | None:
    """Remember an answer. It is given all the same where that is impossible."""
    record = replace(
        given,
        server=place.server,
        channel=place.channel,
        asker=place.person if services.keep_names else None,
    )
    try:
        return await asyncio.to_thread(services.state.answers.add, record, datetime.now(UTC))
    except StateUnusable as error:
        log.error("%s", error)
        return None


def _given(found: Answer) -> AnswerRecord:
    return AnswerRecord(
        question=found.question.text,
        searched=found.question.searched_text,
        answered=found.answered,
        confidence=found.confidence,
        generation=found.generation,
        passages=tuple(map(quoted, found.passages)),
        server=None,
        channel=None,
    )


def _traced(text: str, trace: SourceResult) -> AnswerRecord:
    return AnswerRecord(
        question=text,
        searched=text,
        answered=trace.found,
        confidence=max((each.score for each in trace.passages), default=0.0),
        generation=trace.generation,
        passages=tuple(map(quoted, trace.passages)),
        server=None,
        channel=None,
        kind="source",
    )
