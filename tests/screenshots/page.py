"""A message as an HTML page that looks like Discord and fetches nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from tests.loopback import Message, Names, User, markdown_html, walk_components

from .browser import BACKDROP

Json = dict[str, Any]

DRAWN = {1, 2, 3, 8, 10, 12, 17}
"""Rows, buttons, selects, text displays, galleries and containers, by Discord's component types."""


@dataclass(frozen=True)
class Post:
    """A message of the bot, and who used which command (``/ask``) to get it."""

    message: Message
    user: User
    command: str

    @property
    def words(self) -> str:
        """What the message says, and the labels of its buttons: the words of its picture."""
        labels = (button.label for button in self.message.buttons)
        return "\n".join([self.message.text, *filter(None, labels)])


class UnknownComponent(LookupError):
    """The page does not draw this component: a picture without it would mislead."""

    def __init__(self, type: int) -> None:
        super().__init__(f"components of type {type} are not drawn: add them to page.html.j2")
        self.type = type


def page_html(post: Post, names: Names, width: int) -> str:
    """Return the page, ``width`` CSS pixels wide. Raises `UnknownComponent`."""
    for item in walk_components(post.message.components):
        if item["type"] not in DRAWN:
            raise UnknownComponent(item["type"])
    files = {
        f"attachment://{each.filename}": base64.b64encode(each.data).decode()
        for each in post.message.attachments
    }
    return _template().render(
        post=post,
        message=post.message,
        chosen=lambda select: ", ".join(_chosen(select, names)),
        files=files,
        width=width,
        backdrop="#{:02x}{:02x}{:02x}".format(*BACKDROP),
        style=Markup(Path(__file__).with_name("page.css").read_text(encoding="utf-8")),
        markdown=lambda text: Markup(markdown_html(text, names)),
    )


def _chosen(select: Json, names: Names) -> Iterator[str]:
    """Yield what a select shows as chosen: its default options or channels."""
    for option in select.get("options") or ():
        if option.get("default"):
            yield option["label"]
    for channel in select.get("default_values") or ():
        yield f"#{names.channels[int(channel['id'])]}"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
