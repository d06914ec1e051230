"""Made-up messages that use everything a page can draw: to look at, and for the tests."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from tests.loopback import Attachment, Message, User
from tests.loopback.models import COMPONENTS_V2, EPHEMERAL

from .markdown import Names
from .scene import Modal, Post, Scene, Suggestions, Used

Json = dict[str, Any]

BOT = User(1, "verbatim", bot=True)
MIA = User(7, "mia")
NAMES = Names(users={1: "Verbatim", 7: "Mia"}, channels={8: "general"})


def picture(width: int = 320, height: int = 160) -> bytes:
    """A PNG with a gradient."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)

    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (x * 200 // width, 90, y * 200 // height))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def button(style: int, label: str, **more: Any) -> Json:
    key = {"url": "https://harbor.example"} if style == 5 else {"custom_id": label}
    return {"type": 2, "style": style, "label": label, **key, **more}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def layout() -> Scene:
    """Components v2."""
    quoted = {
        "type": 17,
        "accent_color": 0x2B6CB0,
        "components": [
            text(
                "### [Mayor Opens Rebuilt Harbor Bridge](https://harbor.example/bridge)\n"
                "> **The bridge cost $48 million and carries 31,000 vehicles a day.** It was "
                "closed for fourteen months after the flood of 2022.\n"
                "-# March 18, 2024 · harbor.example · paragraph 2 · <t:1757845440:R>"
            ),
            {"type": 14, "divider": True, "spacing": 1},
            {
                "type": 9,
                "components": [
                    text("**Library Hours Extended to Sundays**\n-# May 2, 2024, paragraph 1")
                ],
                "accessory": button(5, "Open"),
            },
            {"type": 14, "divider": False, "spacing": 2},
            {
                "type": 9,
                "components": [text("A thumbnail at the side"), text("and a second text")],
                "accessory": {"type": 11, "media": {"url": "attachment://chart.png"}},
            },
            {
                "type": 12,
                "items": [{"media": {"url": "attachment://chart.png"}, "description": "A chart"}],
            },
            {"type": 13, "file": {"url": "attachment://release.txt"}},
            {
                "type": 1,
                "components": [
                    button(1, "More", emoji={"name": "🔎"}),
                    button(2, "Why this?"),
                    button(3, "Good"),
                    button(4, "Bad"),
                    button(5, "Source"),
                ],
            },
            {
                "type": 1,
                "components": [
                    {"type": 3, "custom_id": "s", "options": [], "placeholder": "Another release"}
                ],
            },
        ],
    }
    message = Message(
        id=20,
        channel_id=8,
        author=BOT,
        components=(
            text("Three paragraphs answer, from </releases:12> of <#8>."),
            quoted,
            {
                "type": 1,
                "components": [
                    button(2, "◀", disabled=True),
                    button(2, "Page 1 of 4", disabled=True),
                    button(2, "▶"),
                ],
            },
            {
                "type": 1,
                "components": [
                    {
                        "type": 3,
                        "custom_id": "n",
                        "options": [{"label": "Newest first", "value": "n", "default": True}],
                    }
                ],
            },
        ),
        attachments=(
            Attachment(1, "chart.png", picture()),
            Attachment(2, "release.txt", b"HARBOR CITY - " * 200),
        ),
        flags=COMPONENTS_V2 | EPHEMERAL,
    )
    return Scene((Post(message, Used(MIA, "/ask")),), NAMES)


def classic() -> Scene:
    """A mention, and a reply to it with embeds."""
    asked = Message(id=30, channel_id=8, author=MIA, content="<@1> How much did the bridge cost?")
    embed = {
        "title": "Mayor Opens Rebuilt Harbor Bridge",
        "url": "https://harbor.example/bridge",
        "color": 0x2B6CB0,
        "description": "> **The bridge cost $48 million.** It was closed for fourteen months.",
        "fields": [
            {"name": "Releases", "value": "4", "inline": True},
            {"name": "Paragraphs", "value": "8", "inline": True},
            {"name": "Newsrooms", "value": "harbor.example (3)\ncoast.example (1)"},
        ],
        "image": {"url": "attachment://chart.png"},
        "footer": {"text": "March 18, 2024 · paragraph 2"},
    }
    answer = Message(
        id=31,
        channel_id=8,
        author=BOT,
        content="-# Understood as: *the cost of the bridge*",
        embeds=(embed, {"description": "No colour, `code` and ~~more~~", "title": "Plain"}),
        components=({"type": 1, "components": [button(5, "Open the passage")]},),
        attachments=(Attachment(1, "chart.png", picture()),),
    )
    return Scene((Post(asked), Post(answer, asked)), NAMES)


def marks() -> Scene:
    """All of the markdown."""
    content = (
        "# Heading one\n## Heading two\n### Heading three\n-# subtext with **bold**\n"
        "**bold** *italic* __underlined__ ~~struck~~ ||spoiler|| `code` ***both***\n"
        "> a quotation\n> of two lines\n"
        "- one\n  - below\n- two\n1. first\n2. second\n"
        "```py\nprint('<b>')\n```\n"
        "[a link](https://harbor.example) <https://harbor.example/b> <@7> <#8> </ask:1> "
        "<t:1757845440:R> <script>alert(1)</script> \\*escaped\\* 📰"
    )
    return Scene((Post(Message(id=40, channel_id=8, author=BOT, content=content)),), NAMES)


def dialog() -> Scene:
    """A modal with a text input of each size and a select."""
    data = {
        "title": "Ask a follow-up",
        "custom_id": "m",
        "components": [
            {
                "type": 18,
                "label": "Your question",
                "description": "In your own words, or in those of the release",
                "component": {"type": 4, "custom_id": "q", "style": 2, "placeholder": "What …?"},
            },
            {
                "type": 1,
                "components": [
                    {"type": 4, "custom_id": "d", "style": 1, "label": "Since", "required": False,
                     "placeholder": "2025-09-08"}
                ],
            },
            {
                "type": 18,
                "label": "Newsroom",
                "component": {"type": 3, "custom_id": "n", "required": False,
                              "placeholder": "All newsrooms", "options": []},
            },
        ],
    }  # fmt: skip
    return Scene((Modal(data, {"q": "And how long was it closed?"}),), NAMES)


def list_of_choices() -> Scene:
    """An autocomplete."""
    choices = (
        {"name": "2024-03-18 · Mayor Opens Rebuilt Harbor Bridge", "value": "bridge"},
        {"name": "Harbor Seal Count Volunteers Wanted", "value": "undated"},
    )
    return Scene((Suggestions("release", "title", "harb", choices),), NAMES)
