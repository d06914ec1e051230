"""Sending messages as replies to interactions and in channels."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.core.components import Message

T = TypeVar("T")

_AGAIN_AFTER = 1.0  # seconds


async def edit_reply(
    interaction: discord.Interaction, message: Message
) -> discord.InteractionMessage:
    """Make this what the deferred reply says."""
    return await _insistently(
        lambda: interaction.edit_original_response(view=message.view(), attachments=message.files())
    )


async def send_followup(
    interaction: discord.Interaction, message: Message, *, private: bool
) -> discord.WebhookMessage:
    """Send a message beside the reply."""
    return await interaction.followup.send(
        view=message.view(), files=message.files(), ephemeral=private, wait=True
    )


async def send_message(
    channel: discord.abc.Messageable,
    message: Message,
    *,
    answering: discord.Message | None = None,
) -> discord.Message:
    """Send a message in a channel, perhaps as a reply, which notifies nobody.

    Discord takes one message of a nonce: not a second where it took the first and the connection
    broke before it said so, nor where two bots by one name heard the same question.
    """
    if answering is None:
        nonce = secrets.randbits(63)
        return await _insistently(
            lambda: channel.send(view=message.view(), files=message.files(), nonce=nonce)
        )
    # What is replied to may have been deleted meanwhile.
    reference = answering.to_reference(fail_if_not_exists=False)
    return await _insistently(
        lambda: channel.send(
            view=message.view(),
            files=message.files(),
            reference=reference,
            mention_author=False,
            nonce=answering.id,
        )
    )


async def _insistently(send: Callable[[], Awaitable[T]]) -> T:
    """Do it, and once more where the connection broke or Discord failed.

    discord.py repeats some of what fails, but neither a 503 in channels nor what was cut off.
    Only for what may arrive twice.
    """
    try:
        return await send()
    except (aiohttp.ClientError, discord.DiscordServerError):
        await asyncio.sleep(_AGAIN_AFTER)
        return await send()
