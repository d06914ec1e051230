"""Whether Discord takes a message, and what it shows of it."""

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
# Marks of a heading, a quote or a list item with nothing behind them; a dash alone is a text.
_BARE = re.compile(r"^(?:(?:#{1,3}|-#|>)[^\S\n]*|-[^\S\n]+)$", re.MULTILINE)


def body_of(message: Message) -> Json:
    """What discord.py sends for a message."""

    async def build() -> Json:
        return {"components": message.view().to_components(), "flags": COMPONENTS_V2}

    body = asyncio.run(build())
    files = [file.to_dict(at) for at, file in enumerate(message.files())]
    return {**body, "attachments": files} if files else body


def assert_valid(message: Message, *, calling: str | None = None) -> None:
    """Discord takes it, nothing in it is blank, and it calls nobody but ``calling``."""
    body = body_of(message)
    components = list(walk_components(body["components"]))
    files = body.get("attachments", [])
    check_message(body)
    texts = [each["content"] for each in components if each["type"] == TEXT_DISPLAY]
    assert sum(map(len, texts)) <= 4000
    assert len(components) <= 40
    for text in texts:
        assert seen(text)
        assert not _BARE.search(text)
        assert pings(text.replace(calling, "") if calling else text, None) == ()
    ids = [each["custom_id"] for each in components if "custom_id" in each]
    assert len(ids) == len(set(ids))
    assert all(0 < len(each) <= 100 for each in ids)
    for item in components:
        assert 0 < len(item.get("placeholder") or "any") <= 150
        defaults = [each for each in item.get("options", []) if each.get("default")]
        assert len(defaults) <= 1
        for label in (each["label"] for each in item.get("options", [])):
            assert seen(label)
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
def seen(text: str) -> str:
    """What there is to see of a text as it was published, with white space folded."""
    kept = (each for each in text if each.isspace() or unicodedata.category(each) != "Cc")
    line = " ".join(_INVISIBLE.sub("", "".join(kept)).split())
    shapes = (each for each in _IGNORABLE.sub("", line) if unicodedata.category(each) != "Cf")
    return line if "".join(shapes).strip() else ""


class Shown(HTMLParser):
    """What Discord shows of a text: all of it, the bold part, and what it took for markup."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text = self.bold = ""
        self.tags: set[str] = set()
        self._stressed = False
        self.feed(markdown_html(markdown))
        self.close()
        # What keeps a call of everybody from being one is not to be seen.
        self.text, self.bold = (each.replace("\u200b", "") for each in (self.text, self.bold))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self._stressed = self._stressed or tag == "b"

    def handle_endtag(self, tag: str) -> None:
        self._stressed = self._stressed and tag != "b"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.bold += data if self._stressed else ""


def places(shown: str, text: str) -> list[tuple[int, int]]:
    """Where in what is seen of a text this can be, if ``…`` stands for what is left out."""
    line = seen(text)
    found = []
    for start in ("", "… "):
        for end in ("", " …"):
            if not (shown.startswith(start) and shown.endswith(end)):
                continue
            piece = shown[len(start) : len(shown) - len(end)]
            if not piece or len(shown) < len(start) + len(end):
                continue
            found += [
                (each.start(), each.start() + len(piece))
                for each in re.finditer(f"(?={re.escape(piece)})", line)
                if (each.start() > 0) == bool(start)
                and (each.start() + len(piece) < len(line)) == bool(end)
            ]
    return found


def assert_quotes(markdown: str, text: str, highlight: tuple[int, int] | None = None) -> None:
    """A quotation shows a text, or a piece around the highlight, and that alone in bold."""
    if not seen(text):
        assert not markdown
        return
    shown = Shown(markdown)
    assert shown.tags <= {"div", "blockquote", "b"}
    found = places(shown.text, text)
    assert found
    if highlight:
        line, (start, end) = seen(text), _within(text, highlight)
        assert shown.bold in {_stressed(place, line, start, end) for place in found}


def _within(text: str, highlight: tuple[int, int]) -> tuple[int, int]:
    """Where a part of a text is in what is seen of it."""
    line, part = seen(text), _folded(text[slice(*highlight)])
    at = len(_folded(text[: highlight[0]]))
    at += line[at : at + 1] == " "
    return at, at + len(part)


def _stressed(place: tuple[int, int], line: str, start: int, end: int) -> str | None:
    """What is bold of a line of which ``place`` is shown: nothing, where it would be all.

    None where nothing of the highlight is shown.
    """
    first, last = max(start, place[0]), min(end, place[1])
    if first >= last:
        return None if start < end else ""
    return "" if (first, last) == place else line[first:last]


def _folded(text: str) -> str:
    """The same as `seen`, though it may have no shape."""
    return seen(f"{text}.")[:-1].rstrip()
