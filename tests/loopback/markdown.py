"""Discord's markdown as HTML: what its client makes of a text.

The grammar is that of Discord's client: rules tried in order at each position, as in the library
simple-markdown, on which it is based. Sources: https://support.discord.com/hc/articles/210298617
and, for mentions and timestamps, /reference#message-formatting. No tag of the text itself gets
through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape

_MAX_DEPTH = 20


@dataclass(frozen=True)
class Names:
    """The names that mentions show, by id."""

    users: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)


def markdown_html(text: str, names: Names | None = None) -> str:
    """Return a text as HTML, to be shown with ``white-space: break-spaces``.

    Timestamps are shown as dates in UTC, whatever their style.
    """
    return _parse(text.strip("\n"), _State(names or Names()))


@dataclass(frozen=True)
class _State:
    """What may begin at the current position."""

    names: Names
    blocks: bool = True
    quoted: bool = False
    linked: bool = False
    depth: int = 0

    @property
    def inline(self) -> _State:
        return replace(self, blocks=False)


_Render = Callable[[re.Match[str], _State], str | None]
"""Returns None if the match is not markup after all."""


def _parse(text: str, state: _State) -> str:
    if state.depth > _MAX_DEPTH:
        return escape(text)
    state = replace(state, depth=state.depth + 1)
    out: list[str] = []
    at = 0
    while at < len(text):
        starts_line = state.blocks and (at == 0 or text[at - 1] == "\n")
        for pattern, render in (*_BLOCKS, *_INLINE) if starts_line else _INLINE:
            found = pattern.match(text, at)
            if found and (html := render(found, state)) is not None:
                out.append(html)
                at = found.end()
                break
        else:
            plain = _PLAIN.match(text, at)
            end = plain.end() if plain else at + 1
            out.append(escape(text[at:end]))
            at = end
    return "".join(out)


def _wrap(opening: str, closing: str) -> _Render:
    """Render the first group that matched, with markup in it, between two tags."""

    def render(found: re.Match[str], state: _State) -> str:
        text = next(group for group in found.groups() if group is not None)
        return f"{opening}{_parse(text, state.inline)}{closing}"

    return render


def _mention(sign: str, names: Callable[[Names], Mapping[int, str]]) -> _Render:
    def render(found: re.Match[str], state: _State) -> str:
        name = names(state.names).get(int(found[1]), "unknown")
        return f'<span class="mention">{escape(sign + name)}</span>'

    return render


def _heading(found: re.Match[str], state: _State) -> str:
    level = len(found["marks"])
    return f"<h{level}>{_parse(found['text'].strip(), state.inline)}</h{level}>"


def _quote(found: re.Match[str], state: _State) -> str | None:
    if state.quoted:
        return None
    text = found["rest"]
    if text is None:
        text = re.sub(r"^ *> ", "", found["lines"], flags=re.MULTILINE).removesuffix("\n")
    return f"<blockquote>{_parse(text, replace(state, quoted=True))}</blockquote>"


def _list(found: re.Match[str], state: _State) -> str:
    lines = (_ITEM.match(line) for line in found[0].split("\n"))
    return _items([line for line in lines if line], state)


def _items(lines: list[re.Match[str]], state: _State) -> str:
    """Render the items of one depth, each with the deeper ones below it."""
    depth = len(lines[0]["indent"])
    out: list[str] = []
    tag = ""
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        while end < len(lines) and len(lines[end]["indent"]) > depth:
            end += 1
        if tag != (now := "ul" if line["bullet"] in "-*" else "ol"):
            start = "" if now == "ul" else f' start="{int(line["bullet"][:-1])}"'
            out.append((f"</{tag}>" if tag else "") + f"<{now}{start}>")
            tag = now
        below = _items(lines[at + 1 : end], state) if end > at + 1 else ""
        out.append(f"<li>{_parse(line['text'], state.inline)}{below}</li>")
        at = end
    return "".join(out) + f"</{tag}>"


def _masked_link(found: re.Match[str], state: _State) -> str | None:
    url = re.sub(r"\\(.)", r"\1", found["url"])
    if state.linked or not re.match(r"https?://", url) or not found["label"].strip():
        return None
    label = _parse(found["label"], replace(state.inline, linked=True))
    return f'<a href="{escape(url)}">{label}</a>'


def _bare_link(found: re.Match[str], state: _State) -> str | None:
    url = escape(found[1])
    return None if state.linked else f'<a href="{url}">{url}</a>'


def _timestamp(found: re.Match[str], state: _State) -> str:
    try:
        moment = datetime.fromtimestamp(int(found[1]), UTC)
    except (ValueError, OverflowError, OSError):
        return "<time>Invalid Date</time>"
    return f"<time>{moment:%B} {moment.day}, {moment.year}</time>"


_ITEM = re.compile(r"(?P<indent> *)(?P<bullet>[-*]|\d{1,9}\.) +(?P<text>[^\n]*\S[^\n]*)")
_LIST_LINE = r" *(?:[-*]|\d{1,9}\.) +[^\n]*\S[^\n]*(?:\n|$)"
_PLAIN = re.compile(r"\n|.+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n|https?://|$)")
_NESTED = r"\([^\s<>()]*\)"  # parentheses belong to a URL if they are closed in it
_URL = rf"https?://(?:{_NESTED}|[^\s<>()])*(?:{_NESTED}|[^\s<>().,:;\"'\]])"

_BLOCKS: tuple[tuple[re.Pattern[str], _Render], ...] = (
    (re.compile(r"(?P<marks>#{1,3})[ \t]+(?P<text>[^\n]*[^\s#][^\n]*?)#*[ \t]*(?:\n|$)"), _heading),
    (re.compile(r"-#[ \t]+([^\n]*\S)[^\S\n]*(?:\n|$)"), _wrap("<small>", "</small>")),
    (re.compile(r" *>>> (?P<rest>[\s\S]*)|(?P<lines>(?: *> [^\n]*(?:\n|$))+)"), _quote),
    (re.compile(rf"(?:{_LIST_LINE})+"), _list),
)
"""What may begin at the start of a line only."""

_INLINE: tuple[tuple[re.Pattern[str], _Render], ...] = (
    (
        re.compile(r"```(?:[\w+\-.#]+\n)?\n*([^\n][\s\S]*?)\n*```\n?"),
        lambda found, _: f"<pre>{escape(found[1])}</pre>",
    ),
    (
        re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)"),
        lambda found, _: f"<code>{escape(found[2].strip() or found[2])}</code>",
    ),
    (re.compile(r"\\([^0-9A-Za-z\s])"), lambda found, _: escape(found[1])),
    (re.compile(r"<(https?://[^\s<>]+)>"), _bare_link),
    (re.compile(rf"({_URL})"), _bare_link),
    (
        re.compile(
            r"\[(?P<label>(?:\[[^\]\n]*\]|\\.|[^\[\]\\])*)\]"
            r"\(\s*<?(?P<url>(?:\\.|\([^()\s]*\)|[^\s\\()<>])+)>?"
            r"(?:\s+\"[^\"]*\"|\s+'[^']*')?\s*\)"
        ),
        _masked_link,
    ),
    (re.compile(r"<@!?(\d{1,20})>"), _mention("@", lambda names: names.users)),
    (re.compile(r"<@&(\d{1,20})>"), _mention("@", lambda names: names.roles)),
    (re.compile(r"<#(\d{1,20})>"), _mention("#", lambda names: names.channels)),
    (
        re.compile(r"<(/[-\w]{1,32}(?: [-\w]{1,32}){0,2}):\d{1,20}>|(@(?:everyone|here)\b)"),
        lambda found, _: f'<span class="mention">{escape(found[1] or found[2])}</span>',
    ),
    (re.compile(r"<a?(:\w{2,32}:)\d{1,20}>"), lambda found, _: f"<span>{found[1]}</span>"),
    (re.compile(r"<t:(-?\d{1,17})(?::[tTdDfFR])?>"), _timestamp),
    (re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL), _wrap("<b>", "</b>")),
    (re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL), _wrap("<u>", "</u>")),
    (
        re.compile(
            r"\b_((?:__|\\.|[^\\_])+?)_\b|\*(?=\S)((?:\*\*|\\.|[^*\\])+?)(?<!\s)\*(?!\*)", re.DOTALL
        ),
        _wrap("<i>", "</i>"),
    ),
    (re.compile(r"~~([\s\S]+?)~~"), _wrap("<s>", "</s>")),
    (re.compile(r"\|\|([\s\S]+?)\|\|"), _wrap('<span class="spoiler">', "</span>")),
)
