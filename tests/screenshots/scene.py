"""What a screenshot shows, as values: messages and what stands around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import Message, User

from .markdown import Names

Json = dict[str, Any]


@dataclass(frozen=True)
class Used:
    """The line above a response: who used which command (``/ask``, ``Find the source``)."""

    person: User
    command: str


@dataclass(frozen=True)
class Post:
    """A message in the channel.

    ``above`` is the command that it responds to, or the message that it replies to. ``edited``
    shows Discord's mark: the loopback cannot tell an edit that people see from the one that fills
    in a deferred response.
    """

    message: Message
    above: Used | Message | None = None
    edited: bool = False


@dataclass(frozen=True)
class Modal:
    """A dialog: the data of the bot's response of type 9, and what was typed, by custom_id."""

    data: Json
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestions:
    """The list above the message box while somebody types into an option.

    ``choices`` have a ``name``, as an autocomplete response has; ``filled`` are the options that
    are typed already, in their order.
    """

    command: str
    option: str
    typed: str
    choices: tuple[Json, ...]
    filled: tuple[tuple[str, str], ...] = ()
    chosen: int = 0
    """The row that is highlighted."""


Part = Post | Modal | Suggestions


@dataclass(frozen=True)
class Scene:
    """A part of Discord's window, from top to bottom."""

    parts: tuple[Part, ...]
    names: Names = field(default_factory=Names)
    clock: str = "Today at 10:24 AM"
    """The time that all messages bear: a picture should not change with the day it was made."""
