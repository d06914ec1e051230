"""LoopbackDiscord: a Discord on a Unix socket, and what a test does and sees there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from . import payloads
from .description import Description
from .gateway import Gateway
from .recording import AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, NotOffered, Said
from .records import Channel, Json, Message, Person, Request, Violation, walk_components
from .rest import ACKNOWLEDGE_WITHIN, Faults, Rest
from .rules import STATE_RULES
from .world import ADMINISTRATOR, Clock, World, timestamp

LONGEST_SOCKET_PATH = 107
"""Bytes of a path that fit into a Unix socket's address on Linux (unix(7))."""
BACKLOG = 1024
"""Connections that may wait: a burst of 200 lost answers at the usual 128."""

STRING, INTEGER, BOOLEAN, USER, NUMBER = 3, 4, 5, 6, 10
"""Types of option that the loopback can fill in."""

Place = str | Channel
"""``"guild"``, ``"dm"`` (with the person who acts), or a channel."""


@dataclass(frozen=True)
class Report:
    """What a run has covered."""

    requests: int
    routes: Mapping[str, int]
    events: Mapping[str, int]
    rules: Mapping[str, int]
    """How often each rule was asked; ``schema`` counts bodies checked by the description."""
    schema_checked: bool
    violations: int


class LoopbackDiscord:
    """One guild with one text channel, three people and the bot.

        async with LoopbackDiscord() as discord:
            client = build_bot(settings, connector=discord.connector)
            ...
            await client.start(discord.token)

    On leaving the block an AssertionError lists what the bot did that Discord would not take,
    except what the test took with `expect_violation`.

    socket_path: where to listen; by default in a new directory, removed at the end.
    clock: seconds, for the deadlines of interactions; `Clock.advance` moves it.
    privileged_intents: those that are switched on for the bot; asking for others closes with 4014.
    """

    token = "loopback.token.right"

    def __init__(
        self,
        socket_path: str | os.PathLike[str] | None = None,
        *,
        clock: Clock | None = None,
        privileged_intents: int = 0,
        heartbeat_interval: float = 41.25,
    ) -> None:
        self._own_directory: str | None = None
        if socket_path is None:
            self._own_directory = tempfile.mkdtemp(prefix="loopback-", dir="/tmp")  # short
            socket_path = Path(self._own_directory, "discord")
        self.socket_path = os.fspath(socket_path)
        if len(os.fsencode(self.socket_path)) > LONGEST_SOCKET_PATH:
            raise ValueError(
                f"{self.socket_path} is too long for a Unix socket "
                f"({LONGEST_SOCKET_PATH} bytes at most): choose a shorter directory"
            )
        self.clock = clock or Clock()
        self.world = World(self.clock)
        self.gateway = Gateway(
            self.world,
            self.token,
            privileged_intents=privileged_intents,
            heartbeat_interval=heartbeat_interval,
        )
        self._description = Description.load()
        self._rest = Rest(self.world, self.gateway, self.token, self._description)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/", self.gateway.handle)
        self._rest.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.UnixSite(self._runner, self.socket_path, backlog=BACKLOG).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._remove_socket()
        self._note_unacknowledged()
        if not self.violations:
            return
        listed = "\n".join(f"  {violation}" for violation in self.violations)
        text = f"Discord would not take this:\n{listed}"
        if error is None:
            raise AssertionError(text)
        error.add_note(text)

    def _remove_socket(self) -> None:
        Path(self.socket_path).unlink(missing_ok=True)
        if self._own_directory is not None:
            shutil.rmtree(self._own_directory, ignore_errors=True)

    def _note_unacknowledged(self) -> None:
        for event in self.interactions:
            age = self.clock() - event.created
            if event.response is None and age > ACKNOWLEDGE_WITHIN and not event.refused_late:
                detail = f"{event!r} for {age:.1f} s"
                self.world.violate("ack-deadline", detail, STATE_RULES["ack-deadline"])

    # -- for the client under test ------------------------------------------------------------

    def connector(self) -> aiohttp.UnixConnector:
        """A connector for ``discord.Client``; call it inside the running loop."""
        return aiohttp.UnixConnector(self.socket_path, limit=0)

    async def ready(self, within: float = 10.0) -> None:
        """Wait until a client has identified and got READY and the guild."""
        await self.world.signal.until(
            lambda: self.gateway.is_ready or None, within, lambda: "no client has identified"
        )

    async def commands_registered(self, within: float = 10.0) -> list[Json]:
        """Wait until the client has registered its commands; what `commands` gives."""
        await self.world.signal.until(
            lambda: self.world.commands or None, within, lambda: "no commands were registered"
        )
        return self.commands

    # -- what there is ------------------------------------------------------------------------

    @property
    def bot(self) -> Person:
        return self.world.bot

    @property
    def member(self) -> Person:
        """Somebody who manages nothing."""
        return self.world.member

    @property
    def manager(self) -> Person:
        """Somebody with Manage Server."""
        return self.world.manager

    @property
    def administrator(self) -> Person:
        """Somebody with every permission."""
        return self.world.administrator

    @property
    def channel(self) -> Channel:
        """The guild's text channel."""
        return self.world.channel

    @property
    def commands(self) -> list[Json]:
        """The registered commands with their ids, the guild's own (``guild_id``) included."""
        return self.world.all_commands()

    def command(self, name: str, kind: int = 1) -> Json:
        """The registered command of that name; a LookupError names those that there are."""
        return self.world.command(name, kind)

    @property
    def intents(self) -> int | None:
        """The intents of the last IDENTIFY."""
        return self.world.intents

    @property
    def interactions(self) -> list[Interaction]:
        return list(self.world.interactions.values())

    @property
    def messages(self) -> list[Message]:
        """The messages that the bot posted in channels, as they are now, oldest first.

        Responses to interactions are not among them: their `Interaction` has them.
        """
        current = (history[-1] for history in self.world.histories.values())
        return [
            each
            for each in current
            if each.author == self.bot and each.interaction_id is None and not each.deleted
        ]

    def current(self, message: Message) -> Message:
        """A message as it is now."""
        return self.world.histories[message.id][-1]

    @property
    def requests(self) -> list[Request]:
        return self.world.requests

    @property
    def typing(self) -> list[int]:
        """The channel ids in which the bot was seen typing, one for each time."""
        return self.world.typing

    @property
    def reactions(self) -> list[tuple[int, str]]:
        """Message id and emoji of each reaction of the bot."""
        return self.world.reactions

    @property
    def faults(self) -> Faults | None:
        """An async function that may answer a request instead of the loopback, or None.

        It gets each `Request`, before the token is checked, and gives a ``web.Response`` to send
        or None to go on. It may also wait.
        """
        return self._rest.faults

    @faults.setter
    def faults(self, faults: Faults | None) -> None:
        self._rest.faults = faults

    # -- what was wrong -----------------------------------------------------------------------

    @property
    def schema_checked(self) -> bool:
        """Whether bodies are checked against Discord's API description (is there a file?)."""
        return self._description is not None

    @property
    def violations(self) -> list[Violation]:
        return self.world.violations

    def expect_violation(self, rule: str) -> Violation:
        """Take the first violation of that rule off the list: it was meant."""
        for violation in self.violations:
            if violation.rule == rule:
                self.violations.remove(violation)
                return violation
        raise AssertionError(f"no violation of {rule!r}, only {self.violations}")

    async def violated(self, rule: str, within: float = 10.0) -> Violation:
        """Wait for a violation of that rule, and take it off the list."""
        await self.world.signal.until(
            lambda: next((each for each in self.violations if each.rule == rule), None),
            within,
            lambda: f"no violation of {rule!r}, only {self.violations}",
        )
        return self.expect_violation(rule)

    def report(self) -> Report:
        world = self.world
        return Report(
            requests=len(world.requests),
            routes=dict(world.routes),
            events=dict(world.events),
            rules=dict(world.rule_counts),
            schema_checked=self.schema_checked,
            violations=len(world.violations),
        )

    # -- what people do -----------------------------------------------------------------------

    async def slash(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        user: Person | None = None,
        channel: Place = "guild",
        forged: bool = False,
    ) -> Interaction:
        """Use a slash command; subcommands as ``"command sub"``.

        `NotOffered` where Discord's own client would not let ``user`` do so: no permission, not
        in this place, options that do not fit. ``forged`` sends it all the same.
        """
        user = user or self.member
        place = self._place(channel, user)
        first, *path = name.split()
        command = self.world.command(first)
        leaf, wrap = self._leaf(command, path)
        if not forged:
            self._check_offered(command, user, place)
            _check_options(leaf, options or {})
        resolved: Json = {}
        filled = [self._option(leaf, *item, resolved) for item in (options or {}).items()]
        data = self._command_data(command, wrap(filled))
        if resolved:
            data["resolved"] = resolved
        return await self._send(Interaction(self.world, COMMAND, name, user, place), data)

    async def menu(
        self,
        name: str,
        target: Message | Said,
        *,
        user: Person | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Use a message command, from the menu of ``target``; its content is given in full."""
        user = user or self.member
        message = target.message if isinstance(target, Said) else target
        place = self.world.channels[message.channel_id]
        command = self.world.command(name, kind=3)
        if not forged:
            self._check_offered(command, user, place)
        event = Interaction(self.world, COMMAND, name, user, place, source=message)
        data = self._command_data(command, [])
        shown = payloads.message(self.world, message, always_visible=True)
        data |= {"target_id": str(message.id), "resolved": {"messages": {str(message.id): shown}}}
        return await self._send(event, data)

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str,
        *,
        options: Mapping[str, Any] | None = None,
        user: Person | None = None,
        channel: Place = "guild",
        within: float = 4.0,
    ) -> list[Json]:
        """Type into an option: the choices (``name`` and ``value``) that the bot suggests."""
        user = user or self.member
        place = self._place(channel, user)
        first, *path = name.split()
        command = self.world.command(first)
        leaf, wrap = self._leaf(command, path)
        self._check_offered(command, user, place)
        if not _option_of(leaf, option).get("autocomplete"):
            raise NotOffered(f"/{name} {option} has no autocomplete")
        filled = [self._option(leaf, *item, {}) for item in (options or {}).items()]
        kind = _option_of(leaf, option)["type"]
        filled.append({"name": option, "type": kind, "value": typed, "focused": True})
        event = Interaction(self.world, AUTOCOMPLETE, name, user, place)
        await self._send(event, self._command_data(command, wrap(filled)))
        await event.acknowledged(within)
        return event.choices

    async def click(
        self,
        message: Message | None,
        custom_id: str | None = None,
        *,
        label: str | None = None,
        user: Person | None = None,
        values: list[str] | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Use a component of a message as it is now: a button, or a select with ``values``.

        The component is named by its custom_id or its label. `NotOffered` where it is not there,
        is disabled, or the message is another person's ephemeral one; ``forged`` sends a click
        that Discord's client would not offer, from an old or another message's custom_id.
        """
        user = user or self.member
        if message is None:
            raise NotOffered("there is no message")
        current = self.world.message(message.id)
        if custom_id is None:
            custom_id = current.button(label or "").custom_id
        kind = 2 if values is None else 3
        if not forged:
            component = current.component(custom_id or "")
            kind = component["type"]
            if component.get("disabled"):
                raise NotOffered(f"{custom_id!r} is disabled")
            if current.ephemeral and self._owner(current) != user:
                raise NotOffered(f"{user.name} does not see this ephemeral message")
        place = self.world.channels[current.channel_id]
        event = Interaction(self.world, COMPONENT, custom_id or "", user, place, source=current)
        data: Json = {"custom_id": custom_id, "component_type": kind}
        data["id"] = next(
            (
                each["id"]
                for each in walk_components(current.components)
                if each.get("custom_id") == custom_id
            ),
            0,
        )
        if values is not None:
            data["values"] = values
        return await self._send(event, data)

    async def say(
        self,
        text: str,
        *,
        user: Person | None = None,
        channel: Place = "guild",
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Said:
        """Say something in a channel, perhaps in reply (which mentions its author, by ``ping``).

        The bot sees the text only in a DM, or where it is mentioned.
        """
        user = user or self.member
        place = self._place(channel, user)
        if reply_to is not None:
            place = self.world.channels[reply_to.channel_id]
        message = self.world.record(
            Message(
                id=self.world.new_id(),
                channel_id=place.id,
                author=user,
                content=text,
                reference=reply_to.id if reply_to else None,
                pings_author=reply_to is not None and ping,
                created=timestamp(),
            )
        )
        said = Said(self.world, message)
        await self._rest.announce(message)
        return said

    async def mention(
        self,
        text: str,
        *,
        user: Person | None = None,
        channel: Place = "guild",
        reply_to: Message | None = None,
    ) -> Said:
        """Say something to the bot: the text with its mention in front."""
        text = f"{self.bot.mention} {text}"
        return await self.say(text, user=user, channel=channel, reply_to=reply_to)

    def dm(self, user: Person) -> Channel:
        """The DM channel of that person and the bot."""
        return self.world.dm(user)

    # -- how it is sent -----------------------------------------------------------------------

    async def _send(self, event: Interaction, data: Json) -> Interaction:
        if not self.gateway.has_session:
            raise RuntimeError("no client has identified: await discord.ready() first")
        self.world.interactions[event.token] = event
        payload = payloads.interaction(self.world, event, data)
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return event

    def _place(self, place: Place, user: Person) -> Channel:
        if isinstance(place, Channel):
            return place
        return {"guild": lambda: self.channel, "dm": lambda: self.dm(user)}[place]()

    def _owner(self, message: Message) -> Person | None:
        """Who caused a response of the bot."""
        for event in self.interactions:
            if event.id == message.interaction_id:
                return event.user
        return None

    def _check_offered(self, command: Json, user: Person, place: Channel) -> None:
        name = command["name"]
        contexts = command.get("contexts")
        if place.is_dm:
            everywhere = command.get("dm_permission", "guild_id" not in command)
            if (contexts is not None and 1 not in contexts) or not everywhere:
                raise NotOffered(f"{name!r} is not offered in DMs")
            return
        if contexts is not None and 0 not in contexts:
            raise NotOffered(f"{name!r} is not offered in guilds")
        needed = command.get("default_member_permissions")
        if needed is not None and not user.permissions & ADMINISTRATOR:
            bits = int(needed)
            if bits == 0 or user.permissions & bits != bits:
                raise NotOffered(f"{name!r} is not offered to {user.name}")

    def _leaf(self, command: Json, path: list[str]) -> tuple[Json, Any]:
        """The (sub)command that has the options, and how to wrap them up to the top."""
        leaf, parents = command, []
        for step in path:
            leaf = _option_of(leaf, step)
            parents.append(leaf)

        def wrap(options: list[Json]) -> list[Json]:
            for parent in reversed(parents):
                options = [{"name": parent["name"], "type": parent["type"], "options": options}]
            return options

        return leaf, wrap

    def _option(self, leaf: Json, name: str, value: Any, resolved: Json) -> Json:
        kind = _option_of(leaf, name)["type"]
        if kind == USER:
            person: Person = value
            resolved.setdefault("users", {})[str(person.id)] = payloads.user(person)
            resolved.setdefault("members", {})[str(person.id)] = payloads.member(
                person, with_user=False, with_permissions=True
            )
            value = str(person.id)
        elif kind not in (STRING, INTEGER, BOOLEAN, NUMBER):
            raise NotImplementedError(f"options of type {kind}")
        return {"name": name, "type": kind, "value": value}

    def _command_data(self, command: Json, options: list[Json]) -> Json:
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if options:
            data["options"] = options
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data


def _option_of(leaf: Json, name: str) -> Json:
    options: list[Json] = leaf.get("options") or []
    for option in options:
        if option["name"] == name:
            return option
    known = [option["name"] for option in options]
    raise NotOffered(f"{leaf['name']!r} has no option {name!r}, only {known}")


def _check_options(leaf: Json, given: Mapping[str, Any]) -> None:
    """What Discord's client checks before it sends a slash command."""
    for option in leaf.get("options") or []:
        name = option["name"]
        if option.get("required") and name not in given:
            raise NotOffered(f"{leaf['name']!r} needs {name!r}")
    for name, value in given.items():
        option = _option_of(leaf, name)
        wanted: dict[int, Any] = {
            STRING: str,
            INTEGER: int,
            BOOLEAN: bool,
            NUMBER: (int, float),
            USER: Person,
        }
        kind = option["type"]
        fits = isinstance(value, wanted.get(kind, object))
        if not fits or (kind != BOOLEAN and isinstance(value, bool)):
            raise NotOffered(f"{name!r} is not of option type {kind}: {value!r}")
        choices = [choice["value"] for choice in option.get("choices") or []]
        if choices and value not in choices:
            raise NotOffered(f"{name!r} must be one of {choices}")
        if isinstance(value, str) and kind == STRING:
            low, high = option.get("min_length", 0), option.get("max_length", 6000)
            if not low <= len(value) <= high:
                raise NotOffered(f"{name!r} must have {low} to {high} characters")
        if kind in (INTEGER, NUMBER):
            low, high = option.get("min_value"), option.get("max_value")
            if (low is not None and value < low) or (high is not None and value > high):
                raise NotOffered(f"{name!r} must be from {low} to {high}")
