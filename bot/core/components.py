"""Messages as values, and the components that they are made of.

Every message is a layout of components
(https://docs.discord.com/developers/components/reference): a quotation has its own buttons, and the
passages of one release share a container. `bot.core.reply` and `bot.core.sending` send messages.
"""

import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
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

MAX_TEXT = 4000  # characters of all texts of a message
MAX_URL = 512  # characters, of a link button
_MAX_BUTTONS = 5  # in a row
_MAX_OPTIONS = 25  # in a menu
_MAX_LABEL = 100  # characters of an option
_MAX_PLACEHOLDER = 150  # characters
# A port and a path may follow the host; a user name and password before it could only mislead.
_ADDRESS = re.compile(
    r"(?P<scheme>https?://)(?P<host>\w(?:[\w.-]*\w)?)(?P<path>(?::\d{1,5})?(?:[/?#].*)?)",
    re.IGNORECASE,
)
_URL_SAFE = "%:/?#[]@!$&'()*+,;=~"  # in a URL, besides letters, digits and _.-

BLUE = discord.Colour(0x2B6CB0)
GREY = discord.Colour(0x718096)

Block = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; ``description`` is the alternative text of a picture."""

    name: str
    data: bytes
    description: str | None = None

    def file(self) -> discord.File:
        """The file as discord.py uploads it."""
        return discord.File(io.BytesIO(self.data), self.name, description=self.description)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send: its blocks from top to bottom, and the files that they show.

    It notifies the ``roles`` with these ids if a text mentions them, and nobody else. In a forum it
    is a post with this ``title``, under the forum's tags whose `tag_key` is among ``tags``.
    """

    blocks: tuple[Block, ...]
    attachments: tuple[Attachment, ...] = ()
    roles: tuple[int, ...] = ()
    title: str = ""
    tags: frozenset[str] = frozenset()

    def view(self) -> ui.LayoutView:
        """The message as discord.py sends it. Call this inside the event loop."""
        view = ui.LayoutView(timeout=None)
        for block in self.blocks:
            view.add_item(block)
        # discord.py need not keep the view: the router handles its components.
        view.stop()
        return view

    def files(self) -> list[discord.File]:
        """The attachments as discord.py uploads them."""
        return [attachment.file() for attachment in self.attachments]

    def mentions(self) -> discord.AllowedMentions:
        """Whom the message may notify."""
        roles = [discord.Object(role) for role in self.roles]
        return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def text_message(text: str) -> Message:
    """A message that is only text."""
    return Message((ui.TextDisplay(text[:MAX_TEXT]),))


def container(*blocks: Block, colour: discord.Colour = BLUE) -> ui.Container[Any]:
    """Blocks in a container."""
    return ui.Container(*blocks, accent_colour=colour)


def button(
    label: str,
    action: Action,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    emoji: str | None = None,
    disabled: bool = False,
) -> ui.Button[Any]:
    """A button that does ``action``."""
    return ui.Button(
        label=label, style=style, custom_id=action.custom_id, emoji=emoji, disabled=disabled
    )


def page_buttons(
    previous: Action, following: Action, *, is_first: bool, is_last: bool
) -> list[ui.Button[Any]]:
    """The buttons that turn to the pages before and after one; disabled where there is none."""
    return [
        button("◀", previous, disabled=is_first),
        button("▶", following, disabled=is_last),
    ]


def link_button(label: str, url: str) -> ui.Button[Any]:
    """A button that opens a web page."""
    return ui.Button(label=label, url=url)


def gallery(picture: Attachment) -> Block:
    """An attached picture, shown in the message."""
    item = discord.MediaGalleryItem(f"attachment://{picture.name}", description=picture.description)
    return ui.MediaGallery(item)


def menu(placeholder: str, action: Action, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of (label, value) that does ``action`` with the selected value."""
    return ui.ActionRow(
        ui.Select(
            custom_id=action.custom_id,
            placeholder=cut(placeholder, _MAX_PLACEHOLDER),
            options=[
                discord.SelectOption(label=cut(visible(label), _MAX_LABEL) or "–", value=value)
                for label, value in options[:_MAX_OPTIONS]
            ],
        )
    )


def button_rows(buttons: Sequence[ui.Button[Any]]) -> Iterator[Block]:
    """Buttons in as few rows as possible."""
    for start in range(0, len(buttons), _MAX_BUTTONS):
        yield ui.ActionRow(*buttons[start : start + _MAX_BUTTONS])


def web_address(url: str | None) -> str | None:
    """A URL in the form that Discord accepts; None if it is not on the web, or too long."""
    match = _ADDRESS.fullmatch(url.strip()) if url and is_web_address(url.strip()) else None
    if match is None:
        return None
    try:
        host = match["host"].encode("idna").decode()
    except UnicodeError:
        return None
    address = f"{match['scheme'].lower()}{host}{quote(match['path'], safe=_URL_SAFE)}"
    return address if len(address) <= MAX_URL else None


def page_link(info: ReleaseInfo) -> str | None:
    """The URL of a release's page, if Discord accepts it."""
    return web_address(info.url)


def heading_line(text: str, limit: int) -> str:
    """A heading with at most ``limit`` characters of text; a dash if none are visible."""
    line = shortened(text, limit) or "–"
    # Discord drops number signs from the end of a heading.
    return f"### {line}\u200b" if line.endswith("#") else f"### {line}"


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters of a text, with an ellipsis if it is longer."""
    if len(text) <= limit:
        return text
    start = text[: max(0, limit - 2)].rstrip()
    return f"{start} …" if start else "…"[: max(0, limit)]


def fit(lines: Sequence[str], separator: str, limit: int) -> str:
    """As many whole lines as fit into ``limit`` characters, with an ellipsis if not all do."""
    ends = list(accumulate(len(line) + len(separator) for line in lines))
    if not ends or ends[-1] - len(separator) <= limit:
        return separator.join(lines)
    return separator.join([*lines[: bisect_right(ends, limit - len("…"))], "…"])
