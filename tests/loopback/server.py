"""LoopbackDiscord: a Discord on a Unix socket, what a test does there, and what it sees."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self, TypeVar

import aiohttp
from aiohttp import web

from . import payloads
from .description import Description
from .events import Events
from .faults import Faults, InjectedFailure, Intercept, InterceptAnswer
from .gateway import Gateway
from .interactions import Interaction, NotOffered, UserMessage
from .markdown import Names
from .models import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    NEWS,
    TEXT,
    Channel,
    Json,
    Message,
    Request,
    User,
    Violation,
)
from .report import Report, Totals
from .rest import ACKNOWLEDGE_WITHIN, Rest
from .rules import STATE_RULES
from .user_input.commands import (
    MESSAGE_COMMAND,
    autocomplete_data,
    find_command,
    installer,
    message_command_data,
    slash_data,
)
from .user_input.components import component_data
from .user_input.modals import modal_data
from .world import EVERYONE, SEND_MESSAGES, VIEW_CHANNEL, Clock, World, timestamp

LONGEST_SOCKET_PATH = 107
"""Bytes of a path that fit into the address of a Unix socket on Linux (unix(7))."""
BACKLOG = 1024
"""Connections that may wait to be accepted; at the default of 128 a burst of 200 loses some."""

ChannelRef = str | Channel
"""``"guild"``, ``"dm"`` (of the acting user), ``"elsewhere"``, ``"group"``, or a channel."""


class Client(Protocol):
    """What `LoopbackDiscord.running` needs of a client; ``discord.Client`` has it."""

    async def start(self, token: str) -> None:
        """Log in, and run until closed."""

    async def close(self) -> None:
        """Close all connections."""


AnyClient = TypeVar("AnyClient", bound=Client)


class LoopbackDiscord:
    """A Discord with one guild, one text channel, three users and the bot.

        async with LoopbackDiscord() as server:
            client = MyClient(connector=server.connector())
            async with server.running(client):
                ...

    At the end of the block an AssertionError lists everything the bot did that Discord would have
    refused, except what the test took off the list with `expect_violation`.

    socket_path: where to listen; by default in a new directory that is removed at the end.
    bot_name: the bot's user name.
    clock: for the deadlines of interactions, in seconds; `Clock.advance` moves it forward.
    privileged_intents: the privileged intents enabled for the bot; it may not ask for others.
    heartbeat_interval: seconds between two heartbeats.
    heartbeat_tolerance: seconds by which a heartbeat may be late, or the session ends; by default a
        quarter of the interval.
    shards: how many shards the bot is told to use.
    description: Discord's API description; by default the one that ``DISCORD_OPENAPI`` names.
    totals: collects the report at the end.

    Raises ValueError if ``socket_path`` is too long, and `DescriptionNotFound`.
    """

    token = "loopback.token.right"

    def __init__(
        self,
        socket_path: str | os.PathLike[str] | None = None,
        *,
        bot_name: str = "bot",
        clock: Clock | None = None,
        privileged_intents: int = 0,
        heartbeat_interval: float = 41.25,
        heartbeat_tolerance: float | None = None,
        shards: int = 1,
        description: Description | None = None,
        totals: Totals | None = None,
    ) -> None:
        if socket_path is not None and len(os.fsencode(socket_path)) > LONGEST_SOCKET_PATH:
            raise ValueError(
                f"{os.fspath(socket_path)} is too long for a Unix socket "
                f"({LONGEST_SOCKET_PATH} bytes at most): choose a shorter path"
            )
        self.clock = clock or Clock()
        self.world = World(self.clock, bot_name)
        self.gateway = Gateway(
            self.world,
            self.token,
            privileged_intents=privileged_intents,
            heartbeat_interval=heartbeat_interval,
            heartbeat_tolerance=heartbeat_tolerance,
        )
        self._events = Events(self.world, self.gateway)
        self._faults = Faults()
        self._description = description or Description.from_environment()
        self._rest = Rest(
            self.world,
            self._events,
            self._faults,
            token=self.token,
            shards=shards,
            description=self._description,
        )
        self._runner: web.AppRunner | None = None
        self._totals = totals
        self._own_directory: str | None = None
        if socket_path is None:
            self._own_directory = tempfile.mkdtemp(prefix="loopback-", dir="/tmp")  # a short path
            socket_path = Path(self._own_directory, "discord")
        self.socket_path = os.fspath(socket_path)

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
        type: type[BaseException] | None,
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
        text = f"Discord would have refused this:\n{listed}"
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
            if event.response is None and age > ACKNOWLEDGE_WITHIN and not event.expired:
                detail = f"{event!r} for {age:.1f} s"
                self.world.violate("ack-deadline", detail, STATE_RULES["ack-deadline"])

    # -- the client under test ----------------------------------------------------------------

    def connector(self) -> aiohttp.UnixConnector:
        """Return a connector for ``discord.Client``. Call this inside the running event loop."""
        return aiohttp.UnixConnector(self.socket_path, limit=0)

    @asynccontextmanager
    async def running(self, client: AnyClient) -> AsyncIterator[AnyClient]:
        """Start a client, wait until it is ready, and close it at the end of the block.

        Raises what ``client.start`` raises before it is ready, such as ``discord.LoginFailure``.
        """
        started = asyncio.create_task(client.start(self.token))
        ready = asyncio.create_task(self.ready())
        try:
            await asyncio.wait({started, ready}, return_when=asyncio.FIRST_COMPLETED)
            if started.done():
                started.result()
            await ready
            yield client
        finally:
            ready.cancel()
            await client.close()
            await asyncio.wait({started})
        started.result()

    async def ready(self, within: float = 10.0) -> None:
        """Wait until a client has identified, with all its shards, and got the guild."""
        await self.world.signal.until(
            lambda: self.gateway.is_ready or None, within, lambda: "no client has identified"
        )

    async def commands_registered(self, within: float = 10.0) -> list[Json]:
        """Wait until the client has registered its commands; return `commands`."""
        await self.world.signal.until(
            lambda: self.world.commands or None, within, lambda: "no commands were registered"
        )
        return self.commands

    # -- what there is ------------------------------------------------------------------------

    @property
    def bot(self) -> User:
        """The bot's own user."""
        return self.world.bot

    @property
    def member(self) -> User:
        """A member without special permissions, who acts where no other user is named."""
        return self.world.member

    @property
    def manager(self) -> User:
        """A member with the permission Manage Server."""
        return self.world.manager

    @property
    def administrator(self) -> User:
        """A member with every permission."""
        return self.world.administrator

    @property
    def channel(self) -> Channel:
        """The guild's text channel."""
        return self.world.channel

    @property
    def elsewhere(self) -> Channel:
        """A channel of a guild without the bot, where users use the app they installed."""
        return self.world.elsewhere

    @property
    def group_dm(self) -> Channel:
        """A group DM, where users use the app they installed."""
        return self.world.group_dm

    @property
    def guild_locale(self) -> str:
        """The guild's preferred locale."""
        return self.world.guild_locale

    @guild_locale.setter
    def guild_locale(self, locale: str) -> None:
        self.world.guild_locale = locale

    @property
    def names(self) -> Names:
        """The names of all users and channels, for `markdown_html`."""
        return Names(
            users={user.id: user.display_name for user in self.world.users.values()},
            channels={channel.id: channel.name for channel in self.world.channels.values()},
        )

    @property
    def commands(self) -> list[Json]:
        """The registered commands with their ids, guild commands included."""
        return self.world.all_commands()

    def command(self, name: str, type: int = 1) -> Json:
        """Return the registered command. Raises a LookupError that lists the commands."""
        return self.world.command(name, type)

    @property
    def intents(self) -> int | None:
        """The intents of the last IDENTIFY."""
        return self.world.intents

    @property
    def interactions(self) -> list[Interaction]:
        """All interactions, oldest first."""
        return list(self.world.interactions.values())

    @property
    def messages(self) -> list[Message]:
        """The current state of the messages that the bot sent to channels, oldest first.

        Responses to interactions are not among them; their `Interaction` has them.
        """
        current = (history[-1] for history in self.world.histories.values())
        return [
            each
            for each in current
            if each.author == self.bot and each.interaction_id is None and not each.deleted
        ]

    def current(self, message: Message) -> Message:
        """Return the current state of a message."""
        return self.world.histories[message.id][-1]

    @property
    def requests(self) -> list[Request]:
        """All requests of the bot, oldest first."""
        return self.world.requests

    @property
    def typing(self) -> list[int]:
        """The channel id of each typing indicator the bot sent."""
        return self.world.typing

    @property
    def reactions(self) -> list[tuple[int, str]]:
        """The message id and emoji of each reaction the bot added."""
        return self.world.reactions

    # -- faults -------------------------------------------------------------------------------

    @property
    def intercept(self) -> Intercept | None:
        """An async function that may answer requests instead of the loopback, or None.

        It gets each `Request` before the token is checked, and returns a ``web.Response`` to send
        or None to go on. It may also wait.
        """
        return self._faults.intercept

    @intercept.setter
    def intercept(self, intercept: Intercept | None) -> None:
        self._faults.intercept = intercept

    @property
    def intercept_answer(self) -> InterceptAnswer | None:
        """An async function that may replace or delay the answers to requests, or None.

        It gets each `Request` that was carried out and the ``web.Response`` to it, and returns what
        is sent: for tests of what happens if an answer is lost.
        """
        return self._faults.intercept_answer

    @intercept_answer.setter
    def intercept_answer(self, intercept: InterceptAnswer | None) -> None:
        self._faults.intercept_answer = intercept

    def fail_once(
        self,
        where: str | Callable[[Request], bool],
        status: int = 502,
        *,
        retry_after: float = 0.1,
        scope: Literal["user", "global", "shared"] = "user",
    ) -> InjectedFailure:
        """Let the next request that matches ``where`` fail with that status.

        ``where`` is a predicate, or a route as in ``Request.route``, with or without the method in
        front. A 429 tells the client to wait for ``retry_after`` seconds. The returned object has
        the ``request`` that failed.
        """
        matches = where if callable(where) else self._rest.matcher(where)
        failure = InjectedFailure(matches, status, retry_after, scope)
        self._faults.fail_once(failure)
        return failure

    def forbid(self, channel: Channel, *, hidden: bool = False) -> None:
        """Take the right to write in a channel and its threads from the bot, or to see them.

        The bot learns of it by an error (50013; 50007 in a DM; 50001 where it sees nothing), which
        is no violation, and by the app permissions of an interaction. No event announces it.
        """
        self.world.denied_permissions[channel.id] = VIEW_CHANNEL if hidden else SEND_MESSAGES

    def allow(self, channel: Channel) -> None:
        """Give back the rights that `forbid` took."""
        self.world.denied_permissions.pop(channel.id, None)

    # -- violations ---------------------------------------------------------------------------

    @property
    def schema_checked(self) -> bool:
        """Whether bodies are checked against Discord's API description."""
        return self._description is not None

    @property
    def violations(self) -> list[Violation]:
        """Everything the bot did so far that Discord would have refused."""
        return self.world.violations

    def expect_violation(self, rule: str) -> Violation:
        """Take the first violation of a rule off the list. Raises an AssertionError if none."""
        for violation in self.violations:
            if violation.rule == rule:
                self.violations.remove(violation)
                return violation
        raise AssertionError(f"no violation of {rule!r}, only {self.violations}")

    async def violated(self, rule: str, within: float = 10.0) -> Violation:
        """Wait for a violation of a rule, and take it off the list."""
        await self.world.signal.until(
            lambda: next((each for each in self.violations if each.rule == rule), None),
            within,
            lambda: f"no violation of {rule!r}, only {self.violations}",
        )
        return self.expect_violation(rule)

    def report(self) -> Report:
        """Return what this run has covered so far."""
        world = self.world
        return Report(
            requests=len(world.requests),
            routes=dict(world.routes),
            events=dict(world.events),
            rules=dict(world.rule_counts),
            schema_checked=self.schema_checked,
            violations=len(world.violations),
        )

    # -- acting as a user ---------------------------------------------------------------------

    async def slash(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        channel: ChannelRef = "guild",
        forged: bool = False,
    ) -> Interaction:
        """Use a slash command; a subcommand is named ``"command sub"``.

        Raises `NotOffered` if Discord's own client would not allow that: the user lacks the
        permission, the command is not available in the channel, or an option does not fit.
        ``forged`` sends the interaction all the same.
        """
        user = user or self.member
        where = self._channel(channel, user)
        first, *path = name.split()
        command = find_command(self.world, first, 1, user, where, forged=forged)
        data = slash_data(self.world, command, path, options or {}, user, forged=forged)
        by = installer(self.world, command, user, where)
        return await self._interact(data, COMMAND, name, user, where, installer=by)

    async def context_menu(
        self,
        name: str,
        target: Message | UserMessage,
        *,
        user: User | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Use a message command from the context menu of ``target``."""
        user = user or self.member
        message = self._existing(target)
        where = self.world.channels[message.channel_id]
        command = find_command(self.world, name, MESSAGE_COMMAND, user, where, forged=forged)
        data = message_command_data(self.world, command, message)
        by = installer(self.world, command, user, where)
        return await self._interact(data, COMMAND, name, user, where, message, installer=by)

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str,
        *,
        options: Mapping[str, Any] | None = None,
        user: User | None = None,
        channel: ChannelRef = "guild",
        within: float = 4.0,
    ) -> list[Json]:
        """Type into an option of a slash command; return the bot's choices (name and value).

        ``options`` are those already filled in.
        """
        user = user or self.member
        where = self._channel(channel, user)
        first, *path = name.split()
        command = find_command(self.world, first, 1, user, where)
        data = autocomplete_data(self.world, command, path, options or {}, (option, typed), user)
        by = installer(self.world, command, user, where)
        event = await self._interact(data, AUTOCOMPLETE, name, user, where, installer=by)
        await event.acknowledged(within)
        return event.choices

    async def click(
        self,
        message: Message | None,
        custom_id: str | None = None,
        *,
        label: str | None = None,
        user: User | None = None,
        values: Sequence[str] | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Click a button of a message's current state, or choose ``values`` in a select.

        The component is named by its custom_id or a button's label; users and channels are chosen
        by their ids. Raises a LookupError if there is no such component, and `NotOffered` if it is
        disabled, does not take the values, the message is ephemeral and another user's, or it was
        deleted. ``forged`` sends the interaction all the same, such as with the custom_id of an old
        message, or without a message that was deleted.
        """
        user = user or self.member
        if message is None:
            raise NotOffered("there is no message")
        current = self.current(message) if forged else self._existing(message)
        if custom_id is None:
            custom_id = current.button(label or "").custom_id or ""
        cause = self._cause(current)
        if not forged and current.ephemeral and (cause is None or cause.user != user):
            raise NotOffered(f"{user.name} does not see this ephemeral message")
        data = component_data(self.world, current, custom_id, values, user, forged=forged)
        where = self.world.channels[current.channel_id]
        by = cause.installer if cause else None
        return await self._interact(data, COMPONENT, custom_id, user, where, current, installer=by)

    async def submit_modal(
        self,
        interaction: Interaction,
        answers: Mapping[str, Any],
        *,
        user: User | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Fill in the modal that the bot opened, by custom_id, and submit it.

        A text input takes a string, a checkbox a bool, anything with options one of them or a
        list, and a select of users or channels those. What is left out stays as the bot filled it
        in. Raises `NotOffered` if there is no modal, it was submitted already, another user sees
        it, or an answer is missing or does not fit. ``forged`` sends the interaction all the same.
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
                raise NotOffered(f"{interaction!r}: its modal was submitted already")
        data = modal_data(self.world, user, modal, answers, forged=forged)
        return await self._interact(
            data,
            MODAL_SUBMIT,
            modal["custom_id"],
            user,
            interaction.channel,
            None if interaction.type == COMMAND else interaction.source,
            parent=interaction,
            installer=interaction.installer,
        )

    async def send(
        self,
        text: str,
        *,
        user: User | None = None,
        channel: ChannelRef = "guild",
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> UserMessage:
        """Send a message to a channel, or a reply, which mentions the author if ``ping``.

        The bot sees the text only in a DM or if it is mentioned, unless it has the message content
        intent.
        """
        user = user or self.member
        channel_id = reply_to.channel_id if reply_to else self._channel(channel, user).id
        message = self.world.record(
            Message(
                id=self.world.new_id(),
                channel_id=channel_id,
                author=user,
                content=text,
                reference=reply_to.id if reply_to else None,
                pings_author=reply_to is not None and ping,
                created=timestamp(),
            )
        )
        sent = UserMessage(self.world, message)
        await self._events.message_changed(message)
        return sent

    async def mention(
        self,
        text: str,
        *,
        user: User | None = None,
        channel: ChannelRef = "guild",
        reply_to: Message | None = None,
    ) -> UserMessage:
        """Send a message that begins with a mention of the bot."""
        text = f"{self.bot.mention} {text}"
        return await self.send(text, user=user, channel=channel, reply_to=reply_to)

    async def delete(self, message: Message | UserMessage) -> None:
        """Delete a message, as its author or a moderator does."""
        await self._events.delete_message(self._existing(message))

    async def start_thread(
        self, message: Message | UserMessage, name: str, *, user: User | None = None
    ) -> Channel:
        """Start a public thread from a message of a channel; return the thread."""
        parent_message = self._existing(message)
        parent = self.world.channels[parent_message.channel_id]
        has_thread = parent_message.id in self.world.channels
        if parent.type not in (TEXT, NEWS) or has_thread or parent_message.ephemeral:
            raise NotOffered(f"no thread can be started from {parent_message.content!r}")
        return await self._events.start_thread(parent_message, name, user or self.member)

    # -- more users and channels --------------------------------------------------------------

    def new_user(self, name: str, *, permissions: int | None = None, locale: str = "en-US") -> User:
        """Add a member to the guild, by default with the permissions of @everyone."""
        return self.world.add_user(name, EVERYONE if permissions is None else permissions, locale)

    async def remove_bot(self) -> None:
        """Remove the bot from the guild, as its managers may; it may be offline meanwhile."""
        await self._events.bot_removed()

    async def add_bot(self) -> None:
        """Add the bot to the guild again."""
        await self._events.bot_added()

    async def make_guild_unavailable(self) -> None:
        """Let an outage make the guild unavailable; the bot stays in it."""
        await self._events.outage(ends=False)

    async def make_guild_available(self) -> None:
        """End the outage."""
        await self._events.outage(ends=True)

    async def new_channel(self, name: str, type: Literal["text", "news"] = "text") -> Channel:
        """Add a channel to the guild."""
        channel = self.world.add_channel(name, {"text": TEXT, "news": NEWS}[type])
        await self._events.channel_created(channel)
        return channel

    async def new_forum(
        self, name: str, tags: Sequence[str] = (), *, requires_tag: bool = False
    ) -> Channel:
        """Add a forum to the guild, with tags of these names."""
        forum = self.world.add_forum(name, tags, requires_tag=requires_tag)
        await self._events.channel_created(forum)
        return forum

    def posts(self, forum: Channel) -> list[Channel]:
        """Return the current state of a forum's posts, oldest first."""
        return [each for each in self.world.channels.values() if each.parent_id == forum.id]

    async def archive(self, thread: Channel) -> Channel:
        """Archive a thread, as happens to one in which nobody has written for a while."""
        archived = replace(self.world.channels[thread.id], archived=timestamp())
        await self._events.thread_changed(archived)
        return archived

    def dm(self, user: User) -> Channel:
        """Return the DM channel of that user and the bot."""
        return self.world.dm(user)

    # -- helpers ------------------------------------------------------------------------------

    async def _interact(
        self,
        data: Json,
        type: int,
        name: str,
        user: User,
        channel: Channel,
        source: Message | None = None,
        *,
        parent: Interaction | None = None,
        installer: User | None = None,
    ) -> Interaction:
        """Send an interaction to the client. Raises RuntimeError if none has identified."""
        if not self.gateway.has_session:
            raise RuntimeError("no client has identified: await ready() first")
        event = Interaction(
            self.world, type, name, user, channel, source, parent=parent, installer=installer
        )
        self.world.interactions[event.token] = event
        self.world.interactions_by_id[event.id] = event
        payload = payloads.interaction(self.world, event, data)
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return event

    def _channel(self, channel: ChannelRef, user: User) -> Channel:
        if isinstance(channel, Channel):
            return channel
        if channel == "dm":
            return self.dm(user)
        return {"guild": self.channel, "elsewhere": self.elsewhere, "group": self.group_dm}[channel]

    def _existing(self, message: Message | UserMessage) -> Message:
        """Return the current state of a message. Raises `NotOffered` if it was deleted."""
        current = self.current(message.message if isinstance(message, UserMessage) else message)
        if current.deleted:
            raise NotOffered("the message was deleted")
        return current

    def _cause(self, message: Message) -> Interaction | None:
        """Return the interaction to which a message of the bot responds."""
        if message.interaction_id is None:
            return None
        return self.world.interactions_by_id.get(message.interaction_id)
