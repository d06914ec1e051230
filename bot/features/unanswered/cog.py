"""What the releases do not say yet: ``/unanswered``, for managers."""

import asyncio

import discord
from discord import app_commands

from bot.core.actions import DeleteAllQuestions, DeleteQuestion, ExportUnanswered, ListUnanswered
from bot.core.components import text_message
from bot.core.router import FeatureCog, Handlers, chosen
from bot.core.sending import edit_reply, send_followup
from bot.features.reindex.cog import require_manager
from bot.features.unanswered.messages import confirm_message, unanswered_file, unanswered_message
from bot.state.answers import UnansweredQuestion


class UnansweredCog(FeatureCog):
    """The questions of a server that found nothing; only managers see them."""

    def handlers(self) -> Handlers:
        """What the buttons and the menu below the list do."""
        return {
            ListUnanswered: self.turn,
            ExportUnanswered: self.export,
            DeleteQuestion: self.forget_one,
            DeleteAllQuestions: self.forget_all,
        }

    @app_commands.command(description="Questions that found nothing, the most frequent first")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def unanswered(self, interaction: discord.Interaction) -> None:
        """List the questions that found nothing."""
        require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, 0)

    async def turn(self, interaction: discord.Interaction, action: ListUnanswered) -> None:
        """Another page of them."""
        require_manager(interaction)
        await interaction.response.defer()
        await self._show(interaction, action.page)

    async def export(self, interaction: discord.Interaction, action: ExportUnanswered) -> None:
        """All of them as CSV."""
        require_manager(interaction)
        await interaction.response.defer()
        language = self.services.language(interaction)
        questions = await self._questions(interaction)
        await send_followup(interaction, unanswered_file(questions, language), private=True)

    async def forget_one(self, interaction: discord.Interaction, action: DeleteQuestion) -> None:
        """Delete the question that was chosen."""
        require_manager(interaction)
        await interaction.response.defer()
        answers = self.services.state.answers
        for id in chosen(interaction):
            await asyncio.to_thread(answers.forget_question, _server(interaction), int(id))
        await self._show(interaction, 0)

    async def forget_all(
        self, interaction: discord.Interaction, action: DeleteAllQuestions
    ) -> None:
        """Delete all of them, when asked twice."""
        require_manager(interaction)
        await interaction.response.defer()
        language = self.services.language(interaction)
        if not action.sure:
            count = len(await self._questions(interaction))
            await edit_reply(interaction, confirm_message(count, language))
            return
        answers = self.services.state.answers
        await asyncio.to_thread(answers.forget_unanswered, _server(interaction))
        await edit_reply(interaction, text_message(language.say("All of them are deleted.")))

    async def _show(self, interaction: discord.Interaction, page: int) -> None:
        questions = await self._questions(interaction)
        language = self.services.language(interaction)
        await edit_reply(interaction, unanswered_message(questions, page, language))

    async def _questions(self, interaction: discord.Interaction) -> list[UnansweredQuestion]:
        answers = self.services.state.answers
        return await asyncio.to_thread(answers.unanswered, _server(interaction))


def _server(interaction: discord.Interaction) -> int:
    return interaction.guild_id or 0
