"""LoopbackDiscord: a Discord on a Unix socket, and what a test does and sees there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp
from aiohttp import web

from . import modals, offering, payloads
from .description import Description
from .gateway import Gateway
from .limits import Refusal
from .recording import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction, NotOffered, Said
from .records import (
    BUTTON,
    NEWS,
    STRING_SELECT,
    TEXT,
    Channel,
    Json,
    Message,
    Person,
    Request,
    Violation,
)
from .report import Report, Totals
from .rest import ACKNOWLEDGE_WITHIN, Faults, Rest
from .rules import STATE_RULES
from .world import EVERYBODY, SEND_MESSAGES, VIEW_CHANNEL, Clock, World, timestamp

LONGEST_SOCKET_PATH = 107
"""Bytes of a path that fit into a Unix socket's address on Linux (unix(7))."""
BACKLOG = 1024
"""Connections that may wait: a burst of 200 lost answers at the usual 128."""

Place = str | Channel
"""``"guild"``, ``"dm"`` (with the person who acts), ``"elsewhere"``, ``"group"``, or a channel."""


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
    heartbeat_interval: seconds; a client that is a quarter of it late is closed with 4009.
    shards: how many a client that asks is told to open.
    totals: gets the report in the end.
    """

    token = "loopback.token.right"

    def __init__(
        self,
        socket_path: str | os.PathLike[str] | None = None,
        *,
        clock: Clock | None = None,
        privileged_intents: int = 0,
        heartbeat_interval: float = 41.25,
        shards: int = 1,
        totals: Totals | None = None,
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
            shards=shards,
        )
        self._description = Description.load()
        self._rest = Rest(self.world, self.gateway, self.token, self._description)
        self._runner: web.AppRunner | None = None
        self._totals = totals

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
        if self._totals is not None:
            self._totals.add(self.report())
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
    def elsewhere(self) -> Channel:
        """A channel of a guild where the bot is not: people use the app that they installed."""
        return self.world.elsewhere

    @property
    def group_dm(self) -> Channel:
        """A group DM, where too people use the app that they installed."""
        return self.world.group_dm

    @property
    def guild_locale(self) -> str:
        """The guild's preferred locale, as the guild and interactions give it."""
        return self.world.guild_locale

    @guild_locale.setter
    def guild_locale(self, locale: str) -> None:
        self.world.guild_locale = locale

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

    def refuse_once(
        self,
        where: str | Callable[[Request], bool],
        status: int = 502,
        *,
        retry_after: float = 0.1,
        scope: Literal["user", "global", "shared"] = "user",
    ) -> Refusal:
        """Do not serve the next request that fits ``where``, but fail with that status.

        ``where`` is a route, as ``Request.route`` has it, perhaps with the method in front, or
        says whether a `Request` is meant. For 429 the client is told to wait ``retry_after``
        seconds. The refusal has the ``request`` that met it.
        """
        return self._rest.refuse_once(where, status, retry_after, scope)

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
        command = self.world.command(first, place=place)
        leaf, wrap = offering.leaf_of(command, path)
        if not forged:
            offering.check_command(self.world, command, user, place)
            offering.check_options(leaf, options or {})
        resolved: Json = {}
        filled = [
            offering.fill_option(self.world, user, leaf, *item, resolved)
            for item in (options or {}).items()
        ]
        data = self._command_data(command, wrap(filled))
        if resolved:
            data["resolved"] = resolved
        installer = offering.installer(self.world, command, user, place)
        event = Interaction(self.world, COMMAND, name, user, place, installer=installer)
        return await self._send(event, data)

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
        message = self._standing(_noted(target))
        place = self.world.channels[message.channel_id]
        command = self.world.command(name, 3, place)
        if not forged:
            offering.check_command(self.world, command, user, place)
        installer = offering.installer(self.world, command, user, place)
        event = Interaction(self.world, COMMAND, name, user, place, message, installer=installer)
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
        command = self.world.command(first, place=place)
        leaf, wrap = offering.leaf_of(command, path)
        offering.check_command(self.world, command, user, place)
        if not offering.option_of(leaf, option).get("autocomplete"):
            raise NotOffered(f"/{name} {option} has no autocomplete")
        filled = [
            offering.fill_option(self.world, user, leaf, *item, {})
            for item in (options or {}).items()
        ]
        kind = offering.option_of(leaf, option)["type"]
        filled.append({"name": option, "type": kind, "value": typed, "focused": True})
        installer = offering.installer(self.world, command, user, place)
        event = Interaction(self.world, AUTOCOMPLETE, name, user, place, installer=installer)
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

        The component is named by its custom_id or its label; people and channels are chosen by
        their ids. `NotOffered` where it is not there, is disabled, does not take those values, or
        the message is another person's ephemeral one; ``forged`` sends a click that Discord's
        client would not offer, from an old or another message's custom_id.
        """
        user = user or self.member
        if message is None:
            raise NotOffered("there is no message")
        current = self._standing(message)
        if custom_id is None:
            custom_id = current.button(label or "").custom_id
        cause = self._cause(current)
        if not forged and current.ephemeral and (cause is None or cause.user != user):
            raise NotOffered(f"{user.name} does not see this ephemeral message")
        try:
            component = current.component(custom_id or "")
        except LookupError:
            if not forged:
                raise
            component = {"type": BUTTON if values is None else STRING_SELECT, "id": 0}
        if not forged:
            offering.check_component(self.world, component, values)
        place = self.world.channels[current.channel_id]
        event = Interaction(
            self.world,
            COMPONENT,
            custom_id or "",
            user,
            place,
            current,
            installer=cause.installer if cause else None,
        )
        data: Json = {"custom_id": custom_id, "component_type": component["type"]}
        data["id"] = component["id"]
        if values is not None:
            resolved: Json = {}
            data |= offering.choose(self.world, user, component, values, resolved)
            data |= {"resolved": resolved} if resolved else {}
        return await self._send(event, data)

    async def submit(
        self,
        interaction: Interaction,
        answers: Mapping[str, Any],
        *,
        user: Person | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Fill in the modal with which the bot answered, by custom_id, and send it off.

        A text input takes a text, a checkbox a bool, whatever else has options one of them or a
        list, and a select of people or channels those. `NotOffered` where there is no modal (any
        more), another person sees it, or an answer is missing or does not fit; ``forged`` sends it.
        """
        user = user or interaction.user
        await interaction.acknowledged()
        modal = interaction.modal
        if modal is None:
            raise NotOffered(f"{interaction!r} shows no modal")
        if not forged:
            if user != interaction.user:
                raise NotOffered(f"{user.name} does not see this modal")
            if any(each.parent is interaction and each.response for each in self.interactions):
                raise NotOffered(f"{interaction!r}: its modal was sent already")
        data = modals.fill(self.world, user, modal, answers, forged=forged)
        source = None if interaction.kind == COMMAND else interaction.source
        event = Interaction(
            self.world,
            MODAL_SUBMIT,
            modal["custom_id"],
            user,
            interaction.channel,
            source,
            parent=interaction,
            installer=interaction.installer,
        )
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

    async def delete(self, message: Message | Said) -> None:
        """Delete a message, as its author or a moderator does."""
        await self._rest.delete(self._standing(_noted(message)))

    async def start_thread(
        self, message: Message | Said, name: str, *, user: Person | None = None
    ) -> Channel:
        """Start a public thread from a message of a channel; it has the message's id."""
        noted = self._standing(_noted(message))
        parent = self.world.channels[noted.channel_id]
        if parent.kind not in (TEXT, NEWS) or noted.id in self.world.channels or noted.ephemeral:
            raise NotOffered(f"no thread can be started from {noted.content!r}")
        return await self._rest.start_thread(noted, name, user or self.member)

    # -- people and places --------------------------------------------------------------------

    def new_person(
        self, name: str, *, permissions: int | None = None, locale: str = "en-US"
    ) -> Person:
        """Somebody else in the guild, by default with what everybody may do."""
        return self.world.add_person(
            name, EVERYBODY if permissions is None else permissions, locale
        )

    async def new_channel(self, name: str, kind: Literal["text", "news"] = "text") -> Channel:
        """Another channel of the guild."""
        place = self.world.add_channel(name, {"text": TEXT, "news": NEWS}[kind])
        await self._rest.announce_channel(place)
        return place

    def forbid(self, channel: Channel, *, hidden: bool = False) -> None:
        """Take from the bot the right to write in a channel and its threads, or to see them.

        It learns so by an error (50013, 50007 in a DM, 50001 where it sees nothing), which is no
        violation, and in an interaction there by the permissions of the app. No event tells it.
        """
        self.world.forbidden[channel.id] = VIEW_CHANNEL if hidden else SEND_MESSAGES

    def allow(self, channel: Channel) -> None:
        """Give back what `forbid` took."""
        self.world.forbidden.pop(channel.id, None)

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
        if place == "dm":
            return self.dm(user)
        return {"guild": self.channel, "elsewhere": self.elsewhere, "group": self.group_dm}[place]

    def _standing(self, message: Message) -> Message:
        current = self.current(message)
        if current.deleted:
            raise NotOffered("the message was deleted")
        return current

    def _cause(self, message: Message) -> Interaction | None:
        """The interaction to which a message of the bot responds."""
        for event in self.interactions:
            if event.id == message.interaction_id:
                return event
        return None

    def _command_data(self, command: Json, options: list[Json]) -> Json:
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if options:
            data["options"] = options
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data


def _noted(message: Message | Said) -> Message:
    return message.message if isinstance(message, Said) else message
