"""Sending messages to channels, and one retry where sending twice does no harm."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.core.components import Message

T = TypeVar("T")

_RETRY_AFTER = 1.0  # seconds
_NONCE_BITS = 63


async def send_message(
    channel: discord.abc.Messageable,
    message: Message,
    *,
    reply_to: discord.Message | None = None,
    once: str | None = None,
) -> discord.Message:
    """Send a message to a channel, optionally as a reply, which notifies nobody.

    Discord accepts one message per nonce, so no second one appears if the connection breaks after
    Discord accepted the first, or if two running bots with the same token see the same question.

    Args:
        channel: where to.
        message: what.
        reply_to: the message that it answers.
        once: names what is told. For some minutes Discord takes no second message of that name,
            so a bot that was killed and is back by then tells nothing twice.
    """
    if reply_to is None:
        nonce = secrets.randbits(_NONCE_BITS) if once is None else _nonce_of(once)
        return await with_one_retry(
            lambda: channel.send(view=message.view(), files=message.files(), nonce=nonce)
        )
    # The message may have been deleted in the meantime.
    reference = reply_to.to_reference(fail_if_not_exists=False)
    return await with_one_retry(
        lambda: channel.send(
            view=message.view(),
            files=message.files(),
            reference=reference,
            mention_author=False,
            nonce=reply_to.id,
        )
    )


def _nonce_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> (64 - _NONCE_BITS)


async def with_one_retry(send: Callable[[], Awaitable[T]]) -> T:
    """Call ``send``, and once more if the connection broke or Discord failed.

    discord.py retries some failures, but not a 503 when sending to a channel, nor a connection that
    was cut. Use this for idempotent requests only.
    """
    try:
        return await send()
    except (aiohttp.ClientError, discord.DiscordServerError):
        await asyncio.sleep(_RETRY_AFTER)
        return await send()
