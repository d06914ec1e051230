"""The reply to an interaction: acknowledged within Discord's time limit, then edited."""

import contextlib
from dataclasses import dataclass

import discord

from bot.core.acknowledgement import acknowledge
from bot.core.components import Message
from bot.core.errors import SEND_ERRORS
from bot.core.sending import with_one_retry
from bot.core.services import services_of
from bot.i18n import Language


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to an acknowledged interaction, in the language of the user who caused it.

    ``message_id`` is None if Discord has not said which message the reply is.
    """

    interaction: discord.Interaction
    language: Language
    message_id: int | None = None

    async def edit(self, message: Message) -> discord.InteractionMessage:
        """Replace the content of the reply. Possible for 15 minutes after the interaction."""
        return await with_one_retry(
            lambda: self.interaction.edit_original_response(
                view=message.view(), attachments=message.files()
            )
        )

    async def follow_up(self, message: Message, *, private: bool = False) -> discord.WebhookMessage:
        """Send another message beside the reply; a private one is shown to the user alone."""
        return await self.interaction.followup.send(
            view=message.view(), files=message.files(), ephemeral=private, wait=True
        )


async def defer_message(interaction: discord.Interaction, *, private: bool = False) -> Reply:
    """Acknowledge an interaction; the reply is a new message, which shows that the bot is busy.

    Discord waits 3 s for an acknowledgement, so call this before anything that takes time.
    """
    response = await acknowledge(
        interaction, lambda: interaction.response.defer(ephemeral=private, thinking=True)
    )
    language = services_of(interaction).language(interaction)
    message_id = response.message_id if response else await _original_id(interaction)
    return Reply(interaction, language, message_id)


async def defer_update(interaction: discord.Interaction) -> Reply:
    """Acknowledge a component; the reply is the message that the component is attached to."""
    await acknowledge(interaction, interaction.response.defer)
    attached_to = interaction.message.id if interaction.message else None
    return Reply(interaction, services_of(interaction).language(interaction), attached_to)


async def defer_page(interaction: discord.Interaction, *, in_place: bool) -> Reply:
    """Acknowledge a component that shows a page, in place of its message or to the user alone."""
    if in_place:
        return await defer_update(interaction)
    return await defer_message(interaction, private=True)


async def open_modal(interaction: discord.Interaction, modal: discord.ui.Modal) -> None:
    """Acknowledge an interaction with a modal."""
    await acknowledge(interaction, lambda: interaction.response.send_modal(modal))


async def _original_id(interaction: discord.Interaction) -> int | None:
    """Which message the reply is, where what Discord said of it was lost."""
    with contextlib.suppress(*SEND_ERRORS):
        return (await interaction.original_response()).id
    return None
