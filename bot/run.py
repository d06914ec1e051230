"""Running the bot until it is told to stop."""

import asyncio
import contextlib
import logging
import signal

import aiohttp
import discord

from bot.client import Connector, VerbatimBot, build_bot
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


class DiscordFailed(VerbatimError):
    """Discord ended the connection, or did not allow it."""

    def __init__(self, reason: str) -> None:
        first_line = reason.strip().partition("\n")[0]
        super().__init__(f"Discord does not go on: {first_line}. Start the bot again in a while")
        self.reason = reason


_TOKEN_RESET = 4004  # the gateway's close code "authentication failed"


def run_bot(settings: Settings, *, register_anew: bool = False) -> None:
    """Log to stderr and serve until SIGTERM or SIGINT.

    ``register_anew`` tells Discord of the commands even where they have not changed.
    Raises `TokenMissing` and what `serve` raises.
    """
    if not settings.discord_token:
        raise TokenMissing
    # There is nothing to hear or say by voice: that its libraries are missing is no news.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    discord.utils.setup_logging(level=getattr(logging, settings.log_level))
    asyncio.run(serve(settings, settings.discord_token, register_anew=register_anew))


async def serve(
    settings: Settings,
    token: str,
    *,
    connector: Connector | None = None,
    register_anew: bool = False,
) -> None:
    """Be online until SIGTERM or SIGINT.

    Raises `TokenRefused`, `DiscordOutOfReach` or `DiscordFailed`, and what
    `build_bot` raises.
    """
    bot = build_bot(settings, connector=connector, register_anew=register_anew)
    await keep_online(bot, token)


async def keep_online(bot: VerbatimBot, token: str) -> None:
    """Keep a bot online until SIGTERM or SIGINT, and close it. Raises as `serve` does."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # where the platform has no such handlers
            loop.add_signal_handler(number, stopped.set)
    online = asyncio.create_task(bot.start(token))
    stopping = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((online, stopping), return_when=asyncio.FIRST_COMPLETED)
        if online.done():
            await online
    except discord.LoginFailure as error:
        raise TokenRefused from error
    except discord.ConnectionClosed as error:
        raise (
            TokenRefused() if error.code == _TOKEN_RESET else DiscordFailed(str(error))
        ) from error
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        raise DiscordOutOfReach(str(error)) from error
    except discord.DiscordException as error:
        raise DiscordFailed(str(error)) from error
    finally:
        await bot.close()
        stopping.cancel()
        await asyncio.gather(online, stopping, return_exceptions=True)
