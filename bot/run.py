"""Running the bot until it is told to stop."""

import asyncio
import contextlib
import logging
import signal

import aiohttp
import discord

from bot.client import Connector, build_bot
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
    """Log to stderr and serve until SIGTERM or SIGINT. Raises what `serve` raises."""
    discord.utils.setup_logging(level=getattr(logging, settings.log_level))
    asyncio.run(serve(settings))


async def serve(settings: Settings, *, connector: Connector | None = None) -> None:
    """Be online until SIGTERM or SIGINT.

    Raises `TokenMissing`, `TokenRefused` or `DiscordOutOfReach`, and what `build_bot` raises.
    """
    if not settings.discord_token:
        raise TokenMissing
    bot = build_bot(settings, connector=connector)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # where the platform has no such handlers
            loop.add_signal_handler(number, stopped.set)
    online = asyncio.create_task(bot.start(settings.discord_token))
    stopping = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((online, stopping), return_when=asyncio.FIRST_COMPLETED)
        if online.done():
            await online
    except discord.LoginFailure as error:
        raise TokenRefused from error
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        raise DiscordOutOfReach(str(error)) from error
    finally:
        await bot.close()
        stopping.cancel()
        await asyncio.gather(online, stopping, return_exceptions=True)
