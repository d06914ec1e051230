"""The state of the loopback Discord: one guild, its people, and what happened."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from .records import (
    DM,
    GROUP_DM,
    NEWS,
    NEWS_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Json,
    Message,
    Person,
    Request,
    Violation,
)
from .rules import Refused

if TYPE_CHECKING:
    from .recording import Interaction

Found = TypeVar("Found")

DISCORD_EPOCH_MS = 1_420_070_400_000

# Permission bits (/topics/permissions).
ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11 | 1 << 38  # in channels, in threads
ALL_PERMISSIONS = sum(1 << bit for bit in (*range(47), *range(48, 53)))
EVERYBODY = sum(1 << bit for bit in (6, 10, 11, 14, 15, 16, 18, 26, 31, 35, 36, 38, 46))


class Clock:
    """Seconds that pass by themselves, and faster when a test says so."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class Signal:
    """Wakes those who wait for the state to become what they look for."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(
        self, look: Callable[[], Found | None], within: float, failing: Callable[[], str]
    ) -> Found:
        """What ``look`` finds; a TimeoutError with the words of ``failing`` if it finds nothing."""
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
    """People, channels, messages, interactions and commands, and what was counted on the way.

    A message is kept as the list of its states; ``on_violation`` is the one door for faults.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.signal = Signal()
        self._serial = itertools.count(1)

        self.application_id = self.new_id()
        self.bot = Person(self.application_id, "verbatim", EVERYBODY, bot=True)
        self.guild_id = self.new_id()
        self.role_manager = self.new_id()
        self.role_administrator = self.new_id()
        self.member = Person(self.new_id(), "mia", EVERYBODY)
        self.manager = Person(self.new_id(), "max", EVERYBODY | MANAGE_GUILD, (self.role_manager,))
        # An administrator has every permission bit in what an interaction says of the member.
        self.administrator = Person(
            self.new_id(), "ada", ALL_PERMISSIONS, (self.role_administrator,)
        )
        self.people = {
            person.id: person
            for person in (self.bot, self.member, self.manager, self.administrator)
        }
        self.guild_locale = "en-US"
        self.channels: dict[int, Channel] = {}
        self.channel = self.add_channel("general", TEXT)
        self.elsewhere = Channel(self.new_id(), "elsewhere", guild_id=self.new_id())
        self.group_dm = Channel(self.new_id(), "friends", kind=GROUP_DM, owner_id=self.member.id)
        self.channels |= {place.id: place for place in (self.elsewhere, self.group_dm)}
        self.forbidden: dict[int, int] = {}
        """Permissions that the bot does not have in a channel, by its id."""
        self.histories: dict[int, list[Message]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[int | None, dict[int, Json]] = {}
        """Registered commands by id, of a guild or (None) everywhere; absent until registered."""
        self.intents: int | None = None

        self.typing: list[int] = []
        self.reactions: list[tuple[int, str]] = []
        self.requests: list[Request] = []
        self.violations: list[Violation] = []
        self.routes: Counter[str] = Counter()
        self.rule_counts: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    def new_id(self) -> int:
        """A snowflake of now (/reference#snowflakes)."""
        milliseconds = int(time.time() * 1000) - DISCORD_EPOCH_MS
        return (milliseconds << 22) | (next(self._serial) & 0x3FFFFF)

    # -- people and places --------------------------------------------------------------------

    def person(self, id_: int) -> Person:
        self.ask("unknown-user")
        if id_ not in self.people:
            raise Refused("unknown-user", 404, 10013, "Unknown User")
        return self.people[id_]

    def channel_of(self, id_: int) -> Channel:
        self.ask("unknown-channel")
        if id_ not in self.channels:
            raise Refused("unknown-channel", 404, 10003, "Unknown Channel")
        return self.channels[id_]

    def sees(self, place: Channel) -> bool:
        """Whether the bot itself is there: it gets the events of no other place."""
        is_inside = place.is_dm or place.guild_id == self.guild_id
        return is_inside and bool(self.bot_permissions(place) & VIEW_CHANNEL)

    def bot_permissions(self, place: Channel) -> int:
        """What the bot may do in a place of the guild; a thread is as its parent is."""
        denied = self.forbidden.get(place.id, 0) | self.forbidden.get(place.parent_id or 0, 0)
        return self.bot.permissions & ~denied

    def add_person(self, name: str, permissions: int, locale: str) -> Person:
        person = Person(self.new_id(), name, permissions, locale=locale)
        self.people[person.id] = person
        return person

    def add_channel(self, name: str, kind: int) -> Channel:
        channel = Channel(self.new_id(), name, kind=kind, guild_id=self.guild_id)
        self.channels[channel.id] = channel
        return channel

    def add_thread(self, message: Message, name: str, owner: Person) -> Channel:
        """A thread started from a message: it has the message's id."""
        parent = self.channels[message.channel_id]
        thread = Channel(
            message.id,
            name,
            kind=NEWS_THREAD if parent.kind == NEWS else PUBLIC_THREAD,
            guild_id=parent.guild_id,
            parent_id=parent.id,
            owner_id=owner.id,
            created=timestamp(),
        )
        self.channels[thread.id] = thread
        return thread

    def dm(self, person: Person) -> Channel:
        """The DM channel between the bot and that person."""
        for channel in self.channels.values():
            if channel.recipient == person:
                return channel
        channel = Channel(self.new_id(), recipient=person, kind=DM)
        self.channels[channel.id] = channel
        return channel

    # -- messages -----------------------------------------------------------------------------

    def record(self, message: Message) -> Message:
        """Keep this state of a message, new or changed."""
        self.histories.setdefault(message.id, []).append(message)
        self.signal.notify()
        return message

    def message(self, id_: int) -> Message:
        """The present state of a message, which must exist."""
        self.ask("unknown-message")
        message = self.find_message(id_)
        if message is None or message.deleted:
            raise Refused("unknown-message", 404, 10008, "Unknown Message")
        return message

    def find_message(self, id_: int | None) -> Message | None:
        history = self.histories.get(id_ or 0)
        return history[-1] if history else None

    def messages_in(self, channel_id: int) -> list[Message]:
        """What stands in a channel, oldest first."""
        current = (history[-1] for history in self.histories.values())
        return [each for each in current if each.channel_id == channel_id and not each.deleted]

    # -- commands -----------------------------------------------------------------------------

    def command(self, name: str, kind: int = 1, place: Channel | None = None) -> Json:
        """The registered command; that of the place's guild goes before a global one."""
        for scope in (place.guild_id if place else self.guild_id, None, self.guild_id):
            for command in self.commands.get(scope, {}).values():
                if (command["name"], command["type"]) == (name, kind):
                    return command
        known = [each["name"] for each in self.all_commands()]
        raise LookupError(f"no command {name!r} is registered, only {known}")

    def all_commands(self) -> list[Json]:
        return [each for scope in self.commands.values() for each in scope.values()]

    # -- faults -------------------------------------------------------------------------------

    def ask(self, *rules: str) -> None:
        """Count that these rules have something to judge."""
        self.rule_counts.update(rules)

    def violate(self, rule: str, detail: str, source: str, request: str = "") -> None:
        self.violations.append(Violation(rule, detail, source, request))
        self.signal.notify()


def timestamp() -> str:
    """Now, as Discord writes it."""
    return datetime.now(UTC).isoformat()
