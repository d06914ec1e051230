"""Where questions are allowed, and how many of them."""

import time
from collections.abc import Callable

from discord.app_commands import Cooldown

from bot.core.ask_context import AskContext
from bot.core.errors import ChannelNotAllowed, RateLimited

_MINUTE = 60.0
_MAX_COOLDOWNS = 5000  # beyond these, the expired ones are dropped


class RateLimiter:
    """Admits a number of questions per minute from each user and from each server."""

    def __init__(
        self, per_user: int, per_server: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_user = per_user
        self._per_server = per_server
        self._clock = clock
        self._cooldowns: dict[tuple[str, int], Cooldown] = {}

    def admit(self, context: AskContext) -> None:
        """Count a question. Raises `ChannelNotAllowed`, without counting it, or `RateLimited`."""
        settings = context.settings
        if context.server and not settings.allows(context.channel, context.parent):
            raise ChannelNotAllowed(settings.channels)
        now = self._clock()
        self._drop_expired(now)
        self._count(("user", context.user), self._per_user, now, whole_server=False)
        if context.server:
            self._count(("server", context.server), self._per_server, now, whole_server=True)

    def _count(self, key: tuple[str, int], rate: int, now: float, *, whole_server: bool) -> None:
        cooldown = self._cooldowns.setdefault(key, Cooldown(rate, _MINUTE))
        if seconds := cooldown.update_rate_limit(now):
            raise RateLimited(seconds, whole_server=whole_server)

    def _drop_expired(self, now: float) -> None:
        if len(self._cooldowns) > _MAX_COOLDOWNS:
            self._cooldowns = {
                key: cooldown
                for key, cooldown in self._cooldowns.items()
                if cooldown.get_tokens(now) < cooldown.rate
            }
