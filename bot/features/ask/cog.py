"""``/ask`` and "Find the source", and the buttons below an answer."""

from collections.abc import Iterator, Sequence

import discord
from discord import app_commands

from bot.core.actions import RateAnswer, ShareAnswer, ShowMore, SubmitReason
from bot.core.cog import FeatureCog, Handlers, for_everyone
from bot.core.inputs import submitted_text
from bot.core.options import Day, Name, date_bounds, filter_options
from bot.core.reply import Reply, defer_message, defer_page, defer_update, open_modal
from bot.core.services import Services
from bot.features.ask.answers import AnswerFlow, AnswerPlace
from bot.features.ask.messages import MAX_REASON, reason_modal
from retrieval.question import MAX_CHARACTERS, Question


class AskCog(FeatureCog):
    """Questions by command, and what users do with an answer."""

    def __init__(self, services: Services, answers: AnswerFlow) -> None:
        super().__init__(services)
        self._answers = answers
        # discord.py has no decorator for context menus in cogs.
        self.find_source_menu = for_everyone(
            app_commands.ContextMenu(name="Find the source", callback=self.find_source)
        )

    def handlers(self) -> Handlers:
        """The buttons below an answer."""
        return {
            ShowMore: self.show_more,
            ShareAnswer: self.share,
            RateAnswer: self.rate,
            SubmitReason: self.submit_reason,
        }

    @app_commands.command(description="Ask the press releases; the answer is quoted from them")
    @app_commands.describe(question="What you want to know", private="Show the answer only to me")
    @filter_options
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
        """Answer a question, in the channel or to the user alone."""
        context = self.services.ask_context(interaction)
        self.services.rate_limiter.admit(context)
        private = context.settings.private if private is None else private
        reply = await defer_message(interaction, private=private)
        asked = Question(question, *date_bounds(since, until, reply.language), newsroom)
        await self._answers.answer(asked, context, reply.edit, private=private, echo=True)

    async def find_source(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Show the releases that say what a message says, to the user alone."""
        context = self.services.ask_context(interaction)
        self.services.rate_limiter.admit(context)
        reply = await defer_message(interaction, private=True)
        await reply.edit(await self._answers.find_source(_message_text(message), context))

    # -- components ---------------------------------------------------------------------------

    async def show_more(self, interaction: discord.Interaction, action: ShowMore) -> None:
        """Show further passages to the user alone."""
        reply = await defer_page(interaction, in_place=bool(action.in_place))
        place, language = AnswerPlace.of(interaction), reply.language
        await reply.edit(await self._answers.further(action.answer, place, action.rank, language))

    async def share(self, interaction: discord.Interaction, action: ShareAnswer) -> None:
        """Show a private answer to the channel."""
        reply = await defer_update(interaction)
        place, sharer = AnswerPlace.of(interaction), interaction.user.mention
        await self._answers.share(action.answer, place, sharer, reply.language, reply.follow_up)

    async def rate(self, interaction: discord.Interaction, action: RateAnswer) -> None:
        """Store that an answer is helpful, or ask why it is not."""
        if action.helpful:
            reply = await defer_message(interaction, private=True)
            await self._rate(reply, action.answer, helpful=True)
        else:
            language = self.services.language(interaction)
            await open_modal(interaction, reason_modal(action.answer, language))

    async def submit_reason(self, interaction: discord.Interaction, action: SubmitReason) -> None:
        """Store that an answer is not helpful, and why."""
        reply = await defer_message(interaction, private=True)
        reason = submitted_text(interaction)[:MAX_REASON] or None
        await self._rate(reply, action.answer, helpful=False, reason=reason)

    async def _rate(
        self, reply: Reply, answer: int, *, helpful: bool, reason: str | None = None
    ) -> None:
        place, user = AnswerPlace.of(reply.interaction), reply.interaction.user.id
        thanks = await self._answers.rate(
            answer, place, user, reply.language, helpful=helpful, reason=reason
        )
        await reply.edit(thanks)


def _message_text(message: discord.Message) -> str:
    """The text of a message, with that of its embeds, its layout and what it forwards."""
    sources: Sequence[discord.Message | discord.MessageSnapshot] = [
        message,
        *message.message_snapshots,
    ]
    texts: list[str | None] = []
    for source in sources:
        texts.append(source.content)
        for embed in source.embeds:
            texts += [embed.title, embed.description]
        texts += _component_texts(source.components)
    return "\n".join(text for text in texts if text)[:MAX_CHARACTERS]


def _component_texts(components: Sequence[object]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.TextDisplay):
            yield component.content
        yield from _component_texts(getattr(component, "children", ()))
