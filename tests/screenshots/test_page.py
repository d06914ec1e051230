"""The page of a scene: what is on it, and that a message writes no HTML of its own."""

import re
from typing import Any

import pytest

from tests.loopback import Message
from tests.loopback.models import COMPONENTS_V2, EPHEMERAL, LOADING
from tests.screenshots import samples
from tests.screenshots.components import UnknownComponent
from tests.screenshots.page import message_html
from tests.screenshots.samples import BOT, MIA, button, text
from tests.screenshots.scene import Modal, Post, Scene, Suggestions, Used


def body(html: str) -> str:
    """Without the style sheet."""
    return html.partition("<body>")[2]


def drawn(*components: Any, flags: int = COMPONENTS_V2, **more: Any) -> str:
    message = Message(id=2, channel_id=3, author=BOT, components=components, flags=flags, **more)
    return body(message_html(Scene((Post(message),))))


def test_a_layout_shows_all_its_parts() -> None:
    html = body(message_html(samples.layout()))
    for part in (
        '<div class="container accented" style="--accent: #2b6cb0">',
        '<div class="separator line small">',
        '<div class="separator gap large">',
        '<div class="thumbnail"><img src="data:image/png;base64,',
        '<div class="gallery of-1"><div class="item"><img',
        'alt="A chart"',
        "release.txt",
        "2.73 KB",
        '<div class="button primary"><span class="emoji">🔎</span><span>More</span></div>',
        '<div class="button secondary disabled"><span>◀</span></div>',
        '<div class="select"><span>Another release</span>',
        '<div class="select chosen"><span>Newest first</span>',
        "Only you can see this",
        '<span class="name">Mia</span>used <span class="command">/ask</span>',
    ):
        assert part in html


def test_only_a_link_has_the_arrow() -> None:
    link = drawn({"type": 1, "components": [button(5, "Open")]})
    other = drawn({"type": 1, "components": [button(2, "Open")]})
    assert "icon external" in link
    assert "icon external" not in other


def test_only_the_bot_has_the_badge_and_a_reply_says_to_what() -> None:
    html = body(message_html(samples.classic()))
    asked, answered = html.split("<article")[1:]
    assert '<span class="app">' not in asked
    assert '<span class="app">' in answered
    assert '<span class="spine"></span>' in answered
    assert '<span class="mention">@Verbatim</span> How much did the bridge cost?</span>' in answered


def test_a_reply_shows_the_content_alone_of_what_it_replies_to() -> None:
    laid_out = Message(id=1, channel_id=3, author=BOT, components=(text("# a"),))
    plain = Message(id=1, channel_id=3, author=BOT, content="# One\n-# *two*")
    reply = Message(id=2, channel_id=3, author=MIA, content="and?")
    seen = [body(message_html(Scene((Post(reply, above),)))) for above in (laid_out, plain)]
    assert '<span class="said"><i>Click to see attachment</i></span>' in seen[0]
    assert '<span class="said">One <i>two</i></span>' in seen[1]


def test_an_embed_shows_all_its_parts() -> None:
    html = body(message_html(samples.classic()))
    assert '<a href="https://harbor.example/bridge">Mayor Opens' in html
    assert html.count('<div class="field">') == 3
    assert html.count('<div class="line">') == 2  # two inline fields share one
    assert "March 18, 2024 · paragraph 2" in html
    assert html.count("data:image/png") == 1  # the image is in the embed, and not again below


def test_a_modal_shows_labels_and_what_was_typed() -> None:
    html = body(message_html(samples.dialog()))
    assert "<h2>Ask a follow-up</h2>" in html
    assert 'Your question<span class="star">*</span>' in html
    assert '<div class="label">Since</div>' in html
    assert '<div class="input paragraph">And how long was it closed?</div>' in html
    assert '<div class="input short empty">2025-09-08</div>' in html


def test_suggestions_stand_above_what_is_typed() -> None:
    html = body(message_html(samples.list_of_choices()))
    assert html.count('<div class="choice') == 2
    assert html.index("Harbor Seal") < html.index('<span class="command">/release</span>')
    none = body(message_html(Scene((Suggestions("release", "title", "x", ()),))))
    assert "No options match your search." in none


def test_a_deferred_response_is_thinking() -> None:
    assert "Verbatim is thinking…" in drawn(flags=LOADING)


def test_what_it_cannot_draw_is_an_error() -> None:
    with pytest.raises(UnknownComponent, match="type 99"):
        drawn({"type": 99})
    with pytest.raises(UnknownComponent, match="type 19"):
        message_html(
            Scene((Modal({"title": "x", "components": [{"type": 18, "label": "x",
                                                        "component": {"type": 19}}]}),))
        )  # fmt: skip
    with pytest.raises(LookupError, match=r"no attachment 'a\.png'"):
        drawn({"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]})


def test_a_picture_on_the_web_is_not_fetched() -> None:
    html = drawn({"type": 12, "items": [{"media": {"url": "https://x.example/a.png"}}]})
    assert "<img" not in html
    assert "x.example" in html


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def evil_scene() -> Scene:
    """Every text that a payload has, hostile."""
    message = Message(
        id=1,
        channel_id=2,
        author=BOT,
        content=EVIL,
        embeds=(
            {
                "title": EVIL,
                "url": "https://x.example/" + EVIL,
                "description": EVIL,
                "author": {"name": EVIL},
                "fields": [{"name": EVIL, "value": EVIL}],
                "footer": {"text": EVIL},
                "image": {"url": "https://x.example/" + EVIL},
            },
        ),
        components=(
            {
                "type": 1,
                "components": [
                    button(1, EVIL, emoji={"name": EVIL}),
                    {"type": 3, "custom_id": "s", "options": [], "placeholder": EVIL},
                ],
            },
            text(EVIL),
        ),
        flags=EPHEMERAL,
    )
    inner = {"type": 4, "custom_id": "q", "placeholder": EVIL}
    part = {"type": 18, "label": EVIL, "description": EVIL, "component": inner}
    return Scene(
        (
            Post(message, Used(MIA, EVIL)),
            Post(message, message),
            Modal({"title": EVIL, "components": [part]}),
            Suggestions(EVIL, EVIL, EVIL, ({"name": EVIL, "value": EVIL},), ((EVIL, EVIL),)),
        ),
        clock=EVIL,
    )


def test_no_text_of_a_payload_becomes_html() -> None:
    html = body(message_html(evil_scene()))
    assert "<script" not in html
    assert "<img" not in html
    tags = re.findall(r"<[a-z][^>]*>", html)
    assert not [tag for tag in tags if re.search(r"\son\w+=", re.sub(r'"[^"]*"', '""', tag))]
    assert html.count("&lt;script&gt;") >= 20
    assert len(re.findall(r"<div\b", html)) == html.count("</div>")


def test_a_page_may_neither_run_scripts_nor_fetch() -> None:
    assert "default-src 'none'; img-src data:" in message_html(samples.marks())
