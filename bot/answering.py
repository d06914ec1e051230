"""From a question in Discord to the message that answers it, remembered for what follows."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.desk import quoted
from bot.language import Language
from bot.messages.answer import (
    PAGE,
    answer_message,
    further_message,
    shared_message,
    source_message,
)
from bot.messages.message import Message
from bot.replies import AnswerForgotten
from bot.services import Services
from bot.state.answers import GivenAnswer
from bot.state.database import StateUnusable
from retrieval.answer import Answer
from retrieval.errors import UnknownNewsroom
from retrieval.question import Question
from retrieval.tracing import Trace

log = logging.getLogger(__name__)

FOUND = 12  # passages that an answer keeps for "More passages"
_CITED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asks: in a server or not, in which channel; and who."""

    server: int | None
    channel: int | None
    person: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to know. ``newsroom`` None leaves it to the server's settings."""

    text: str
    since: date | None = None
    until: date | None = None
    newsroom: str | None = None
    earlier: GivenAnswer | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A message that answers, and the id under which the answer is remembered, if it is."""

    message: Message
    id: int | None


async def answer(
    services: Services,
    wish: Wish,
    place: Place,
    language: Language,
    *,
    private: bool = False,
    echo: bool = False,
) -> Given:
    """Answer a question; ``echo`` repeats it above the answer.

    Raises `BadQuestion`, `UnknownNewsroom` and what `Desk.ask` raises.
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
    found = await services.desk.ask(question)
    id = await _remember(services, _given(found), place)
    message = answer_message(found, settings.passages, language, id=id, private=private, echo=echo)
    return Given(message, id)


async def find_source(services: Services, text: str, place: Place, language: Language) -> Given:
    """The releases that say what a message says. Raises as `answer` does."""
    trace = await services.desk.trace(text)
    id = await _remember(services, _traced(text, trace), place)
    return Given(source_message(trace, language, id=id), id)


async def sent(services: Services, given: Given, message: int) -> None:
    """The answer was sent as that message: a reply to it follows it up."""
    if given.id is not None:
        try:
            await asyncio.to_thread(services.state.answers.sent_as, given.id, message)
        except StateUnusable as error:
            log.error("%s", error)


async def further(services: Services, id: int, rank: int, language: Language) -> Message:
    """More passages of a remembered answer, from a rank on. Raises `AnswerForgotten`."""
    known = await recall(services, id)
    some = known.passages[rank - 1 : rank - 1 + PAGE]
    passages = await services.desk.restored(some, rank)
    return further_message(
        passages, id, rank, len(known.passages), language, answered=known.answered
    )


async def shared(services: Services, id: int, sharer: str, language: Language) -> Message:
    """A remembered answer for everybody, in the name of who shares it."""
    known = await recall(services, id)
    most = services.state.servers.of(known.server).passages
    passages = await services.desk.restored(known.passages, 1)
    return shared_message(known, passages, most, sharer, language)


async def recall(services: Services, id: int) -> GivenAnswer:
    """A remembered answer. Raises `AnswerForgotten`."""
    known = await asyncio.to_thread(services.state.answers.get, id)
    if known is None:
        raise AnswerForgotten("that answer is forgotten")
    return known


async def _still_there(services: Services, newsroom: str | None) -> str | None:
    """The server's own newsroom, as long as anything of it is published."""
    try:
        return await services.desk.newsroom(newsroom) if newsroom else None
    except UnknownNewsroom:
        return None


async def _remember(services: Services, given: GivenAnswer, place: Place) -> int | None:
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


def _given(found: Answer) -> GivenAnswer:
    return GivenAnswer(
        question=found.question.text,
        searched=found.question.searched_text,
        answered=found.answered,
        confidence=found.confidence,
        generation=found.generation,
        passages=tuple(map(quoted, found.passages)),
        server=None,
        channel=None,
    )


def _traced(text: str, trace: Trace) -> GivenAnswer:
    return GivenAnswer(
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
