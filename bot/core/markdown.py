"""Text for Discord that shows exactly as it was published, whatever is in it.

Discord's markdown takes a backslash before a punctuation mark as that mark itself
(https://support.discord.com/hc/articles/210298617), so every mark that could begin markup, a
mention, a time stamp, a link or an emoji is escaped. discord.py's ``escape_markdown`` leaves
several of these alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

# A list is one only at the start of a line; its mark is the last character of what matches.
_MARK = re.compile(r"[\\*_~`|<>@\[\]#]|(?<=[a-zA-Z]):(?=//)|:(?=[\w+-]+:)|^(?:[-+]|\d+[.)])(?= )")
# Discord's server looks for these without regard to backslashes, so something must stand between;
# discord.py's ``escape_mentions`` writes the same.
_CALL = re.compile("@(?=everyone|here)")
_APART = "\u200b"
# Control characters, and those that only reorder or split what stands beside them.
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# What has no shape alone, though it may have a meaning beside others (Unicode's default ignorable
# code points), and the blank Braille pattern.
_SHAPELESS = re.compile(
    "[ \u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2800\u3164\ufe00-\ufe0f"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)
_WORD = 40  # characters that may be left out more, so that a cut is between words
_MORE = "…"


def visible(text: str) -> str:
    """``text`` on one line, white space as single spaces; empty where there is nothing to see."""
    line = _folded(text)
    return "" if _SHAPELESS.fullmatch(line) else line


def escaped(text: str) -> str:
    """What is visible of ``text``, with everything that Discord would read as markup escaped."""
    return "".join(_written(visible(text)))


def shortened(text: str, limit: int) -> str:
    """The same in at most ``limit`` characters, with ``…`` where some are left out."""
    line = visible(text)
    written = _written(line[: max(0, limit) + 1])
    if sum(map(len, written)) <= limit:
        return "".join(written)
    some = "".join(written[: _fitting(written, limit - 2)]).rstrip()
    return f"{some} {_MORE}" if some else _MORE[: max(0, limit)]


def parts(text: str, limit: int) -> Iterator[str]:
    """The same, all of it, in parts of at most ``limit`` characters, cut between words."""
    line = visible(text)
    at = 0
    while at < len(line):
        written = _written(line[at : at + limit + 1])
        end = at + max(1, _fitting(written, limit))
        if end < len(line) and (space := line.rfind(" ", at + 1, end + 1)) > 0:
            end = space
        yield "".join(written[: end - at])
        at = end + (line[end : end + 1] == " ")


def quotation(text: str, highlight: tuple[int, int] | None, limit: int) -> str:
    """``text`` as a block quote of at most ``limit`` characters, the highlight in bold.

    A longer text is cut at words, around the highlight, with ``…`` where something is left out.
    Empty where there is nothing to see, or no room for it.
    """
    line = visible(text)
    if not line:
        return ""
    start, end = _within(line, text, highlight or (0, 0))
    # Nothing farther away has room: a character is never written with less than one.
    skipped = max(0, start - max(0, limit))
    near = line[skipped : start + max(0, limit)]
    written = _written(near)
    before, after = skipped > 0, skipped + len(near) < len(line)
    stressing = start < end and (start, end) != (0, len(line))
    start, end = start - skipped, min(end - skipped, len(near))
    first, last = 0, len(near)
    room = limit - len("> ") - len("****") * stressing
    if before or after or sum(map(len, written)) > room:
        first, last = _window(near, written, start, room - len(f"{_MORE}  {_MORE}"))
        before, after = before or first > 0, after or last < len(near)
    if first >= last:
        return ""
    a, b = min(max(first, start), last), min(max(first, end), last)
    if a < b and (a, b) != (first, last):  # all of it in bold would stress nothing
        written[a] = f"**{written[a]}"
        written[b - 1] += "**"
    shown = "".join(written[first:last])
    return f"> {_MORE + ' ' if before else ''}{shown}{' ' + _MORE if after else ''}"


def _folded(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


def _written(line: str) -> list[str]:
    """Each character of a line as it is written."""
    written = list(line)
    for mark in _MARK.finditer(line):
        written[mark.end() - 1] = f"\\{written[mark.end() - 1]}"
    for call in _CALL.finditer(line):
        written[call.start()] += _APART
    return written


def _fitting(written: Sequence[str], room: int) -> int:
    """How many characters have room, as they are written."""
    return bisect_right(list(accumulate(map(len, written))), room)


def _within(line: str, text: str, highlight: tuple[int, int]) -> tuple[int, int]:
    """Where in the visible ``line`` a part of ``text`` is, spaces around it left out."""
    start, end = (min(max(0, at), len(text)) for at in highlight)
    stressed = _folded(text[start:end])
    at = len(_folded(text[:start]))
    at += line[at : at + 1] == " "
    return at, at + len(stressed)


def _window(line: str, written: Sequence[str], start: int, room: int) -> tuple[int, int]:
    """What has room around ``start``, cut between words where there are any near."""
    ends = list(accumulate(map(len, written), initial=0))
    first = bisect_left(ends, ends[start] - max(0, room) // 4)
    first = min(first, bisect_left(ends, ends[-1] - max(0, room)))
    if first and (space := line.find(" ", first - 1, min(first + _WORD, start))) >= 0:
        first = space + 1
    last = bisect_right(ends, ends[first] + max(0, room)) - 1
    if last < len(line) and (space := line.rfind(" ", max(last - _WORD, start + 1), last + 1)) > 0:
        last = space
    return first, last
