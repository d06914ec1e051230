"""A classic embed as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from tests.loopback import Attachment

from .markdown import Names, inline_html, markdown_html
from .media import picture_html

Json = dict[str, Any]


def embed_html(embed: Json, names: Names, attachments: Sequence[Attachment] = ()) -> str:
    """https://discord.com/developers/docs/resources/message#embed-object"""
    parts = [
        _author(embed.get("author"), attachments),
        _title(embed, names),
        _description(embed, names),
        _fields(embed.get("fields") or (), names),
        _image(embed.get("image"), attachments),
        _footer(embed, attachments),
    ]
    thumbnail = ""
    if embed.get("thumbnail"):
        picture = picture_html(embed["thumbnail"]["url"], attachments)
        thumbnail = f'<div class="thumbnail">{picture}</div>'
    colour = embed.get("color")
    bar = "" if colour is None else f' style="--accent: #{colour:06x}"'
    body = "".join(part for part in parts if part)
    return f'<div class="embed"{bar}><div class="parts">{body}</div>{thumbnail}</div>'


def _author(author: Json | None, attachments: Sequence[Attachment]) -> str:
    if not author:
        return ""
    face = ""
    if author.get("icon_url"):
        face = f'<span class="face">{picture_html(author["icon_url"], attachments)}</span>'
    return f'<div class="author">{face}{escape(author["name"])}</div>'


def _title(embed: Json, names: Names) -> str:
    if not embed.get("title"):
        return ""
    text = inline_html(embed["title"], names)
    if embed.get("url"):
        text = f'<a href="{escape(embed["url"])}">{text}</a>'
    return f'<div class="title">{text}</div>'


def _description(embed: Json, names: Names) -> str:
    if not embed.get("description"):
        return ""
    return f'<div class="text">{markdown_html(embed["description"], names)}</div>'


def _fields(fields: Sequence[Json], names: Names) -> str:
    """Up to three inline fields share a line."""
    lines: list[list[Json]] = []
    for each in fields:
        inline = bool(each.get("inline"))
        if inline and lines and lines[-1][0].get("inline") and len(lines[-1]) < 3:
            lines[-1].append(each)
        else:
            lines.append([each])
    drawn = "".join(
        f'<div class="line">{"".join(_field(each, names) for each in line)}</div>' for line in lines
    )
    return f'<div class="fields">{drawn}</div>' if drawn else ""


def _field(each: Json, names: Names) -> str:
    return (
        f'<div class="field"><div class="name">{inline_html(each["name"], names)}</div>'
        f'<div class="text">{markdown_html(each["value"], names)}</div></div>'
    )


def _image(image: Json | None, attachments: Sequence[Attachment]) -> str:
    if not image:
        return ""
    return f'<div class="picture">{picture_html(image["url"], attachments)}</div>'


def _footer(embed: Json, attachments: Sequence[Attachment]) -> str:
    footer = embed.get("footer") or {}
    face = ""
    if footer.get("icon_url"):
        face = f'<span class="face">{picture_html(footer["icon_url"], attachments)}</span>'
    stamp = str(embed.get("timestamp") or "")[:10]
    text = " • ".join(escape(each) for each in (footer.get("text"), stamp) if each)
    return f'<div class="footer">{face}{text}</div>' if text else ""
