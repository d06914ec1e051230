"""Asking: ``/ask`` and a mention of the bot."""

import contextlib
import logging
import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.commands.options import NEWSROOM, SINCE, UNTIL, Day, Name, optional_day
from bot.desk import Desk
from bot.render import Message, answer_message
from bot.replies import apology
from retrieval.question import MAX_CHARACTERS, Question

log = logging.getLogger(__name__)

HOW_TO_ASK = "Ask me something about the press releases, and I quote the passages that answer."


class Asking(commands.Cog):
    """Questions and their answers."""

    def __init__(self, client: discord.Client, desk: Desk) -> None:
        self._client = client
        self._desk = desk

    @app_commands.command(description="Ask the press releases; the answer is quoted from them")
    @app_commands.describe(
        question="What you want to know",
        since=SINCE,
        until=UNTIL,
        newsroom=NEWSROOM,
        private="Show the answer only to me",
    )
    async def ask(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, MAX_CHARACTERS],
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
        private: bool = False,
    ) -> None:
        """Answer in the channel, or only to who asks."""
        await interaction.response.defer(ephemeral=private, thinking=True)
        asked = Question(question, optional_day(since), optional_day(until), newsroom)
        message = answer_message(await self._desk.ask(asked))
        await interaction.edit_original_response(
            content=message.content, embeds=message.embeds, view=message.view()
        )

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that mentions the bot, or that is a direct message."""
        me = self._client.user
        if me is None or message.author.bot or message.is_system():
            return
        if message.guild and me not in message.mentions:
            return
        with contextlib.suppress(discord.HTTPException):
            await message.channel.typing()
        reply = await self._reply(_without_mentions(message.content, me.id))
        await message.channel.send(
            reply.content,
            embeds=reply.embeds,
            view=reply.view() or discord.utils.MISSING,
            # The question may have been deleted meanwhile.
            reference=message.to_reference(fail_if_not_exists=False),
            mention_author=False,
        )

    async def _reply(self, text: str) -> Message:
        if not text:
            return Message(HOW_TO_ASK)
        try:
            return answer_message(await self._desk.ask(Question(text)))
        except Exception as error:
            return Message(apology(error))


def _without_mentions(content: str, me: int) -> str:
    return re.sub(rf"<@!?{me}>", " ", content).strip()
