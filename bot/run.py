"""Running the bot until it is told to stop."""

import asyncio
import contextlib
import logging
import signal

import aiohttp
import discord

from bot.client import build_bot
from bot.settings import Settings
from embeddings.errors import VerbatimError


class TokenMissing(VerbatimError):
    """No token to log in with."""

    def __init__(self) -> None:
        super().__init__(
            "DISCORD_TOKEN is not set. Copy the token from the Bot page of your application at "
            "https://discord.com/developers/applications and put DISCORD_TOKEN=… into .env"
        )


class TokenRefused(VerbatimError):
    """Discord does not know the token."""

    def __init__(self) -> None:
        super().__init__(
            "Discord refuses DISCORD_TOKEN. Reset it on the Bot page of your application at "
            "https://discord.com/developers/applications and copy the new one"
        )


class DiscordOutOfReach(VerbatimError):
    """No connection to Discord."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot reach Discord: {reason}. Check this machine's network")


def run_bot(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises `TokenMissing`, `TokenRefused` or `DiscordOutOfReach`."""
    if not settings.discord_token:
        raise TokenMissing
    discord.utils.setup_logging(level=getattr(logging, settings.log_level))
    asyncio.run(_run(settings, settings.discord_token))


async def _run(settings: Settings, token: str) -> None:
    bot = build_bot(settings)
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # where the platform has no such handlers
            loop.add_signal_handler(stop, lambda: loop.create_task(bot.close()))
    try:
        async with bot:
            await bot.start(token)
    except discord.LoginFailure as error:
        raise TokenRefused from error
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        raise DiscordOutOfReach(str(error)) from error
