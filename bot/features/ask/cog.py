"""Asking: ``/ask``, a mention of the bot, and "Find the source" in a message's menu."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Iterator, Sequence

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.core.actions import RateAnswer, ShareAnswer, ShowContext, ShowMore, SubmitReason
from bot.core.components import Message, text_message
from bot.core.errors import SEND_ERRORS, AnswerExpired, error_text
from bot.core.options import (
    NEWSROOM,
    SINCE,
    UNTIL,
    Day,
    Name,
    everywhere,
    for_everyone,
    narrowing,
    since_day,
    until_day,
)
from bot.core.router import FeatureCog, Handlers, typed
from bot.core.sending import edit_reply, send_followup, send_message
from bot.core.services import Services
from bot.features.ask import answers as answering
from bot.features.ask.answers import AskContext, AskRequest
from bot.features.releases.messages import context_message
from bot.i18n import Language
from bot.state.answers import AnswerRecord
from bot.state.database import StateUnusable
from retrieval.question import MAX_CHARACTERS

log = logging.getLogger(__name__)

_REASON = 500  # characters


class AskCog(FeatureCog):
    """Questions and their answers."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        super().__init__(services)
        self._client = client
        self.menu = app_commands.ContextMenu(
            name="Find the source",
            callback=self.find_source,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    def handlers(self) -> Handlers:
        """What the buttons under an answer do."""
        return {
            ShowMore: self.show_more,
            ShowContext: self.show_context,
            ShareAnswer: self.share,
            RateAnswer: self.judge,
            SubmitReason: self.note_reason,
        }

    @app_commands.command(description="Ask the press releases; the answer is quoted from them")
    @app_commands.describe(
        question="What you want to know",
        since=SINCE,
        until=UNTIL,
        newsroom=NEWSROOM,
        private="Show the answer only to me",
    )
    @narrowing
    @everywhere
    @for_everyone
    async def ask(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, MAX_CHARACTERS],
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
        private: bool | None = None,
    ) -> None:
        """Answer in the channel, or only to who asks."""
        self.services.admit(interaction)
        if private is None:
            private = self.services.state.servers.of(interaction.guild_id).private
        await interaction.response.defer(ephemeral=private, thinking=True)
        given = await answering.answer(
            self.services,
            AskRequest(question, since_day(since), until_day(until), newsroom),
            _place(interaction),
            self.services.language(interaction),
            private=private,
            echo=True,
        )
        sent = await edit_reply(interaction, given.message)
        await answering.sent(self.services, given, sent.id)

    async def find_source(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Show, only to who wants to know, which releases say what a message says."""
        self.services.admit(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = self.services.language(interaction)
        place = _place(interaction)
        given = await answering.find_source(self.services, _text(message), place, language)
        await edit_reply(interaction, given.message)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that mentions the bot, or that is a direct message."""
        me, in_flight = self._client.user, self.services.in_flight
        if me is None or message.author.bot or message.is_system() or in_flight.closing:
            return
        if message.guild and me not in message.mentions:
            return
        in_flight.begin(message.id)
        # Beside the answer, which need not wait until Discord has taken this.
        typing = asyncio.create_task(_type_in(message.channel), name="typing")
        try:
            await self._answer(message, _without_mentions(message.content, me.id))
        except SEND_ERRORS as error:
            log.warning("could not answer in channel %d: %s", message.channel.id, error)
        finally:
            typing.cancel()
            in_flight.end(message.id)

    # -- buttons ------------------------------------------------------------------------------

    async def show_more(self, interaction: discord.Interaction, action: ShowMore) -> None:
        """Further passages, only to who wants to see them."""
        if action.here:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        language = self.services.language(interaction)
        message = await answering.further(self.services, action.answer, action.rank, language)
        await edit_reply(interaction, message)

    async def show_context(self, interaction: discord.Interaction, action: ShowContext) -> None:
        """A paragraph among its neighbours, only to who wants to see it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        release, at = await self.services.archive.place(
            action.release, action.paragraph, action.check
        )
        await edit_reply(
            interaction, context_message(release, at, self.services.language(interaction))
        )

    async def share(self, interaction: discord.Interaction, action: ShareAnswer) -> None:
        """Show a private answer to the channel."""
        await interaction.response.defer()
        language = self.services.language(interaction)
        sharer = interaction.user.mention
        message = await answering.shared(self.services, action.answer, sharer, language)
        sent = await send_followup(interaction, message, private=False)
        shown = answering.AnswerReply(message, action.answer)
        await answering.sent(self.services, shown, sent.id)

    async def judge(self, interaction: discord.Interaction, action: RateAnswer) -> None:
        """Note that an answer is helpful, or ask why it is not."""
        language = self.services.language(interaction)
        if not action.helpful:
            await interaction.response.send_modal(_reason_dialogue(action.answer, language))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._note(interaction, action.answer, helpful=True, reason=None)

    async def note_reason(self, interaction: discord.Interaction, action: SubmitReason) -> None:
        """Note why an answer is not helpful."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._note(interaction, action.answer, helpful=False, reason=typed(interaction))

    async def _note(
        self, interaction: discord.Interaction, answer: int, *, helpful: bool, reason: str | None
    ) -> None:
        known = await asyncio.to_thread(
            self.services.state.answers.judge,
            answer,
            interaction.user.id,
            discord.utils.utcnow(),
            helpful=helpful,
            reason=reason or None,
        )
        if not known:
            raise AnswerExpired("that answer is forgotten")
        language = self.services.language(interaction)
        await edit_reply(interaction, text_message(language.say("Thank you, I have noted that.")))

    # -- messages -----------------------------------------------------------------------------

    async def _answer(self, message: discord.Message, text: str) -> None:
        guild = message.guild
        language = self.services.languages.of(guild.preferred_locale.value if guild else None)
        place = AskContext(guild.id if guild else None, message.channel.id, message.author.id)
        given = answering.AnswerReply(_how_to_ask(language), None)
        if text:
            try:
                parent = getattr(message.channel, "parent_id", None)
                self.services.rate_limiter.admit(place.person, place.server, place.channel, parent)
                wish = AskRequest(text, earlier=await self._earlier(message))
                given = await answering.answer(self.services, wish, place, language)
            except Exception as error:
                given = answering.AnswerReply(text_message(error_text(error, language)), None)
        sent = await send_message(message.channel, given.message, answering=message)
        await answering.sent(self.services, given, sent.id)

    async def _earlier(self, message: discord.Message) -> AnswerRecord | None:
        """The answer that a message follows up: the one it replies to, or the last of its thread.

        A thread that was started from a message has that message's id. In a direct message the
        last answer counts as well.
        """
        answers, channel = self.services.state.answers, message.channel.id

        def look() -> AnswerRecord | None:
            if message.reference and message.reference.message_id:
                return answers.sent(message.reference.message_id)
            if message.guild is None:
                return answers.last_in(channel)
            start = answers.sent(channel)
            return (answers.last_in(channel) or start) if start else None

        try:
            return await asyncio.to_thread(look)
        except StateUnusable as error:
            log.error("%s", error)
            return None


async def _type_in(channel: discord.abc.Messageable) -> None:
    """Show that an answer is being written."""
    with contextlib.suppress(*SEND_ERRORS):
        await channel.typing()


def _place(interaction: discord.Interaction) -> AskContext:
    return AskContext(interaction.guild_id, interaction.channel_id, interaction.user.id)


def _how_to_ask(language: Language) -> Message:
    return text_message(
        language.say(
            "Ask me something about the press releases, and I quote the passages that answer."
        )
    )


def _reason_dialogue(answer: int, language: Language) -> ui.Modal:
    dialogue = ui.Modal(
        title=language.say("What was not helpful?"),
        custom_id=SubmitReason(answer).custom_id,
        timeout=None,
    )
    field = ui.TextInput[ui.Modal](
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=_REASON,
        custom_id="reason",
        placeholder=language.say("Wrong passage, out of date, something is missing …"),
    )
    dialogue.add_item(ui.Label(text=language.say("Why (if you like)"), component=field))
    dialogue.stop()  # what is sent off says itself what it is about
    return dialogue


def _text(message: discord.Message) -> str:
    """All that a message says, what it forwards included."""
    said: Sequence[discord.Message | discord.MessageSnapshot] = [
        message,
        *message.message_snapshots,
    ]
    parts: list[str | None] = []
    for each in said:
        parts.append(each.content)
        for embed in each.embeds:
            parts += [embed.title, embed.description]
        parts += _texts(each.components)
    return "\n".join(part for part in parts if part)[:MAX_CHARACTERS]


def _texts(components: Sequence[object]) -> Iterator[str]:
    """The texts of a layout."""
    for each in components:
        if isinstance(each, discord.TextDisplay):
            yield each.content
        yield from _texts(getattr(each, "children", ()))


def _without_mentions(content: str, me: int) -> str:
    return re.sub(rf"<@!?{me}>", " ", content).strip()
