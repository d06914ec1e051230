"""``/reindex``: rebuilding the index, for managers."""

import asyncio
import contextlib

import discord
from discord import app_commands

from bot.core.actions import StopBuild
from bot.core.cog import Handlers, ManagerCog, for_managers
from bot.core.components import Message, text_message
from bot.core.errors import SEND_ERRORS, error_text
from bot.core.reply import Reply, defer_message
from bot.features.reindex.messages import progress_message, report_message
from bot.i18n import Language
from bot.index_build import IndexBuild
from bot.phrases import progress_line, remaining_line

_UPDATE_EVERY = 2.0  # seconds
_EXPIRED = (401, 404)  # statuses for the token of an interaction that has expired


class ReindexCog(ManagerCog):
    """Starts and stops a build of the index."""

    def handlers(self) -> Handlers:
        """The button below the progress."""
        return {StopBuild: self.stop}

    @app_commands.command(description="Read the press releases again")
    @for_managers
    async def reindex(self, interaction: discord.Interaction) -> None:
        """Rebuild the index and show the progress. The old generation answers in the meantime."""
        reply = await defer_message(interaction)
        long_reply = _LongReply(reply)
        starter = interaction.user.mention
        progress = asyncio.create_task(self._show_progress(long_reply, starter, reply.language))
        try:
            report = await self.services.archive.build.run(starter)
            message = report_message(report, reply.language)
        except Exception as error:
            message = text_message(error_text(error, reply.language))
        finally:
            progress.cancel()
            await asyncio.gather(progress, return_exceptions=True)
        await long_reply.edit(message)

    async def stop(self, interaction: discord.Interaction, action: StopBuild) -> None:
        """Stop the build; every manager may stop it, whoever started it."""
        reply = await defer_message(interaction, private=True)
        if self.services.archive.build.stop(interaction.user.mention):
            text = reply.language.gettext("I will stop as soon as I can. The index stays as it is.")
        else:
            text = reply.language.gettext("There is nothing left to stop.")
        await reply.edit(text_message(text))

    async def _show_progress(self, reply: "_LongReply", starter: str, language: Language) -> None:
        """Edit the reply whenever the progress has changed."""
        build = self.services.archive.build
        shown = None
        while True:
            # A build that somebody else started has a reply of its own.
            line = _progress_line(build, language) if build.starter == starter else None
            if line and line != shown:
                shown = line
                with contextlib.suppress(*SEND_ERRORS):
                    await reply.edit(progress_message(line, language))
            await asyncio.sleep(_UPDATE_EVERY)


def _progress_line(build: IndexBuild, language: Language) -> str | None:
    """The progress of a build and the time that it still takes; None if none is running."""
    if build.progress is None:
        return None
    parts = [progress_line(build.progress, language)]
    if seconds := build.remaining():
        parts.append(remaining_line(seconds, language))
    return ", ".join(parts)


class _LongReply:
    """A reply that can still be edited when its interaction has expired.

    An interaction expires after 15 minutes; from then on the reply is edited like any other message
    of the bot.
    """

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._message: discord.PartialMessage | None = None
        self._expired = False
        interaction = reply.interaction
        if reply.message_id and interaction.channel_id:
            channel = interaction.client.get_partial_messageable(interaction.channel_id)
            self._message = channel.get_partial_message(reply.message_id)

    async def edit(self, message: Message) -> None:
        """Replace the content of the reply."""
        if not (self._message and self._expired):
            try:
                await self._reply.edit(message)
                return
            except discord.HTTPException as error:
                if self._message is None:
                    raise
                self._expired = error.status in _EXPIRED
        await self._message.edit(view=message.view(), attachments=message.files())
