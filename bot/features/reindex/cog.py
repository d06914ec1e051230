"""Running it: ``/reindex``, for people who may manage the server."""

import asyncio
import contextlib

import discord
from discord import app_commands

from bot.core.actions import StopBuild
from bot.core.components import Message, text_message
from bot.core.errors import SEND_ERRORS, ManagersOnly, error_text
from bot.core.router import FeatureCog, Handlers
from bot.core.sending import edit_reply
from bot.features.reindex.messages import progress_message, report_message
from bot.i18n import Language
from bot.index_build import IndexBuild
from bot.phrases import progress_line, remaining_line

_EVERY = 2.0  # seconds between two edits of the progress


def require_manager(interaction: discord.Interaction) -> None:
    """Raise `ManagersOnly` for who may not manage the server.

    What the client hides is only a hint: the bot may be told anything.
    """
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise ManagersOnly("only for managers")


class ReindexCog(FeatureCog):
    """What managers do with the index."""

    def handlers(self) -> Handlers:
        """What the button under a progress does."""
        return {StopBuild: self.stop}

    @app_commands.command(description="Read the press releases again")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def reindex(self, interaction: discord.Interaction) -> None:
        """Build the index anew, with progress; answers go on from the old one meanwhile."""
        require_manager(interaction)
        acknowledged = await interaction.response.defer(thinking=True)
        reply = _LongReply(interaction, acknowledged.message_id if acknowledged else None)
        language = self.services.language(interaction)
        progress = asyncio.create_task(self._show_progress(reply, interaction))
        try:
            report = await self.services.archive.build.run(interaction.user.mention)
            message = report_message(report, language)
        except Exception as error:
            message = text_message(error_text(error, language))
        finally:
            progress.cancel()
            await asyncio.gather(progress, return_exceptions=True)
        await reply.edit(message)

    async def stop(self, interaction: discord.Interaction, action: StopBuild) -> None:
        """Stop the build; whoever may start one may stop it."""
        require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        language = self.services.language(interaction)
        if self.services.archive.build.stop(interaction.user.mention):
            text = language.say("I stop as soon as I can. Everything stays as it was.")
        else:
            text = language.say("There is nothing to stop any more.")
        await edit_reply(interaction, text_message(text))

    async def _show_progress(self, reply: "_LongReply", interaction: discord.Interaction) -> None:
        """Edit the reply whenever the progress has changed."""
        language, build = self.services.language(interaction), self.services.archive.build
        shown = None
        while True:
            # Somebody else's build is shown to them.
            mine = build.starter == interaction.user.mention
            line = _progress(build, language) if mine else None
            if line and line != shown:
                shown = line
                with contextlib.suppress(*SEND_ERRORS):
                    await reply.edit(progress_message(line, language))
            await asyncio.sleep(_EVERY)


def _progress(build: IndexBuild, language: Language) -> str | None:
    """How far a build is, and how long it still takes."""
    if build.progress is None:
        return None
    said = [progress_line(build.progress, language)]
    if seconds := build.remaining():
        said.append(remaining_line(seconds, language))
    return ", ".join(said)


class _LongReply:
    """The reply to a command that may outlive its interaction.

    An interaction can be answered for a quarter of an hour; after that the reply is edited as any
    other of the bot's messages is.
    """

    def __init__(self, interaction: discord.Interaction, message_id: int | None) -> None:
        self._interaction = interaction
        self._message: discord.PartialMessage | None = None
        self._outlived = False
        if message_id and interaction.channel_id:
            channel = interaction.client.get_partial_messageable(interaction.channel_id)
            self._message = channel.get_partial_message(message_id)

    async def edit(self, message: Message) -> None:
        """Make this what the reply says."""
        if not (self._message and self._outlived):
            try:
                await edit_reply(self._interaction, message)
                return
            except discord.HTTPException:
                if self._message is None:
                    raise
                self._outlived = True
        await self._message.edit(view=message.view(), attachments=message.files())
