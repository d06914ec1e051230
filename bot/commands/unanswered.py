"""What the releases do not say yet: ``/unanswered``, for managers."""

import asyncio

import discord
from discord import app_commands

from bot.commands.admin import check_manager
from bot.commands.serving import Serving
from bot.messages.message import said
from bot.messages.unanswered import confirm_message, unanswered_file, unanswered_message
from bot.presses import ExportUnanswered, ForgetAll, ForgetQuestion, TurnUnanswered
from bot.router import Handlers, chosen
from bot.sending import add_to, answer_with
from bot.state.answers import Unanswered


class Missing(Serving):
    """The questions of a server that found nothing; only managers see them."""

    def handlers(self) -> Handlers:
        """What the buttons and the menu below the list do."""
        return {
            TurnUnanswered: self.turn,
            ExportUnanswered: self.export,
            ForgetQuestion: self.forget_one,
            ForgetAll: self.forget_all,
        }

    @app_commands.command(description="Questions that found nothing, the most frequent first")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def unanswered(self, interaction: discord.Interaction) -> None:
        """List the questions that found nothing."""
        check_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, 0)

    async def turn(self, interaction: discord.Interaction, press: TurnUnanswered) -> None:
        """Another page of them."""
        check_manager(interaction)
        await interaction.response.defer()
        await self._show(interaction, press.page)

    async def export(self, interaction: discord.Interaction, press: ExportUnanswered) -> None:
        """All of them as CSV."""
        check_manager(interaction)
        await interaction.response.defer()
        language = self.services.language(interaction)
        questions = await self._questions(interaction)
        await add_to(interaction, unanswered_file(questions, language), private=True)

    async def forget_one(self, interaction: discord.Interaction, press: ForgetQuestion) -> None:
        """Delete the question that was chosen."""
        check_manager(interaction)
        await interaction.response.defer()
        answers = self.services.state.answers
        for id in chosen(interaction):
            await asyncio.to_thread(answers.forget_question, _server(interaction), int(id))
        await self._show(interaction, 0)

    async def forget_all(self, interaction: discord.Interaction, press: ForgetAll) -> None:
        """Delete all of them, when asked twice."""
        check_manager(interaction)
        await interaction.response.defer()
        language = self.services.language(interaction)
        if not press.sure:
            count = len(await self._questions(interaction))
            await answer_with(interaction, confirm_message(count, language))
            return
        answers = self.services.state.answers
        await asyncio.to_thread(answers.forget_unanswered, _server(interaction))
        await answer_with(interaction, said(language.say("All of them are deleted.")))

    async def _show(self, interaction: discord.Interaction, page: int) -> None:
        questions = await self._questions(interaction)
        language = self.services.language(interaction)
        await answer_with(interaction, unanswered_message(questions, page, language))

    async def _questions(self, interaction: discord.Interaction) -> list[Unanswered]:
        answers = self.services.state.answers
        return await asyncio.to_thread(answers.unanswered, _server(interaction))


def _server(interaction: discord.Interaction) -> int:
    return interaction.guild_id or 0
