"""Application commands, global and of the guild."""

from __future__ import annotations

from collections import defaultdict

from .. import payloads
from ..models import Json
from ..rate_limits import SlidingWindow
from ..rules import COMMANDS, Refused
from ..world import World
from .access import Access
from .call import Call, Reply, Route

CREATES_PER_DAY = 200


class CommandRoutes:
    """The routes on which a bot registers its commands."""

    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access
        self._created: defaultdict[int | None, SlidingWindow] = defaultdict(
            lambda: SlidingWindow(CREATES_PER_DAY, 24 * 3600.0)
        )

    def routes(self) -> list[Route]:
        """Return the routes."""
        table: list[Route] = []
        for owner in (
            "/applications/{application_id}",
            "/applications/{application_id}/guilds/{guild_id}",
        ):
            commands = f"{owner}/commands"
            table += [
                ("GET", commands, self._list),
                ("PUT", commands, self._put),
                ("POST", commands, self._post),
                ("GET", f"{commands}/{{command_id}}", self._get),
                ("PATCH", f"{commands}/{{command_id}}", self._patch),
                ("DELETE", f"{commands}/{{command_id}}", self._delete),
            ]
        return table

    async def _list(self, call: Call) -> Reply:
        return 200, list(self._world.commands.get(self._scope(call), {}).values())

    async def _put(self, call: Call) -> Reply:
        scope, definitions = self._scope(call), call.body or []
        COMMANDS.check(definitions, self._world.rule_counts)
        ids = {
            (each["name"], each["type"]): id_
            for id_, each in self._world.commands.get(scope, {}).items()
        }
        keys = [(each["name"], each.get("type") or 1) for each in definitions]
        self._count_creates(scope, sum(key not in ids for key in keys))
        registered = {}
        for key, definition in zip(keys, definitions, strict=True):
            id_ = ids.get(key) or self._world.new_id()
            registered[id_] = payloads.command(self._world, definition, id_, scope)
        self._world.commands[scope] = registered
        self._world.signal.notify()
        return 200, list(registered.values())

    async def _post(self, call: Call) -> Reply:
        scope = self._scope(call)
        known = self._world.commands.get(scope, {})
        key = (call.body.get("name"), call.body.get("type") or 1)
        same = [id_ for id_, each in known.items() if (each["name"], each["type"]) == key]
        self._count_creates(scope, 0 if same else 1)
        id_ = same[0] if same else self._world.new_id()
        return (200 if same else 201), self._register(scope, id_, call.body)

    async def _get(self, call: Call) -> Reply:
        return 200, self._command(call)

    async def _patch(self, call: Call) -> Reply:
        before = self._command(call)
        return 200, self._register(self._scope(call), int(before["id"]), {**before, **call.body})

    async def _delete(self, call: Call) -> Reply:
        command = self._command(call)
        del self._world.commands[self._scope(call)][int(command["id"])]
        return 204, None

    def _count_creates(self, scope: int | None, count: int) -> None:
        self._world.count_rules("command-creates")
        if self._created[scope].take(self._world.clock(), count):
            text = "Max number of daily application command creates has been reached (200)"
            raise Refused("command-creates", 400, 30034, text)

    def _register(self, scope: int | None, id_: int, definition: Json) -> Json:
        known = self._world.commands.get(scope, {})
        others = [each for other, each in known.items() if other != id_]
        COMMANDS.check([*others, definition], self._world.rule_counts)
        command = payloads.command(self._world, definition, id_, scope)
        self._world.commands.setdefault(scope, {})[id_] = command
        self._world.signal.notify()
        return command

    def _command(self, call: Call) -> Json:
        self._world.count_rules("unknown-command")
        command = self._world.commands.get(self._scope(call), {}).get(call.id("command_id"))
        if command is None:
            raise Refused("unknown-command", 404, 10063, "Unknown application command")
        return command

    def _scope(self, call: Call) -> int | None:
        """Return the guild that the commands belong to, None for global commands."""
        self._world.count_rules("unknown-application")
        if call.id("application_id") != self._world.application_id:
            raise Refused("unknown-application", 404, 10002, "Unknown Application")
        return self._access.guild(call) if "guild_id" in call.params else None
