"""The readers of what others write, with good inputs to begin from, and their errors."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from bot.core.actions import ACTIONS, parse_action
from bot.settings import Settings
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.jsonlines import read_json
from retrieval.sources.limits import check_draft
from retrieval.sources.reading import read_bytes
from retrieval.sources.web.feeds import read_feed
from retrieval.sources.web.page import Page
from retrieval.sources.web.unreadable import Unreadable

_COPIED = (Path(__file__).parents[2] / "seeds" / "000_4a84fac55420aad7.txt").read_bytes()
_TEXT = (
    "HARBOR CITY – Mayor Ada Quill opened the rebuilt Harbor Bridge on Monday.\n\n"
    "“The bridge cost $48 million,” said Quill. It carries 31,000 vehicles a day."
)
_HTML = f"""<!doctype html><html lang="en"><head><title>Bridge opens | Harbor</title>
<link rel="canonical" href="https://www.harbor.example/news/2024/03/18/bridge">
<meta property="article:published_time" content="2024-03-18T10:00:00Z">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Mayor Opens Bridge",
"datePublished": "2024-03-18"}}</script></head><body><nav><ul><li><a href="/">Home</a></ul></nav>
<main><h1>Mayor Opens Bridge</h1><time datetime="2024-03-18">March 18, 2024</time>
<p>{_TEXT}</p><table><tr><th>Year<th>Cost<tr><td>2023<td>4</table><blockquote>More</blockquote>
<p>Contact: <a href="mailto:press@harbor.example">press</a></p></main><footer>©</footer></html>"""
_MARKDOWN = (
    f"---\ntitle: Mayor Opens Bridge\ndate: 2024-03-18\nauthor: {{name: Ada Quill}}\n"
    f"tags: [a, b]\n---\n\n# Bridge\n\n{_TEXT}\n\n- one\n- two[^1]\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    f"+++\ntitle = 'Mayor Opens Bridge'\ndate = 2024-03-18\n+++\n{_TEXT}",
    f'{{"title": "Mayor Opens Bridge", "date": "2024-03-18"}}\n\n{_TEXT}\n\n'
    "> quoted\n\n    <p>x</p>",
)
_RECORD = {
    "id": "bridge",
    "title": "Mayor Opens Bridge",
    "date": "2024-03-18",
    "url": "https://www.harbor.example/news/bridge",
    "text": _TEXT,
    "author": [{"name": "Ada Quill"}, {"first": "Ann", "last": "Roe"}],
    "newsroom": {"name": "Harbor"},
    "tags": [1, 2.5, None, True],
}
_MAIL = (
    "From: Press <press@harbor.example>\nTo: all@harbor.example\n"
    "Subject: =?utf-8?q?Bridge_opens?=\n"
    "Date: Mon, 18 Mar 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
    'Content-Type: multipart/alternative; boundary="b"\n\n--b\n'
    f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{_TEXT}\n--b\n"
    f"Content-Type: text/html; charset=utf-8\n\n<p>{_TEXT}</p>\n--b--\n"
)
_FEEDS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Harbor</title>'
    "<link>https://www.harbor.example/</link><item><title>Bridge</title>"
    "<link>https://www.harbor.example/bridge</link><pubDate>Mon, 18 Mar 2024 10:00:00 GMT</pubDate>"
    f"<description><![CDATA[<p>{_TEXT}</p>]]></description></item></channel></rss>",
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbor</title><entry><title>Bridge</title>'
    '<link href="https://www.harbor.example/bridge"/><updated>2024-03-18T10:00:00Z</updated>'
    f'<content type="html">{_TEXT}</content></entry></feed>',
    json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Harbor",
            "items": [
                {
                    "id": "1",
                    "url": "https://www.harbor.example/bridge",
                    "title": "Bridge",
                    "date_published": "2024-03-18T10:00:00Z",
                    "content_text": _TEXT,
                }
            ],
        }
    ),
)
_VALUES = (
    "0.5",
    "60",
    "1h",
    "Europe/Madrid",
    "a@b.example",
    "yes",
    "int8",
    "INFO",
    "~/a:/b",
    "off",
)
_IDS = [
    action(*(7 if field.type is int else "a:b" for field in fields(action))).custom_id
    for action in ACTIONS
]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader.

    Attributes:
        name: what it reads.
        seeds: good inputs.
        read: reads an input.
        may_raise: how it says that it refuses one.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]
    may_raise: tuple[type[Exception], ...] = (ValueError,)


def _document(suffix: str) -> Callable[[bytes], object]:
    def read(data: bytes) -> None:
        _as_release(read_bytes(data, suffix))

    return read


def _as_release(draft: ReleaseDraft) -> None:
    """Make the release of a draft, as a build does."""
    if not check_draft(draft).is_empty:
        release = draft.to_release(id="1", source="a", newsroom=None)
        assert release.title
        assert release.paragraphs


def _records(data: bytes) -> None:
    for row in read_json(data):
        if draft := getattr(row, "draft", None):
            _as_release(draft)


def _feed(data: bytes) -> None:
    address = "https://www.harbor.example/feed"
    read_feed(Page(address, address, data, "application/xml", "", {}))


def _settings(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for setting in fields(Settings):
        if parse := setting.metadata.get("parse"):
            try:
                parse(text)
            except ValueError:
                continue


def _custom_id(data: bytes) -> None:
    action = parse_action(data.decode("utf-8", "replace"))
    if action:
        assert parse_action(action.custom_id) == action


def _encoded(*texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


TARGETS = (
    Target("copied page", (_COPIED, *_encoded(_TEXT)), _document(".txt")),
    Target("web page", _encoded(_HTML), _document(".html")),
    Target("Markdown and front matter", _encoded(*_MARKDOWN), _document(".md")),
    Target("records", _encoded(json.dumps(_RECORD), json.dumps({"items": [_RECORD]})), _records),
    Target("mail", _encoded(_MAIL), _document(".eml")),
    Target("feed", _encoded(*_FEEDS), _feed, (Unreadable,)),
    Target("settings", _encoded(*_VALUES), _settings, ()),
    Target("custom id", _encoded(*_IDS), _custom_id, ()),
)
