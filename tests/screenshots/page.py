"""A scene as one HTML page that looks like Discord and needs nothing from outside."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from tests.loopback import Message, User
from tests.loopback.models import COMPONENTS_V2, LOADING

from .components import Layout, components_html
from .dialogs import modal_html, suggestions_html
from .embeds import embed_html
from .icons import avatar, icon
from .markdown import Names, inline_html, markdown_html
from .media import file_html, is_picture, picture_html
from .scene import Modal, Part, Post, Scene, Suggestions, Used

# Whatever slipped through as a tag would neither run nor fetch anything.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def message_html(scene: Scene) -> str:
    """The page. It fits any width; below 480 px it is the phone's.

    Raises `UnknownComponent`, or LookupError for an attachment that is not there.
    """
    bot = _bot(scene)
    drawn = "".join(_part(part, scene, bot) for part in scene.parts)
    style = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<style>{style}</style></head><body><main>{drawn}</main></body></html>"
    )


def shown_name(person: User) -> str:
    """The name that people see, as the loopback gives it."""
    return person.name.title()


def _bot(scene: Scene) -> User:
    for part in scene.parts:
        if isinstance(part, Post) and part.message.author.bot:
            return part.message.author
    return User(0, "verbatim", bot=True)


def _part(part: Part, scene: Scene, bot: User) -> str:
    if isinstance(part, Modal):
        return modal_html(part, scene.names, bot)
    if isinstance(part, Suggestions):
        return suggestions_html(part, bot)
    return _post(part, scene)


def _post(post: Post, scene: Scene) -> str:
    message = post.message
    badge = '<span class="app">APP</span>' if message.author.bot else ""
    role = "bot" if message.author.bot else "person"
    foot = ""
    if message.ephemeral:
        foot = (
            f'<div class="ephemeral">{icon("eye")} Only you can see this · '
            '<span class="dismiss">Dismiss message</span></div>'
        )
    return (
        f'<article class="{"private " if message.ephemeral else ""}{role}">'
        f'{_above(post.above, scene.names)}{avatar(message.author)}<div class="column">'
        f'<div class="who"><span class="name">{escape(shown_name(message.author))}</span>{badge}'
        f"<time>{escape(scene.clock)}</time></div>"
        f"{_body(message, scene.names, edited=post.edited)}{foot}</div></article>"
    )


def _above(above: Used | Message | None, names: Names) -> str:
    if above is None:
        return ""
    if isinstance(above, Used):
        person, badge = above.person, ""
        said = f'used <span class="command">{escape(above.command)}</span>'
    else:
        person = above.author
        badge = '<span class="app">APP</span>' if person.bot else ""
        said = f'<span class="said">{_preview(above, names)}</span>'
    return (
        f'<div class="above"><span class="spine"></span>{avatar(person)}{badge}'
        f'<span class="name">{escape(shown_name(person))}</span>{said}</div>'
    )


def _preview(message: Message, names: Names) -> str:
    """What a reply shows of the message above: the content alone, on one line."""
    lines = (re.sub(r"^ *(?:#{1,3}|-#|>|[-*]) ", "", line) for line in message.content.split("\n"))
    text = " ".join(" ".join(lines).split())
    return inline_html(text, names) if text else "<i>Click to see attachment</i>"


def _body(message: Message, names: Names, *, edited: bool) -> str:
    if message.flags & LOADING and message.empty:
        dots = '<span class="dots"><i></i><i></i><i></i></span>'
        return (
            f'<div class="thinking">{dots}{escape(shown_name(message.author))} is thinking…</div>'
        )
    mark = ' <span class="edited">(edited)</span>' if edited else ""
    layout = Layout(names, message.attachments)
    drawn = components_html(message.components, layout)
    if message.flags & COMPONENTS_V2:
        return f'<div class="components">{drawn}</div>{mark}'
    text = ""
    if message.content or mark:
        text = f'<div class="text">{markdown_html(message.content, names)}{mark}</div>'
    embeds = "".join(embed_html(each, names, message.attachments) for each in message.embeds)
    return f'{text}{_files(message)}{embeds}<div class="components">{drawn}</div>'


def _files(message: Message) -> str:
    """The attachments that no embed shows."""
    used = str(message.embeds)
    return "".join(
        f'<div class="attached">{picture_html(f"attachment://{each.filename}", [each])}</div>'
        if is_picture(each)
        else file_html(each)
        for each in message.attachments
        if f"attachment://{each.filename}" not in used
    )
