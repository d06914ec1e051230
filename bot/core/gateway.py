"""The connection to Discord's gateway, kept through events and outages that discord.py gives up on.

discord.py ends the process when it cannot decode an event, and after a long outage it waits for up
to 17 minutes between two tries. It makes its connections in `discord.shard`, and takes no other
class for them but by `use_lasting_connections`.
"""

import asyncio
import logging
import zlib
from typing import Any, Literal

import aiohttp
import discord
import discord.shard
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two tries to connect again."""

_SESSION_PAUSE = 120.0
"""Seconds until another session is begun, if the first event of one cannot be read: Discord allows
1,000 sessions a day."""

_WEBSOCKET = (  # what discord.py raises and handles itself
    ReconnectWebSocket,
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
)


class LastingWebSocket(DiscordWebSocket):
    """A connection that leaves out what cannot be read, or is made again where it has to be."""

    _resumed_after: int | None = None  # the number of the last event before the session was resumed

    async def resume(self) -> None:
        """Resume the session."""
        self._resumed_after = self.sequence
        await super().resume()

    async def received_message(self, msg: str | bytes, /) -> None:
        """Handle an event.

        Raises:
            ReconnectWebSocket: if nothing that follows can be decompressed.
            ConnectionError: if the session could not begin.
        """
        try:
            await super().received_message(msg)
        except _WEBSOCKET:
            raise
        except zlib.error as error:
            # The stream is one; Discord sends what is missing on another connection. If that
            # brought nothing the last time, another session is needed.
            again = self.sequence != self._resumed_after
            log.error("an event of Discord cannot be decompressed, connecting again: %s", error)
            await self.close()
            raise ReconnectWebSocket(self.shard_id, resume=again) from error
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            if (self.sequence or 0) > 1:
                log.error("an event of Discord cannot be read, and is left out: %s", reason)
                return
            await asyncio.sleep(_SESSION_PAUSE)
            await self.close()
            raise ConnectionError(f"the first event cannot be read: {reason}") from error


class BoundedBackoff(ExponentialBackoff[Literal[False]]):
    """Pauses that grow, but to `LONGEST_PAUSE` at most."""

    def delay(self) -> float:
        """Seconds to wait before the next try."""
        return min(super().delay(), LONGEST_PAUSE)


class _InOneLine(logging.Filter):
    """Has an error told in a line, without its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            record.msg = f"{record.getMessage()} ({str(error) or type(error).__name__})"
            record.args = record.exc_info = record.exc_text = None
        return True


def use_lasting_connections() -> None:
    """Have discord.py connect in this way, and tell of each try in one line."""
    shard: Any = discord.shard
    shard.DiscordWebSocket, shard.ExponentialBackoff = LastingWebSocket, BoundedBackoff
    told = logging.getLogger("discord.shard")
    if not any(isinstance(each, _InOneLine) for each in told.filters):
        told.addFilter(_InOneLine())
