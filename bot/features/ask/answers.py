"""From a question to the message that answers it, and to what users do with the answer."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import discord

from bot.archive_service import Served
from bot.core.ask_context import AskContext
from bot.core.components import Message
from bot.core.errors import AnswerExpired
from bot.core.services import Services
from bot.features.ask.messages import (
    PAGE,
    answer_message,
    further_message,
    rated_message,
    shared_message,
    source_message,
)
from bot.features.ask.request_message import LATEST, request_message
from bot.features.timeline.messages import timeline_chart
from bot.i18n import ENGLISH, Language
from bot.metrics import Outcome
from bot.phrases import english_line
from bot.quoted_passages import passage_ref
from bot.state.answers import AnswerRecord
from bot.state.database import StateUnusable
from embeddings.errors import VerbatimError
from retrieval.errors import UnknownNewsroom
from retrieval.query.requests import RequestKind
from retrieval.query.written_language import is_foreign, written_language
from retrieval.question import Question
from retrieval.ranking.answer import Answer

log = logging.getLogger(__name__)

_FAILED: Outcome = "failed"

STORED = 12  # passages of an answer, for "More passages"


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where somebody acts on an answer; ``server`` is None outside servers."""

    server: int | None
    channel: int | None

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "AnswerPlace":
        """The place of an interaction."""
        return cls(interaction.guild_id, interaction.channel_id)

    def has(self, answer: AnswerRecord) -> bool:
        """Whether an answer was given here: in the same server, or outside of one in the chat."""
        if self.server is None:
            return (answer.server, answer.channel) == (None, self.channel)
        return answer.server == self.server


Send = Callable[[Message], Awaitable[discord.Message]]
"""Sends the message that answers."""


class AnswerFlow:
    """Answers questions, and stores the answers for follow-ups, further passages and feedback."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answers = services.state.answers

    async def answer(
        self,
        question: Question,
        context: AskContext,
        send: Send,
        *,
        private: bool = False,
        echo: bool = False,
    ) -> None:
        """Answer a question, or serve a request.

        Args:
            question: the question; its limit is ignored.
            context: who asks, and where. The newsroom of its settings is searched unless the
                question names one.
            send: sends the answer.
            private: whether only the user sees the answer, and may share it.
            echo: whether to repeat the question above the answer.

        Raises:
            UnknownNewsroom: if the question names an unknown newsroom.
            Exception: what `ArchiveService.respond` and ``send`` raise.
        """
        begun, outcome, id = time.monotonic(), _FAILED, None
        try:
            outcome, id = await self._answer(question, context, send, private=private, echo=echo)
        finally:
            seconds = time.monotonic() - begun
            self._services.questions.add(outcome, seconds)
            named = "a question" if id is None else f"answer {id}"
            log.info("%s: %s in %.2f s", named, outcome, seconds, extra={"answer": id})

    async def _answer(
        self, question: Question, context: AskContext, send: Send, *, private: bool, echo: bool
    ) -> tuple[Outcome, int | None]:
        """Answer; return what became of the question, and the id of what is stored of it."""
        archive = self._services.archive
        newsroom = question.newsroom or context.settings.newsroom
        try:
            asked = replace(question, newsroom=newsroom, limit=STORED)
            answer = await archive.respond(asked, LATEST)
        except UnknownNewsroom:
            if question.newsroom:
                raise
            # Nothing by the newsroom of the server's settings is published any more.
            answer = await archive.respond(replace(question, limit=STORED), LATEST)
        if isinstance(answer, Served):
            message = await _request_message(answer, context.language, echo=echo)
            id = await self._store_context(question, context, answer)
            sent = await send(message)
            if id is not None and not private:
                await self._set_message(id, sent.id)
            return "request", id
        id = await self._store(
            AnswerRecord(
                question=question.text,
                searched=answer.ranking.query.text,
                answered=answer.answered,
                confidence=answer.confidence,
                generation=answer.generation,
                passages=tuple(map(passage_ref, answer.passages)),
                server=context.server,
                channel=context.channel,
                asker=context.user,
            )
        )
        sent = await send(
            answer_message(
                answer,
                context.settings.passages,
                context.language,
                id=id,
                private=private,
                echo=echo,
                note=self._language_note(answer),
            )
        )
        if id is not None and not private:
            # A private answer must not become the context of another person's follow-up.
            await self._set_message(id, sent.id)
        return "answered" if answer.answered else "unanswered", id

    def _language_note(self, answer: Answer) -> str | None:
        """What to tell whoever asks in Spanish what is published in English, in Spanish."""
        asked = written_language(answer.question.text)
        passages = [passage.text for passage in answer.passages]
        if asked == ENGLISH.code or not is_foreign(answer.question.text, passages):
            return None
        return english_line(self._services.languages.for_locale(asked))

    async def find_source(self, text: str, context: AskContext) -> Message:
        """The releases that say what a text says. Raises what `ArchiveService.find_source` does."""
        result = await self._services.archive.find_source(text)
        id = await self._store(
            AnswerRecord(
                question=text,
                searched=text,
                answered=result.found,
                confidence=max((passage.score for passage in result.passages), default=0.0),
                generation=result.generation,
                passages=tuple(map(passage_ref, result.passages)),
                server=context.server,
                channel=context.channel,
                asker=context.user,
                kind="source",
            )
        )
        return source_message(result, context.language, id=id)

    async def further(self, id: int, place: AnswerPlace, rank: int, language: Language) -> Message:
        """Further passages of an answer, from a rank on. Raises `AnswerExpired`."""
        answer = await self._get(id, place)
        rank = max(1, min(rank, len(answer.passages)))
        refs = answer.passages[rank - 1 : rank - 1 + PAGE]
        found = await self._services.archive.restore_passages(refs, rank)
        return further_message(
            found, id, rank, len(answer.passages), language, answered=answer.answered
        )

    async def share(
        self, id: int, place: AnswerPlace, sharer: str, language: Language, send: Send
    ) -> None:
        """Send a private answer to everybody on behalf of ``sharer``. Raises `AnswerExpired`."""
        answer = await self._get(id, place)
        limit = self._services.state.servers.get(answer.server).passages
        found = await self._services.archive.restore_passages(answer.passages, 1)
        sent = await send(shared_message(answer, found, limit, sharer, language))
        await self._set_message(id, sent.id)

    async def rate(
        self,
        id: int,
        place: AnswerPlace,
        user: int,
        language: Language,
        *,
        helpful: bool,
        reason: str | None = None,
    ) -> Message:
        """Store a user's verdict on an answer; return thanks, and what has changed of its passages.

        Without a readable index, only the thanks. Raises `AnswerExpired` and `StateUnusable`.
        """
        answer = await self._get(id, place)
        now = datetime.now(UTC)
        rate = self._answers.rate
        if not await asyncio.to_thread(rate, id, user, now, helpful=helpful, reason=reason):
            raise AnswerExpired
        limit = self._services.state.servers.get(answer.server).passages
        try:
            found = await self._services.archive.restore_passages(answer.passages[:limit], 1)
        except VerbatimError as error:  # the verdict is stored, with or without an index
            log.warning("what an answer quotes is not compared with the index: %s", error)
            return rated_message([], language)
        return rated_message(found.changed, language)

    async def _store_context(
        self, question: Question, context: AskContext, served: Served
    ) -> int | None:
        """Let what follows a request, such as thanks, follow up what was asked before it.

        Returns the id of what is stored, if anything.
        """
        if question.previous is None or served.answer.request.topic:
            return None
        return await self._store(
            AnswerRecord(
                question=question.text,
                searched=question.previous,
                answered=False,
                confidence=0.0,
                generation=await self._services.archive.generation(),
                passages=(),
                server=context.server,
                channel=context.channel,
                asker=context.user,
                kind="request",
            )
        )

    async def _store(self, answer: AnswerRecord) -> int | None:
        """Store an answer and return its id; None, and no error, if that is impossible."""
        if not self._services.keep_names:
            answer = replace(answer, asker=None)
        try:
            return await asyncio.to_thread(self._answers.add, answer, datetime.now(UTC))
        except StateUnusable as error:
            log.error("cannot store an answer: %s", error)
            return None

    async def _set_message(self, id: int, message: int) -> None:
        """Store which message an answer was sent as, so that a reply to it is a follow-up."""
        try:
            await asyncio.to_thread(self._answers.set_message, id, message)
        except StateUnusable as error:
            log.error("cannot store an answer: %s", error)

    async def _get(self, id: int, place: AnswerPlace) -> AnswerRecord:
        """An answer, where it was given; elsewhere it is as if there were none."""
        answer = await asyncio.to_thread(self._answers.get, id)
        if answer is None or not place.has(answer):
            raise AnswerExpired
        return answer


async def _request_message(served: Served, language: Language, *, echo: bool) -> Message:
    found, chart = served.answer, None
    if found.timeline and found.request.kind is RequestKind.LIST:
        chart = await asyncio.to_thread(timeline_chart, found.timeline, language)
    return request_message(served, chart, language, echo=echo)
