"""``/forget me``: shows what is kept about a person, and deletes it."""

import asyncio
import time
from collections.abc import Callable

import discord
from discord import app_commands

from bot.core.actions import ForgetMe
from bot.core.cog import FeatureCog, Handlers
from bot.core.components import text_message
from bot.core.errors import SEND_ERRORS
from bot.core.reply import defer_message, defer_update
from bot.core.services import Services
from bot.features.forget.messages import kept_message
from bot.state.repair import renew_copies


class ForgetCog(FeatureCog):
    """What is kept about whoever uses it; nobody else sees that."""

    forget = app_commands.Group(
        name="forget",
        description="Have me delete what I keep",
        allowed_contexts=app_commands.AppCommandContext(
            guild=True, dm_channel=True, private_channel=True
        ),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )

    def __init__(self, services: Services, clock: Callable[[], float] = time.time) -> None:
        super().__init__(services)
        self._clock = clock
        self._persons = services.state.persons

    def handlers(self) -> Handlers:
        """The button that deletes."""
        return {ForgetMe: self.delete}

    @forget.command(name="me", description="See what I keep about you, and delete it")
    async def me(self, interaction: discord.Interaction) -> None:
        """Show what is kept about whoever asks."""
        reply = await defer_message(interaction, private=True)
        user = interaction.user
        kept = await asyncio.to_thread(self._persons.find, user.id, await _direct(user))
        services = self.services
        message = kept_message(
            kept, services.keep_days, reply.language, names_kept=services.keep_names
        )
        await reply.edit(message)

    async def delete(self, interaction: discord.Interaction, action: ForgetMe) -> None:
        """Delete what is kept about whoever presses the button, also from the backup."""
        reply = await defer_update(interaction)
        user = interaction.user
        await asyncio.to_thread(self._persons.forget, user.id, await _direct(user))
        if file := self.services.state.file:
            await asyncio.to_thread(renew_copies, file, self._clock())
        await reply.edit(text_message(reply.language.gettext("I have deleted all of it.")))


async def _direct(user: discord.User | discord.Member) -> int | None:
    """The channel of the direct messages with somebody; None if Discord does not name it."""
    try:
        return (await user.create_dm()).id
    except SEND_ERRORS:
        return None
