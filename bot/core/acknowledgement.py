"""The first response to an interaction, which Discord takes once, and within three seconds.

A connection that breaks leaves it open whether Discord has the response. So it is sent again: if
Discord says then that there is one already, it has the first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.core.single_request import single_request
from embeddings.errors import VerbatimError

T = TypeVar("T")

_WITHIN = 2.8  # seconds: later Discord takes no first response any more
_PAUSE = 0.2  # seconds before the next one
_HAS_ONE = 40060  # https://docs.discord.com/developers/topics/opcodes-and-status-codes#json

_LOST = "acknowledged, though the response of Discord was lost"  # a key of `Interaction.extras`


class AcknowledgedElsewhere(VerbatimError):
    """Another process with the same token has acknowledged an interaction, and serves it."""

    def __init__(self) -> None:
        super().__init__("another process has acknowledged the interaction")


class NotAcknowledged(VerbatimError):
    """Discord could not be told in time that an interaction has arrived."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"could not be acknowledged: {reason}")


async def acknowledge(
    interaction: discord.Interaction, respond: Callable[[], Awaitable[T]]
) -> T | None:
    """Send the first response, and again while it is not known to have arrived.

    Args:
        interaction: the interaction.
        respond: sends the response.

    Returns:
        What ``respond`` returned, or None if Discord has the response and what it said was lost.

    Raises:
        AcknowledgedElsewhere: if Discord has another response.
        NotAcknowledged: if Discord could not be reached in time.
        discord.HTTPException: if Discord refuses the response.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + _WITHIN
    tried = False
    while True:
        try:
            # One, so that "there is one already" to the first means another process's. A response
            # that is only slow is waited for: it may be this process that is late to read it.
            with single_request():
                return await respond()
        except (aiohttp.ClientError, discord.DiscordServerError, TimeoutError) as error:
            # Once even when it is late, since Discord may have the first.
            if tried and clock() + _PAUSE >= deadline:
                raise NotAcknowledged(str(error) or "Discord does not answer") from error
            tried = True
        except discord.HTTPException as error:
            if error.code != _HAS_ONE:
                raise
            if not tried:
                raise AcknowledgedElsewhere from error
            interaction.extras[_LOST] = True
            return None
        await asyncio.sleep(_PAUSE)


def is_acknowledged(interaction: discord.Interaction) -> bool:
    """Whether Discord has a first response, so that only further ones can be sent."""
    return interaction.response.is_done() or _LOST in interaction.extras
