"""The bot itself, users, the guild, and the gateway's address."""

from __future__ import annotations

from .. import payloads
from ..world import World
from .access import Access
from .call import Call, Reply, Route


class LookupRoutes:
    """The routes that tell a bot about itself and others."""

    def __init__(self, world: World, access: Access, shards: int) -> None:
        self._world = world
        self._access = access
        self._shards = shards

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            ("GET", "/users/@me", self._get_me),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", "/users/{user_id}", self._get_user),
            ("GET", "/oauth2/applications/@me", self._get_application),
            ("GET", "/applications/@me", self._get_application),
            ("GET", "/gateway", self._get_gateway),
            ("GET", "/gateway/bot", self._get_gateway),
            ("GET", "/guilds/{guild_id}", self._get_guild),
            ("GET", "/guilds/{guild_id}/members/{user_id}", self._get_member),
        ]

    async def _get_me(self, call: Call) -> Reply:
        return 200, payloads.current_user(self._world.bot)

    async def _open_dm(self, call: Call) -> Reply:
        user = self._world.user(int(call.body["recipient_id"]))
        return 200, payloads.channel(self._world, self._world.dm(user))

    async def _get_user(self, call: Call) -> Reply:
        return 200, payloads.user(self._world.user(call.id("user_id")))

    async def _get_application(self, call: Call) -> Reply:
        return 200, payloads.application(self._world)

    async def _get_gateway(self, call: Call) -> Reply:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return 200, {
            "url": "wss://gateway.discord.gg",
            "shards": self._shards,
            "session_start_limit": limit,
        }

    async def _get_guild(self, call: Call) -> Reply:
        self._access.guild(call)
        return 200, payloads.guild(self._world)

    async def _get_member(self, call: Call) -> Reply:
        self._access.guild(call)
        return 200, payloads.member(self._world.user(call.id("user_id")))
