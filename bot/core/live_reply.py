"""A reply that shows the progress of something that may take longer than its interaction lives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import discord

from bot.core.components import Message
from bot.core.errors import SEND_ERRORS
from bot.core.reply import Reply

_UPDATE_EVERY = 2.0  # seconds
_EXPIRED = (401, 404)  # statuses for the token of an interaction that has expired


class LiveReply:
    """A reply that can still be edited when its interaction has expired.

    An interaction expires after 15 minutes; from then on the reply is edited like any other message
    of the bot, unless only one user sees it.
    """

    def __init__(self, reply: Reply) -> None:
        self.language = reply.language
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

    @asynccontextmanager
    async def following(
        self, line: Callable[[], str | None], message: Callable[[str], Message]
    ) -> AsyncIterator[None]:
        """Show a line of progress as a message whenever it has changed, while the block runs."""
        showing = asyncio.create_task(self._show(line, message))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _show(
        self, line: Callable[[], str | None], message: Callable[[str], Message]
    ) -> None:
        shown = None
        while True:
            current = line()
            if current and current != shown:
                shown = current
                with contextlib.suppress(*SEND_ERRORS):
                    await self.edit(message(current))
            await asyncio.sleep(_UPDATE_EVERY)
