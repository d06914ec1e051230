"""Discord's markdown as HTML: what its client shows for a text, and no tag that the text wrote.

The grammar is that of Discord's client: rules tried in order at each place, as in simple-markdown,
from which it was made. Block rules hold at the start of a line only.
See https://support.discord.com/hc/en-us/articles/210298617 and, for timestamps and mentions,
https://discord.com/developers/docs/reference#message-formatting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape


@dataclass(frozen=True)
class Names:
    """How ids read, and what time it is: Discord's client knows these, a text does not."""

    users: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    now: datetime = datetime(2025, 9, 15, 10, 24, tzinfo=UTC)


def markdown_html(text: str, names: Names | None = None) -> str:
    """A message's text, or an embed's description, as HTML for ``white-space: break-spaces``."""
    return _parse(text.strip("\n"), _Place(names or Names()))


def inline_html(text: str, names: Names | None = None) -> str:
    """The same without headings, lists and quotes: an embed's title, a field's name."""
    return _parse(text, _Place(names or Names(), blocks=False))


@dataclass(frozen=True)
class _Place:
    """Where in the text the parser is: what may begin here."""

    names: Names
    blocks: bool = True
    quoted: bool = False
    linked: bool = False
    depth: int = 0

    @property
    def inline(self) -> _Place:
        return replace(self, blocks=False)


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    html: Callable[[re.Match[str], _Place], str | None]
    """None where it is no such thing after all."""
    block: bool = False


def _parse(text: str, place: _Place) -> str:
    if place.depth > _DEEPEST:
        return escape(text)
    place = replace(place, depth=place.depth + 1)
    out: list[str] = []
    at = 0
    while at < len(text):
        starts_line = place.blocks and (at == 0 or text[at - 1] == "\n")
        for rule in _RULES:
            if rule.block and not starts_line:
                continue
            found = rule.pattern.match(text, at)
            if found and (html := rule.html(found, place)) is not None:
                out.append(html)
                at = found.end()
                break
        else:
            plain = _PLAIN.match(text, at)
            end = plain.end() if plain else at + 1
            out.append(escape(text[at:end]))
            at = end
    return "".join(out)


# -- blocks ---------------------------------------------------------------------------------------


def _code_block(found: re.Match[str], place: _Place) -> str:
    return f'<pre class="fence"><code>{escape(found["code"])}</code></pre>'


def _heading(found: re.Match[str], place: _Place) -> str:
    level = len(found["marks"])
    return f'<h{level} class="md">{_parse(found["text"].strip(), place.inline)}</h{level}>'


def _subtext(found: re.Match[str], place: _Place) -> str:
    return f'<small class="subtext">{_parse(found["text"].strip(), place.inline)}</small>'


def _quote(found: re.Match[str], place: _Place) -> str | None:
    if place.quoted:
        return None
    if found["rest"] is not None:
        text = found["rest"]
    else:
        text = re.sub(r"^ *> ", "", found["lines"], flags=re.MULTILINE).removesuffix("\n")
    inner = _parse(text, replace(place, quoted=True))
    return f'<div class="quote"><blockquote>{inner}</blockquote></div>'


def _list(found: re.Match[str], place: _Place) -> str:
    lines = (_ITEM.match(line) for line in found[0].split("\n"))
    return _items([line for line in lines if line], place)


def _items(lines: list[re.Match[str]], place: _Place) -> str:
    """Lists of what is at one depth, each item with those below it that are deeper."""
    depth = len(lines[0]["indent"])
    out: list[str] = []
    kind = ""
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        while end < len(lines) and len(lines[end]["indent"]) > depth:
            end += 1
        if kind != (now := "ul" if line["bullet"] in "-*" else "ol"):
            start = "" if now == "ul" else f' start="{int(line["bullet"][:-1])}"'
            out.append((f"</{kind}>" if kind else "") + f'<{now} class="md"{start}>')
            kind = now
        below = _items(lines[at + 1 : end], place) if end > at + 1 else ""
        out.append(f"<li>{_parse(line['text'], place.inline)}{below}</li>")
        at = end
    return "".join(out) + f"</{kind}>"


# -- inline ---------------------------------------------------------------------------------------


def _wrapped(opening: str, closing: str) -> Callable[[re.Match[str], _Place], str]:
    def html(found: re.Match[str], place: _Place) -> str:
        text = next(group for group in found.groups() if group is not None)
        return f"{opening}{_parse(text, place.inline)}{closing}"

    return html


def _code(found: re.Match[str], place: _Place) -> str:
    return f'<code class="inline">{escape(found["code"].strip() or found["code"])}</code>'


def _escaped(found: re.Match[str], place: _Place) -> str:
    return escape(found[1])


def _anchor(address: str, label: str) -> str:
    return f'<a href="{escape(address)}">{label}</a>'


def _masked_link(found: re.Match[str], place: _Place) -> str | None:
    address = re.sub(r"\\(.)", r"\1", found["address"])
    if place.linked or not re.match(r"https?://", address) or not found["label"].strip():
        return None
    return _anchor(address, _parse(found["label"], replace(place.inline, linked=True)))


def _bare_link(found: re.Match[str], place: _Place) -> str | None:
    return None if place.linked else _anchor(found["address"], escape(found["address"]))


def _mention(text: str) -> str:
    return f'<span class="mention">{escape(text)}</span>'


def _user(found: re.Match[str], place: _Place) -> str:
    return _mention("@" + place.names.users.get(int(found[1]), "unknown-user"))


def _role(found: re.Match[str], place: _Place) -> str:
    return _mention("@" + place.names.roles.get(int(found[1]), "unknown-role"))


def _channel(found: re.Match[str], place: _Place) -> str:
    return _mention("# " + place.names.channels.get(int(found[1]), "unknown"))


def _command(found: re.Match[str], place: _Place) -> str:
    return _mention("/" + found[1])


def _everyone(found: re.Match[str], place: _Place) -> str:
    return _mention(found[0])


def _custom_emoji(found: re.Match[str], place: _Place) -> str:
    return f":{escape(found[1])}:"


def _timestamp(found: re.Match[str], place: _Place) -> str | None:
    try:
        moment = datetime.fromtimestamp(int(found[1]), UTC)
    except (ValueError, OverflowError, OSError):
        return "<time>Invalid Date</time>"
    return f"<time>{escape(_moment_text(moment, found[2] or 'f', place.names.now))}</time>"


def _moment_text(moment: datetime, style: str, now: datetime) -> str:
    clock = f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"
    seconds = clock.replace(" ", f":{moment:%S} ")
    day = f"{moment:%B} {moment.day}, {moment.year}"
    numbers = f"{moment.month}/{moment.day}/{moment.year}"
    texts = {
        "t": clock,
        "T": seconds,
        "d": numbers,
        "D": day,
        "f": f"{day} at {clock}",
        "F": f"{moment:%A}, {day} at {clock}",
        "R": _relative((moment - now).total_seconds()),
    }
    return texts[style]


def _relative(seconds: float) -> str:
    """As moment.js counts, which Discord's client does."""
    size = abs(seconds)
    steps = (
        (45, 0, "a few seconds"),
        (90, 0, "a minute"),
        (45 * 60, 60, "minutes"),
        (90 * 60, 0, "an hour"),
        (22 * 3600, 3600, "hours"),
        (36 * 3600, 0, "a day"),
        (26 * 86400, 86400, "days"),
        (45 * 86400, 0, "a month"),
        (320 * 86400, 30.44 * 86400, "months"),
        (548 * 86400, 0, "a year"),
        (float("inf"), 365.25 * 86400, "years"),
    )
    _, unit, name = next(step for step in steps if size < step[0])
    text = f"{max(2, round(size / unit))} {name}" if unit else name
    return f"in {text}" if seconds > 0 else f"{text} ago"


# -- the grammar ----------------------------------------------------------------------------------

_DEEPEST = 20
_ITEM = re.compile(r"(?P<indent> *)(?P<bullet>[-*]|\d{1,9}\.) +(?P<text>[^\n]*\S[^\n]*)")
_LIST_LINE = r" *(?:[-*]|\d{1,9}\.) +[^\n]*\S[^\n]*(?:\n|$)"
_PLAIN = re.compile(r"\n|.+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n|https?://|$)")
_NESTED = r"\([^\s<>()]*\)"  # brackets belong to an address if they are closed in it
_ADDRESS = rf"https?://(?:{_NESTED}|[^\s<>()])*(?:{_NESTED}|[^\s<>().,:;\"'\]])"

_RULES = (
    _Rule(
        re.compile(r"(?P<marks>#{1,3})[ \t]+(?P<text>[^\n]*[^\s#][^\n]*?)#*[ \t]*(?:\n|$)"),
        _heading,
        block=True,
    ),
    _Rule(re.compile(r"-#[ \t]+(?P<text>[^\n]*\S[^\n]*)(?:\n|$)"), _subtext, block=True),
    _Rule(
        re.compile(r" *>>> (?P<rest>[\s\S]*)|(?P<lines>(?: *> [^\n]*(?:\n|$))+)"),
        _quote,
        block=True,
    ),
    _Rule(re.compile(rf"(?:{_LIST_LINE})+"), _list, block=True),
    _Rule(
        re.compile(r"```(?:[\w+\-.#]+\n)?\n*(?P<code>[^\n][\s\S]*?)\n*```\n?"),
        _code_block,
    ),
    _Rule(re.compile(r"(?P<ticks>`+)(?P<code>[\s\S]*?[^`])(?P=ticks)(?!`)"), _code),
    _Rule(re.compile(r"\\([^0-9A-Za-z\s])"), _escaped),
    _Rule(re.compile(r"<(?P<address>https?://[^\s<>]+)>"), _bare_link),
    _Rule(re.compile(rf"(?P<address>{_ADDRESS})"), _bare_link),
    _Rule(
        re.compile(
            r"\[(?P<label>(?:\[[^\]\n]*\]|\\.|[^\[\]\\])*)\]"
            r"\(\s*<?(?P<address>(?:\\.|\([^()\s]*\)|[^\s\\()<>])+)>?"
            r"(?:\s+\"[^\"]*\"|\s+'[^']*')?\s*\)"
        ),
        _masked_link,
    ),
    _Rule(re.compile(r"<@!?(\d{1,20})>"), _user),
    _Rule(re.compile(r"<@&(\d{1,20})>"), _role),
    _Rule(re.compile(r"<#(\d{1,20})>"), _channel),
    _Rule(re.compile(r"</([-\w]{1,32}(?: [-\w]{1,32}){0,2}):\d{1,20}>"), _command),
    _Rule(re.compile(r"<a?:(\w{2,32}):\d{1,20}>"), _custom_emoji),
    _Rule(re.compile(r"<t:(-?\d{1,17})(?::([tTdDfFR]))?>"), _timestamp),
    _Rule(re.compile(r"@(?:everyone|here)\b"), _everyone),
    _Rule(re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL), _wrapped("<b>", "</b>")),
    _Rule(re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL), _wrapped("<u>", "</u>")),
    _Rule(
        re.compile(
            r"\b_((?:__|\\.|[^\\_])+?)_\b|\*(?=\S)((?:\*\*|\\.|[^*\\])+?)(?<!\s)\*(?!\*)", re.DOTALL
        ),
        _wrapped("<i>", "</i>"),
    ),
    _Rule(re.compile(r"~~([\s\S]+?)~~"), _wrapped("<s>", "</s>")),
    _Rule(re.compile(r"\|\|([\s\S]+?)\|\|"), _wrapped('<span class="spoiler">', "</span>")),
)
