"""The values that the loopback records. All of them are frozen: a change is a new value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

CROSSPOSTED = 1 << 0
"""Message flag: it was published to the channels that follow its news channel."""
EPHEMERAL = 1 << 6
"""Message flag: only the person who caused the message sees it."""
LOADING = 1 << 7
"""Message flag: a deferred response that has no content yet ("is thinking")."""
COMPONENTS_V2 = 1 << 15
"""Message flag: the message is laid out by its components alone."""

# Types of channel (/resources/channel#channel-object-channel-types).
TEXT, DM, GROUP_DM, NEWS, NEWS_THREAD, PUBLIC_THREAD = 0, 1, 3, 5, 10, 11

# Types of component (/components/reference#component-object).
ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT = 1, 2, 3, 4, 5
CHANNEL_SELECT, TEXT_DISPLAY, FILE, LABEL = 8, 10, 13, 18
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
SELECTS = frozenset({STRING_SELECT, USER_SELECT, 6, 7, CHANNEL_SELECT})


@dataclass(frozen=True)
class Person:
    """A user, and a member of the guild. ``permissions`` is empty where it does not matter."""

    id: int
    name: str
    permissions: int = 0
    roles: tuple[int, ...] = ()
    bot: bool = False
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(frozen=True)
class Channel:
    """A channel or thread of a guild, a DM with ``recipient``, or a group DM.

    ``kind`` is Discord's type. A thread has a ``parent_id`` and an owner; one that was started
    from a message has its id.
    """

    id: int
    name: str = ""
    recipient: Person | None = None
    kind: int = TEXT
    guild_id: int | None = None
    parent_id: int | None = None
    owner_id: int | None = None
    created: str = ""

    @property
    def is_dm(self) -> bool:
        return self.recipient is not None

    @property
    def context(self) -> int:
        """The interaction context: 0 a guild, 1 a DM with the bot, 2 other private channels."""
        return 0 if self.guild_id is not None else 1 if self.is_dm else 2

    @property
    def is_thread(self) -> bool:
        return self.kind in (NEWS_THREAD, PUBLIC_THREAD)

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"


@dataclass(frozen=True)
class Attachment:
    """A file that the bot uploaded."""

    id: int
    filename: str
    data: bytes = field(repr=False)
    description: str | None = None

    @property
    def text(self) -> str:
        return self.data.decode()


@dataclass(frozen=True)
class Button:
    """A button as a message shows it."""

    label: str | None
    custom_id: str | None
    url: str | None
    disabled: bool
    style: int


@dataclass(frozen=True)
class Message:
    """A message at one moment. An edit records another value with a higher ``revision``.

    ``pings`` lists the mentions in the text that notify somebody, given the message's
    ``allowed_mentions``; ``pings_author`` says whether a reply notifies whom it replies to.
    """

    id: int
    channel_id: int
    author: Person
    content: str = ""
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: int = 0
    allowed_mentions: Mapping[str, Any] | None = None
    pings: tuple[str, ...] = ()
    pings_author: bool = False
    reference: int | None = None
    interaction_id: int | None = None
    revision: int = 0
    created: str = ""
    edited: str | None = None
    nonce: str | int | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def crossposted(self) -> bool:
        """Whether it was published to the channels that follow."""
        return bool(self.flags & CROSSPOSTED)

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see yet, as with a deferred response."""
        return not (self.content or self.embeds or self.components or self.attachments)

    @property
    def text(self) -> str:
        """All that can be read: content, embeds, and the texts among the components."""
        parts: list[str | None] = [self.content]
        for embed in self.embeds:
            parts += [embed.get("author", {}).get("name"), embed.get("title")]
            parts.append(embed.get("description"))
            for each in embed.get("fields", ()):
                parts += [each.get("name"), each.get("value")]
            parts.append(embed.get("footer", {}).get("text"))
        parts += [item.get("content") for item in walk_components(self.components)]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(
            Button(
                label=item.get("label"),
                custom_id=item.get("custom_id"),
                url=item.get("url"),
                disabled=bool(item.get("disabled")),
                style=item["style"],
            )
            for item in walk_components(self.components)
            if item["type"] == BUTTON
        )

    def button(self, label: str) -> Button:
        """The button with that label; a LookupError names those that there are."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise LookupError(f"no button {label!r} among {[b.label for b in self.buttons]}")

    def component(self, custom_id: str) -> Json:
        """The component with that custom_id; a LookupError names those that there are."""
        seen = []
        for item in walk_components(self.components):
            if item.get("custom_id") == custom_id:
                return item
            if "custom_id" in item:
                seen.append(item["custom_id"])
        raise LookupError(f"no component {custom_id!r} among {seen}")


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart request: ``index`` is the n of its name, ``files[n]``."""

    index: int
    filename: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Callback:
    """The response to an interaction as the bot sent it."""

    type: int
    data: Json
    after: float
    """Seconds from the interaction to this response, by the loopback's clock."""


@dataclass(frozen=True)
class Request:
    """A request that the client made. ``route`` is the path's template, None if unknown."""

    method: str
    path: str
    route: str | None
    host: str
    body: Any
    at: float
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class Violation:
    """Something that the bot did and Discord would not have taken."""

    rule: str
    detail: str
    source: str
    request: str = ""

    def __str__(self) -> str:
        where = f" [{self.request}]" if self.request else ""
        return f"{self.rule}: {self.detail}{where} ({self.source})"


def walk_components(components: Any) -> Iterator[Json]:
    """Every component, outermost first: rows, sections, containers and labels hold others."""
    for item in components or ():
        yield item
        yield from walk_components(item.get("components"))
        for key in ("accessory", "component"):
            if isinstance(item.get(key), dict):
                yield from walk_components([item[key]])
