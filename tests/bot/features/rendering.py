"""Whether Discord accepts a message, and how it renders the texts in it."""

import asyncio
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from typing import Any

from bot.core.components import Message
from tests.loopback import (
    COMPONENTS_V2,
    TEXT_DISPLAY,
    check_message,
    markdown_html,
    pings,
    walk_components,
)

Json = dict[str, Any]

_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
# The mark of a heading, a quote or a list item without any text. A dash alone is a text.
_BARE = re.compile(r"^(?:(?:#{1,3}|-#|>)[^\S\n]*|-[^\S\n]+)$", re.MULTILINE)


def body_of(message: Message) -> Json:
    """The body that discord.py sends for a message."""

    async def build() -> Json:
        return {"components": message.view().to_components(), "flags": COMPONENTS_V2}

    body = asyncio.run(build())
    files = [file.to_dict(at) for at, file in enumerate(message.files())]
    return {**body, "attachments": files} if files else body


def assert_valid(message: Message, *, mentioning: str | None = None) -> None:
    """Discord accepts a message, no text in it is blank, and it mentions only ``mentioning``."""
    body = body_of(message)
    components = list(walk_components(body["components"]))
    files = body.get("attachments", [])
    check_message(body)
    texts = [each["content"] for each in components if each["type"] == TEXT_DISPLAY]
    assert sum(map(len, texts)) <= 4000
    assert len(components) <= 40
    for text in texts:
        assert visible_text(text)
        assert not _BARE.search(text)
        assert pings(text.replace(mentioning, "") if mentioning else text, None) == ()
    ids = [each["custom_id"] for each in components if "custom_id" in each]
    assert len(ids) == len(set(ids))
    assert all(0 < len(each) <= 100 for each in ids)
    for item in components:
        assert 0 < len(item.get("placeholder") or "any") <= 150
        defaults = [each for each in item.get("options", []) if each.get("default")]
        assert len(defaults) <= 1
        for label in (each["label"] for each in item.get("options", [])):
            assert visible_text(label)
            assert len(label) <= 100
        if url := item.get("url"):
            assert re.fullmatch(r"https?://[A-Za-z0-9][^\s\"<>\\^`{|}]*", url)
            assert url.isascii()
    names = {each["filename"] for each in files}
    assert _attached(components) == names


def _attached(components: Iterable[Json]) -> set[str]:
    media = [each["file"] for each in components if "file" in each]
    media += [item["media"] for each in components for item in each.get("items", [])]
    return {each["url"].removeprefix("attachment://") for each in media}


def texts_of(message: Message) -> list[str]:
    """The texts of a message, from top to bottom, in Discord's markdown."""
    found = walk_components(body_of(message)["components"])
    return [each["content"] for each in found if each["type"] == TEXT_DISPLAY]


def items_of(message: Message, kind: int) -> list[Json]:
    """The components of a type, from top to bottom."""
    return [
        each for each in walk_components(body_of(message)["components"]) if each["type"] == kind
    ]


@cache
def visible_text(text: str) -> str:
    """The visible characters of a text, with single spaces; empty if there are none."""
    kept = (each for each in text if each.isspace() or unicodedata.category(each) != "Cc")
    line = " ".join(_INVISIBLE.sub("", "".join(kept)).split())
    shapes = (each for each in _IGNORABLE.sub("", line) if unicodedata.category(each) != "Cf")
    return line if "".join(shapes).strip() else ""


class Rendered(HTMLParser):
    """How Discord renders a text: all of it, what is bold, what is underlined, and all tags."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text = self.bold = self.underlined = ""
        self.tags: set[str] = set()
        self._open: list[str] = []
        self.feed(markdown_html(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        # A zero-width space, which keeps mass mentions from working, is invisible.
        shown = data.replace("\u200b", "")
        self.text += shown
        self.bold += shown if "b" in self._open else ""
        self.underlined += shown if "u" in self._open else ""


def possible_spans(shown: str, text: str) -> list[tuple[int, int]]:
    """The spans of the visible text that ``shown`` can stand for, "…" being a gap at either end."""
    line = visible_text(text)
    spans = []
    for before in ("", "… "):
        for after in ("", " …"):
            if not (shown.startswith(before) and shown.endswith(after)):
                continue
            part = shown[len(before) : len(shown) - len(after)]
            if not part or len(shown) < len(before) + len(after):
                continue
            starts = (match.start() for match in re.finditer(f"(?={re.escape(part)})", line))
            spans += [
                (start, start + len(part))
                for start in starts
                if (start > 0) == bool(before) and (start + len(part) < len(line)) == bool(after)
            ]
    return spans


def assert_quotes(
    markdown: str,
    text: str,
    highlight: tuple[int, int] | None = None,
    words: tuple[int, int] | None = None,
) -> None:
    """A quotation shows a text, or a part around the highlight.

    Only the highlight is bold, and only the words of it that answer are underlined.
    """
    if not visible_text(text):
        assert not markdown
        return
    shown = Rendered(markdown)
    assert shown.tags <= {"div", "blockquote", "b", "u"}
    spans = possible_spans(shown.text, text)
    assert spans
    if highlight:
        line, (start, end) = visible_text(text), _visible_span(text, highlight)
        assert shown.bold in {_marked_part(span, line, start, end) for span in spans}
        first, last = _visible_span(text, words or (0, 0))
        assert shown.underlined in {_marked_part(span, line, first, last) or "" for span in spans}


def _visible_span(text: str, highlight: tuple[int, int]) -> tuple[int, int]:
    """The span of the visible text that shows the highlight."""
    line, part = visible_text(text), _visible_part(text[slice(*highlight)])
    start = len(_visible_part(text[: highlight[0]]))
    start += line[start : start + 1] == " "
    return start, start + len(part)


def _marked_part(shown: tuple[int, int], line: str, start: int, end: int) -> str | None:
    """The part in bold of a line of which the span ``shown`` is shown, ``start`` to ``end`` being
    the highlight; or the underlined one. It is empty if all would be marked, and None if nothing
    of it is shown.
    """
    first, last = max(start, shown[0]), min(end, shown[1])
    if first >= last:
        return None if start < end else ""
    return "" if (first, last) == shown else line[first:last]


def _visible_part(text: str) -> str:
    """As `visible_text`, for a text that is part of a visible one."""
    return visible_text(f"{text}.")[:-1].rstrip()
