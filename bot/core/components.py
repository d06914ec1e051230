"""A Discord message as a value, and the parts that messages are made of.

All of Verbatim's messages are layouts of components
(https://docs.discord.com/developers/components/reference): a quotation stands beside its own
buttons, and the passages of one release in one frame. Sending is somebody else's business.
"""

import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import quote

import discord
from discord import ui

from bot.core.actions import Action
from bot.core.markdown import shortened, visible
from retrieval.release import ReleaseInfo
from retrieval.text.links import is_web_address

MOST_TEXT = 4000  # characters of all texts of a message
LONGEST_URL = 512  # of a link button
_BUTTONS = 5  # in a row
_OPTIONS = 25  # in a menu
# A port and a page may follow the host; a name and password before it would only mislead.
_ADDRESS = re.compile(
    r"(?P<scheme>https?://)(?P<host>\w(?:[\w.-]*\w)?)(?P<page>(?::\d{1,5})?(?:[/?#].*)?)",
    re.IGNORECASE,
)
_LEGAL = "%:/?#[]@!$&'()*+,;=~"  # in an address, besides letters, digits and _.-

BLUE = discord.Colour(0x2B6CB0)
GREY = discord.Colour(0x718096)

Block = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; ``about`` is read to those who cannot see it."""

    name: str
    data: bytes
    about: str | None = None

    def file(self) -> discord.File:
        """It as discord.py uploads it."""
        return discord.File(io.BytesIO(self.data), self.name, description=self.about)


@dataclass(frozen=True, slots=True)
class Message:
    """What to send: blocks from top to bottom, and the files that they show."""

    blocks: tuple[Block, ...]
    attachments: tuple[Attachment, ...] = ()

    def view(self) -> ui.LayoutView:
        """It as discord.py sends it. Call this inside the event loop."""
        view = ui.LayoutView(timeout=None)
        for block in self.blocks:
            view.add_item(block)
        # discord.py need not remember it: what is pressed says itself what it asks for.
        view.stop()
        return view

    def files(self) -> list[discord.File]:
        """Its files as discord.py uploads them."""
        return [each.file() for each in self.attachments]


def text_message(text: str) -> Message:
    """A message that is one text."""
    return Message((ui.TextDisplay(text[:MOST_TEXT]),))


def frame(*blocks: Block, colour: discord.Colour = BLUE) -> Block:
    """Blocks in a frame."""
    return ui.Container(*blocks, accent_colour=colour)


def button(
    label: str,
    action: Action,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    emoji: str | None = None,
    disabled: bool = False,
) -> ui.Button[Any]:
    """A button that asks for ``press``."""
    return ui.Button(
        label=label, style=style, custom_id=action.custom_id, emoji=emoji, disabled=disabled
    )


def link(label: str, url: str) -> ui.Button[Any]:
    """A button that opens a page."""
    return ui.Button(label=label, url=url)


def menu(placeholder: str, action: Action, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of (label, value) that asks for ``press`` with the value."""
    return ui.ActionRow(
        ui.Select(
            custom_id=action.custom_id,
            placeholder=cut(placeholder, 150),
            options=[
                discord.SelectOption(label=cut(visible(label), 100) or "–", value=value)
                for label, value in options[:_OPTIONS]
            ],
        )
    )


def rows(buttons: Iterable[ui.Button[Any]]) -> Iterator[Block]:
    """Buttons in rows of as many as have room."""
    left = list(buttons)
    while left:
        yield ui.ActionRow(*left[:_BUTTONS])
        left = left[_BUTTONS:]


def web_address(url: str | None, longest: int = LONGEST_URL) -> str | None:
    """``url`` as Discord takes it for a link; None where it is no web address, or too long."""
    found = _ADDRESS.fullmatch(url.strip()) if url and is_web_address(url.strip()) else None
    if found is None:
        return None
    try:
        host = found["host"].encode("idna").decode()
    except UnicodeError:
        return None
    address = f"{found['scheme'].lower()}{host}{quote(found['page'], safe=_LEGAL)}"
    return address if len(address) <= longest else None


def page_link(info: ReleaseInfo) -> str | None:
    """The address of a release's page, if Discord takes it as a link."""
    return web_address(info.url)


def heading_line(text: str, limit: int) -> str:
    """A heading that shows ``text``, or a dash where there is nothing to see of it."""
    line = shortened(text, limit) or "–"
    # Number signs at the end of a heading belong to it as those before it do.
    return f"### {line}\u200b" if line.endswith("#") else f"### {line}"


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, with a mark where some are left out."""
    if len(text) <= limit:
        return text
    some = text[: max(0, limit - 2)].rstrip()
    return f"{some} …" if some else "…"[: max(0, limit)]


def fit(lines: Sequence[str], separator: str, limit: int) -> str:
    """As many whole lines as have room, and a mark where some have not."""
    ends = list(accumulate(len(line) + len(separator) for line in lines))
    if not ends or ends[-1] - len(separator) <= limit:
        return separator.join(lines)
    return separator.join([*lines[: bisect_right(ends, limit - len("…"))], "…"])
