"""``/reindex``: rebuilding the index, for managers."""

import discord
from discord import app_commands

from bot.core.actions import StopBuild
from bot.core.cog import Handlers, ManagerCog, for_managers
from bot.core.components import text_message
from bot.core.errors import error_text
from bot.core.live_reply import LiveReply
from bot.core.reply import defer_message
from bot.features.reindex.messages import report_message
from bot.features.reindex.progress import following_build


class ReindexCog(ManagerCog):
    """Starts and stops a build of the index."""

    def handlers(self) -> Handlers:
        """The button below the progress."""
        return {StopBuild: self.stop}

    @app_commands.command(description="Read the press releases again")
    @for_managers
    async def reindex(self, interaction: discord.Interaction) -> None:
        """Rebuild the index and show the progress. The old generation answers in the meantime."""
        reply = LiveReply(await defer_message(interaction))
        starter, build = interaction.user.mention, self.services.archive.build
        try:
            async with following_build(reply, build, starter):
                report = await build.run(starter)
            message = report_message(report, reply.language)
        except Exception as error:
            message = text_message(error_text(error, reply.language))
        await reply.edit(message)

    async def stop(self, interaction: discord.Interaction, action: StopBuild) -> None:
        """Stop the build; every manager may stop it, whoever started it."""
        reply = await defer_message(interaction, private=True)
        if self.services.archive.build.stop(interaction.user.mention):
            text = reply.language.gettext("I will stop as soon as I can. The index stays as it is.")
        else:
            text = reply.language.gettext("There is nothing left to stop.")
        await reply.edit(text_message(text))
