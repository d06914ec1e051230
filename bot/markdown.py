"""Text for Discord that shows exactly as it was published, whatever is in it.

Discord's markdown takes a backslash before a punctuation mark as that mark itself
(https://support.discord.com/hc/articles/210298617), so every mark that could begin markup, a
mention, a time stamp, a link or a custom emoji is escaped. discord.py's ``escape_markdown`` leaves
several of these alone.
"""

import re

_MARK = re.compile(r"[\\*_~`|<>@\[\]#]|(?<=[a-zA-Z])://|^[-+](?=\s)")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s)")
# Characters without a shape of their own that reorder or split what stands beside them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def escaped(text: str) -> str:
    """``text`` on one line, with everything that Discord would read as markup escaped."""
    line = _INVISIBLE.sub("", re.sub(r"\s", " ", text))
    return _NUMBERED.sub(r"\1\\\2", _MARK.sub(lambda mark: "\\" + mark.group(), line))


def quotation(text: str, highlight: tuple[int, int] | None, limit: int) -> str:
    """``text`` as a block quote of at most ``limit`` characters, the highlight in bold.

    A longer text is cut at words, around the highlight, with ``…`` where something is left out.
    """
    start, end = highlight or (0, 0)
    room = limit
    while True:
        first, last = _window(text, start, room)
        a, b = max(first, min(start, last)), max(first, min(end, last))
        stressed = text[a:b].strip()
        whole = stressed == text[first:last].strip()  # all of it in bold would stress nothing
        middle = escaped(text[a:b])
        if stressed and not whole:
            # Spaces stay outside: asterisks mark bold only right beside what is bold.
            at = text.index(stressed, a)
            behind = text[at + len(stressed) : b]
            middle = f"{escaped(text[a:at])}**{escaped(stressed)}**{escaped(behind)}"
        quoted = "".join(
            (
                "> ",
                "… " if first else "",
                escaped(text[first:a]),
                middle,
                escaped(text[b:last]),
                " …" if last < len(text) else "",
            )
        )
        if len(quoted) <= limit or room <= 1:
            return quoted[:limit]
        room = max(1, room - (len(quoted) - limit))


def _window(text: str, start: int, room: int) -> tuple[int, int]:
    """The part of ``text`` of at most ``room`` characters around ``start``, cut at words."""
    if len(text) <= room:
        return 0, len(text)
    first = max(0, min(start - room // 4, len(text) - room))
    last = first + room
    if first and (space := text.find(" ", first, first + 40)) >= 0:
        first = space + 1
    if last < len(text) and (space := text.rfind(" ", last - 40, last)) > first:
        last = space
    return first, last
