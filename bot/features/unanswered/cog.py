"""``/unanswered``: the questions that nothing published answers, for managers."""

import asyncio

import discord
from discord import app_commands

from bot.core.actions import DeleteAllQuestions, DeleteQuestion, ExportUnanswered, ListUnanswered
from bot.core.cog import Handlers, ManagerCog, for_managers, server_id
from bot.core.components import text_message
from bot.core.inputs import selected_values
from bot.core.reply import Reply, defer_message, defer_update
from bot.features.unanswered.messages import confirm_message, unanswered_file, unanswered_message
from bot.state.answers import UnansweredQuestion


class UnansweredCog(ManagerCog):
    """The unanswered questions of a server."""

    def handlers(self) -> Handlers:
        """The buttons and the menu below the list."""
        return {
            ListUnanswered: self.show_page,
            ExportUnanswered: self.export,
            DeleteQuestion: self.delete_selected,
            DeleteAllQuestions: self.delete_all,
        }

    @app_commands.command(description="List unanswered questions, most frequent first")
    @for_managers
    async def unanswered(self, interaction: discord.Interaction) -> None:
        """List the unanswered questions."""
        await self._show(await defer_message(interaction, private=True), 0)

    async def show_page(self, interaction: discord.Interaction, action: ListUnanswered) -> None:
        """Show another page of the list."""
        await self._show(await defer_update(interaction), action.page)

    async def export(self, interaction: discord.Interaction, action: ExportUnanswered) -> None:
        """Send all questions as a CSV file."""
        reply = await defer_update(interaction)
        questions = await self._questions(interaction)
        await reply.follow_up(unanswered_file(questions, reply.language), private=True)

    async def delete_selected(
        self, interaction: discord.Interaction, action: DeleteQuestion
    ) -> None:
        """Delete the question selected from the menu."""
        reply = await defer_update(interaction)
        answers, server = self.services.state.answers, server_id(interaction)
        for id in selected_values(interaction):
            await asyncio.to_thread(answers.delete_question, server, int(id))
        await self._show(reply, 0)

    async def delete_all(
        self, interaction: discord.Interaction, action: DeleteAllQuestions
    ) -> None:
        """Delete all questions once that is confirmed."""
        reply = await defer_update(interaction)
        if not action.confirmed:
            count = len(await self._questions(interaction))
            await reply.edit(confirm_message(count, reply.language))
            return
        answers = self.services.state.answers
        await asyncio.to_thread(answers.delete_unanswered, server_id(interaction))
        await reply.edit(text_message(reply.language.gettext("All of them have been deleted.")))

    async def _show(self, reply: Reply, page: int) -> None:
        questions = await self._questions(reply.interaction)
        await reply.edit(unanswered_message(questions, page, reply.language))

    async def _questions(self, interaction: discord.Interaction) -> list[UnansweredQuestion]:
        answers = self.services.state.answers
        return await asyncio.to_thread(answers.unanswered, server_id(interaction))
