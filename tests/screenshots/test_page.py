"""The page of a message: what is on it, and that a message writes no HTML of its own."""

import re
from typing import Any

import pytest

from tests.loopback import COMPONENTS_V2, Attachment, Message, Names, User
from tests.screenshots.page import Post, UnknownComponent, page_html

BOT, MIA = User(1, "verbatim", bot=True), User(7, "mia")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def drawn(*components: Any, command: str = "/ask", **message: Any) -> str:
    """The body of the page of a message with these components."""
    message = {"flags": COMPONENTS_V2, **message}
    post = Post(Message(2, 8, BOT, components=components, **message), MIA, command)
    return page_html(post, Names(channels={8: "general"}), 720).partition("<body>")[2]


def button(style: int, label: str, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": style, "label": label, **more}


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def test_it_shows_who_used_which_command() -> None:
    html = drawn(text("hello"), command="Find the source")
    assert "<b>Mia</b>" in html
    assert '<span class="command">Find the source</span>' in html
    assert '<b>Verbatim</b><span class="app">APP</span>' in html
    assert "Only you can see this" not in html
    assert "Only you can see this" in drawn(text("hello"), flags=COMPONENTS_V2 | 1 << 6)


def test_text_is_markdown() -> None:
    html = drawn({"type": 17, "accent_color": 0x2B6CB0, "components": [text("> **a** b\n-# c")]})
    assert '<div class="container" style="--accent: #2b6cb0">' in html
    assert '<div class="text"><blockquote><b>a</b> b</blockquote><small>c</small></div>' in html


def test_buttons_have_their_style_and_only_links_an_arrow() -> None:
    plain = drawn({"type": 1, "components": [button(1, "More", emoji={"name": "🔎"})]})
    link = drawn({"type": 1, "components": [button(5, "Open", url="https://harbor.example")]})
    assert "style-1" in plain
    assert '<span class="emoji">🔎</span>' in plain
    assert "M14 4h6" not in plain
    assert "M14 4h6" in link


@pytest.mark.parametrize(
    ("select", "shown"),
    [
        ({"type": 3, "placeholder": "Which", "options": [{"label": "a"}]}, "Which"),
        ({"type": 3, "options": [{"label": "a"}, {"label": "b", "default": True}]}, "b"),
        ({"type": 8, "placeholder": "Where", "default_values": []}, "Where"),
        ({"type": 8, "default_values": [{"id": "8", "type": "channel"}]}, "#general"),
    ],
)
def test_a_select_shows_what_is_chosen_or_its_placeholder(select: Any, shown: str) -> None:
    assert f"<span>{shown}</span>" in drawn({"type": 1, "components": [select]})


def test_pictures_are_within_the_page() -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://chart.png"}}]}
    html = drawn(gallery, attachments=(Attachment(1, "chart.png", b"abc"),))
    assert '<img src="data:image/png;base64,YWJj">' in html


def test_what_it_does_not_draw_is_an_error() -> None:
    with pytest.raises(UnknownComponent, match="type 9 are not drawn"):
        drawn({"type": 17, "components": [{"type": 9, "components": [text("a")]}]})


def test_no_text_of_a_message_becomes_html() -> None:
    components = [
        text(EVIL),
        {"type": 1, "components": [button(1, EVIL, emoji={"name": EVIL})]},
        {"type": 1, "components": [{"type": 3, "placeholder": EVIL}]},
        {"type": 1, "components": [{"type": 3, "options": [{"label": EVIL, "default": True}]}]},
    ]
    html = drawn(*components, command=EVIL)
    assert html.count("&lt;script&gt;") == 6
    assert not re.search(r"<(script|img)|<[^>]*\son\w+=", html)


def test_the_page_fits_a_phone_and_fetches_nothing() -> None:
    post = Post(Message(2, 8, BOT, components=(text("a"),)), MIA, "/ask")
    html = page_html(post, Names(), 390)
    assert '<main class="phone">' in html
    assert "main { width: 390px; }" in html
    assert "default-src 'none'; img-src data:" in html
