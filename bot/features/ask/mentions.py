"""Questions in messages: mentions of the bot, and direct messages."""

import asyncio
import contextlib
import logging
import re

import discord
from discord.ext import commands

from bot.core.cog import FeatureCog
from bot.core.components import Message, text_message
from bot.core.errors import SEND_ERRORS, error_text
from bot.core.sending import send_message
from bot.core.services import Services
from bot.features.ask.answers import AnswerFlow
from bot.phrases import help_line
from bot.state.answers import AnswerRecord
from bot.state.database import StateUnusable
from retrieval.question import Question

log = logging.getLogger(__name__)

_CITED = 3  # passages of the previous answer that are the context of a follow-up


class MentionsCog(FeatureCog):
    """Replies to mentions and direct messages."""

    def __init__(self, client: discord.Client, services: Services, answers: AnswerFlow) -> None:
        super().__init__(services)
        self._client = client
        self._answers = answers

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message if it mentions the bot, or is a direct message."""
        user, in_flight = self._client.user, self.services.in_flight
        if user is None or message.author.bot or message.is_system() or in_flight.closing:
            return
        if message.guild and user not in message.mentions:
            return
        if not self.services.deliveries.is_first(message.id):
            return
        in_flight.begin(message.id)
        # In a task, so that the answer does not wait for Discord to accept this.
        typing = asyncio.create_task(_show_typing(message.channel), name="typing")
        try:
            await self._answer(message, _without_mentions(message.content, user.id))
        except SEND_ERRORS as error:
            log.warning("cannot answer in channel %d: %s", message.channel.id, error)
        finally:
            typing.cancel()
            in_flight.end(message.id)

    async def _answer(self, message: discord.Message, text: str) -> None:
        context = self.services.message_context(message)

        async def send(answer: Message) -> discord.Message:
            return await send_message(message.channel, answer, reply_to=message)

        if not text:
            await send(text_message(help_line(context.language)))
            return
        try:
            self.services.rate_limiter.admit(context)
            question = _follow_up(text, await self._previous(message))
            await self._answers.answer(question, context, send)
        except SEND_ERRORS:
            raise
        except Exception as error:
            await send(text_message(error_text(error, context.language)))

    async def _previous(self, message: discord.Message) -> AnswerRecord | None:
        """The answer that a message follows up, if any.

        It is the answer that the message replies to, or the latest one in the same thread if the
        thread started from an answer: such a thread has the id of its first message. In a direct
        message the latest answer counts as well.
        """
        answers, channel = self.services.state.answers, message.channel.id

        def look_up() -> AnswerRecord | None:
            if message.reference and message.reference.message_id:
                return answers.by_message(message.reference.message_id)
            if message.guild is None:
                return answers.latest_in(channel)
            first = answers.by_message(channel)
            return (answers.latest_in(channel) or first) if first else None

        try:
            return await asyncio.to_thread(look_up)
        except StateUnusable as error:
            log.error("cannot look up the previous answer: %s", error)
            return None


def _follow_up(text: str, previous: AnswerRecord | None) -> Question:
    """A question with the context of the previous answer. Raises `BadQuestion`."""
    if previous is None:
        return Question(text)
    cited = tuple(passage.release for passage in previous.passages[:_CITED])
    return Question(text, previous=previous.searched, cited=cited)


async def _show_typing(channel: discord.abc.Messageable) -> None:
    with contextlib.suppress(*SEND_ERRORS):
        await channel.typing()


def _without_mentions(content: str, user: int) -> str:
    return re.sub(rf"<@!?{user}>", " ", content).strip()
