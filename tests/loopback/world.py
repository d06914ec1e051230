"""The state of the loopback Discord: one guild, its users, and everything that happened."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from .models import (
    DM,
    FORUM,
    GROUP_DM,
    NEWS,
    NEWS_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    ForumTag,
    Json,
    Message,
    Request,
    User,
    Violation,
)
from .rules import Refused

if TYPE_CHECKING:
    from .interactions import Interaction

Result = TypeVar("Result")

DISCORD_EPOCH_MS = 1_420_070_400_000

# Permission bits (/topics/permissions).
ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11 | 1 << 38  # in channels and in threads
ALL_PERMISSIONS = sum(1 << bit for bit in (*range(47), *range(48, 53)))
EVERYONE = sum(1 << bit for bit in (6, 10, 11, 14, 15, 16, 18, 26, 31, 35, 36, 38, 46))


class Clock:
    """A monotonic clock, in seconds, that a test can move forward."""

    def __init__(self) -> None:
        self.advanced = 0.0
        """The seconds by which `advance` moved it forward."""

    def __call__(self) -> float:
        return time.monotonic() + self.ahead

    @property
    def ahead(self) -> float:
        """The seconds by which the clock is ahead of the machine's."""
        return self.advanced

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.advanced += seconds


class Signal:
    """Wakes the coroutines that wait for a condition on the state."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Let every waiting coroutine check its condition again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(
        self, look: Callable[[], Result | None], within: float, failing: Callable[[], str]
    ) -> Result:
        """Wait until ``look`` returns something; return it.

        Raises a TimeoutError with the text of ``failing`` after ``within`` seconds.
        """
        deadline = time.monotonic() + within
        while (found := look()) is None:
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await asyncio.wait_for(future, deadline - time.monotonic())
            except TimeoutError:
                raise TimeoutError(f"not within {within} s: {failing()}") from None
            finally:
                self._waiting.discard(future)
        return found


class World:
    """Users, channels, messages, interactions, commands, and counts of what happened.

    A message is stored as the list of its states, oldest first.
    """

    def __init__(self, clock: Clock, bot_name: str) -> None:
        self.clock = clock
        self.signal = Signal()
        self._serial = itertools.count(1)

        self.application_id = self.new_id()
        self.bot = User(self.application_id, bot_name, EVERYONE, bot=True)
        self.guild_id = self.new_id()
        self.role_manager = self.new_id()
        self.role_administrator = self.new_id()
        self.member = User(self.new_id(), "mia", EVERYONE)
        self.manager = User(self.new_id(), "max", EVERYONE | MANAGE_GUILD, (self.role_manager,))
        # An administrator has every permission bit in what an interaction says of the member.
        self.administrator = User(self.new_id(), "ada", ALL_PERMISSIONS, (self.role_administrator,))
        self.users = {
            user.id: user for user in (self.bot, self.member, self.manager, self.administrator)
        }
        self.guild_locale = "en-US"
        self.has_bot = True
        """Whether the bot is in the guild."""
        self.channels: dict[int, Channel] = {}
        self.channel = self.add_channel("general", TEXT)
        self.elsewhere = Channel(self.new_id(), "elsewhere", guild_id=self.new_id())
        self.group_dm = Channel(self.new_id(), "friends", type=GROUP_DM, owner_id=self.member.id)
        self.channels |= {channel.id: channel for channel in (self.elsewhere, self.group_dm)}
        self.denied_permissions: dict[int, int] = {}
        """The permissions that the bot lacks in a channel, by channel id."""
        self.histories: dict[int, list[Message]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.interactions_by_id: dict[int, Interaction] = {}
        self.commands: dict[int | None, dict[int, Json]] = {}
        """The registered commands by id, for each guild id (None: global commands)."""
        self.intents: int | None = None

        self.typing: list[int] = []
        self.reactions: list[tuple[int, str]] = []
        self.requests: list[Request] = []
        self.violations: list[Violation] = []
        self.routes: Counter[str] = Counter()
        self.rule_counts: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    def new_id(self) -> int:
        """Return a new snowflake with the current time (/reference#snowflakes)."""
        milliseconds = int((time.time() + self.clock.ahead) * 1000) - DISCORD_EPOCH_MS
        return (milliseconds << 22) | (next(self._serial) & 0x3FFFFF)

    # -- users and channels -------------------------------------------------------------------

    def user(self, id_: int) -> User:
        """Return the user with that id. Raises `Refused` (10013) if there is none."""
        self.count_rules("unknown-user")
        if id_ not in self.users:
            raise Refused("unknown-user", 404, 10013, "Unknown User")
        return self.users[id_]

    def channel_by_id(self, id_: int) -> Channel:
        """Return the channel with that id. Raises `Refused` (10003) if there is none."""
        self.count_rules("unknown-channel")
        if id_ not in self.channels:
            raise Refused("unknown-channel", 404, 10003, "Unknown Channel")
        return self.channels[id_]

    def bot_sees(self, channel: Channel) -> bool:
        """Whether the bot is a member of the channel; it gets no events of other channels."""
        is_member = channel.is_dm or (channel.guild_id == self.guild_id and self.has_bot)
        return is_member and bool(self.bot_permissions(channel) & VIEW_CHANNEL)

    def bot_permissions(self, channel: Channel) -> int:
        """Return the bot's permission bits; a thread has those of its parent."""
        denied = self.denied_permissions.get(channel.id, 0)
        denied |= self.denied_permissions.get(channel.parent_id or 0, 0)
        return self.bot.permissions & ~denied

    def add_user(self, name: str, permissions: int, locale: str) -> User:
        """Add a member to the guild."""
        user = User(self.new_id(), name, permissions, locale=locale)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, type: int) -> Channel:
        """Add a channel to the guild."""
        channel = Channel(self.new_id(), name, type=type, guild_id=self.guild_id)
        self.channels[channel.id] = channel
        return channel

    def add_forum(self, name: str, tags: Sequence[str], *, requires_tag: bool) -> Channel:
        """Add a forum to the guild, with tags of these names."""
        offered = tuple(ForumTag(self.new_id(), each) for each in tags)
        forum = replace(self.add_channel(name, FORUM), tags=offered, requires_tag=requires_tag)
        return self.update_channel(forum)

    def add_post(self, forum: Channel, name: str, tags: tuple[int, ...]) -> Channel:
        """Add a post of the bot to a forum; its first message is to have the same id."""
        post = Channel(
            self.new_id(),
            name,
            type=PUBLIC_THREAD,
            guild_id=forum.guild_id,
            parent_id=forum.id,
            owner_id=self.bot.id,
            created=timestamp(),
            applied_tags=tags,
        )
        return self.update_channel(post)

    def update_channel(self, channel: Channel) -> Channel:
        """Store a new state of a channel, and return it."""
        self.channels[channel.id] = channel
        return channel

    def threads_of(self, guild_id: int, *, archived: bool) -> list[Channel]:
        """Return the threads of a guild that are archived, or those that are not."""
        return [
            each
            for each in self.channels.values()
            if each.is_thread and each.guild_id == guild_id and bool(each.archived) is archived
        ]

    def add_thread(self, message: Message, name: str, owner: User) -> Channel:
        """Add a thread that starts from a message and has the message's id."""
        parent = self.channels[message.channel_id]
        thread = Channel(
            message.id,
            name,
            type=NEWS_THREAD if parent.type == NEWS else PUBLIC_THREAD,
            guild_id=parent.guild_id,
            parent_id=parent.id,
            owner_id=owner.id,
            created=timestamp(),
        )
        self.channels[thread.id] = thread
        return thread

    def dm(self, user: User) -> Channel:
        """Return the DM channel between the bot and that user; create it if needed."""
        for channel in self.channels.values():
            if channel.recipient == user:
                return channel
        channel = Channel(self.new_id(), recipient=user, type=DM)
        self.channels[channel.id] = channel
        return channel

    # -- messages -----------------------------------------------------------------------------

    def record(self, message: Message) -> Message:
        """Store a new state of a message, and return it."""
        self.histories.setdefault(message.id, []).append(message)
        self.signal.notify()
        return message

    def message(self, id_: int) -> Message:
        """Return a message's current state. Raises `Refused` (10008) if there is none."""
        self.count_rules("unknown-message")
        message = self.find_message(id_)
        if message is None or message.deleted:
            raise Refused("unknown-message", 404, 10008, "Unknown Message")
        return message

    def find_message(self, id_: int | None) -> Message | None:
        """Return a message's current state, deleted or not, or None."""
        history = self.histories.get(id_ or 0)
        return history[-1] if history else None

    def messages_in(self, channel_id: int) -> list[Message]:
        """Return the messages of a channel that are not deleted, oldest first."""
        current = (history[-1] for history in self.histories.values())
        return [each for each in current if each.channel_id == channel_id and not each.deleted]

    # -- commands -----------------------------------------------------------------------------

    def command(self, name: str, type: int = 1, channel: Channel | None = None) -> Json:
        """Return the registered command; a guild's own takes precedence over a global one.

        Raises a LookupError that lists the registered commands.
        """
        for scope in (channel.guild_id if channel else self.guild_id, None, self.guild_id):
            for command in self.commands.get(scope, {}).values():
                if (command["name"], command["type"]) == (name, type):
                    return command
        known = [each["name"] for each in self.all_commands()]
        raise LookupError(f"no command {name!r} is registered, only {known}")

    def all_commands(self) -> list[Json]:
        """Return all registered commands, guild commands included."""
        return [each for scope in self.commands.values() for each in scope.values()]

    # -- rules --------------------------------------------------------------------------------

    def count_rules(self, *rules: str) -> None:
        """Note that these rules were checked."""
        self.rule_counts.update(rules)

    def violate(self, rule: str, detail: str, source: str, request: str = "") -> None:
        """Record a violation."""
        self.violations.append(Violation(rule, detail, source, request))
        self.signal.notify()


def timestamp() -> str:
    """Return the current time in Discord's format (ISO 8601)."""
    return datetime.now(UTC).isoformat()
