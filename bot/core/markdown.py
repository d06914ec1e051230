"""Text that Discord shows exactly as it was published, whatever it contains.

A backslash before a punctuation mark makes Discord show the mark itself
(https://support.discord.com/hc/articles/210298617), so every mark that could start markup, a
mention, a timestamp, a link or an emoji is escaped. discord.py's ``escape_markdown`` leaves some of
them alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

# Lists are recognized at the start of a line only. The last character of a match is escaped.
_MARK = re.compile(r"[\\*_~`|<>@\[\]#]|(?<=[a-zA-Z]):(?=//)|:(?=[\w+-]+:)|^(?:[-+]|\d+[.)])(?= )")
# Discord finds these in spite of a backslash, so a zero-width space is put between, as discord.py's
# ``escape_mentions`` does.
_MASS_MENTION = re.compile("@(?=everyone|here)")
_ZERO_WIDTH_SPACE = "\u200b"
# Control characters, and those that only split or reorder the text around them.
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# Characters without a glyph of their own, which may have a meaning beside others: Unicode's default
# ignorable code points, and the blank Braille pattern.
_NO_GLYPH = re.compile(
    "[ \u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2800\u3164\ufe00-\ufe0f"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)
_MAX_WORD = 40  # characters that a cut may move by to fall between two words
_ELLIPSIS = "…"


def visible(text: str) -> str:
    """The visible characters of a text, on one line; empty if there are none."""
    line = _one_line(text)
    return "" if _NO_GLYPH.fullmatch(line) else line


def escaped(text: str) -> str:
    """The visible text, with all markup escaped."""
    return "".join(_escape(visible(text)))


def shortened(text: str, limit: int) -> str:
    """The visible text, escaped, in at most ``limit`` characters."""
    line = visible(text)
    characters = _escape(line[: max(0, limit) + 1])
    if sum(map(len, characters)) <= limit:
        return "".join(characters)
    start = "".join(characters[: _fitting(characters, limit - 2)]).rstrip()
    return f"{start} {_ELLIPSIS}" if start else _ELLIPSIS[: max(0, limit)]


def parts(text: str, limit: int) -> Iterator[str]:
    """The visible text, escaped, in parts of at most ``limit`` characters, cut between words."""
    line = visible(text)
    start = 0
    while start < len(line):
        characters = _escape(line[start : start + limit + 1])
        end = start + max(1, _fitting(characters, limit))
        if end < len(line) and (space := line.rfind(" ", start + 1, end + 1)) > 0:
            end = space
        yield "".join(characters[: end - start])
        start = end + (line[end : end + 1] == " ")


def joined(texts: Iterable[str], limit: int) -> Iterator[str]:
    """Texts of at most ``limit`` characters, with blank lines between them, on few pages."""
    page = ""
    for text in texts:
        if page and len(page) + len(text) + 2 > limit:
            yield page
            page = ""
        page = f"{page}\n\n{text}" if page else text
    if page:
        yield page


def quotation(
    text: str,
    highlight: tuple[int, int] | None,
    limit: int,
    words: tuple[int, int] | None = None,
) -> str:
    """The visible text, escaped, as a block quote of at most ``limit`` characters.

    Args:
        text: the text to quote.
        highlight: the start and end of the part of ``text`` to set in bold, if any. A text that is
            too long is cut around it, between words.
        limit: the number of characters that the result may have.
        words: the start and end of the part of ``highlight`` to underline, if any.

    Returns:
        The block quote; empty if the text has no visible characters, or if there is no room.
    """
    line = visible(text)
    if not line:
        return ""
    start, end = _visible_span(line, text, highlight or (0, 0))
    inner_start, inner_end = _visible_span(line, text, words or (0, 0))
    # The outer mark is the last, so that it stands around the other.
    marked = {
        "__": (max(inner_start, start), min(inner_end, end)),
        "**": (start, end),
    }
    marked = {mark: (a, b) for mark, (a, b) in marked.items() if a < b and (a, b) != (0, len(line))}
    # Characters farther away can never fit, because escaping makes nothing shorter.
    skipped = max(0, start - max(0, limit))
    near = line[skipped : start + max(0, limit)]
    characters = _escape(near)
    before, after = skipped > 0, skipped + len(near) < len(line)
    first, last = 0, len(near)
    room = limit - len("> ") - sum(2 * len(mark) for mark in marked)
    if before or after or sum(map(len, characters)) > room:
        first, last = _window(
            near, characters, start - skipped, room - len(f"{_ELLIPSIS}  {_ELLIPSIS}")
        )
        before, after = before or first > 0, after or last < len(near)
    if first >= last:
        return ""
    for mark, (a, b) in marked.items():
        a, b = (min(max(first, at - skipped), last) for at in (a, b))
        if a < b and (a, b) != (first, last):  # marked throughout, it would emphasize nothing
            characters[a] = f"{mark}{characters[a]}"
            characters[b - 1] += mark
    shown = "".join(characters[first:last])
    return f"> {_ELLIPSIS + ' ' if before else ''}{shown}{' ' + _ELLIPSIS if after else ''}"


def _one_line(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


def _escape(line: str) -> list[str]:
    """Each character of a line in its escaped form."""
    characters = list(line)
    for mark in _MARK.finditer(line):
        characters[mark.end() - 1] = f"\\{characters[mark.end() - 1]}"
    for mention in _MASS_MENTION.finditer(line):
        characters[mention.start()] += _ZERO_WIDTH_SPACE
    return characters


def _fitting(characters: Sequence[str], room: int) -> int:
    """How many escaped characters fit into ``room``."""
    return bisect_right(list(accumulate(map(len, characters))), room)


def _visible_span(line: str, text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span of the visible ``line`` that shows a span of ``text``, without spaces around it."""
    start, end = (min(max(0, position), len(text)) for position in span)
    part = _one_line(text[start:end])
    position = len(_one_line(text[:start]))
    position += line[position : position + 1] == " "
    return position, position + len(part)


def _window(line: str, characters: Sequence[str], start: int, room: int) -> tuple[int, int]:
    """The span around ``start`` that fits into ``room``, cut between words if possible."""
    ends = list(accumulate(map(len, characters), initial=0))
    first = bisect_left(ends, ends[start] - max(0, room) // 4)
    first = min(first, bisect_left(ends, ends[-1] - max(0, room)))
    if first and (space := line.find(" ", first - 1, min(first + _MAX_WORD, start))) >= 0:
        first = space + 1
    last = bisect_right(ends, ends[first] + max(0, room)) - 1
    earliest = max(last - _MAX_WORD, start + 1)
    if last < len(line) and (space := line.rfind(" ", earliest, last + 1)) > 0:
        last = space
    return first, last
