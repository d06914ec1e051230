"""Who may ask where, and how often."""

import time
from collections.abc import Callable

from discord.app_commands import Cooldown

from bot.core.errors import ChannelNotAllowed, RateLimited
from bot.state.servers import ServerStore

_MINUTE = 60.0
_MOST_KEPT = 5000  # cooldowns; those that have run out are dropped then


class RateLimiter:
    """Lets questions in: so many a minute of each person, and of each server."""

    def __init__(
        self,
        servers: ServerStore,
        per_person: int,
        per_server: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._servers = servers
        self._per_person = per_person
        self._per_server = per_server
        self._clock = clock
        self._cooldowns: dict[tuple[str, int], Cooldown] = {}

    def admit(self, person: int, server: int | None, *places: int | None) -> None:
        """Let a question in. ``places`` are the ids of the channel and of what it is in.

        Raises `ChannelNotAllowed` or `RateLimited`.
        """
        settings = self._servers.of(server)
        if server and not settings.allows(*places):
            raise ChannelNotAllowed(settings.channels)
        now = self._clock()
        self._drop_idle(now)
        self._count(("person", person), self._per_person, now, together=False)
        if server:
            self._count(("server", server), self._per_server, now, together=True)

    def _count(self, key: tuple[str, int], rate: int, now: float, *, together: bool) -> None:
        cooldown = self._cooldowns.setdefault(key, Cooldown(rate, _MINUTE))
        if seconds := cooldown.update_rate_limit(now):
            raise RateLimited(seconds, together=together)

    def _drop_idle(self, now: float) -> None:
        if len(self._cooldowns) > _MOST_KEPT:
            self._cooldowns = {
                key: each
                for key, each in self._cooldowns.items()
                if each.get_tokens(now) < each.rate
            }
