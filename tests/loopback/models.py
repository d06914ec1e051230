"""The values that the loopback records. All of them are frozen: a change makes a new value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

# Message flags (/resources/message#message-object-message-flags).
CROSSPOSTED = 1 << 0
"""The message was published to the channels that follow its announcement channel."""
EPHEMERAL = 1 << 6
"""Only the user whose interaction caused the message sees it."""
LOADING = 1 << 7
"""A deferred response without content yet ("is thinking")."""
COMPONENTS_V2 = 1 << 15
"""The message consists of its components alone."""

# Channel types (/resources/channel#channel-object-channel-types).
TEXT, DM, GROUP_DM, NEWS, NEWS_THREAD, PUBLIC_THREAD, FORUM = 0, 1, 3, 5, 10, 11, 15
THREADS = (NEWS_THREAD, PUBLIC_THREAD)

# Component types (/components/reference#component-object).
ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT = 1, 2, 3, 4, 5
CHANNEL_SELECT, TEXT_DISPLAY, FILE, LABEL = 8, 10, 13, 18
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
SELECTS = frozenset({STRING_SELECT, USER_SELECT, 6, 7, CHANNEL_SELECT})

# Interaction types (/interactions/receiving-and-responding#interaction-object).
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5

# Response types (/interactions/receiving-and-responding#interaction-response-object).
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES_RESULT, MODAL = 4, 5, 6, 7, 8, 9


@dataclass(frozen=True)
class User:
    """A user and member of the guild; ``permissions`` are the bits the member has there."""

    id: int
    name: str
    permissions: int = 0
    roles: tuple[int, ...] = ()
    bot: bool = False
    locale: str = "en-US"

    @property
    def display_name(self) -> str:
        """The name that others see."""
        return self.name.title()

    @property
    def mention(self) -> str:
        """The text that mentions this user."""
        return f"<@{self.id}>"


@dataclass(frozen=True)
class ForumTag:
    """A tag that a forum offers for its posts; only moderators apply a ``moderated`` one."""

    id: int
    name: str
    moderated: bool = False


@dataclass(frozen=True)
class Channel:
    """A channel or thread of a guild, a DM with ``recipient``, or a group DM.

    ``type`` is Discord's channel type. A thread has a parent and an owner; a thread that was
    started from a message has that message's id, and the first message of a post has the post's.
    A forum has ``tags``, one of which a post may need; ``applied_tags`` are the ids of a post's.
    ``archived`` is when a thread was archived, if it is.
    """

    id: int
    name: str = ""
    recipient: User | None = None
    type: int = TEXT
    guild_id: int | None = None
    parent_id: int | None = None
    owner_id: int | None = None
    created: str = ""
    tags: tuple[ForumTag, ...] = ()
    requires_tag: bool = False
    applied_tags: tuple[int, ...] = ()
    archived: str | None = None

    @property
    def is_dm(self) -> bool:
        """Whether this is a DM between one user and the bot."""
        return self.recipient is not None

    @property
    def context(self) -> int:
        """The interaction context: 0 for a guild, 1 for a DM with the bot, 2 for a group DM."""
        return 0 if self.guild_id is not None else 1 if self.is_dm else 2

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type in THREADS

    @property
    def mention(self) -> str:
        """The text that mentions this channel."""
        return f"<#{self.id}>"


@dataclass(frozen=True)
class Attachment:
    """A file on a message of the bot."""

    id: int
    filename: str
    data: bytes = field(repr=False)
    description: str | None = None

    @property
    def text(self) -> str:
        """The content, decoded as UTF-8."""
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
    """One state of a message. Each edit records a new value with a higher ``revision``.

    ``pings`` are the mentions in the text that notify somebody, given ``allowed_mentions``;
    ``pings_author`` tells whether a reply notifies the author of the message it replies to.
    """

    id: int
    channel_id: int
    author: User
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
        """Whether only one user sees the message."""
        return bool(self.flags & EPHEMERAL)

    @property
    def crossposted(self) -> bool:
        """Whether the message was published to the channels that follow."""
        return bool(self.flags & CROSSPOSTED)

    @property
    def loading(self) -> bool:
        """Whether this is a deferred response without content."""
        return bool(self.flags & LOADING)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see yet, as in a deferred response."""
        return not (self.content or self.embeds or self.components or self.attachments)

    @property
    def text(self) -> str:
        """All text of the message: content, embeds and text displays, joined by newlines."""
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
        """All buttons, in the order in which they are shown."""
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
        """Return the button with that label. Raises a LookupError that lists the labels."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise LookupError(f"no button {label!r} among {[b.label for b in self.buttons]}")

    def component(self, custom_id: str) -> Json:
        """Return the component with that custom_id. Raises a LookupError that lists them."""
        seen = []
        for item in walk_components(self.components):
            if item.get("custom_id") == custom_id:
                return item
            if "custom_id" in item:
                seen.append(item["custom_id"])
        raise LookupError(f"no component {custom_id!r} among {seen}")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request; ``index`` is the n of its field name, ``files[n]``."""

    index: int
    filename: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Response:
    """The bot's response to an interaction."""

    type: int
    data: Json
    after: float
    """Seconds from the interaction to this response, by the loopback's clock."""


@dataclass(frozen=True)
class Request:
    """An HTTP request of the bot. ``route`` is the path's template, None if it is unknown."""

    method: str
    path: str
    route: str | None
    host: str
    body: Any
    at: float
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class Violation:
    """Something the bot did that Discord would have refused."""

    rule: str
    detail: str
    source: str
    request: str = ""

    def __str__(self) -> str:
        where = f" [{self.request}]" if self.request else ""
        return f"{self.rule}: {self.detail}{where} ({self.source})"


def walk_components(components: Any) -> Iterator[Json]:
    """Yield every component, parents first: rows, sections, containers and labels hold others."""
    for item in components or ():
        yield item
        yield from walk_components(item.get("components"))
        for key in ("accessory", "component"):
            if isinstance(item.get(key), dict):
                yield from walk_components([item[key]])
