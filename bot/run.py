"""Runs the bot until it is told to stop."""

import asyncio
import contextlib
import logging
import signal

import aiohttp
import discord

from bot.bot_token import exposed_token, read_token
from bot.client import Connector, VerbatimBot, build_bot
from bot.logs import set_up_log
from bot.settings import Settings
from embeddings.errors import VerbatimError

log = logging.getLogger(__name__)


class TokenMissing(VerbatimError):
    """There is no token to log in with."""

    def __init__(self) -> None:
        super().__init__(
            "DISCORD_TOKEN is not set. Copy the token from the Bot page of your application at "
            "https://discord.com/developers/applications and put DISCORD_TOKEN=… into .env"
        )


class TokenRefused(VerbatimError):
    """Discord does not accept the token."""

    def __init__(self) -> None:
        super().__init__(
            "Discord refuses DISCORD_TOKEN. Reset it on the Bot page of your application at "
            "https://discord.com/developers/applications and copy the new one"
        )


class DiscordUnreachable(VerbatimError):
    """There is no connection to Discord."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot reach Discord: {reason}. Check this machine's network")


class DiscordFailed(VerbatimError):
    """Discord closed or refused the connection."""

    def __init__(self, reason: str) -> None:
        first_line = reason.strip().partition("\n")[0]
        super().__init__(
            f"Discord closed the connection: {first_line}. Start the bot again in a few minutes"
        )
        self.reason = reason


_AUTHENTICATION_FAILED = 4004  # a close code of the gateway


def run_bot(settings: Settings, *, force_registration: bool = False) -> None:
    """Log to stderr and run the bot until SIGTERM or SIGINT.

    ``force_registration`` registers the commands even if they have not changed. Raises
    `TokenMissing`, `BadSetting` and what `serve` raises.
    """
    token = read_token(settings)
    if not token:
        raise TokenMissing
    # The bot does not use voice, so nobody needs to know that its libraries are missing.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    set_up_log(settings.log_level, token, form=settings.log_form)
    if exposed := exposed_token():
        log.warning("%s", exposed)
    asyncio.run(serve(settings, token, force_registration=force_registration))


async def serve(
    settings: Settings,
    token: str,
    *,
    connector: Connector | None = None,
    force_registration: bool = False,
) -> None:
    """Build the bot and keep it online until SIGTERM or SIGINT.

    Raises what `build_bot` and `keep_online` raise.
    """
    bot = build_bot(settings, connector=connector, force_registration=force_registration)
    await keep_online(bot, token)


async def keep_online(bot: VerbatimBot, token: str) -> None:
    """Keep a bot online until SIGTERM or SIGINT, then close it.

    Raises `TokenRefused`, `DiscordUnreachable` or `DiscordFailed`.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # on Windows
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
        if error.code == _AUTHENTICATION_FAILED:
            raise TokenRefused from error
        raise DiscordFailed(str(error)) from error
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        raise DiscordUnreachable(str(error)) from error
    except discord.DiscordException as error:
        raise DiscordFailed(str(error)) from error
    finally:
        await bot.close()
        online.cancel()  # discord.py retries its first connection whether it is closed or not
        stopping.cancel()
        await asyncio.gather(online, stopping, return_exceptions=True)
